"""What stands open at a building, who has it, and who is told."""

from datetime import date

import pandas as pd
import pytest

from data.access.roles import AccessScope
from data.city.open_hazards import OpenHazard, open_hazards
from tests.data.city.test_building_report import report_on
from tests.data.lockside import CAST, ON, told

COLUMNS = ["id", "group", "category", "severity", "found_on", "due_on", "step", "step_day", "department"]


def one_hazard(steps: str, due: str | None = None, department: str | None = None, number: int = 1) -> list[tuple]:
    """Its rows, the last step with a department."""
    taken = told(steps)
    named = {len(taken) - 1: department}
    until = date.fromisoformat(due) if due else None
    start = (number, "fire", "ebike_charged_indoors", "high", taken[0][1], until)
    return [(*start, step, day, named.get(at)) for at, (step, day) in enumerate(taken)]


def standing(*rows: list[tuple], on: date = ON) -> tuple[OpenHazard, ...]:
    return open_hazards(pd.DataFrame([row for one in rows for row in one], columns=COLUMNS, dtype=object), on)


def test_a_transferred_hazard_is_with_its_department_since_the_day_of_the_transfer():
    (one,) = standing(one_hazard("found 2024-06-01, transferred 2024-06-03", "2024-06-20", "fire"))
    assert (one.step, one.step_on, one.department) == ("transferred", date(2024, 6, 3), "fire")
    assert (one.opened_on, one.due_on, one.overdue) == (date(2024, 6, 1), date(2024, 6, 20), 10)


@pytest.mark.parametrize(("due", "overdue"), [("2024-06-30", 0), ("2024-06-29", 1), ("2024-07-09", 0), (None, 0)])
def test_it_is_overdue_from_the_day_after_its_due_day(due, overdue):
    assert standing(one_hazard("found 2024-06-01", due))[0].overdue == overdue


@pytest.mark.parametrize("last", ["resolved", "mended_on_the_spot"])
def test_what_was_mended_does_not_stand_open_and_a_check_of_it_changes_nothing(last):
    assert standing(one_hazard(f"found 2024-06-01, {last} 2024-06-02, verified 2024-06-03")) == ()


def test_a_reopened_hazard_stands_open_since_then_and_whoever_had_it_before_has_it_no_more():
    before = one_hazard("found 2024-05-01, transferred 2024-05-02", "2024-05-20", "fire")
    after = one_hazard("found 2024-05-01, resolved 2024-05-30, reopened 2024-06-10", "2024-05-20")[1:]
    (one,) = standing(before + after)
    assert (one.opened_on, one.step, one.department) == (date(2024, 6, 10), "reopened", None)


def test_a_hazard_without_any_step_stands_as_found():
    (one,) = standing([(1, "fire", "x", "low", date(2024, 6, 1), None, None, None, None)])
    assert (one.step, one.step_on) == ("found", date(2024, 6, 1))


def test_the_longest_overdue_come_first_and_those_without_a_term_last():
    late, later, soon, open_ended = (
        one_hazard("found 2024-06-01", due, number=number)
        for number, due in enumerate(("2024-06-28", "2024-06-10", "2024-07-05", None))
    )
    assert [one.due_on and one.due_on.day for one in standing(open_ended, soon, late, later)] == [10, 28, 5, None]


@pytest.mark.parametrize("on", [ON, date(2024, 5, 1), date(2024, 4, 11), date(2024, 1, 20)])
@pytest.mark.parametrize("house", CAST, ids=lambda house: house.name)
def test_a_report_has_as_many_as_the_open_periods_of_the_town(lockside, house, on):
    periods = [one for loop in house.records.loops for one in loop.open_periods()]
    stand = [one for one in periods if one.found <= on and not (one.closed and one.closed <= on)]
    shown = report_on(lockside, house.code, on=on).hazards
    assert sorted((one.group, one.opened_on) for one in shown) == sorted((one.group, one.found) for one in stand)


def test_a_department_is_told_of_its_groups_alone(lockside):
    fire = AccessScope("department", areas=None, hazard_groups=("fire",))
    assert {one.group for one in report_on(lockside, "crowded-corner").hazards} == {"fire", "public_order"}
    assert {one.group for one in report_on(lockside, "crowded-corner", fire).hazards} == {"fire"}


def test_the_next_visit_is_due_by_the_last_visit_and_the_grade_under_each_rule_set(lockside):
    hall = report_on(lockside, "lantern-hall")
    assert hall.last_visit == date(2024, 6, 30)
    assert hall.next_visit_due("qishuyan") == date(2024, 8, 29)  # a star: 60 days
    assert hall.next_visit_due("baoan") == date(2024, 12, 27)  # five stars: 180 days
    assert hall.next_visit_due("toronto") is None  # unrated by it


def test_a_visit_without_a_check_list_counts_and_one_of_a_later_day_does_not(lockside):
    assert report_on(lockside, "mill-yard").last_visit == date(2024, 5, 2)
    assert report_on(lockside, "mill-yard", on=date(2024, 5, 1)).last_visit == date(2024, 1, 10)


def test_a_house_that_was_never_visited_has_no_last_visit_and_none_due(lockside):
    never = report_on(lockside, "never-house")
    assert never.last_visit is None
    assert [never.next_visit_due(rule_set) for rule_set in never.ratings] == [None] * len(never.ratings)
