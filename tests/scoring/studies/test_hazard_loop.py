"""The closed loop: every hazard takes one way through it."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from scoring.studies.hazard_loop import closed_loop
from tests.cast import Building, Hazard, fact_log
from tests.scoring.grading.test_rating_properties import hazards

SINCE, ON = date(2023, 1, 1), date(2024, 3, 31)


@given(found=st.lists(hazards, max_size=8))
def test_every_hazard_found_takes_one_way(found: list[Hazard]) -> None:
    loop = closed_loop(fact_log(Building("all", hazards=found)).open_periods, SINCE, ON)
    mine = [one for one in found if SINCE <= one.found <= ON]
    closed = [one for one in mine if one.closed and one.closed <= ON]
    handed_on = [one for one in mine if one.transferred and one.transferred <= ON]
    assert loop.found == len(mine)
    assert loop.transferred == len(handed_on)
    assert loop.open == len(mine) - len(closed)
    assert loop.mended_on_the_spot + loop.resolved == len(closed)
    assert loop.resolved == sum(one in closed for one in handed_on)
    assert min(loop.waiting, loop.with_departments) >= 0


def test_a_transfer_that_comes_later_is_not_known_yet() -> None:
    hazard = Hazard(date(2024, 3, 1), transferred=date(2024, 3, 10), closed=date(2024, 3, 20))
    open_periods = fact_log(Building("one", hazards=[hazard])).open_periods
    waiting, handed_on, resolved = (closed_loop(open_periods, SINCE, date(2024, 3, day)) for day in (9, 10, 20))
    assert (waiting.waiting, waiting.transferred) == (1, 0)
    assert (handed_on.with_departments, handed_on.resolved) == (1, 0)
    assert (resolved.open, resolved.resolved) == (0, 1)


def test_of_nothing_there_is_no_share() -> None:
    nothing = closed_loop(fact_log(Building("none")).open_periods, SINCE, ON)
    assert (nothing.found, nothing.resolved_of_transferred, nothing.mended_of_found) == (0, None, None)
