"""The order of steps and the text of answers, whatever is drawn."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.db.models.city import HAZARD_STEPS
from data.records.errors import RecordRefused
from data.records.steps import FOLLOWS, STEPS, Step, check_order
from data.records.values import NOT_READ, answer_text

OPENING_STEPS, CLOSING_STEPS = ("found", "reopened"), ("mended_on_the_spot", "resolved")
FIRST = date(2024, 1, 1)
FOUND = Step("found", FIRST)


def taken(step: str, day: int) -> Step:
    return Step(step, FIRST + timedelta(days=day))


@given(st.lists(st.builds(taken, st.sampled_from(STEPS), st.integers(0, 9)), max_size=20))
def test_whatever_is_tried_a_hazard_is_closed_only_while_open_and_opened_only_while_closed(tried):
    life = [FOUND]
    for step in tried:
        try:
            check_order(life, [*life, step])
        except RecordRefused:
            continue
        life.append(step)
    is_open = False
    for step, _ in sorted(life, key=lambda one: one.day):
        assert is_open == (step not in (*OPENING_STEPS, "verified"))
        is_open = step in OPENING_STEPS or (is_open and step not in CLOSING_STEPS)


@pytest.mark.parametrize(
    ("last", "next_steps"),
    [
        ("found", {"mended_on_the_spot", "transferred", "taken_up", "resolved"}),
        ("reopened", {"mended_on_the_spot", "transferred", "taken_up", "resolved"}),
        ("transferred", {"transferred", "taken_up", "resolved"}),
        ("taken_up", {"transferred", "resolved"}),
        ("mended_on_the_spot", {"verified", "reopened"}),
        ("resolved", {"verified", "reopened"}),
        ("verified", {"reopened"}),
    ],
)
def test_an_open_hazard_is_dealt_with_a_closed_one_checked_or_opened_again_and_nothing_else(last, next_steps):
    def may_follow(step: str) -> bool:
        life = [taken(last, 1)]
        try:
            check_order(life, [*life, taken(step, 2)])
        except RecordRefused:
            return False
        return True

    assert {step for step in HAZARD_STEPS if may_follow(step)} == next_steps


def test_every_step_of_the_tables_has_its_place_in_the_loop():
    assert set(FOLLOWS) == set(HAZARD_STEPS)
    assert {step for following in FOLLOWS.values() for step in following} == set(STEPS)


def test_what_an_import_brought_in_out_of_order_does_not_stand_in_the_way_of_the_next_step():
    odd = [FOUND, taken("verified", 2), taken("resolved", 3)]
    check_order(odd, [*odd, taken("verified", 4)])
    check_order(odd, [FOUND, taken("resolved", 3)])
    with pytest.raises(RecordRefused, match="After 'resolved'"):
        check_order(odd, [*odd, taken("resolved", 4)])


@given(st.lists(st.none() | st.integers(0, NOT_READ), min_size=1, max_size=40))
def test_answers_are_read_again_as_they_were_given(given_answers):
    items = [f"item {number}" for number in range(len(given_answers))]
    text = answer_text("any", items, dict(zip(reversed(items), reversed(given_answers), strict=True)), {})
    assert [None if sign == "-" else int(sign) for sign in text] == given_answers
