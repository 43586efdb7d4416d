"""When the next visit is due."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.planning.due import days_overdue, intervals, next_visit_due
from scoring.rulebook.editions import edition_on

QISHUYAN = edition_on("qishuyan", date(2024, 1, 1))  # red: officers every 10 days, assistants every 7; yellow 14
RED, YELLOW, GREEN, STAR, UNRATED = 0, 1, 2, 3, -1
DAYS = st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2040, 1, 1)))
VISITS = st.lists(st.tuples(DAYS, st.integers(UNRATED, STAR)), min_size=1, max_size=12)


def days(*of: str | date | None) -> np.ndarray:
    return np.array(of, "datetime64[D]")


def due(last: str | None, grade: int) -> date | None:
    return next_visit_due(days(last), np.array([grade], np.int8), QISHUYAN)[0].item()


def test_a_green_house_visited_on_the_first_is_due_three_weeks_later():
    assert due("2024-05-01", GREEN) == date(2024, 5, 22)


def test_of_two_roles_the_one_that_comes_more_often_decides():
    assert due("2024-02-25", RED) == date(2024, 3, 3)


def test_what_was_never_visited_has_no_due_day():
    assert due(None, RED) is None


def test_the_unrated_have_no_due_day_as_no_rule_states_their_interval():
    assert due("2024-05-01", UNRATED) is None
    assert np.isnat(intervals(QISHUYAN)[-1])


def test_an_interval_of_another_edition_moves_the_due_day():
    stricter = replace(QISHUYAN, inspect_every_days={**QISHUYAN.inspect_every_days, "green": {"officer": 5}})
    assert next_visit_due(days("2024-05-01"), np.array([GREEN]), stricter)[0].item() == date(2024, 5, 6)


@pytest.mark.parametrize(("on", "passed"), [("2024-05-20", -2), ("2024-05-22", 0), ("2024-05-23", 1)])
def test_a_visit_is_overdue_from_the_day_after_its_due_day(on, passed):
    assert days_overdue(days("2024-05-22"), date.fromisoformat(on)).astype(int).tolist() == [passed]


def test_where_nothing_is_due_no_days_have_passed():
    assert np.isnat(days_overdue(days(None), date(2024, 5, 1))).all()


@given(VISITS)
def test_many_buildings_are_answered_as_each_by_itself(visits):
    last, grade = days(*(day for day, _ in visits)), np.array([one for _, one in visits], np.int8)
    together = next_visit_due(last, grade, QISHUYAN)
    apart = [next_visit_due(last[[row]], grade[[row]], QISHUYAN)[0] for row in range(len(visits))]
    assert together.dtype == "datetime64[D]"
    np.testing.assert_array_equal(together, np.array(apart))


@given(VISITS, st.dates(date(1990, 1, 1), date(2040, 1, 1)))
def test_a_due_day_lies_its_interval_after_the_last_visit_and_is_overdue_once_that_has_passed(visits, on):
    last, grade = days(*(day for day, _ in visits)), np.array([one for _, one in visits], np.int8)
    when = next_visit_due(last, grade, QISHUYAN)
    passed = days_overdue(when, on)
    for (day, its_grade), one, late in zip(visits, when, passed, strict=True):
        if day is None or its_grade == UNRATED:
            assert np.isnat(one) and np.isnat(late)
        else:
            allowed = min(QISHUYAN.inspect_every_days[QISHUYAN.grades[its_grade].code].values())
            assert (one.item() - day).days == allowed
            assert (late.astype(int) > 0) == ((on - day).days > allowed)
