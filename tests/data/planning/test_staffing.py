"""What is said of officers one by one is checked, written once and whole, and stands in the trail."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from data.access.errors import NotAllowed
from data.access.roles import ROLES, SYSTEM, AccessScope
from data.city.changes import changes_since, latest_version
from data.city.fact_store import caught_up
from data.db.engine import writing
from data.db.models.planning import Officer, OfficerLeave
from data.planning.errors import OfficerRefused
from data.planning.officers import officers
from data.planning.staffing import Hours, HoursChanged, LeaveTaken, LeaveWithdrawn, OfficerAdded, OfficerEnded
from data.records.errors import RecordRefused
from tests.data.lockside import NORTH, SOUTH
from tests.data.planning.station import BY_DAY, MONDAY, TODAY, asked, at_work, entries, officer_id, say

PLANNING = ("police", "street_office", "administrator")
NEW = "W-new"


def added(town, code: str = NEW, area: tuple[str, str] = ("grid", SOUTH), hours: Hours = BY_DAY) -> OfficerAdded:
    return OfficerAdded(code, "grid_officer", town.area(*area), hours)


def counted(town) -> dict[str, int]:
    with town.looked_at() as (session, _):
        rows = {model.__tablename__: len(session.scalars(select(model.id)).all()) for model in (Officer, OfficerLeave)}
    return rows | {"entries": len(entries(town))}


@pytest.mark.parametrize("role", (*ROLES, "public"))
def test_police_street_offices_and_administrators_say_who_works_when_and_nobody_else(own_station, role):
    scope = AccessScope(role, areas=None)
    if role in PLANNING:
        say(own_station, added(own_station), scope)
        assert at_work(own_station)[NEW] == "12345"
        return
    before = counted(own_station)
    with pytest.raises(NotAllowed):
        say(own_station, added(own_station), scope)
    assert counted(own_station) == before


def test_a_street_office_says_so_of_officers_of_its_own_street_alone(own_station):
    south = AccessScope("street_office", areas=(own_station.area("street", SOUTH),))
    say(own_station, added(own_station), south)
    wei, sun = (officer_id(own_station, code) for code in ("W-south", "W-north"))
    say(own_station, LeaveTaken(wei, MONDAY, MONDAY), south)
    others = say(own_station, LeaveTaken(sun, MONDAY, MONDAY))
    for command in (
        replace(added(own_station, area=("grid", NORTH)), code="W-x"),
        replace(added(own_station, area=("district", "town")), code="W-y"),
        HoursChanged(sun, BY_DAY),
        OfficerEnded(sun, TODAY),
        LeaveTaken(sun, TODAY, TODAY),
        LeaveWithdrawn(others.id),
    ):
        with pytest.raises(OfficerRefused, match="not yours to plan for"):
            say(own_station, command, south)


def test_other_hours_count_from_then_on_and_the_trail_holds_what_they_were(own_station):
    wei = officer_id(own_station, "W-south")
    say(own_station, HoursChanged(wei, Hours(60, 600, 720, "3")))
    assert at_work(own_station)["W-south"] == "3"
    action, details = entries(own_station)[-1]
    assert action == "change_officer"
    assert (details["hours"], details["hours_before"]) == ("60 · 10:00-12:00 · 3", "120 · 09:00-18:00 · 12345")
    assert (details["officer"], details["record"]) == ("W-south", wei)


def test_who_has_ended_comes_until_the_day_before_and_may_be_taken_back(own_station):
    wei = officer_id(own_station, "W-south")
    say(own_station, OfficerEnded(wei, MONDAY + timedelta(2)))
    assert at_work(own_station)["W-south"] == "12"
    say(own_station, OfficerEnded(wei, None))
    assert at_work(own_station)["W-south"] == "12345"
    assert entries(own_station)[-1][1]["ended_on_before"] == "2026-12-02"


def test_a_form_that_is_sent_twice_writes_once_and_one_that_says_something_else_is_refused(own_station):
    command = added(own_station)
    first = say(own_station, command, key="a form of sixteen")
    before = counted(own_station)
    again = say(own_station, command, key="a form of sixteen")
    assert again == replace(first, repeated=True) and counted(own_station) == before
    with pytest.raises(RecordRefused, match="said something else"):
        say(own_station, replace(command, code="W-other"), key="a form of sixteen")


def test_the_change_log_names_a_change_of_officers_which_leaves_every_grade_as_it_was(own_station):
    facts = own_station.city_facts()
    with own_station.looked_at() as (session, city):
        before = latest_version(session, city)
    recorded = say(own_station, added(own_station))
    with own_station.looked_at() as (session, city):
        since = changes_since(session, city, before)
        assert since.version == recorded.version == latest_version(session, city)
        assert since.facts_only and since.building_ids.tolist() == []
        assert caught_up(session, city, facts, "WGS84").version == recorded.version


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (Hours(120, 600, 600), "ends after it begins"),
        (Hours(120, 600, 1441), "ends after it begins"),
        (Hours(481, 540, 1020), "lie 480 minutes"),
        (Hours(-1), "lie 540 minutes"),
        (Hours(60, weekdays=""), "at least one weekday"),
        (Hours(60, weekdays="21"), "at least one weekday"),
        (Hours(60, weekdays="8"), "at least one weekday"),
    ],
)
def test_hours_that_cannot_be_are_refused(own_station, hours, words):
    before = counted(own_station)
    for command in (added(own_station, hours=hours), HoursChanged(officer_id(own_station, "W-south"), hours)):
        with pytest.raises(OfficerRefused, match=words):
            say(own_station, command)
    assert counted(own_station) == before


def test_two_officers_of_one_code_a_code_too_long_and_a_role_nobody_has_are_refused(own_station):
    with pytest.raises(OfficerRefused, match="an officer 'W-south' already"):
        say(own_station, added(own_station, "W-south", hours=Hours(60)))
    for wrong in (replace(added(own_station), code="W" * 21), replace(added(own_station), role="mayor")):
        with pytest.raises(RecordRefused):
            say(own_station, wrong)


def test_leave_ends_after_it_begins_is_not_for_years_and_is_corrected_once(own_station):
    wei, sun = (officer_id(own_station, code) for code in ("W-south", "W-north"))
    for last in (MONDAY - timedelta(1), date(2029, 1, 1)):
        with pytest.raises(OfficerRefused, match="cannot end on"):
            say(own_station, LeaveTaken(wei, MONDAY, last))
    leave = say(own_station, LeaveTaken(wei, MONDAY, MONDAY)).id
    with pytest.raises(OfficerRefused, match="another officer's"):
        say(own_station, LeaveTaken(sun, MONDAY, MONDAY, corrects=leave))
    void = say(own_station, LeaveWithdrawn(leave)).id
    for again in (LeaveTaken(wei, TODAY, MONDAY, corrects=leave), LeaveWithdrawn(void), LeaveWithdrawn(987)):
        with pytest.raises(OfficerRefused, match="corrected already"):
            say(own_station, again)


def test_an_officer_changed_by_hand_is_no_imports_any_more(own_station):
    with writing(own_station.engine, SYSTEM) as session:
        session.execute(update(Officer).values(import_id=1))
    say(own_station, HoursChanged(officer_id(own_station, "W-south"), BY_DAY))
    with own_station.looked_at() as (session, _):
        assert session.scalars(select(Officer.import_id).where(Officer.code == "W-south")).one() is None
    assert len(asked(own_station, officers)) == 5
