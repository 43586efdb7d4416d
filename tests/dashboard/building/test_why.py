"""The one sentence that says why a building has its grade."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dashboard.building.why import number, why
from dashboard.i18n import translator
from data.access.roles import SYSTEM, AccessScope
from data.city.building_report import Explained, explained
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

ON = date(2024, 1, 1)
ALL_GOOD = {item.code: 1 for item in edition_on("baoan", ON).checklist}
WORN = Building("b", inspections=[(SOME_DAY, WELL_KEPT | {"security_doors": 0, "registers_tenants": 0})])
ROBBED_OF_LATE = Building("b", {"criminal_case": [SOME_DAY]}, [(SOME_DAY, WELL_KEPT)])
UNSAFE = Building("b", inspections=[(SOME_DAY, WELL_KEPT)], hazards=[Hazard(SOME_DAY, "public_order")])


def checked(*hazards: Hazard, events=(), **failed: int) -> Building:
    return Building("b", {kind: [ON] for kind in events}, [(ON, ALL_GOOD | failed)], hazards)


MENDED_TWICE = checked(*(Hazard(ON - timedelta(days), "fire", closed=ON) for days in (20, 40)))
CASES = [
    (HARBOUR_ROW, "qishuyan", "因6个月内2起刑事案件。", "Why: Criminal cases (2 within 6 months)."),
    (ROBBED_OF_LATE, "qishuyan", "因3个月内1起刑事案件。", "Why: Criminal cases (1 within 3 months)."),
    (
        PLUM_COURT,
        "qishuyan",
        "因12个月内没有户主提供线索。",
        "Why: Leads the owner gave (none within 12 months).",
    ),
    (UNSAFE, "qishuyan", "因1处未消除的治安隐患。", "Why: Open public-order hazards (1)."),
    (
        LANTERN_HOUSE,
        "qishuyan",
        "得分22，9分及以上为“星级户”。",
        'Score 22; 9 or more is "Star".',
    ),
    (
        WORN,
        "qishuyan_no_caps",
        "因防盗门窗扣3分；户主主动登记、督促办证扣2分。",
        "Why: Security doors and windows, 3 points lost; The owner registers tenants and urges permits, 2 points lost.",
    ),
    (
        checked(smoke_alarms=0, exits_clear=0, gas_safe=0, clean=0),
        "baoan",
        "因安全宜居3项未达标，少得9.38分；文明卫生1项未达标，少得4.17分。",
        "Why: Safe and livable (3 items short), 9.38 points short; Civil and clean (1 item short), 4.17 points short.",
    ),
    (
        checked(events=("fire_accident", "unlawful_business")),
        "baoan",
        "因12个月内逾期未整改的隐患、影响恶劣的刑事、治安案件、消防安全事故、重大违法违规经营行为合计2项。",
        "Why: Hazards not fixed in time, Criminal or public-order cases of bad influence, Fire accidents, "
        "Serious unlawful businesses (2 in all within 12 months).",
    ),
    (MENDED_TWICE, "teda", "因12个月内2处发现的隐患。", "Why: Hazards found (2 within 12 months)."),
    (checked(), "teda", "没有扣分或限制等级的事项。", "Nothing counts against it."),
]


def seen(building: Building, rule_set: str, scope: AccessScope = SYSTEM) -> Explained:
    on = SOME_DAY if rule_set.startswith("qishuyan") else ON
    edition = edition_on(rule_set.removesuffix("_no_caps"), on)
    if rule_set.endswith("_no_caps"):
        edition = replace(edition, caps=())
    return explained(scope, fact_log(building), edition, on)


@pytest.mark.parametrize(("building", "rule_set", "zh", "en"), CASES, ids=[case[3] for case in CASES])
def test_a_grade_is_explained_in_one_sentence(building, rule_set, zh, en):
    shown = seen(building, rule_set)
    assert (why(shown, translator("zh")), why(shown, translator("en"))) == (zh, en)


def test_the_unrated_are_told_what_is_missing():
    said = why(seen(LOCKED_YARD, "qishuyan"), translator("en"))
    assert said.startswith("Unrated; missing: The owner registers tenants") and said.endswith("Clean surroundings")


def test_of_many_things_missing_the_first_are_named():
    said = why(seen(LOCKED_YARD, "baoan"), translator("en"))
    assert said.count(",") == 5 and said.endswith("…")


@pytest.mark.parametrize("role", ["leader", "street_office", "grid_officer"])
def test_where_cases_decide_who_may_not_see_them_is_told_that_others_decide_and_no_more(role):
    shown = seen(HARBOUR_ROW, "qishuyan", AccessScope(role, areas=None))
    assert why(shown, translator("zh")) == "等级由权限外事项决定。"


def test_where_they_do_not_the_sentence_is_made_of_what_may_be_seen():
    officer = AccessScope("grid_officer", areas=None)
    assert why(seen(UNSAFE, "qishuyan", officer), translator("zh")) == "因1处未消除的治安隐患。"
    assert why(seen(PLUM_COURT, "qishuyan", officer), translator("zh")) == "您权限内没有扣分或限制等级的事项。"


def test_a_department_is_not_told_of_hazards_of_other_groups():
    fire = AccessScope("department", areas=None, hazard_groups=("fire",))
    said = why(seen(UNSAFE, "qishuyan", fire), translator("en"))
    assert said == "Matters outside your access decide this grade."


@pytest.mark.parametrize(
    ("score", "zh", "en"),
    [
        (5.5, "得分5.5，低于6分为“放心户（绿色）”。", 'Score 5.5; below 6 is "Reliable (green)".'),
        (7, "得分7，7分及以上、低于9分为“放心户（绿色）”。", 'Score 7; from 7 to below 9 is "Reliable (green)".'),
    ],
)
def test_a_grade_by_its_score_alone_tells_the_bounds_it_lies_between(score, zh, en):
    band = Reason("band", Text("总分", "Score"), value=score, grade="green", bounds=(6, 7, 9))
    shown = replace(seen(PLUM_COURT, "qishuyan"), reasons=(band,))
    assert (why(shown, translator("zh")), why(shown, translator("en"))) == (zh, en)


def test_figures_are_given_to_the_hundredth():
    assert [number(value) for value in (2, 9.375, -3, 0.1)] == ["2", "9.38", "-3", "0.1"]
    assert [number(value, signed=True) for value in (2, 0, -3)] == ["+2", "0", "-3"]
