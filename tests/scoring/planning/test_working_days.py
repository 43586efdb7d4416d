"""Working days: a due day on a day off means the working day before, and what is not announced is said."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import OutsideCalendar
from scoring.planning.working_days import ANNOUNCED, working_days

CASES = tomllib.loads((Path(__file__).parents[2] / "cases" / "working_days.toml").read_text(encoding="utf-8"))["case"]
CALENDAR = working_days(date(2025, 1, 1), date(2027, 12, 31))
DUE = st.dates(date(2025, 2, 1), date(2027, 12, 31))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_each_sentence_of_the_cases(case):
    assert CALENDAR.on_or_before(np.array([case["due"]], "datetime64[D]"))[0].item() == case["by"]


@given(st.lists(DUE, min_size=1, max_size=8))
def test_a_due_day_is_met_by_the_last_working_day_that_is_not_after_it(due):
    met = CALENDAR.on_or_before(np.array(due, "datetime64[D]"))
    for day, by in zip(due, met, strict=True):
        steps = [day - timedelta(back) for back in range((day - by.item()).days + 1)]
        assert [bool(CALENDAR.is_worked(np.array([step], "datetime64[D]"))[0]) for step in steps] == [
            step == by.item() for step in steps
        ]


def test_where_nothing_is_due_nothing_is_met():
    met = CALENDAR.on_or_before(np.array(["NaT", "2026-03-15"], "datetime64[D]"))
    assert np.isnat(met).tolist() == [True, False]


def test_a_week_of_five_days_and_one_of_the_spring_festival():
    assert len(CALENDAR.between(date(2026, 3, 9), date(2026, 3, 15))) == 5
    assert CALENDAR.between(date(2026, 2, 16), date(2026, 2, 22)).size == 0
    assert len(CALENDAR.between(date(2026, 2, 23), date(2026, 3, 1))) == 5  # Tuesday to Saturday


def test_a_year_whose_days_off_are_not_announced_is_said():
    assert {2025, 2026} <= ANNOUNCED
    assert set(CALENDAR.not_announced) == {2025, 2026, 2027} - ANNOUNCED
    far = working_days(date(2098, 12, 1), date(2099, 1, 31))
    assert far.not_announced == (2098, 2099)
    assert CALENDAR.announced(date(2026, 12, 31)) and not far.announced(date(2099, 1, 1))


@pytest.mark.parametrize("day", ["2024-12-31", "2028-01-01"])
def test_a_day_the_calendar_does_not_reach_is_refused_and_never_guessed(day):
    with pytest.raises(OutsideCalendar, match=rf"{day} lies outside the calendar of working days, 2025-01-01 to"):
        CALENDAR.on_or_before(np.array([day, "2026-03-10"], "datetime64[D]"))


def test_a_due_day_before_the_first_working_day_is_refused():
    with pytest.raises(OutsideCalendar, match="2025-01-01 lies outside"):
        CALENDAR.on_or_before(np.array(["2025-01-01"], "datetime64[D]"))


def test_years_no_calendar_knows_are_refused():
    with pytest.raises(OutsideCalendar, match="give years from 1950 to 2100"):
        working_days(date(2100, 12, 1), date(2101, 1, 2))
