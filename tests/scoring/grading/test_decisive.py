"""The few reasons that decide a grade."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.grading.decisive import Decisive, decisive
from scoring.grading.facts import compute_facts
from scoring.grading.rating import rate
from scoring.grading.reasons import Reason
from scoring.rulebook.editions import edition_on
from scoring.rulebook.fact import Text
from tests.cast import (
    HARBOUR_ROW,
    LANTERN_HOUSE,
    LOCKED_YARD,
    PLUM_COURT,
    SOME_DAY,
    WELL_KEPT,
    Building,
    Hazard,
    fact_log,
)

LATE_DAY = date(2024, 1, 1)


def of(building: Building, rule_set: str = "qishuyan", on: date = SOME_DAY) -> Decisive:
    edition = edition_on(rule_set, on)
    rating = rate(compute_facts(fact_log(building), edition, on), edition)
    grade = int(rating.grade[0])
    code = edition.grades[grade].code if grade >= 0 else ""
    return decisive(rating.reasons(0), code, grade == len(edition.grades) - 1)


def told(said: Decisive) -> tuple[str, list[str]]:
    return said.by, [reason.label.en for reason in said.reasons]


def checked(**failed: int) -> Building:
    items = {item.code: 1 for item in edition_on("baoan", LATE_DAY).checklist}
    return Building("b", inspections=[(LATE_DAY, items | failed)])


def test_harbour_row_is_red_by_the_cap_on_burglaries_and_not_by_the_milder_ones_beside_it():
    assert told(of(HARBOUR_ROW)) == ("caps", ["Criminal cases"])
    assert [reason.grade for reason in of(HARBOUR_ROW).reasons] == ["red"]


def test_plum_court_is_no_star_by_the_cap_on_leads():
    assert told(of(PLUM_COURT)) == ("caps", ["Leads the owner gave"])


def test_a_house_below_every_cap_is_where_it_is_by_what_cost_it_most_points():
    worn = WELL_KEPT | {"security_doors": 0, "clean": 0, "registers_tenants": 0}
    assert told(of(Building("b", inspections=[(SOME_DAY, worn)]))) == (
        "points",
        ["Security doors and windows", "The owner registers tenants and urges permits"],
    )


def test_a_share_costs_what_it_falls_short_of_its_full_marks():
    some = checked(smoke_alarms=0, exits_clear=0, gas_safe=0, clean=0)
    said = of(some, "baoan", LATE_DAY)
    assert said.by == "points"
    assert [reason.points_lost for reason in said.reasons] == pytest.approx([25 * 3 / 8, 25 / 6])


def test_the_best_grade_is_told_by_its_score_though_points_were_lost():
    said = of(checked(clean=0), "baoan", LATE_DAY)
    assert said.by == "score" and said.reasons[0].bounds == (40, 60, 75, 90)
    assert told(of(LANTERN_HOUSE)) == ("score", ["Score"])


def test_a_rule_set_of_one_band_says_that_nothing_counts_against_a_house():
    assert of(checked(), "teda", LATE_DAY) == Decisive("nothing")


def test_an_open_high_hazard_decides_where_it_alone_makes_the_class():
    items = checked().inspections
    risky = Building("b", inspections=items, hazards=[Hazard(LATE_DAY, severity="high")])
    assert told(of(risky, "teda", LATE_DAY)) == ("caps", ["Open high hazards"])


def test_the_unrated_are_told_what_is_missing():
    said = of(LOCKED_YARD)
    assert said.by == "missing" and len(said.reasons) == 4


def test_of_what_is_withheld_nothing_is_told():
    assert decisive((), "red", is_best=False) == Decisive("nothing")


ANY_REASON = st.builds(
    Reason,
    kind=st.sampled_from(["points", "cap", "band"]),
    label=st.just(Text("事项", "Matter")),
    points=st.one_of(st.none(), st.floats(-9, 9)),
    grade=st.sampled_from(["red", "green"]),
    lowers=st.booleans(),
    bounds=st.sampled_from([(), (6.0,)]),
    full_marks=st.sampled_from([None, 5.0]),
)


@given(st.lists(ANY_REASON, max_size=8), st.booleans())
def test_whatever_decides_is_among_the_reasons_and_no_cheaper_criterion_comes_before_a_dearer(reasons, is_best):
    said = decisive(reasons, "red", is_best)
    assert all(reason in reasons for reason in said.reasons)
    lost = [reason.points_lost for reason in said.reasons]
    if said.by == "caps":
        assert all(reason.lowers and reason.grade == "red" for reason in said.reasons)
    if said.by == "points":
        assert lost[0] == max(reason.points_lost for reason in reasons) > 0 and not is_best
        assert lost == sorted(lost, reverse=True)
