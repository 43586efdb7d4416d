"""Frames of the past: what was known on the eve of a month, and what the month then brought.

Wharf Lane lies in Riverside, a street of twenty-one houses with a community each, all visited every month.
"""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from data.city.changes import CityVersion
from data.city.city_facts import CityFacts
from data.city.dated_facts import DatedFacts
from data.studies.backtest_frames import ENOUGH_AREAS, TooLittlePast, backtest_frames
from scoring.grading.facts import NOT_APPLICABLE, compute_facts
from scoring.grading.rating import rate
from scoring.rulebook.editions import Rulebook, edition_on
from scoring.rulebook.fact import BUILDING_FIELDS
from scoring.studies.backtest import backtest
from tests.cast import Building, Hazard, fact_log
from tests.data.lockside import FOUR

ON = date(2024, 6, 17)  # the last full month is May
HOUSES = 21
WELL_KEPT, NEGLECTED = dict.fromkeys(FOUR, 1), dict.fromkeys(FOUR, 0)
TEN = (*FOUR[::3], FOUR[1])  # of every category some
HALF_SEEN = dict.fromkeys(FOUR, NOT_APPLICABLE) | dict.fromkeys(TEN, 1) | dict.fromkeys(TEN[:5], 0)
RULES = Rulebook()
ANN, BOB = 0, 1
FIRST_VISITS = [date(2024, month, 5) for month in range(1, 6)]

WHARF_LANE = Building(
    "Wharf Lane slips in April, and in May a dangerous hazard is found and there is a burglary",
    events={"criminal_case": [date(2024, 5, 20)], "lead_given": [date(2024, 3, 1)]},
    inspections=[*((day, WELL_KEPT) for day in FIRST_VISITS[:3]), *((day, NEGLECTED) for day in FIRST_VISITS[3:])],
    hazards=[Hazard(FIRST_VISITS[4], severity="high"), Hazard(FIRST_VISITS[2], severity="medium")],
)
LATE_HOUSE = Building(
    "Late House is visited for the first time on the last of April, and half seen",
    events={"public_order_case": [date(2024, 4, 30), date(2024, 6, 1)]},
    inspections=[(date(2024, 4, 30), HALF_SEEN), (date(2024, 5, 31), WELL_KEPT)],
    hazards=[Hazard(date(2024, 4, 30), severity="high"), Hazard(date(2024, 5, 30), severity="high")],
)
OTHERS = [Building(f"Quiet {n}", inspections=[(day, WELL_KEPT) for day in FIRST_VISITS]) for n in range(HOUSES - 2)]
STREET = (WHARF_LANE, LATE_HOUSE, *OTHERS)


def city(*buildings: Building, communities: int = HOUSES) -> CityFacts:
    """Ann comes to the first building, Bob to the others, and to Late House somebody who is not named."""
    known = fact_log(*buildings)
    n = known.buildings
    inspectors = np.where(np.arange(n) == 0, ANN, BOB)
    inspectors[1:2] = -1
    checks = tuple(replace(one, inspector=inspectors[one.building].astype(np.int32)) for one in known.checklists)
    building, day = (np.concatenate([getattr(one, name) for one in checks]) for name in ("building", "day"))
    order = np.lexsort((day, building))
    visits = {"building": building[order], "day": day[order], "inspector": inspectors[building[order]]}
    community = np.arange(n) % communities
    fields = dict.fromkeys(BUILDING_FIELDS, np.zeros(n, np.int16))
    return CityFacts(
        city="riverside",
        buildings={"id": np.arange(n), "community": community, "grid": community} | fields,
        n_on_map=n,
        stored=DatedFacts(
            version=CityVersion(1, ""),
            fact_log=replace(known, checklists=checks),
            checklist_ids=tuple(range(len(checks))),
            visits=visits,
            inspectors=np.array(["Ann", "Bob"]),
            vacancies={},
            spans={},
        ),
    )


def taken(
    outcome: str, rule_set: str = "baoan", on: date = ON, rows: np.ndarray | None = None, of: CityFacts | None = None
):
    of = of or city(*STREET)
    everything = np.ones(of.fact_log.buildings, bool)
    return backtest_frames(of, RULES, rule_set, on, everything if rows is None else rows, outcome, lambda *_: None)


def of_house(frame: pd.DataFrame, row: int) -> pd.DataFrame:
    return frame[frame["unit"] == row].sort_values(["period", *({"day"} & set(frame))])


def test_full_months_are_taken_that_follow_the_first_visit():
    """January has no visit before it; June is not over on the 17th, but on the 30th it is."""
    found = taken("hazards")
    assert (found.first, found.last) == (date(2024, 3, 1), date(2024, 5, 31))
    assert found.frame["period"].max() == 3
    assert found.frame["day"].min() == np.datetime64("2024-02-05")
    new_year = Building("New Year House", inspections=[(date(2024, 1, 1), WELL_KEPT)])
    assert taken("hazards", of=city(*STREET, new_year)).first == date(2024, 3, 1)
    june = taken("hazards", on=date(2024, 6, 30))
    assert (june.first, june.last) == (date(2024, 3, 1), date(2024, 6, 30))


def test_no_more_than_the_last_24_months_are_measured():
    old = Building("Old House", inspections=[(date(2019, 1, 1), WELL_KEPT)])
    found = taken("hazards", of=city(*STREET, old))
    assert (found.first, found.last) == (date(2022, 6, 1), date(2024, 5, 31))


@pytest.mark.parametrize("on", [date(2024, 4, 29), date(2024, 1, 31)])
def test_a_city_with_too_few_months_says_so(on):
    with pytest.raises(TooLittlePast, match="full months follow the first visit"):
        taken("hazards", on=on)
    assert taken("hazards", on=date(2024, 4, 30)).last == date(2024, 4, 30)


def test_a_city_nobody_visited_says_so():
    with pytest.raises(TooLittlePast, match="No visit is recorded"):
        street = city(*STREET)
        unvisited = replace(street.stored, visits={"day": np.empty(0, "datetime64[D]")})
        taken("hazards", of=replace(street, stored=unvisited))


@pytest.mark.parametrize("rule_set", ["baoan", "qishuyan"])
@pytest.mark.parametrize("outcome", ["hazards", "failed", "cases"])
def test_the_order_is_by_grade_then_score_as_they_stood_on_the_eve_of_the_month(rule_set, outcome):
    """Rated over again for each eve by itself; the unrated come before all others."""
    found = taken(outcome, rule_set).frame
    assert len(found) > 60 - 21
    for period, eve in enumerate([date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]):
        edition = edition_on(rule_set, eve)
        rating = rate(compute_facts(city(*STREET).fact_log, edition, eve), edition)
        month = found[found["period"] == period]
        assert month["group"].tolist() == rating.grade[month["unit"]].tolist()
        told = list(zip(rating.grade[month["unit"]], np.nan_to_num(rating.score[month["unit"]]), strict=True))
        by_score = month["score"].tolist()
        for one in range(len(told)):
            for other in range(len(told)):
                assert (by_score[one] > by_score[other]) == (told[one] < told[other])


def test_a_visit_has_found_trouble_when_a_high_hazard_was_found_that_day():
    frame = taken("hazards").frame
    assert of_house(frame, 0)["outcome"].tolist() == [0, 0, 0, 1]  # the one of March was of medium severity
    assert of_house(frame, 1)["outcome"].tolist() == [1, 0]  # the second was found a day before the visit
    assert frame["outcome"].sum() == 2
    assert len(frame) == 4 * (HOUSES - 1) + 2


def test_a_re_inspection_is_failed_when_more_than_the_bound_of_the_points_is_lost():
    frame = taken("failed").frame
    assert of_house(frame, 0)["outcome"].tolist() == [0, 0, 1, 1]
    assert of_house(frame, 1)[["period", "outcome"]].to_numpy().tolist() == [[3, 0]]  # the first visit is none
    assert frame["outcome"].sum() == 2


@pytest.mark.parametrize(("failed_items", "outcome"), [(4, 0), (5, 1)])
def test_four_of_ten_lost_is_not_yet_failed(failed_items, outcome):
    ten = dict.fromkeys(FOUR, NOT_APPLICABLE) | dict.fromkeys(TEN, 1) | dict.fromkeys(TEN[:failed_items], 0)
    bound = Building("Bound House", inspections=[(FIRST_VISITS[0], WELL_KEPT), (FIRST_VISITS[3], ten)])
    frame = taken("failed", of=city(*STREET, bound)).frame
    assert of_house(frame, HOUSES)["outcome"].tolist() == [outcome]


def test_the_last_result_is_the_share_lost_at_the_visit_before_and_missing_at_the_first():
    frame = taken("hazards").frame
    assert of_house(frame, 0)["last_result"].tolist() == [0, 0, 0, 1]
    late = of_house(frame, 1)["last_result"].tolist()
    assert np.isnan(late[0])
    assert late[1] == 0.5


def test_the_inspector_of_a_visit_is_the_one_who_came():
    frame = taken("hazards").frame
    assert of_house(frame, 0)["inspector"].tolist() == [ANN] * 4
    assert of_house(frame, 1)["inspector"].isna().all()
    assert of_house(frame, 2)["inspector"].tolist() == [BOB] * 4


def test_a_building_month_brings_trouble_when_there_is_a_case_in_it_and_is_left_out_unrated():
    found = taken("cases")
    frame = found.frame
    assert of_house(frame, 0)["outcome"].tolist() == [0, 0, 0, 1]
    assert of_house(frame, 0)["last_result"].tolist() == [0, 0, 0, 1]
    late = of_house(frame, 1)  # rated on the eve of May for the first time; its cases were in April and June
    assert late[["period", "outcome", "last_result"]].to_numpy().tolist() == [[3, 0, 0.5]]
    assert late["inspector"].isna().all()
    assert found.unrated == 2  # March and April of the three months measured
    assert "day" not in frame


def test_unrated_buildings_are_counted_among_the_visits_measured():
    assert taken("hazards").unrated == 1
    assert taken("failed").unrated == 0
    early = Building(
        "Early House, first seen in the month that is only learned from", inspections=[(date(2024, 2, 20), WELL_KEPT)]
    )
    assert taken("hazards", of=city(*STREET, early)).unrated == 1


@pytest.mark.parametrize("outcome", ["hazards", "failed", "cases"])
def test_only_the_rows_asked_for_are_told_of(outcome):
    rows = np.arange(HOUSES) < 5
    found, whole = taken(outcome, rows=rows), taken(outcome)
    assert set(found.frame["unit"]) == set(range(5))
    shown = whole.frame[whole.frame["unit"] < 5].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.frame.drop(columns="area"), shown.drop(columns="area"))


def test_communities_are_drawn_where_there_are_enough_and_buildings_otherwise():
    found = taken("cases")
    assert found.level == "community"
    assert found.frame["area"].tolist() == found.frame["unit"].tolist()
    few = taken("cases", of=city(*STREET, communities=ENOUGH_AREAS - 1))
    assert few.level == "building"
    assert few.frame["area"].tolist() == few.frame["unit"].tolist()


def test_the_last_day_of_a_month_counts_for_its_eve():
    """Late House is first seen on 30 April: unrated for April's visits, rated for May's."""
    assert of_house(taken("hazards").frame, 1)["group"].tolist()[0] == -1
    assert of_house(taken("hazards").frame, 1)["group"].tolist()[1] >= 0


def test_progress_is_told_month_by_month():
    told = []
    backtest_frames(city(*STREET), RULES, "baoan", ON, np.ones(HOUSES, bool), "cases", lambda *one: told.append(one))
    assert told == [("rating", month, 4) for month in range(4)]


@pytest.mark.parametrize("outcome", ["hazards", "failed", "cases"])
def test_a_frame_of_the_past_goes_into_the_backtest(outcome):
    found = backtest(taken(outcome).frame, rounds=5)
    assert found.periods == 3
    assert found.visits == (taken(outcome).frame["period"] > 0).sum()
    assert ("days_earlier" in found.orders["score"]) == (outcome != "cases")
    assert found.unnamed == (taken(outcome).frame["inspector"].isna()).sum() > 0


def test_days_are_those_of_the_visits():
    frame = taken("failed").frame
    assert of_house(frame, 1)["day"].tolist() == [pd.Timestamp(2024, 5, 31)]
    assert of_house(frame, 0)["day"].tolist() == [pd.Timestamp(day) for day in FIRST_VISITS[1:]]
