"""The list begins with the buildings that need a visit most, and leaves none out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.city.building_order import ORDERS, in_order
from data.city.snapshots import NEVER, Snapshot
from tests.data.lockside import RULE_SETS


@pytest.fixture(scope="module")
def day(lockside) -> Snapshot:
    return lockside.snapshot()


def names(lockside, rows) -> list[str]:
    by_row = {row: name for name, row in lockside.rows().items()}
    return [by_row[row] for row in rows.tolist()]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("rule_set", [None, *RULE_SETS])
def test_every_building_chosen_is_listed_once_and_no_other(day, order, rule_set):
    chosen = np.arange(day.size) % 3 > 0
    assert sorted(in_order(day, chosen, order, rule_set).tolist()) == np.flatnonzero(chosen).tolist()


def test_the_worst_grade_comes_first_and_the_unrated_last(day):
    grades = day.grades["qishuyan"][in_order(day, np.ones(day.size, bool), "grade", "qishuyan")].tolist()
    rated = [grade for grade in grades if grade >= 0]
    assert rated == sorted(rated)
    assert -1 in grades
    assert grades[: len(rated)] == rated


def test_never_house_leads_those_that_were_not_visited(lockside, day):
    ordered = in_order(day, np.ones(day.size, bool), "unvisited", "qishuyan")
    since = day.days_since_visit[ordered].tolist()
    assert since == sorted(since, reverse=True)
    assert since[0] == NEVER
    assert "Never House" in names(lockside, ordered[: since.count(NEVER)])


def test_crowded_corner_leads_those_with_overdue_hazards_and_lantern_hall_those_with_vacant_homes(lockside, day):
    everybody = np.ones(day.size, bool)
    assert names(lockside, in_order(day, everybody, "hazards", "qishuyan"))[0] == "Crowded Corner"
    assert names(lockside, in_order(day, everybody, "vacant", "qishuyan"))[0] == "Lantern Hall"


@given(st.data())
def test_buildings_alike_stay_in_the_order_of_the_store(day, data):
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=day.size, max_size=day.size)))
    ordered = in_order(day, chosen, "vacant", None).tolist()
    assert ordered == sorted(ordered, key=lambda row: (-day.vacant[row], row))
