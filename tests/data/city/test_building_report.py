"""A building's card says what the map says, and nothing to those who may not see the building."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from data.access.roles import ROLES, SYSTEM, AccessScope
from data.city import building_report
from data.city.building_report import BuildingReport
from scoring.grading.advice import Advice, advice_for
from scoring.grading.facts import compute_facts
from scoring.grading.rating import rate
from scoring.grading.reasons import WITHHELD
from scoring.rulebook.editions import edition_on
from scoring.studies.credit_records import STATES
from tests.cast import fact_log
from tests.data.lockside import (
    CAST,
    LANTERN_HALL,
    MILL_YARD,
    NORTH,
    ON,
    PLUM_COURT,
    RULE_SETS,
    SOUTH,
    STRAY_BARN,
    Records,
    told,
)
from tests.data.town_hall import NOBODY, Town


def report_on(town: Town, code: str, scope: AccessScope = SYSTEM, on: date = ON) -> BuildingReport | None:
    city_facts = town.city_facts()
    with town.looked_at() as (session, city):
        return building_report.building_report(session, scope, city, city_facts, code, on)


@pytest.mark.parametrize("on", [ON, date(2024, 3, 31)])
@pytest.mark.parametrize("house", CAST, ids=lambda house: house.name)
def test_grade_points_and_reasons_are_those_of_the_whole_towns_rating(lockside, house, on):
    known, row = lockside.city_facts().fact_log, lockside.rows()[house.name]
    shown = report_on(lockside, house.code, on=on)
    assert list(shown.ratings) == list(RULE_SETS)
    for rule_set, explained in shown.ratings.items():
        edition, alone = explained.edition, explained.rating
        assert edition == edition_on(rule_set, on)
        of_all = rate(compute_facts(known, edition, on), edition)
        assert alone.grade[0] == of_all.grade[row]
        np.testing.assert_array_equal(alone.score[0], of_all.score[row])
        np.testing.assert_array_equal(alone.points[0], of_all.points[row])
        assert explained.reasons == of_all.reasons(row)


def test_lantern_halls_homes_are_told_by_state_on_the_day(lockside):
    assert report_on(lockside, LANTERN_HALL.code).homes == {"vacant": 2, "reserved": 1, "let": 1}
    assert report_on(lockside, LANTERN_HALL.code, on=date(2024, 6, 19)).homes == {"let": 2, "vacant": 2}
    assert report_on(lockside, LANTERN_HALL.code, on=date(2022, 6, 30)).homes == {}
    assert report_on(lockside, PLUM_COURT.code).homes == {}


def states(town: Town, kind: str, on: date = ON) -> dict[str, list[int]]:
    """Lantern Hall's credit records by state: minor, serious, severe; states without any are left out."""
    by_state = report_on(town, LANTERN_HALL.code, on=on).credit[kind].by_state
    return {state: row.tolist() for state, row in zip(STATES, by_state, strict=True) if row.any()}


def test_lantern_halls_credit_records_are_told_as_they_stand_on_the_day(lockside):
    assert states(lockside, "household", date(2023, 2, 28)) == {"recorded": [1, 1, 0]}
    assert states(lockside, "household", date(2024, 2, 29)) == {"recognised": [1, 1, 1]}
    assert states(lockside, "household", date(2024, 3, 1)) == {"recognised": [0, 1, 1], "expired": [1, 0, 0]}
    assert states(lockside, "household", date(2024, 5, 31)) == {"recognised": [0, 1, 1], "expired": [1, 0, 0]}
    assert states(lockside, "enterprise") == {"recognised": [0, 1, 0]}
    assert states(lockside, "enterprise", date(2023, 4, 30)) == {}


def test_a_corrected_credit_record_counts_as_it_was_corrected(lockside):
    assert states(lockside, "household") == {
        "recorded": [1, 0, 0],  # a draft of it had been severe, and recognised
        "recognised": [0, 0, 1],
        "repaired": [0, 1, 0],
        "expired": [1, 0, 0],
    }


def test_credit_records_and_whom_they_name_are_counted_apart(lockside):
    credit = report_on(lockside, LANTERN_HALL.code).credit
    assert {kind: (counts.records, counts.subjects) for kind, counts in credit.items()} == {
        "enterprise": (1, 1),
        "household": (4, 2),
    }


def test_credit_records_are_told_where_there_are_public_homes_to_those_who_may_see_them(lockside):
    assert report_on(lockside, PLUM_COURT.code).credit == {}
    told = {role: report_on(lockside, LANTERN_HALL.code, AccessScope(role, areas=None)) for role in ROLES}
    assert {role for role, card in told.items() if card.credit} == {role for role in ROLES if role != "department"}


def test_areas_are_told_widest_first(lockside):
    south = (("district", "town"), ("street", "south"), ("community", "south"), ("grid", "south"))
    ids = tuple(lockside.area(level, code) for level, code in south)
    assert report_on(lockside, LANTERN_HALL.code).areas == ids
    assert report_on(lockside, STRAY_BARN.code).areas == ()


def test_what_happened_is_told_latest_first_and_nothing_of_later_days(lockside):
    history = report_on(lockside, "mill-yard", on=date(2024, 5, 1)).history
    told = [(day, kind) for day, kind in zip(history["day"], history["kind"], strict=True)]
    assert told == [
        (date(2024, 5, 1), "reopened"),
        (date(2024, 4, 12), "transferred"),
        (date(2024, 4, 10), "reopened"),
        (date(2024, 4, 10), "resolved"),
        (date(2024, 3, 1), "found"),
        (date(2024, 2, 3), "verified"),
        (date(2024, 2, 1), "resolved"),
        (date(2024, 1, 10), "transferred"),
        (date(2024, 1, 10), "found"),
        (date(2024, 1, 10), "visit"),
    ]


def test_what_was_corrected_is_not_told(lockside):
    history = report_on(lockside, "mended-cottage", on=date.max).history
    assert history["kind"].tolist() == ["mended_on_the_spot", "found", "visit", "event"]
    assert history["what"].iloc[-1] == "lead_given"


def test_grades_are_told_from_the_day_they_changed(own_lockside):
    own_lockside.grade("qishuyan", ON)
    history = report_on(own_lockside, "harbour-row", on=date(2024, 6, 29)).history
    graded = history[history["kind"] == "grade:qishuyan"]
    assert list(zip(graded["day"], graded["what"], strict=True)) == [
        (date(2024, 3, 31), "green"),
        (date(2023, 5, 31), "red"),
    ]


def test_there_is_no_card_for_those_who_may_not_see_the_building_or_where_none_stands(lockside):
    south, north = lockside.scope_of(SOUTH), lockside.scope_of(NORTH)
    assert report_on(lockside, LANTERN_HALL.code, south).building.name == "Lantern Hall"
    assert report_on(lockside, LANTERN_HALL.code, north) is None
    assert report_on(lockside, STRAY_BARN.code, north) is None
    assert report_on(lockside, LANTERN_HALL.code, NOBODY) is None
    assert report_on(lockside, "no-such-house") is None


def test_the_advice_is_that_of_the_buildings_own_fact_store(lockside):
    for house in CAST:
        known, shown = fact_log(house.as_cast()), report_on(lockside, house.code)
        for one in shown.ratings.values():
            assert told_apart(one.advice) == told_apart(advice_for(known, one.edition, ON)), house.name


def told_apart(advice: Advice) -> Advice:
    """Without the places of hazards in a fact store, which a house of the cast keeps in another order."""
    return replace(advice, repairs=tuple(replace(one, hazard=one.hazard is not None) for one in advice.repairs))


def test_where_cases_decide_the_grade_who_may_not_see_them_is_told_no_day_at_all(lockside):
    officer = AccessScope("grid_officer", areas=(lockside.area("street", NORTH),))
    (police, guarded) = (report_on(lockside, "harbour-row", scope).ratings["qishuyan"] for scope in (SYSTEM, officer))
    assert {one.happened for one in police.advice.windows} == {
        date(2023, 12, 31),
        date(2024, 3, 3),
        date(2024, 6, 1),
    }
    assert police.advice.day == date(2024, 7, 1)
    assert guarded.advice is None
    assert guarded.withholds


def test_where_they_do_not_the_advice_is_that_of_the_rest(lockside):
    officer = AccessScope("grid_officer", areas=(lockside.area("street", SOUTH),))
    guarded = report_on(lockside, "mill-yard", officer).ratings["qishuyan"]
    known = fact_log(replace(MILL_YARD, records=replace(MILL_YARD.records, events=())).as_cast())
    expected = advice_for(known, guarded.edition, ON)
    assert [cap.grade for cap in expected.blocking_caps] == ["green"], "A star takes a lead."
    assert told_apart(guarded.advice) == replace(told_apart(expected), blocking_caps=())


def test_what_is_missing_of_the_tenants_is_told_to_the_police_only(lockside):
    officer = AccessScope("grid_officer", areas=(lockside.area("street", NORTH),))
    (police, guarded) = (
        report_on(lockside, PLUM_COURT.code, scope).ratings["qishuyan_as_published"] for scope in (SYSTEM, officer)
    )
    assert [need.fact for need in police.advice.missing] == [
        "listed_persons",
        "work_subjects",
        "high_risk_area_persons",
    ]
    assert guarded.advice.missing == ()
    assert guarded.reasons == (WITHHELD,)


def test_a_grade_that_a_late_fact_corrected_says_so(own_lockside):
    own_lockside.grade("qishuyan", ON)
    own_lockside.learn(PLUM_COURT, Records(events=told("criminal_case 2024-05-02")))
    own_lockside.grade("qishuyan", ON)
    history = report_on(own_lockside, PLUM_COURT.code).history
    found = history[history["kind"] == "regrade:qishuyan"]
    assert list(zip(found["day"], found["what"], strict=True)) == [(date(2024, 5, 31), "green>yellow")]
