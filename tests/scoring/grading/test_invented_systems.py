"""Two systems written by file alone, on both sides of each bound; each result by plain loops as well."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from scoring.grading.advice import advice_for, applied
from scoring.grading.facts import compute_facts
from scoring.grading.rating import UNRATED, Rating, rate
from scoring.rulebook.figures import figures, with_figures, without_facts
from scoring.rulebook.parser import edition_from
from tests.cast import Building, Hazard, fact_log
from tests.scoring.invented import INVENTED, building, cases, invented
from tests.scoring.reference import rated

ON = date(2024, 6, 30)
WHOLE = {"hygiene": 0, "structure": 0, "confidence": 0, "damp_m2": 0, "floor_m2": 100}


def rating_of(name: str, *buildings: Building) -> Rating:
    edition = invented(name)
    return rate(compute_facts(fact_log(*buildings), edition, ON), edition)


def looked_at(**answers: float) -> Building:
    return Building("b", inspections=[(date(2024, 5, 1), WHOLE | answers)], fields={"built": 1990})


@pytest.mark.parametrize(("name", "case"), cases())
def test_the_system_says_so_and_so_do_plain_loops(name: str, case: Mapping) -> None:
    edition, one = invented(name), building(case)
    rating = rate(compute_facts(fact_log(one), edition, case["on"]), edition)
    by_hand = rated(one, edition, case["on"])
    if "unrated" in case:
        missing = [need.column for need, gone in zip(edition.needs, rating.missing[0], strict=True) if gone]
        assert (rating.grade[0], missing, by_hand) == (UNRATED, case["unrated"], None)
        return
    assert by_hand == (Fraction(case["score"]), case["grade"])
    assert rating.score[0] == float(Fraction(case["score"]))
    assert edition.grades[rating.grade[0]].code == case["grade"]


def test_a_reason_tells_what_a_group_was_made_of() -> None:
    one = Building("b", {"fire_accident": [ON]}, looked_at(damp_m2=20).inspections, [Hazard(date(2024, 1, 1))])
    reasons = {reason.label.en: reason for reason in rating_of("penalties", one).reasons(0)}
    trouble = reasons["Fires and overdue hazards"]
    assert (trouble.value, trouble.points, trouble.lowers) == (4, -4, True)
    assert [(part.label.en, part.value) for part in trouble.parts] == [("Fires", 1), ("Overdue hazards", 0)]
    damp = reasons["Share that is damp, in percent"]
    assert (damp.value, damp.points, [part.value for part in damp.parts]) == (20, -2.5, [20, 100])


def test_a_reason_of_an_average_tells_each_share_out_of_its_maximum() -> None:
    answers = {"roof": 2, "walls": 4, "windows": "-", "heating": 50, "lifts": 4}
    case = {"name": "b", "answers": answers, "inspected": ON}
    (overall, _) = rating_of("two_shares", building(case)).reasons(0)
    assert [(part.value, part.out_of) for part in overall.parts] == [(14, 20), (104, 204)]


def test_a_reason_of_a_cap_over_a_group_tells_its_value() -> None:
    (cap,) = (r for r in rating_of("penalties", looked_at(damp_m2=60, structure=1)).reasons(0) if r.kind == "cap")
    assert (cap.value, cap.grade, cap.label.en) == (60, "two", "Share that is damp, in percent, Structure")


@pytest.mark.parametrize("name", INVENTED)
def test_every_figure_can_be_tried_otherwise_and_is_read_back(name: str) -> None:
    edition = invented(name)
    for figure in figures(edition):
        if figure.group == "cap" and figure.key == "grade":
            continue
        value = figure.value + (1 if figure.group != "band" else 0)
        text = with_figures(edition.text, {figure.path: value})
        found = {one.path: one.value for one in figures(edition_from(text, name, edition.in_force))}
        assert found[figure.path] == value, figure


def test_a_weight_tried_otherwise_changes_the_score() -> None:
    edition = invented("two_shares")
    text = with_figures(edition.text, {("category", 0, "items", 2, "weight"): Decimal(5)})
    answers = {"roof": 4, "walls": 4, "windows": 0, "heating": "-", "lifts": "-"}
    facts = compute_facts(fact_log(building({"name": "b", "answers": answers, "inspected": ON})), edition, ON)
    heavier = edition_from(text, "two_shares", edition.in_force)
    assert [rate(facts, one).score[0] for one in (edition, heavier)] == [91, 50]  # 20 of 22, 20 of 40


def test_a_file_without_a_fact_is_without_the_groups_and_criteria_that_read_it() -> None:
    edition = invented("penalties")
    rest = edition_from(without_facts(edition.text, ["fires"]), "penalties", edition.in_force)
    assert [group.code for group in rest.groups] == ["inspected", "damp"]
    assert "fires" not in {need.fact for need in rest.needs}


@pytest.mark.parametrize(
    ("name", "one"),
    [
        ("penalties", looked_at(hygiene=12, confidence=20, structure=8)),
        ("penalties", looked_at(damp_m2=60, structure=1)),
        (
            "two_shares",
            building(
                {
                    "name": "b",
                    "inspected": ON,
                    "answers": {"roof": 1, "walls": 0, "windows": 1, "heating": 10, "lifts": 4},
                }
            ),
        ),
    ],
)
def test_advice_names_repairs_that_are_enough(name: str, one: Building) -> None:
    edition, known = invented(name), fact_log(one)
    advice = advice_for(known, edition, ON)
    before = rate(compute_facts(known, edition, ON), edition).grade[0]
    after = rate(compute_facts(applied(known, edition, advice, ON), edition, ON), edition).grade[0]
    assert advice.day == ON
    assert advice.repairs
    assert after > before
    assert edition.grades[after].code == advice.reached


def test_penalties_are_mended_to_nought_and_shares_to_their_best() -> None:
    edition = invented("penalties")
    one = looked_at(hygiene=12)
    advice = advice_for(fact_log(one), edition, ON)
    mended = compute_facts(applied(fact_log(one), edition, advice, ON), edition, ON)
    assert ([repair.fact for repair in advice.repairs], mended["hygiene"].item()) == (["hygiene"], 0)


def test_many_buildings_rated_at_once_are_as_each_alone() -> None:
    edition = invented("penalties")
    many = [building(case.values[1]) for case in cases() if case.values[0] == "penalties"]
    together = rate(compute_facts(fact_log(*many), edition, ON), edition)
    alone = pd.concat([compute_facts(fact_log(one), edition, ON) for one in many])
    np.testing.assert_array_equal(together.score, rate(alone, edition).score)
