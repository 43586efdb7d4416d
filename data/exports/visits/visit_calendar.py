"""Planned visits as a calendar (RFC 5545), an event each, in the time zone of the city written out."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from data.exports.visits.planned_visit import PlannedVisit

PRODUCT = "-//credit-map//planned visits//EN"


def visit_calendar(
    visits: Iterable[PlannedVisit], city: str, name: str, plan: int, made_at: datetime, zone: ZoneInfo
) -> bytes:
    """city: its code; name: what the calendar is called; plan: its number; made_at: of the plan, UTC without a zone.

    An event is known by building, officer and week, so that a plan made again moves it; its sequence is the number of
    the plan.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for visit in visits:
        calendar.add_component(_event(visit, city, plan, made_at.replace(tzinfo=UTC), zone))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(visit: PlannedVisit, city: str, plan: int, made_at: datetime, zone: ZoneInfo) -> Event:
    begins = datetime.combine(visit.day, time()) + timedelta(minutes=visit.arrives)
    event = Event()
    event.add("uid", f"{visit.code}-{visit.officer}-{visit.day:%G-W%V}@{city}")
    event.add("sequence", plan)
    event.add("dtstamp", made_at)
    event.add("dtstart", begins.replace(tzinfo=zone))
    event.add("dtend", (begins + timedelta(minutes=visit.minutes)).replace(tzinfo=zone))
    event.add("summary", f"{visit.turn}. {visit.called}")
    event.add("location", visit.address or visit.called)
    event.add("description", "\n".join((visit.grade, visit.why, visit.code, visit.officer)).rstrip("\n"))
    event.add("url", visit.link)
    if visit.lon is not None and visit.lat is not None:
        event.add("geo", (visit.lat, visit.lon))
    return event
