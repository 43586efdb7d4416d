"""Why a building has its grade, read off its rating."""

from datetime import date

import pandas as pd
import pytest

from scoring.errors import WrongFacts
from scoring.grading.facts import NOT_APPLICABLE, compute_facts
from scoring.grading.rating import Rating, rate
from scoring.grading.reasons import Reason
from scoring.rulebook.editions import edition_on
from scoring.rulebook.parser import edition_from
from tests.cast import HARBOUR_ROW, LANTERN_HOUSE, LOCKED_YARD, PLUM_COURT, SOME_DAY, WELL_KEPT, Building, fact_log
from tests.scoring.rule_texts import SMALL_RULE

QISHUYAN = edition_on("qishuyan", SOME_DAY)
RANGES = (("below = 1\n", 0), ("below = 3\n", -1), ("", -5))


def rated(*buildings: Building, rule_set: str = "qishuyan", on: date = SOME_DAY) -> Rating:
    edition = edition_on(rule_set, on)
    return rate(compute_facts(fact_log(*buildings), edition, on), edition)


def of_kind(rating: Rating, kind: str, row: int = 0) -> list[Reason]:
    return [reason for reason in rating.reasons(row) if reason.kind == kind]


def test_harbour_row_is_red_because_of_two_burglaries() -> None:
    red = of_kind(rated(HARBOUR_ROW), "cap")[0]
    assert (red.grade, red.label.en, red.value, red.months, red.lowers) == ("red", "Criminal cases", 2, 6, True)
    assert red.quote == "6个月内连续两次以上发生刑事案件"
    assert red.assumed is not None


def test_plum_court_misses_the_star_for_want_of_a_lead() -> None:
    (cap,) = of_kind(rated(PLUM_COURT), "cap")
    assert (cap.grade, cap.label.zh, cap.value, cap.lowers) == ("green", "户主提供线索", 0, True)


def test_a_cap_that_holds_without_lowering_says_so() -> None:
    seven_points = {"registers_tenants": 0, "security_doors": 0, "good_neighbours": 1, "clean": 1}
    (cap,) = of_kind(rated(Building("b", inspections=[(SOME_DAY, seven_points)])), "cap")
    assert (cap.grade, cap.lowers) == ("green", False)


def test_lantern_house_is_a_star_and_nothing_caps_it() -> None:
    rating = rated(LANTERN_HOUSE)
    assert of_kind(rating, "cap") == []
    (band,) = of_kind(rating, "band")
    assert (band.grade, band.value, band.quote) == ("star", 22, "9分以上评定为“星级户”")


def test_the_start_comes_first_with_its_sentence() -> None:
    start = rated(PLUM_COURT).reasons(0)[0]
    assert (start.kind, start.points, start.quote) == ("start", 10, "对出租房屋管理的评定基本分为10分")


def test_locked_yard_is_told_what_is_missing_and_nothing_else() -> None:
    reasons = rated(PLUM_COURT, LOCKED_YARD).reasons(1)
    assert {reason.kind for reason in reasons} == {"missing"}
    assert [reason.label.en for reason in reasons][-1] == "Clean surroundings"


def test_a_share_names_the_items_that_failed() -> None:
    baoan = edition_on("baoan", date(2024, 1, 1))
    answers = {item.code: 1 for item in baoan.checklist} | {"smoke_alarms": 0, "gas_safe": NOT_APPLICABLE}
    building = Building("b", inspections=[(date(2024, 1, 1), answers)])
    safe = of_kind(rated(building, rule_set="baoan", on=date(2024, 1, 1)), "points")[0]
    assert (safe.value, safe.out_of, [item.code for item in safe.failed]) == (6, 7, ["smoke_alarms"])


def test_nothing_scored_is_explained_by_its_own_sentence() -> None:
    toronto = edition_on("toronto", date(2018, 5, 15))
    building = Building(
        "RSN 4155384", inspections=[(date(2018, 5, 15), {item.code: NOT_APPLICABLE for item in toronto.checklist})]
    )
    (points,) = of_kind(rated(building, rule_set="toronto", on=date(2018, 5, 15)), "points")
    assert points.quote.startswith("RSN 4155384")
    assert (points.points, points.out_of) == (0, 0)


def test_a_reason_names_the_facts_it_was_read_from() -> None:
    tenants = {"mixed_occupants": 0, "listed_persons": 1, "work_subjects": 0, "high_risk_area_persons": 0}
    building = Building("b", inspections=[(SOME_DAY, WELL_KEPT | tenants)])
    reasons = rated(building, rule_set="qishuyan_as_published").reasons(0)
    assert [reason.points for reason in reasons if set(reason.facts) & set(tenants)] == [-3, 0, 0]


def test_an_answer_that_does_not_apply_has_no_value_and_no_points() -> None:
    building = Building("b", inspections=[(SOME_DAY, WELL_KEPT | {"clean": NOT_APPLICABLE})])
    (clean,) = (reason for reason in rated(building).reasons(0) if reason.label.zh == "环境卫生")
    assert (clean.value, clean.points) == (None, 0)


def test_255_cases_are_255_cases_and_not_a_mark_that_they_do_not_apply() -> None:
    rating = rated(Building("b", {"criminal_case": [SOME_DAY] * 255}, [(SOME_DAY, WELL_KEPT)]))
    assert (rating.score[0], rating.grade[0]) == (17 - 3 * 255, 0)
    assert rating.reasons(0)[1].value == 255


def test_facts_of_another_edition_are_refused() -> None:
    with pytest.raises(WrongFacts, match="no column 'criminal_cases:1m'"):
        rate(pd.DataFrame({"clean": [1.0]}), QISHUYAN)


def test_an_answer_above_the_best_is_refused() -> None:
    facts = compute_facts(fact_log(PLUM_COURT), edition_on("toronto", date(2020, 1, 1)), date(2020, 1, 1))
    with pytest.raises(WrongFacts, match="'ENTRANCE_LOBBY' is above 5"):
        rate(facts.fillna(6.0), edition_on("toronto", date(2020, 1, 1)))


def test_a_reason_states_the_bounds_of_its_rule() -> None:
    rating = rated(HARBOUR_ROW)
    (band,) = of_kind(rating, "band")
    assert band.bounds == (6, 7, 9)
    assert [cap.bounds for cap in of_kind(rating, "cap")][:2] == [(2,), (1,)]
    assert {reason.label.en: reason.bounds for reason in of_kind(rating, "points")} == {
        **dict.fromkeys(("Criminal cases", "Public-order cases", "The owner's leads helped solve a case"), (1,)),
        **dict.fromkeys(("Security doors and windows", "Clean surroundings"), (1,)),
        **dict.fromkeys(("The owner registers tenants and urges permits", "On good terms with the neighbours"), (1,)),
    }


def test_a_share_states_its_full_marks_and_no_bounds() -> None:
    toronto = edition_on("toronto", date(2018, 5, 15))
    building = Building("b", inspections=[(date(2018, 5, 15), {item.code: 4 for item in toronto.checklist})])
    (share,) = of_kind(rated(building, rule_set="toronto", on=date(2018, 5, 15)), "points")
    assert (share.full_marks, share.points_lost, share.bounds) == (100, 20, ())


def test_points_by_range_state_where_each_range_begins() -> None:
    ranges = "".join(f"[[criterion.range]]\n{bound}points = {points}\n" for bound, points in RANGES)
    text = SMALL_RULE.replace("points = -2.5\n", "").replace('"each fire"', f'"fires"\n{ranges}')
    edition = edition_from(text, "small", SOME_DAY)
    building = Building("b", inspections=[(SOME_DAY, {"swept": 1, "painted": 1})])
    rating = rate(compute_facts(fact_log(building), edition, SOME_DAY), edition)
    assert of_kind(rating, "points")[0].bounds == (1, 3)
