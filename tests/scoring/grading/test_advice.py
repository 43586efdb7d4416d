"""Advice: what to mend, what runs out, from which day. Applied and rated again, it keeps its promise."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.grading.advice import Window, advice_for, applied, fact_log_until
from scoring.grading.facts import NOT_APPLICABLE, FactLog, compute_facts
from scoring.grading.rating import UNRATED, rate
from scoring.rulebook.editions import edition_from, edition_on
from scoring.rulebook.model import Edition, FactColumn
from tests import cast
from tests.cast import Building, Hazard, fact_log
from tests.scoring.grading.test_rating_cases import CASES, building
from tests.scoring.grading.test_rating_properties import EVENTS, ON, RULE_SETS, asked, buildings, days, hazards
from tests.scoring.reference import value
from tests.scoring.rule_texts import SMALL_RULE

FILE = tomllib.loads((CASES / "advice.toml").read_text(encoding="utf-8"))
BEST = {"toronto": 5}
MONTH = 31


def told(case: dict) -> Building:
    if "who" in case:
        return getattr(cast, case["who"])
    return building(edition_on(case["rule_set"], case["on"]), case)


@pytest.mark.parametrize(
    "case", [FILE["usually"].get(case["rule_set"], {}) | case for case in FILE["case"]], ids=lambda case: case["name"]
)
def test_the_building_is_told_so(case: dict) -> None:
    advice = advice_for(fact_log(told(case)), edition_on(case["rule_set"], case["on"]), case["on"])
    assert [one.fact for one in advice.repairs] == case["mend"]
    for name in ("grade", "day", "reached", "improves_on"):
        assert getattr(advice, name) == case.get(name), name
    assert [[need.fact for need in cap.conditions[0].needs] for cap in advice.blocking_caps] == case.get("barriers", [])
    if "missing_count" in case:
        assert len(advice.missing) == case["missing_count"]
    else:
        assert [need.fact for need in advice.missing] == case.get("missing", [])
    assert list(advice.windows) == [
        Window(
            FactColumn(one["fact"], one["months"]),
            one["happened"],
            one["ends"],
            one.get("points", 0),
            tuple(one.get("frees", ())),
            tuple(one.get("binds", ())),
        )
        for one in case.get("windows", ())
    ]


def test_of_equally_dear_facts_the_narrower_says_which_hazard_to_mend() -> None:
    hazard_facts = "".join(
        f'[[fact]]\nname = "{name}"\nlabel = {{ zh = "患", en = "{name}" }}\nhazards = "open"\ncost = 2\n{only}\n'
        for name, only in (("open", ""), ("grave", 'severities = ["high"]'))
    )
    counted = '[[criterion]]\nfact = "open"\npoints = -1\nquote = "each hazard"\n\n'
    cap = '[[cap]]\ngrade = "bad"\nfact = "grave"\nat_least = 1\nquote = "a grave hazard"\n\n'
    rule = SMALL_RULE.replace("[[fact]]", f"{hazard_facts}\n[[fact]]", 1).replace("[[band]]", f"{counted}[[band]]", 1)
    edition = edition_from(rule.replace("[inspect_every_days]", f"{cap}[inspect_every_days]"), "small", ON)
    found = date(2022, 1, 1)
    one = Building(
        "b",
        inspections=[(found, {"swept": 1, "painted": 1})],
        hazards=[Hazard(found, severity=severity) for severity in ("low", "medium", "high")],
    )
    assert [(repair.fact, repair.hazard) for repair in advice_for(fact_log(one), edition, ON).repairs] == [("grave", 2)]


@st.composite
def shabby(draw: st.DrawFn, rule_set: str) -> Building:
    """A building of which a few things could be mended, and so few items apply that each of them weighs."""
    items = asked(edition_on(rule_set, ON))
    best = BEST.get(rule_set, 1)
    applying = set(draw(st.lists(st.sampled_from(items), min_size=1, max_size=9, unique=True)))
    answers = {item: best if item in applying else NOT_APPLICABLE for item in items}
    for item in draw(st.lists(st.sampled_from(sorted(applying)), max_size=4, unique=True)):
        answers[item] = draw(st.integers(0, best - 1))
    for item in {"listed_persons", "work_subjects", "high_risk_area_persons"} & answers.keys():
        answers[item] = 0
    if rule_set == "baoan":  # a category of which nothing applies would leave it unrated
        answers |= dict.fromkeys(("escape_windows", "rounds_logged", "leases_filed", "clean"), 1)
    events = st.dictionaries(st.sampled_from(EVENTS), st.lists(days, max_size=2), max_size=2)
    return Building("shabby", draw(events), [(date(2022, 1, 1), answers)], draw(st.lists(hazards, max_size=3)))


def as_known(one: Building) -> Building:
    """What is known of it on the day, told in the cast's words."""
    past = [replace(hazard, transferred=_past(hazard.transferred)) for hazard in one.hazards if hazard.found <= ON]
    return replace(
        one,
        events={kind: [day for day in when if day <= ON] for kind, when in one.events.items()},
        inspections=[visit for visit in one.inspections if visit[0] <= ON],
        hazards=[replace(hazard, closed=_past(hazard.closed)) for hazard in past],
    )


def _past(day: date | None) -> date | None:
    return day if day and day <= ON else None


def mendable(one: Building, edition: Edition, on: date) -> list[tuple[int, str | int]]:
    """What could be mended by then, in plain Python: cost, and the item or the hazard's number."""
    found: list[tuple[int, str | int]] = []
    for need in edition.needs:
        fact = edition.facts[need.fact]
        if fact.kind == "answer" and fact.cost and value(one, edition, need, on) not in (None, "-", best_of(edition)):
            found.append((fact.cost, fact.of[0]))
    for number, hazard in enumerate(one.hazards):
        alone = replace(one, hazards=[hazard])
        facts = [(edition.facts[need.fact], need) for need in edition.needs]
        costs = [
            fact.cost
            for fact, need in facts
            if fact.kind == "hazards" and fact.cost and value(alone, edition, need, on)
        ]
        found += [(max(costs), number)] if costs else []
    return found


def best_of(edition: Edition) -> int:
    return BEST.get(edition.rule_set, 1)


def mended(one: Building, edition: Edition, what: Sequence[tuple[int, str | int]], day: date) -> Building:
    """The building with these things put right on a day."""
    items = {item: best_of(edition) for _, item in what if isinstance(item, str)}
    closed = {number for _, number in what if isinstance(number, int)}
    hazards_then = [replace(one, closed=day) if n in closed else one for n, one in enumerate(one.hazards)]
    return replace(one, inspections=[*one.inspections, *([(day, items)] if items else [])], hazards=hazards_then)


def grades_by_day(one: Building, edition: Edition, every: Sequence[date]) -> list[int]:
    known = fact_log(one)
    return rate(pd.concat([compute_facts(known, edition, day) for day in every]), edition).grade.tolist()


@pytest.mark.parametrize("rule_set", RULE_SETS)
@settings(max_examples=20)
@given(data=st.data())
def test_the_promised_grade_is_reached_on_the_promised_day(rule_set: str, data: st.DataObject) -> None:
    edition = edition_on(rule_set, ON)
    one = data.draw(st.one_of(buildings(rule_set), shabby(rule_set)))
    known = fact_log(one)
    advice = advice_for(known, edition, ON)
    grade = rated(fact_log_until(known, ON), edition, ON)
    if grade == UNRATED:
        assert advice.grade is None and advice.missing and not advice.repairs and not advice.windows
        return
    assert advice.grade == edition.grades[grade].code
    assert not advice.missing
    if advice.day:
        after = applied(fact_log_until(known, ON), edition, advice, advice.day)
        assert edition.grades[rated(after, edition, advice.day)].code == advice.reached
        assert edition.position(advice.reached) > grade
    if advice.improves_on:
        assert advice.day and advice.day <= advice.improves_on
    if grade == len(edition.grades) - 1:
        assert advice == replace(advice, day=None, repairs=(), improves_on=None, windows=(), blocking_caps=())


def rated(known: FactLog, edition: Edition, on: date) -> int:
    return int(rate(compute_facts(known, edition, on), edition).grade[0])


@pytest.mark.parametrize("rule_set", RULE_SETS)
@settings(max_examples=12)
@given(data=st.data())
def test_no_smaller_or_as_small_and_cheaper_set_would_do(rule_set: str, data: st.DataObject) -> None:
    """Against every subset of everything that can be mended."""
    edition = edition_on(rule_set, ON)
    one = as_known(data.draw(shabby(rule_set)))
    advice = advice_for(fact_log(one), edition, ON)
    if advice.day is None:
        return
    whole = mendable(one, edition, advice.day)
    subsets = [chosen for size in range(len(whole) + 1) for chosen in combinations(whole, size)]
    tried = [mended(one, edition, chosen, advice.day) for chosen in subsets]
    reached = rate(compute_facts(fact_log(*tried), edition, advice.day), edition).grade.tolist()
    target = edition.position(advice.grade) + 1
    smallest = min(
        (len(chosen), sum(cost for cost, _ in chosen))
        for chosen, grade in zip(subsets, reached, strict=True)
        if grade >= target
    )
    assert (len(advice.repairs), sum(one.cost for one in advice.repairs)) == smallest


@pytest.mark.parametrize("rule_set", ["qishuyan", "qishuyan_as_published", "baoan", "teda"])
@settings(max_examples=4)
@given(data=st.data())
def test_no_earlier_day_would_do(rule_set: str, data: st.DataObject) -> None:
    """Against every day of thirteen months, with everything mended and with nothing mended."""
    edition = edition_on(rule_set, ON)
    one = as_known(data.draw(shabby(rule_set)))
    advice = advice_for(fact_log(one), edition, ON)
    if advice.grade is None or edition.position(advice.grade) == len(edition.grades) - 1:
        return
    every = [ON + timedelta(n) for n in range(13 * MONTH)]
    left = grades_by_day(one, edition, every)
    better = mended(one, edition, mendable(one, edition, every[-1]), ON)
    best = grades_by_day(better, edition, every)
    target = edition.position(advice.grade) + 1
    for promised, seen in ((advice.day, best), (advice.improves_on, left)):
        first = next((day for day, grade in zip(every, seen, strict=True) if grade >= target), None)
        assert (promised if promised and promised <= every[-1] else None) == first


def test_an_item_that_several_facts_and_a_cap_read_is_mended_in_all_of_them() -> None:
    """Swept in two facts: one yes or no for 2 points, one that caps while it is below 1."""
    again = """
[[fact]]
name = "swept_again"
label = { zh = "扫", en = "Swept" }
answer = "swept"
cost = 3

[[criterion]]
fact = "swept_again"
points = { yes = 2, no = -8 }
quote = "again"

[[cap]]
grade = "bad"
fact = "swept_again"
below = 1
quote = "not swept"
"""
    text = SMALL_RULE.replace('en = "Swept"', 'en = "Swept", cost = 1') + again
    edition = edition_from(text, "small", date(2020, 1, 1))
    one = Building("dusty", inspections=[(date(2024, 1, 1), {"swept": 0, "painted": 0})])
    advice = advice_for(fact_log(one), edition, ON)
    assert (advice.day, advice.reached, [one.fact for one in advice.repairs]) == (ON, "good", ["swept"])


HAZARDS_COST_POINTS = """
[[fact]]
name = "open_hazards"
label = { zh = "隐患", en = "Hazards" }
hazards = "open"
cost = 1

[[criterion]]
fact = "open_hazards"
points = -2
quote = "each hazard"
"""


@pytest.mark.parametrize(
    ("fires", "open_hazards", "mend"),
    [(1, 2, ["swept"]), (0, 3, ["open_hazards"]), (1, 3, ["open_hazards", "swept"]), (0, 5, ["open_hazards"] * 3)],
)
def test_hazards_that_cost_points_are_weighed_against_items(fires: int, open_hazards: int, mend: list[str]) -> None:
    """Good from 6: of 10 each fire takes 2.5, each hazard 2; to sweep gives 2.5 and is dear. Few before cheap."""
    text = SMALL_RULE.replace('en = "Swept"', 'en = "Swept", cost = 3') + HAZARDS_COST_POINTS
    edition, seen = edition_from(text, "small", date(2020, 1, 1)), {"swept": 0, "painted": 0}
    hazards_open = [cast.Hazard(date(2024, 3, 1))] * open_hazards
    one = Building("b", {"fire_accident": [date(2024, 3, 1)] * fires}, [(date(2024, 1, 1), seen)], hazards_open)
    advice = advice_for(fact_log(one), edition, ON)
    assert (advice.grade, advice.day, advice.reached) == ("bad", ON, "good")
    assert [one.fact for one in advice.repairs] == mend


def test_many_open_hazards_are_tried_by_their_number() -> None:
    """Forty of two kinds in TEDA: the one high hazard must go, and all but two of the others."""
    many = [cast.Hazard(date(2024, 3, 1), severity="high")] + [cast.Hazard(date(2024, 3, 1))] * 39
    one = Building("ruin", inspections=[(date(2024, 1, 1), {"clean": 1})], hazards=many)
    advice = advice_for(fact_log(one), edition_on("teda", ON), ON)
    assert (advice.day, advice.reached, len(advice.repairs)) == (ON, "attention", 38)


@pytest.mark.parametrize(("happened", "told"), [(date(2023, 3, 31), date(2026, 3, 31)), (date(2023, 4, 1), None)])
def test_no_day_past_the_horizon_is_told(happened: date, told: date | None) -> None:
    """Two fires cap for 36 months; the horizon from 31 March 2024 is 31 March 2026."""
    edition = edition_from(SMALL_RULE.replace("months = 6", "months = 36"), "small", date(2020, 1, 1))
    one = Building("b", {"fire_accident": [happened, ON]}, [(date(2024, 1, 1), {"swept": 1, "painted": 1})])
    advice = advice_for(fact_log(one), edition, ON)
    assert (advice.day, advice.improves_on) == (told, told)


def test_what_happens_later_is_not_known_yet() -> None:
    seen = [(date(2024, 3, 1), cast.WELL_KEPT)]
    later = Building(
        "later",
        {"criminal_case": [date(2024, 3, 20), date(2024, 4, 1)], "lead_given": [date(2024, 4, 1)]},
        [*seen, (date(2024, 4, 1), dict.fromkeys(cast.WELL_KEPT, 0))],
        [cast.Hazard(date(2024, 4, 1), "public_order"), cast.Hazard(date(2024, 3, 1), closed=date(2024, 4, 1))],
    )
    until_now = replace(
        later,
        events={"criminal_case": [date(2024, 3, 20)]},
        inspections=seen,
        hazards=[cast.Hazard(date(2024, 3, 1))],
    )
    edition = edition_on("qishuyan", ON)
    assert advice_for(fact_log(later), edition, ON) == advice_for(fact_log(until_now), edition, ON)
