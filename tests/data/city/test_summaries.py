"""Counts by area, use and age: nobody is lost, nobody twice, and the unrated stand apart."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest

from data.city.snapshots import NEVER, Snapshot
from data.city.summaries import AGES, age_places, area_places, grades_by, low_grades, low_share, places_in, total_by
from data.db.models.city import LEVELS
from tests.data.lockside import CAST, NORTH, ON, RULE_SETS, SOUTH
from tests.data.town_hall import Town


@pytest.fixture(scope="module")
def day(lockside) -> Snapshot:
    return lockside.snapshot()


def everybody(day: Snapshot) -> np.ndarray:
    return np.ones(day.size, dtype=bool)


def categories(town: Town, day: Snapshot) -> dict[str, tuple[np.ndarray, int]]:
    """By area of each level, by use and by age: the category of every building, and how many there are; -1 none."""
    names = {"district": ["town"], **{level: [SOUTH, "east", NORTH] for level in LEVELS[1:]}}
    areas = {level: [town.area(level, name) for name in some] for level, some in names.items()}
    return {
        **{level: (area_places(day, level, ids), len(ids)) for level, ids in areas.items()},
        "use": (day.city_facts.buildings["use"].astype(np.int64), len(day.city_facts.buildings["uses"])),
        "age": (age_places(day), len(AGES) + 2),
    }


@pytest.mark.parametrize("rule_set", RULE_SETS)
@pytest.mark.parametrize("by", [*LEVELS, "use", "age"])
def test_counts_add_up_to_everybody_with_the_unrated_apart(lockside, day, rule_set, by):
    category, size = categories(lockside, day)[by]
    counts = grades_by(day, rule_set, everybody(day), category, size)
    nowhere = grades_by(day, rule_set, everybody(day), np.where(category < 0, 0, -1), 1)
    assert counts.shape == (size, len(day.editions[rule_set].grades) + 1)
    assert counts.sum() + nowhere.sum() == len(CAST)
    unrated = (day.grades[rule_set] < 0).sum()
    assert counts[:, -1].sum() + nowhere[:, -1].sum() == unrated


def test_only_stray_barn_is_in_no_area_and_only_never_house_has_no_use(lockside, day):
    rows, by = lockside.rows(), categories(lockside, day)
    for level in LEVELS:
        assert np.flatnonzero(by[level][0] < 0).tolist() == [rows["Stray Barn"]]
    assert np.flatnonzero(by["use"][0] < 0).tolist() == [rows["Never House"]]
    assert (by["age"][0] >= 0).all()


def test_grades_of_a_street_are_those_of_its_houses(lockside, day):
    category, size = categories(lockside, day)["street"]
    south, east, north = grades_by(day, "qishuyan", everybody(day), category, size).tolist()
    assert north == [1, 0, 1, 0, 2]  # Harbour Row; Plum Court; Never House and Maple Tower
    assert south == [1, 0, 3, 2, 0]
    assert east == [0, 0, 0, 0, 0]


def test_only_the_chosen_are_counted(lockside, day):
    rows = np.zeros(day.size, dtype=bool)
    rows[lockside.rows()["Harbour Row"]] = True
    category, size = categories(lockside, day)["street"]
    assert grades_by(day, "qishuyan", rows, category, size).tolist()[2] == [1, 0, 0, 0, 0]
    assert total_by(category, size, rows).tolist() == [0, 0, 1]


def test_the_share_of_low_grades_is_of_the_rated_and_unknown_where_nobody_is(lockside, day):
    category, size = categories(lockside, day)["street"]
    south, east, north = low_share(grades_by(day, "qishuyan", everybody(day), category, size))
    assert (south, north) == (1 / 6, 1 / 2)
    assert np.isnan(east)


@pytest.mark.parametrize(("grades", "low"), [(3, 1), (4, 2), (5, 2)])
def test_the_lower_half_of_the_grades_is_low_and_the_middle_one_is_not(grades, low):
    assert low_grades(grades) == low


def test_ages_end_on_their_day_and_never_is_a_class_of_its_own(lockside):
    ages = dict(zip(lockside.rows(), age_places(lockside.snapshot()).tolist(), strict=True))
    assert ages["Lantern Hall"] == 0
    assert ages["Crowded Corner"] == len(AGES)  # 366 days
    assert ages["Never House"] == len(AGES) + 1
    seen = ON - timedelta(60)  # Mill Yard was visited on 2 May
    moved = {off: age_places(lockside.snapshot(seen + timedelta(off))) for off in (31, 32)}
    assert [int(moved[off][lockside.rows()["Mill Yard"]]) for off in (31, 32)] == [0, 1]


def test_totals_are_of_homes_and_of_buildings(lockside, day):
    category, size = categories(lockside, day)["street"]
    counted = Counter(house.street for house in CAST)
    assert total_by(category, size, everybody(day)).tolist() == [counted[SOUTH], 0, counted[NORTH]]
    assert total_by(category, size, everybody(day), day.vacant).tolist() == [2, 0, 0]


def test_places_in_finds_what_is_there():
    values = np.array([7, 3, -1, 9, NEVER])
    assert places_in(values, [9, 3]).tolist() == [-1, 1, -1, 0, -1]
    assert places_in(values, []).tolist() == [-1] * 5
