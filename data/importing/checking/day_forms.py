"""What a text says of a day, as it stands there; what a mapping or a city says it means is in days.py."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from data.importing.checking.texts import DASHES, plain

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DIGITS = dict(zip("〇零一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
TENS = {"十": 10, "廿": 20, "卅": 30, "百": 100}
NUMERAL = re.compile(f"[{''.join(DIGITS)}{''.join(TENS)}]+(?=年|月|日|号|號)|元(?=年|月)")
ERA = re.compile(r"^(?:(中[华華])?民[国國]|公元|西元)\s?")
ROC_ERA = re.compile(r"^(?:中[华華])?民[国國]")
WEEKDAY = re.compile(
    r"[(\[]?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)\]]?|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b[.,]?"
)
TRAILING = re.compile(r"\s*(?:\([^)]*\)|\[[^\]]*\])$")  # a zone by its name, after its offset
NAME = rf"(?P<name>{'|'.join(MONTHS)})[a-z]*\.?"
FLOAT_DAY = re.compile(r"(?<=^\d{8})\.0+$")  # 20240105.0, of a program that kept it as a number
GAP = r" ?[-/., ] ?"
END = r"(?=$|[t ,日号號]|(?:z|[+-]\d\d:?\d\d)$)"
WHOLE_DAYS = tuple(
    re.compile(form + END)
    for form in (
        r"(?P<y>\d{4}) ?(?P<s>[-/.]) ?(?P<m>\d{1,2}) ?(?P=s) ?(?P<d>\d{1,2})",
        r"(?P<y>\d{4}) ?年 ?(?P<m>\d{1,2}) ?月 ?(?P<d>\d{1,2}) ?[日号號]?",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:{GAP})?{NAME}(?:{GAP})?(?P<y>\d{{4}})",
        rf"{NAME} ?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,|{GAP})\s?(?P<y>\d{{4}})",
        rf"(?P<y>\d{{4}}){GAP}{NAME}{GAP}(?P<d>\d{{1,2}})",
    )
)
EITHER_ORDER = re.compile(r"(?P<a>\d{1,2}) ?(?P<s>[-/.]) ?(?P<b>\d{1,2}) ?(?P=s) ?(?P<y>\d{4})" + END)
PERIODS = tuple(
    re.compile(form)
    for form in (
        r"(?P<y>\d{4})(?:\.0+)?(?: ?年度?)?",
        r"(?P<y>\d{4}) ?[-/] ?(?P<m>\d{1,2})",
        r"(?P<y>\d{4})\.(?P<m>0\d|1[0-2]|[2-9])",  # 2024.1 may be what a number left of 2024.10
        r"(?P<y>\d{4}) ?年 ?(?P<m>\d{1,2}) ?月份?",
        r"(?P<y>\d{4})(?P<m>\d{2})(?:\.0+)?",
        r"(?P<m>\d{1,2}) ?[-/] ?(?P<y>\d{4})",
        rf"{NAME}(?:{GAP})?(?P<y>\d{{4}})",
        rf"(?P<y>\d{{4}})(?:{GAP})?{NAME}",
    )
)
ROC_DAYS = tuple(
    re.compile(form + END)
    for form in (
        r"(?P<y>\d{1,3}) ?(?P<s>[-/.]) ?(?P<m>\d{1,2}) ?(?P=s) ?(?P<d>\d{1,2})",
        r"(?P<y>\d{1,3}) ?年 ?(?P<m>\d{1,2}) ?月 ?(?P<d>\d{1,2}) ?[日号號]?",
        r"(?P<y>\d{2,3})(?P<m>\d{2})(?P<d>\d{2})(?:\.0+)?",
    )
)
ROC_PERIODS = tuple(
    re.compile(form)
    for form in (
        r"(?P<y>\d{1,3})(?: ?年度?)?",
        r"(?P<y>\d{1,3}) ?[-/.] ?(?P<m>\d{1,2})",
        r"(?P<y>\d{1,3}) ?年 ?(?P<m>\d{1,2}) ?月份?",
    )
)
HALF = "凌晨|早上|上午|中午|下午|晚上|am|pm|a\\.m\\.|p\\.m\\."
OFFSET = r"(?P<offset>z|utc|gmt|(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?)"
TIME = re.compile(
    rf"(?P<before>{HALF})? ?(?:(?P<h>\d{{1,2}})(?: ?(?::|时|時|点|點) ?)(?P<i>\d{{1,2}})?(?: ?(?::|分) ?"
    rf"(?P<s>\d{{1,2}}))?|(?P<hc>\d{{2}})(?P<ic>\d{{2}})?(?P<sc>\d{{2}})?)(?:[.,]\d+)? ?[分秒]? ?(?P<after>{HALF})?"
    rf" ?{OFFSET}?"
)
LATER_HALF = ("下午", "晚上", "pm", "p.m.")
LONGEST = 120  # characters; a day with its weekday, its time and the name of its zone has some 70
FIRST_ROC_YEAR = 1911  # the year 0 of the Republic of China's calendar


@dataclass(frozen=True)
class Stamp:
    """A day, a month or a year, and the time where it was said.

    month, day: None where not said. pair: two numbers of which either may be the month. time: since midnight on the
    wall, None where not said. offset: of that time from UTC.
    """

    year: int
    month: int | None = None
    day: int | None = None
    pair: tuple[int, int] | None = None
    time: timedelta | None = None
    offset: timedelta | None = None


def stamp(text: str, roc: bool = False) -> Stamp | None:
    """What a text says; None where that is no day, month or year. roc: years of up to three digits count from 1912."""
    text, roc = _plain(text, roc)
    if len(text) in (12, 14, 17) and text.isascii() and text.isdigit():
        text = f"{text[:8]}t{text[8:14]}"
    for form in (*(ROC_DAYS if roc else ()), *WHOLE_DAYS, EITHER_ORDER):
        match = form.match(text)
        if match is not None and (found := _timed(match, text[match.end() :], form in ROC_DAYS)) is not None:
            return found
    for form in (*(ROC_PERIODS if roc else ()), *PERIODS):
        match = form.fullmatch(text)
        if match is not None:
            return _stamp(match, form in ROC_PERIODS)
    return None


def _plain(text: str, roc: bool) -> tuple[str, bool]:
    """The text in small plain letters, without weekday and era; whether it counts from 1912."""
    text = plain(text)
    if len(text) > LONGEST:  # no day; some patterns here take the square of its length
        return "", roc
    text = FLOAT_DAY.sub("", text.translate(DASHES).lower())
    if not text.isascii():
        roc = roc or ROC_ERA.match(text) is not None
        text = NUMERAL.sub(lambda found: str(numeral(found[0])), ERA.sub("", text))
    text = TRAILING.sub("", WEEKDAY.sub(" ", text))
    return " ".join(text.split()), roc


def numeral(text: str) -> int:
    """二〇二四 is 2024, 三十一 is 31, 元 the first."""
    if text == "元":
        return 1
    if not any(sign in TENS for sign in text):
        return int("".join(str(DIGITS[sign]) for sign in text))
    total, units = 0, 0
    for sign in text:
        if sign in TENS:
            total += TENS[sign] * (units or 1)
            units = 0
        else:
            units = DIGITS[sign]
    return total + units


def _timed(match: re.Match, rest: str, roc: bool) -> Stamp | None:
    """The stamp of a day and what follows it: nothing, a time, or the offset of a whole day, which says no time."""
    found = _stamp(match, roc)
    rest = rest.lstrip("日号號, ").removeprefix("t").strip()
    if not rest or re.fullmatch(r"z|[+-]\d\d:?\d\d", rest):
        return found
    time = TIME.fullmatch(rest)
    clock = _clock(time) if time else None
    if time is None or clock is None:
        return None
    day = (found.year, found.month, found.day, found.pair)
    return Stamp(*day, time=clock, offset=_offset(time["offset"]))


def _stamp(match: re.Match, roc: bool) -> Stamp:
    said = match.groupdict()
    year = int(said["y"]) + (FIRST_ROC_YEAR if roc else 0)
    if "a" in said:
        return Stamp(year, pair=(int(said["a"]), int(said["b"])))
    month = MONTHS.index(said["name"]) + 1 if said.get("name") else said.get("m")
    day = said.get("d")
    return Stamp(year, None if month is None else int(month), None if day is None else int(day))


def _clock(time: re.Match) -> timedelta | None:
    parts = (("h", "hc"), ("i", "ic"), ("s", "sc"))  # with signs between them, or compact
    hour, minute, second = (int(time[long] or time[short] or 0) for long, short in parts)
    half = time["before"] or time["after"]
    if half in LATER_HALF and hour < 12:
        hour += 12
    elif half in ("am", "a.m.", "凌晨") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second):
        return None
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _offset(text: str | None) -> timedelta | None:
    if text is None:
        return None
    digits = re.sub(r"[^\d]", "", text)
    if not digits:
        return timedelta(0)
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return -offset if "-" in text else offset


def day_of(year: int, month: int, day: int) -> date | None:
    """None where there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
