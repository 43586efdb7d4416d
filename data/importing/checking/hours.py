"""Hours and weekdays as lists of officers write them: 08:30, 上午8时30分; 12345, 周一至周五, Mon-Fri."""

import re

from data.importing.checking.texts import Unfit, plain

MINUTES_A_DAY = 24 * 60
TIME = re.compile(r"(上午|下午|)([01]?\d|2[0-4])(?::|时|点)(?:([0-5]\d)(?:分|(?::00)?)|)", re.IGNORECASE)
NOON = 12
NAMES = dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "1234567", strict=True))
SIGNS = str.maketrans("一二三四五六日天", "12345677", "周星期礼拜、,，;/ ")
RANGE_SIGNS = re.compile("[至到~—–]")
RANGE = re.compile(r"([1-7])-([1-7])")
IN_ENGLISH = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b", re.IGNORECASE)
EVERY_DAY = "1234567"


def minute_of_day(text: str) -> int:
    """Minutes after midnight. Raises Unfit."""
    found = TIME.fullmatch(plain(text).replace(" ", ""))
    if found is None:
        raise Unfit("time_unreadable", "is no time of day; write it like 08:30")
    half, hour, minute = found[1], int(found[2]), int(found[3] or 0)
    if half == "下午" and hour < NOON:
        hour += NOON
    if hour * 60 + minute > MINUTES_A_DAY:
        raise Unfit("time_unreadable", "is no time of day; write it like 08:30")
    return hour * 60 + minute


def weekday_digits(text: str) -> str:
    """The weekdays as rising digits, 1 is Monday. Raises Unfit."""
    named = IN_ENGLISH.sub(lambda day: NAMES[day[1].lower()], plain(text))
    digits = RANGE.sub(_spelled_out, RANGE_SIGNS.sub("-", named).translate(SIGNS))
    if not digits or not set(digits) <= set(EVERY_DAY):
        raise Unfit("weekdays_unreadable", "names no weekdays; write 12345 for Monday to Friday, or 周一至周五")
    return "".join(sorted(set(digits)))


def _spelled_out(days: re.Match[str]) -> str:
    """Every day of a range, which may lead over the week's end."""
    first, last = int(days[1]), int(days[2])
    following = range(first, last + 1 if first <= last else last + 8)
    return "".join(EVERY_DAY[(day - 1) % 7] for day in following)
