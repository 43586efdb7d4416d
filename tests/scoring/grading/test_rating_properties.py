"""What must hold of any building whatever: tried on invented ones."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.grading.facts import NOT_APPLICABLE, compute_facts
from scoring.grading.rating import UNRATED, Rating, rate
from scoring.rulebook.editions import edition_on
from scoring.rulebook.hazard_catalogue import GROUPS, SEVERITIES
from scoring.rulebook.model import Edition
from tests.cast import Building, Hazard, fact_log
from tests.scoring.reference import rated

ON = date(2024, 3, 31)
RULE_SETS = ("qishuyan", "qishuyan_as_published", "baoan", "toronto", "teda")
BAD_EVENTS = ("criminal_case", "public_order_case", "bad_influence_case", "fire_accident", "unlawful_business")
EVENTS = (*BAD_EVENTS, "lead_given", "lead_solved_case")

# Most days lie at the far end of a window, where mistakes are.
window_ends = [date(2024, 2, 29), date(2024, 1, 31), date(2023, 12, 31), date(2023, 9, 30), date(2023, 3, 31)]
near_ends = st.builds(lambda day, off: day + timedelta(off), st.sampled_from([*window_ends, ON]), st.integers(-2, 2))
days = st.one_of(near_ends, st.dates(date(2022, 6, 1), date(2024, 6, 1)))
hazards = st.builds(
    lambda found, open_for, due_in, transferred_after, group, severity: Hazard(
        found,
        group,
        severity,
        closed=None if open_for is None else found + timedelta(open_for),
        due=None if due_in is None else found + timedelta(due_in),
        transferred=None if transferred_after is None else found + timedelta(transferred_after),
    ),
    days,
    st.one_of(st.none(), st.integers(0, 90)),
    st.one_of(st.none(), st.sampled_from([3, 15, 30])),
    st.one_of(st.none(), st.integers(0, 40)),
    st.sampled_from(GROUPS),
    st.sampled_from(SEVERITIES),
)


def asked(edition: Edition) -> list[str]:
    """The items its rating reads; one at least, that a building may have been looked at under any rules."""
    return [fact.of[0] for fact in edition.facts.values() if fact.kind == "answer"] or ["clean"]


def answer(rule_set: str) -> st.SearchStrategy[int]:
    usual = st.integers(1, 5) if rule_set == "toronto" else st.sampled_from([1, 1, 1, 0])
    return st.one_of(usual, usual, usual, st.just(NOT_APPLICABLE))


@st.composite
def buildings(draw: st.DrawFn, rule_set: str) -> Building:
    items = asked(edition_on(rule_set, ON))
    inspections = []
    for day in sorted(draw(st.lists(days, max_size=3, unique=True))):
        some = items if draw(st.integers(0, 3)) else items[: draw(st.integers(1, len(items)))]
        given_answers = draw(st.lists(answer(rule_set), min_size=len(some), max_size=len(some)))
        inspections.append((day, dict(zip(some, given_answers, strict=True))))
    return Building(
        "invented",
        events=draw(st.dictionaries(st.sampled_from(EVENTS), st.lists(days, max_size=3), max_size=4)),
        inspections=inspections,
        hazards=draw(st.lists(hazards, max_size=3)),
    )


def rate_all(many: Sequence[Building], edition: Edition) -> Rating:
    return rate(compute_facts(fact_log(*many), edition, ON), edition)


def with_event(building: Building, kind: str, day: date) -> Building:
    return replace(building, events={**building.events, kind: [*building.events.get(kind, ()), day]})


@pytest.mark.parametrize("rule_set", RULE_SETS)
@settings(max_examples=30)
@given(data=st.data())
def test_the_whole_frame_agrees_with_plain_fractions(rule_set: str, data: st.DataObject) -> None:
    edition = edition_on(rule_set, ON)
    many = data.draw(st.lists(buildings(rule_set), min_size=1, max_size=5))
    rating = rate_all(many, edition)
    for row, building in enumerate(many):
        expected = rated(building, edition, ON)
        if expected is None:
            assert rating.grade[row] == UNRATED
        else:
            assert (rating.score[row], edition.grades[rating.grade[row]].code) == (float(expected[0]), expected[1])


@pytest.mark.parametrize("rule_set", RULE_SETS)
@settings(max_examples=15)
@given(data=st.data())
def test_one_more_case_never_raises_a_score_or_grade(rule_set: str, data: st.DataObject) -> None:
    edition = edition_on(rule_set, ON)
    before = data.draw(buildings(rule_set))
    after = with_event(before, data.draw(st.sampled_from(BAD_EVENTS)), data.draw(days))
    rating = rate_all([before, after], edition)
    assert rating.grade[1] <= rating.grade[0]
    assert not rating.score[1] > rating.score[0]


@pytest.mark.parametrize("rule_set", ["qishuyan", "baoan", "teda"])
@settings(max_examples=15)
@given(data=st.data())
def test_the_order_in_which_things_are_recorded_does_not_matter(rule_set: str, data: st.DataObject) -> None:
    edition = edition_on(rule_set, ON)
    building = data.draw(buildings(rule_set))
    shuffled = replace(
        building,
        events={kind: data.draw(st.permutations(when)) for kind, when in building.events.items()},
        inspections=data.draw(st.permutations(building.inspections)),
        hazards=data.draw(st.permutations(building.hazards)),
    )
    rating = rate_all([building, shuffled], edition)
    assert rating.grade[0] == rating.grade[1]
    np.testing.assert_array_equal(rating.points[0], rating.points[1])


@pytest.mark.parametrize("rule_set", RULE_SETS)
@settings(max_examples=10)
@given(data=st.data())
def test_many_rated_together_are_as_each_rated_alone(rule_set: str, data: st.DataObject) -> None:
    edition = edition_on(rule_set, ON)
    many = data.draw(st.lists(buildings(rule_set), min_size=2, max_size=6))
    together = rate_all(many, edition)
    for row, building in enumerate(many):
        alone = rate_all([building], edition)
        assert together.grade[row] == alone.grade[0]
        np.testing.assert_array_equal(together.score[row], alone.score[0])
        np.testing.assert_array_equal(together.points[row], alone.points[0])
        assert together.reasons(row) == alone.reasons(0)


@pytest.mark.parametrize("rule_set", RULE_SETS)
@settings(max_examples=15)
@given(data=st.data())
def test_the_points_of_the_reasons_add_up_to_the_score(rule_set: str, data: st.DataObject) -> None:
    edition = edition_on(rule_set, ON)
    rating = rate_all([data.draw(buildings(rule_set))], edition)
    reasons = rating.reasons(0)
    if rating.grade[0] == UNRATED:
        assert {reason.kind for reason in reasons} == {"missing"}
        return
    total = sum(reason.points for reason in reasons if reason.points is not None)
    assert abs(total - rating.score[0]) <= (0.5 if edition.round_to else 1e-9)
    limits = [edition.position(reason.grade) for reason in reasons if reason.grade is not None]
    assert rating.grade[0] == min(limits)
