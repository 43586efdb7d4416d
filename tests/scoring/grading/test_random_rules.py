"""Any rule of the language, on any buildings, against plain loops over one building at a time."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.grading.advice import advice_for, applied
from scoring.grading.facts import NOT_APPLICABLE, NOT_KNOWN, ChecklistAnswers, FactLog, OpenPeriods, compute_facts
from scoring.grading.rating import UNRATED, rate
from scoring.rulebook import exact
from scoring.rulebook.editions import edition_on
from scoring.rulebook.model import Edition
from scoring.rulebook.parser import edition_from
from tests.cast import Building, Hazard, fact_log
from tests.scoring.grading.test_rating_properties import RULE_SETS, buildings
from tests.scoring.reference import rated

ON = date(2024, 3, 31)
HEAD = """
title = { zh = "自拟", en = "Invented" }
source = { zh = "自拟", en = "Invented" }
"""
GRADES = ("e", "d", "c", "b", "a")
FACTS = {
    "fires": 'events = ["fire_accident"]',
    "open": 'hazards = "open"\ncost = 1',
    "built": 'building = "built"',
    "homes": 'building = "homes"',
}
QUOTE = 'quote = "q"'

places = st.integers(0, 3)
figure_texts = st.one_of(
    st.integers(-40, 40).map(str), st.decimals(-40, 40, places=2).map(lambda one: f"{one:f}"), st.just("0")
)
positive = st.one_of(st.integers(1, 20).map(str), st.decimals("0.01", 20, places=2).map(lambda one: f"{one:f}"))
not_known = st.sampled_from(["", "not_known = 0\n", "not_known = 1.5\n", 'not_known = "does_not_apply"\n'])


@st.composite
def groups(draw: st.DrawFn, number: int, items: Sequence[str], before: Sequence[str]) -> str:
    names = st.lists(st.sampled_from([*items, *FACTS, *before]), min_size=1, max_size=4)
    how = draw(st.sampled_from(["sum", "average", "ratio", "share_of"]))
    if how == "share_of":
        made = f'share_of = "{draw(st.sampled_from(["one", "two"]))}"'
    elif how == "ratio":
        made = f"ratio = {{ of = {draw(names)}, to = {draw(names)} }}"
    else:
        made = f"{how} = {draw(names)}"
    lines = [made, draw(not_known).replace("1.5", "0.5" if how == "share_of" else "1.5")]
    if draw(st.booleans()):
        lines.append(f"factor = {draw(figure_texts.filter(float))}")
    if draw(st.booleans()):
        lines.append(f"round_to = {draw(positive)}")
    least, most = sorted(draw(st.lists(st.integers(-30, 60), min_size=2, max_size=2, unique=True)))
    lines += [f"at_least = {least}"] * draw(st.booleans()) + [f"at_most = {most}"] * draw(st.booleans())
    lines += ["months = 12"] if "fires" in made else []
    return "\n".join(["[[group]]", f'code = "g{number}"', 'name = { zh = "组", en = "G" }', *lines])


@st.composite
def criteria(draw: st.DrawFn, items: Sequence[str], made: Sequence[str]) -> str:
    reads_group = bool(made) and draw(st.booleans())
    name = draw(st.sampled_from(made if reads_group else [*items, *FACTS]))
    lines = ["[[criterion]]", QUOTE, f'{"group" if reads_group else "fact"} = "{name}"']
    if not reads_group:
        lines.append(draw(not_known))
    kind = draw(st.sampled_from(["points", "range"] if reads_group else ["points", "range", "yes"]))
    if kind == "points":
        lines.append(f"points = {draw(figure_texts)}")
        if reads_group and draw(st.booleans()):
            lines.append(f"nothing_scored = {{ points = {draw(figure_texts)}, quote = 'n' }}")
    elif kind == "yes":
        lines.append(f"points = {{ yes = {draw(figure_texts)}, no = {draw(figure_texts)} }}")
    else:
        bounds = sorted(draw(st.sets(st.integers(-20, 60), min_size=1, max_size=3)))
        lines += [f"[[criterion.range]]\nbelow = {bound}\npoints = {draw(figure_texts)}" for bound in bounds]
        lines.append(f"[[criterion.range]]\npoints = {draw(figure_texts)}")
    return "\n".join(lines)


@st.composite
def rules(draw: st.DrawFn) -> Edition:
    items = [f"i{number}" for number in range(draw(st.integers(2, 5)))]
    half = max(1, len(items) // 2)
    head = HEAD + draw(st.sampled_from(["", 'rounding = "half_up"\n', "round_to = 5\n", "round_to = 0.25\n"]))
    parts = [f'[[grade]]\ncode = "{code}"\nname = {{ zh = "级", en = "{code}" }}' for code in GRADES]
    for code, listed in (("one", items[:half]), ("two", items[half:])):
        rows = ", ".join(
            f'{{ code = "{item}", zh = "项", en = "I", best = {draw(st.sampled_from([1, 5, 100]))}, cost = 1, '
            f"weight = {draw(st.sampled_from(['1', '2', '0.5', '3.25']))} }}"
            for item in listed
        )
        parts.append(f'[[category]]\ncode = "{code}"\nname = {{ zh = "类", en = "C" }}\nitems = [{rows}]')
    parts += [f'[[fact]]\nname = "{name}"\nlabel = {{ zh = "事", en = "F" }}\n{of}' for name, of in FACTS.items()]
    made: list[str] = []
    for number in range(draw(st.integers(0, 4))):
        parts.append(draw(groups(number, items, made)))
        made.append(f"g{number}")
    parts += [draw(criteria(items, made)) for _ in range(draw(st.integers(0, 4)))]
    bounds = sorted(draw(st.sets(figure_texts.map(Decimal), min_size=0, max_size=4)))
    parts += [f'[[band]]\ngrade = "{GRADES[n]}"\nbelow = {bound:f}\n{QUOTE}' for n, bound in enumerate(bounds)]
    parts.append(f'[[band]]\ngrade = "{GRADES[len(bounds)]}"\n{QUOTE}')
    for name in draw(st.lists(st.sampled_from([*items, *made, "built"]), max_size=2)):
        reads = "group" if name in made else "fact"
        limit = draw(st.sampled_from(["at_least", "below"]))
        parts.append(f'[[cap]]\ngrade = "d"\n{reads} = "{name}"\n{limit} = {draw(figure_texts)}\n{QUOTE}')
    parts.append("[inspect_every_days]\n" + "\n".join(f"{code} = {{ officer = 9 }}" for code in GRADES))
    return edition_from(head + "\n" + "\n\n".join(parts), "invented", date(2020, 1, 1))


@st.composite
def houses(draw: st.DrawFn, edition: Edition) -> Building:
    answers = {}
    for item in edition.checklist:
        number = st.one_of(st.integers(0, item.best), st.decimals(0, item.best, places=3).map(float))
        answers[item.code] = draw(st.one_of(number, number, number, st.sampled_from([NOT_APPLICABLE, NOT_KNOWN])))
    fields = {name: draw(st.one_of(st.none(), st.integers(1, 2030))) for name in ("built", "homes")}
    return Building(
        "b",
        {"fire_accident": draw(st.lists(st.sampled_from([ON, date(2023, 3, 31), date(2023, 4, 1)]), max_size=3))},
        [(ON, answers)] if draw(st.integers(0, 5)) else [],
        [Hazard(date(2024, 1, 1))] * draw(st.integers(0, 2)),
        {name: year for name, year in fields.items() if year is not None},
    )


@settings(max_examples=150)
@given(data=st.data())
def test_any_rule_gives_what_plain_loops_give(data: st.DataObject) -> None:
    edition = data.draw(rules())
    many = data.draw(st.lists(houses(edition), min_size=1, max_size=4))
    rating = rate(compute_facts(fact_log(*many), edition, ON), edition)
    for row, one in enumerate(many):
        expected = rated(one, edition, ON)
        if expected is None:
            assert rating.grade[row] == UNRATED
            assert {reason.kind for reason in rating.reasons(row)} == {"missing"}
        else:
            assert (rating.score[row], edition.grades[rating.grade[row]].code) == (float(expected[0]), expected[1])
            assert len(rating.reasons(row)) >= len(edition.criteria) + 1


@settings(max_examples=60)
@given(data=st.data())
def test_advice_by_any_rule_keeps_its_promise(data: st.DataObject) -> None:
    edition = data.draw(rules())
    known = fact_log(data.draw(houses(edition)))
    advice = advice_for(known, edition, ON)
    if advice.day is not None:
        after = applied(known, edition, advice, advice.day)
        grade = rate(compute_facts(after, edition, advice.day), edition).grade[0]
        assert edition.grades[grade].code == advice.reached
        assert grade > edition.position(advice.grade or "")


@pytest.mark.parametrize("rule_set", RULE_SETS)
@settings(max_examples=10)
@given(data=st.data())
def test_pythons_own_numbers_give_the_same_as_int64(rule_set: str, data: st.DataObject) -> None:
    edition = edition_on(rule_set, ON)
    facts = compute_facts(fact_log(*data.draw(st.lists(buildings(rule_set), min_size=1, max_size=5))), edition, ON)
    usual = rate(facts, edition)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("HOLDS", 2), ("FEW", 0), ("SHORT", 2), ("FLOATS_HOLD", 2)):
            patch.setattr(exact, name, value)
        wide = rate(facts, edition)
    np.testing.assert_array_equal(usual.score, wide.score)
    np.testing.assert_array_equal(usual.grade, wide.grade)
    np.testing.assert_array_equal(usual.points, wide.points)


def many_items(count: int, shares: int) -> Edition:
    """Shares of so many weighted items each; their points add up to 100."""
    parts = [HEAD, *(f'[[grade]]\ncode = "{code}"\nname = {{ zh = "级", en = "{code}" }}' for code in "ba")]
    for share in range(shares):
        rows = ", ".join(
            f'{{ code = "s{share}_{item}", zh = "项", en = "I", weight = {1 + item % 7}, best = 5, cost = 1 }}'
            for item in range(count)
        )
        parts.append(f'[[category]]\ncode = "s{share}"\nname = {{ zh = "类", en = "C" }}\nitems = [{rows}]')
    parts += [f'[[criterion]]\nshare_of = "s{share}"\npoints = {100 // shares}\n{QUOTE}' for share in range(shares)]
    parts.append(f'[[band]]\ngrade = "b"\nbelow = 50\n{QUOTE}\n[[band]]\ngrade = "a"\n{QUOTE}')
    parts.append("[inspect_every_days]\nb = { officer = 9 }\na = { officer = 9 }")
    return edition_from("\n".join(parts), "invented", date(2020, 1, 1))


@pytest.mark.parametrize(("count", "shares"), [(40, 1), (41, 1), (300, 1), (41, 4), (300, 2), (300, 10)])
def test_shares_of_many_items_are_exact(count: int, shares: int) -> None:
    edition = many_items(count, shares)
    rng = np.random.default_rng(count * shares)
    answers = rng.integers(-1, 6, (40, len(edition.checklist)))
    items = tuple(item.code for item in edition.checklist)
    known = FactLog(40, {}, (lists(items, answers),), OpenPeriods.none())
    rating = rate(compute_facts(known, edition, ON), edition)
    for row, given_answers in enumerate(answers.tolist()):
        one = Building("b", inspections=[(ON, dict(zip(items, given_answers, strict=True)))])
        expected = rated(one, edition, ON)
        assert expected is not None
        assert (rating.score[row], edition.grades[rating.grade[row]].code) == (float(expected[0]), expected[1])


def lists(items: tuple[str, ...], answers: np.ndarray) -> ChecklistAnswers:
    rows = np.arange(len(answers), dtype=np.int32)
    return ChecklistAnswers(items, rows, np.full(len(answers), np.datetime64(ON, "D")), answers.astype(np.int8))


def test_a_share_of_300_items_that_comes_to_its_bound_exactly_has_reached_it() -> None:
    edition = many_items(300, 2)
    items = [item.code for item in edition.checklist]
    whole, nothing = dict.fromkeys(items[:300], 5), dict.fromkeys(items[300:], 0)
    at_bound = whole | nothing
    below = at_bound | {items[0]: 4}
    known = fact_log(*(Building("b", inspections=[(ON, one)]) for one in (at_bound, below)))
    rating = rate(compute_facts(known, edition, ON), edition)
    assert [edition.grades[grade].code for grade in rating.grade] == ["a", "b"]


def test_advice_on_300_items_is_enough() -> None:
    edition = many_items(300, 1)
    known = fact_log(Building("b", inspections=[(ON, {item.code: 1 for item in edition.checklist})]))
    advice = advice_for(known, edition, ON)
    assert advice.day == ON
    assert advice.reached == "a"
    assert len(advice.repairs) < 200
