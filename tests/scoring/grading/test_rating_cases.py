"""Every sentence of the rules as a case in tests/cases/<rule set>.toml; docs/adding-a-rule.md says how one is written.

`answers` gives one character per item in the order of `items`, or a table of numbers by item; `but` changes some.
"""

import tomllib
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from scoring.grading.facts import NOT_APPLICABLE, NOT_KNOWN, compute_facts
from scoring.grading.rating import UNRATED, Rating, rate
from scoring.rulebook.criteria import ByRange, GroupPoints, Share
from scoring.rulebook.editions import edition_on, rule_sets
from scoring.rulebook.group import Group
from scoring.rulebook.model import Criterion, Edition
from tests.cast import Building, Hazard, fact_log
from tests.scoring.invented import invented

CASES = Path(__file__).parents[2] / "cases"
EVENTS = (
    "criminal_case",
    "public_order_case",
    "lead_given",
    "lead_solved_case",
    "bad_influence_case",
    "fire_accident",
    "unlawful_business",
)
SEEN = {"inspected", "items", "answers", "but", "hazards", "inspections", "events", "fields", *EVENTS}
EXPECTED = {"name", "on", "grade", "score", "points", "unrated"}


def cases() -> list:
    found = []
    for path in sorted(path for path in CASES.glob("*.toml") if path.stem in rule_sets()):
        file = tomllib.loads(path.read_text(encoding="utf-8"))
        for case in file["case"]:
            assert set(case) <= SEEN | EXPECTED, f"{path.name}, {case['name']}: unknown key"
            whole = file.get("usually", {}) | case
            found.append(pytest.param(path.stem, whole, id=f"{path.stem}: {case['name']}"))
    return found


def answers(edition: Edition, case: dict) -> dict[str, float]:
    if isinstance(case["answers"], dict):
        signs = {"-": NOT_APPLICABLE, "?": NOT_KNOWN}
        return {item: signs.get(said, said) for item, said in (case["answers"] | case.get("but", {})).items()}
    items = case.get("items") or [item.code for item in edition.checklist]
    digits = {"-": NOT_APPLICABLE} | {str(digit): digit for digit in range(10)}
    given = dict(zip(items, case["answers"], strict=True)) | case.get("but", {})
    assert set(given) == set(items), "'but' names an item that is not on the list"
    return {item: digits[answer] for item, answer in given.items() if answer != "?"}


def building(edition: Edition, case: dict) -> Building:
    visits = [{"on": case["inspected"]}] if "inspected" in case else []
    visits += case.get("inspections", [])
    return Building(
        case["name"],
        events={kind: case[kind] for kind in EVENTS if kind in case} | case.get("events", {}),
        inspections=[(visit["on"], answers(edition, case | visit)) for visit in visits],
        hazards=[Hazard(**hazard) for hazard in case.get("hazards", [])],
        fields=case.get("fields", {}),
    )


def points_by_name(rating: Rating) -> dict[str, float]:
    return dict(zip(map(name_of, rating.edition.criteria), rating.points[0], strict=True))


def name_of(criterion: Criterion) -> str:
    """What a case calls a criterion: the category, group or fact that it reads."""
    match criterion:
        case Share():
            return criterion.category.code
        case GroupPoints(group=Group() as read) | ByRange(of=Group() as read):
            return read.code
        case ByRange():
            return criterion.of.fact
        case _:
            return criterion.need.fact


@pytest.mark.parametrize(("rule_set", "case"), cases())
def test_the_rules_say_so(rule_set: str, case: dict) -> None:
    edition = edition_on(rule_set, case["on"])
    rating = rate(compute_facts(fact_log(building(edition, case)), edition, case["on"]), edition)
    if "unrated" in case:
        missing = [need.column for need, gone in zip(edition.needs, rating.missing[0], strict=True) if gone]
        assert (rating.grade[0], missing) == (UNRATED, case["unrated"])
        assert np.isnan(rating.score[0])
        return
    assert edition.grades[rating.grade[0]].code == case["grade"]
    if "score" in case:
        assert rating.score[0] == float(Fraction(case["score"]))
    for name, points in case.get("points", {}).items():
        assert points_by_name(rating)[name] == float(Fraction(points)), name


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({}, {"overall": float(Fraction(1000, 11))}),  # 20 of 22
        ({"but": {"windows": 4}}, {"overall": 100}),
    ],
)
def test_a_case_can_say_numbers_by_item_and_points_by_group(change: dict, points: dict) -> None:
    edition = invented("two_shares")
    answered = {"roof": 4, "walls": 4, "windows": 0, "heating": "-", "lifts": "-"}
    case = {"name": "b", "inspected": date(2024, 5, 1), "answers": answered} | change
    rating = rate(compute_facts(fact_log(building(edition, case)), edition, date(2024, 6, 30)), edition)
    assert points_by_name(rating) == points


def test_a_case_can_say_fields_and_events_of_any_kind() -> None:
    one = building(
        invented("penalties"),
        {"name": "b", "fields": {"built": 1990}, "events": {"flood": [date(2024, 1, 1)]}, "lead_given": []},
    )
    assert (one.fields, one.events) == ({"built": 1990}, {"flood": [date(2024, 1, 1)], "lead_given": []})


def test_every_rule_set_has_cases() -> None:
    written = {path.stem for path in CASES.glob("*.toml")}
    assert written >= set(rule_sets())
