"""Days: what a text says, by the mapping's forms and the city's clock; what has two readings is asked, not guessed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from data.importing.checking.day_forms import LONGEST, Stamp, day_of, stamp
from data.importing.checking.texts import Unfit, plain
from data.importing.mapping.fields import Field
from data.importing.mapping.source import Source

# Earlier days are the noughts of programs (1899-12-30, 1900-01-01, 1904-01-01) or a slip of the pen such as 0024.
EARLIEST = date(1950, 1, 1)
YEARS_AHEAD = 50  # a later term is a "never", such as 9999-12-31
DAY_FIRST, MONTH_FIRST = ORDERS = ("day_first", "month_first")
NUMERIC = (("%d",), ("%m",), ("%Y", "%y"))  # day, month and year as strptime has them
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_UNITS = {"epoch_s": 1, "epoch_ms": 1_000}
UNITS_BY_DIGITS = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}  # seconds … nanoseconds, 2001 to 2286
SERIAL_STARTS = {"excel": date(1899, 12, 30), "excel_1904": date(1904, 1, 1)}
NAMED_FORMS = (*ORDERS, "roc", *SERIAL_STARTS, *EPOCH_UNITS)
A_NUMBER = re.compile(r"\d+(\.\d*)?")
AN_EPOCH = re.compile(r"(\d{10}|\d{13}|\d{16}|\d{19})(?:\.\d*)?")
A_SERIAL = re.compile(r"[1-9]\d{4}(\.\d*)?")
AN_HOUR = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])")
SHORT_YEAR = re.compile(r"\d{1,3} ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2}\D*|\d{7}")


@dataclass(frozen=True)
class Clock:
    """The day of the import and the time zone of the city: an instant becomes the day it was there."""

    on: date
    zone: ZoneInfo


def day_value(text: str, source: Source, field: Field, clock: Clock) -> date:
    """Raises Unfit, with reason "date_order" where day and month could change places."""
    day = _by_forms(text, source, clock) or _iso(text, clock) or _read(plain(text), source, clock)
    if day < EARLIEST or day.year - clock.on.year > YEARS_AHEAD:
        raise Unfit(
            "date_implausible",
            "is the day {day}, too far from today to be meant; correct it, or let 'missing' say it means nothing",
            day=day,
        )
    if day > clock.on and not field.may_lie_ahead:
        raise Unfit("date_in_future", "lies after {on}, the day of this import; correct the day", on=clock.on)
    return day


def _iso(text: str, clock: Clock) -> date | None:
    """The commonest form by the fastest way."""
    if len(text) < 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 else _local(datetime.fromisoformat(text), clock)
    except ValueError:
        return None


def _local(moment: datetime, clock: Clock) -> date:
    """An instant is the day in the city; without an offset it is what the clock on the wall there says."""
    try:
        return (moment.astimezone(clock.zone) if moment.tzinfo else moment).date()
    except OverflowError:  # at either end of all days, which none can mean
        return moment.date()


def _by_forms(text: str, source: Source, clock: Clock) -> date | None:
    """By the first form of the mapping that fits."""
    for form in source.dates:
        if form in NAMED_FORMS:
            found = _named(text, form, source, clock)
        else:
            try:
                found = _local(datetime.strptime(text, form), clock)
            except (ValueError, OverflowError):
                continue
        if found is not None:
            return found
    return None


def _named(text: str, form: str, source: Source, clock: Clock) -> date | None:
    """By a form that has a name of ours; None where it does not fit."""
    if form in ORDERS or form == "roc":
        said = stamp(text, roc=form == "roc")
        if said is not None and said.pair is not None:
            return _in_order(said, form, clock)
        return None if said is None else _whole(said, source, clock)
    number = plain(text)
    if len(number) > LONGEST or not A_NUMBER.fullmatch(number):
        return None
    if form in EPOCH_UNITS:
        return _from_epoch(float(number) / EPOCH_UNITS[form], clock)
    serial = int(float(number))
    if form == "excel" and serial < 61:
        serial += 1  # Excel counts a 29 February 1900 that never was
    try:
        return SERIAL_STARTS[form] + timedelta(days=serial)
    except OverflowError:
        return None


def _in_order(said: Stamp, order: str, clock: Clock) -> date | None:
    if said.pair is None or order not in ORDERS:
        return None
    day, month = said.pair if order == DAY_FIRST else said.pair[::-1]
    return _moment(said, day_of(said.year, month, day), clock)


def _from_epoch(seconds: float, clock: Clock) -> date | None:
    try:
        return (EPOCH + timedelta(seconds=seconds)).astimezone(clock.zone).date()
    except OverflowError:
        return None


def _moment(said: Stamp, day: date | None, clock: Clock) -> date | None:
    """The day a stamp's time falls on in the city; 24:00 is the day after."""
    if day is None or said.time is None:
        return day
    try:
        moment = datetime(day.year, day.month, day.day) + said.time
        return _local(moment if said.offset is None else (moment - said.offset).replace(tzinfo=UTC), clock)
    except OverflowError:
        return day


def _whole(said: Stamp, source: Source, clock: Clock) -> date | None:
    """The day of a stamp, or of the period it names where the mapping says which; None where it cannot be."""
    if said.month is not None and said.day is not None:
        return _moment(said, day_of(said.year, said.month, said.day), clock)
    if said.pair is not None or not source.which_day:
        return None
    if source.which_day == "first":
        return day_of(said.year, said.month or 1, 1)
    month = said.month or 12
    after = day_of(said.year + month // 12, month % 12 + 1, 1) if month <= 12 else None
    return after and after - timedelta(days=1)


def _read(text: str, source: Source, clock: Clock) -> date:
    """By what a text says of itself. Raises Unfit with what the mapping would have to say."""
    if AN_EPOCH.fullmatch(text) and not AN_HOUR.fullmatch(text):
        unit = UNITS_BY_DIGITS[len(text.partition(".")[0])]
        if (moment := _from_epoch(float(text) / unit, clock)) is not None:
            return moment
    said = stamp(text)
    if said is None:
        raise _unreadable(text, source)
    if said.pair is not None:
        return _of_pair(text, said, source, clock)
    if (day := _whole(said, source, clock)) is not None:
        return day
    if said.day is None and said.month in (None, *range(1, 13)):
        raise Unfit(
            "date_incomplete",
            'names no single day; write the day, or say which_day = "first" or "last" in the mapping',
        )
    raise _unreadable(text, source)


def _of_pair(text: str, said: Stamp, source: Source, clock: Clock) -> date:
    """Of two numbers either of which may be the month: in the order the mapping states, or in the only one there is."""
    stated = stated_orders(source.dates)
    days = [day for order in stated or ORDERS if (day := _in_order(said, order, clock)) is not None]
    if not days:
        raise _unreadable(text, source)
    if not stated and len(set(days)) > 1:
        raise Unfit(
            "date_order",
            'may begin with the day or with the month; say date = "day_first" or "month_first" in the mapping',
        )
    return days[0]


@cache
def stated_orders(forms: tuple[str, ...]) -> tuple[str, ...]:
    """Which of day and month comes first by a mapping's forms, in their order."""
    of_forms = (_order_of(form) for form in forms)
    return tuple(dict.fromkeys(order for order in of_forms if order))


def _order_of(form: str) -> str | None:
    if form in ORDERS:
        return form
    day, month, year = (min((form.find(sign) for sign in signs if sign in form), default=-1) for signs in NUMERIC)
    if min(day, month, year) < 0 or year < max(day, month):
        return None
    return DAY_FIRST if day < month else MONTH_FIRST


def proven_order(texts: Iterable[str]) -> str | None:
    """The order that some values can only have, where none can only have the other."""
    pairs = [said.pair for text in texts if (said := stamp(text)) is not None and said.pair is not None]
    day_first = any(first > 12 >= second for first, second in pairs)
    month_first = any(second > 12 >= first for first, second in pairs)
    if day_first == month_first:
        return None
    return DAY_FIRST if day_first else MONTH_FIRST


def _unreadable(text: str, source: Source) -> Unfit:
    """What the text may be, with the key that would read it."""
    if A_SERIAL.fullmatch(text):
        return Unfit(
            "date_unreadable",
            'is a number; if a spreadsheet counts the days so, say date = "excel" in the mapping, or "excel_1904"',
        )
    if AN_HOUR.fullmatch(text):
        return Unfit(
            "date_unreadable",
            'may be a day with its hour, or seconds since 1970; say date = "%Y%m%d%H" or "epoch_s" in the mapping',
        )
    if SHORT_YEAR.fullmatch(text):
        return Unfit(
            "date_unreadable",
            'has a year of fewer than four digits; say date = "roc" in the mapping if it counts from 1912, or a form '
            'such as "%y-%m-%d"',
        )
    return Unfit(
        "date_unreadable",
        "is not a day written as {form}; correct it, or name its form in the mapping",
        form=next(iter(source.dates), "%Y-%m-%d"),
    )
