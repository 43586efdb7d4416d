"""Invented rule sets that use what the shipped ones do not, and the buildings their cases tell of."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from scoring.grading.facts import NOT_APPLICABLE, NOT_KNOWN
from scoring.rulebook.editions import Edition, read_edition
from tests.cast import Building, Hazard

FOLDER = Path(__file__).parents[1] / "cases" / "invented"
INVENTED = ("two_shares", "penalties")
SIGNS = {"-": NOT_APPLICABLE, "?": NOT_KNOWN}
SEEN = {"inspected", "answers", "but", "fields", "fires", "hazards"}
EXPECTED = {"name", "on", "grade", "score", "unrated"}


def invented(name: str) -> Edition:
    return read_edition(FOLDER / name / "2020-01-01.toml")


def cases() -> list:
    found = []
    for name in INVENTED:
        file = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
        for case in file["case"]:
            assert set(case) <= SEEN | EXPECTED, f"{name}, {case['name']}: unknown key"
            found.append(pytest.param(name, file["usually"] | case, id=f"{name}: {case['name']}"))
    return found


def building(case: Mapping) -> Building:
    answers = case["answers"] | case.get("but", {})
    return Building(
        case["name"],
        events={"fire_accident": case.get("fires", [])},
        inspections=[(case["inspected"], {item: SIGNS.get(answer, answer) for item, answer in answers.items()})],
        hazards=[Hazard(**hazard) for hazard in case.get("hazards", [])],
        fields=case.get("fields", {}),
    )
