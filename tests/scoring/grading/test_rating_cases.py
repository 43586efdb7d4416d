"""Every sentence of the rules as a case in tests/cases/<rule set>.toml.

`answers` gives one character per item in the order of `items`, as a check-list stores them; `but` changes some.
"""

import tomllib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from scoring.grading.facts import NOT_APPLICABLE, compute_facts
from scoring.grading.rating import UNRATED, Rating, rate
from scoring.rulebook.criteria import Share
from scoring.rulebook.editions import edition_on, rule_sets
from scoring.rulebook.model import Edition
from tests.cast import Building, Hazard, fact_log

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
SEEN = {"inspected", "answers", "but", "hazards", "inspections", *EVENTS}
EXPECTED = {"name", "on", "grade", "score", "points", "unrated"}


def cases() -> list:
    found = []
    for path in sorted(path for path in CASES.glob("*.toml") if path.stem in rule_sets()):
        file = tomllib.loads(path.read_text(encoding="utf-8"))
        for case in file["case"]:
            assert set(case) <= SEEN | EXPECTED, f"{path.name}, {case['name']}: unknown key"
            whole = file["usually"] | case
            found.append(pytest.param(path.stem, whole, id=f"{path.stem}: {case['name']}"))
    return found


def answers(edition: Edition, case: dict) -> dict[str, int]:
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
        events={kind: case[kind] for kind in EVENTS if kind in case},
        inspections=[(visit["on"], answers(edition, case | visit)) for visit in visits],
        hazards=[Hazard(**hazard) for hazard in case.get("hazards", [])],
    )


def points_by_name(rating: Rating) -> dict[str, float]:
    names = [one.category.code if isinstance(one, Share) else one.need.fact for one in rating.edition.criteria]
    return dict(zip(names, rating.points[0], strict=True))


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


def test_every_rule_set_has_cases() -> None:
    written = {path.stem for path in CASES.glob("*.toml")}
    assert written >= set(rule_sets())
