"""Days and times: every form of every day comes back, an instant is the day in the city, and nothing is guessed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.importing.checking.day_forms import MONTHS, numeral
from data.importing.checking.days import EARLIEST, Clock, day_value, proven_order
from data.importing.checking.texts import Unfit
from data.importing.mapping.fields import TARGETS
from data.importing.mapping.source import Source

ON = date(2026, 11, 26)
DAY = TARGETS["inspection"].fields["day"]
DUE = TARGETS["hazard"].fields["due_on"]
ZONES = ("Asia/Shanghai", "America/Toronto", "Europe/London", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata")
SUMMER_TIME_BEGINS_AND_ENDS = (date(2024, 3, 10), date(2024, 11, 3), date(2024, 3, 31), date(1991, 4, 14))
DIGITS = "〇一二三四五六七八九"


def chinese(number: int) -> str:
    tens, units = divmod(number, 10)
    return f"{DIGITS[tens] if tens > 1 else ''}{'十' if tens else ''}{DIGITS[units] if units else ''}"


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def serial(day: date, begins: date) -> str:
    return str((day - begins).days)


def roc(day: date) -> str:
    return str(day.year - 1911)


AS_IT_SAYS = {  # forms that need no key
    "iso": lambda day: day.isoformat(),
    "slashes": lambda day: f"{day.year}/{day.month}/{day.day}",
    "dots": lambda day: f"{day.year}.{day.month:02d}.{day.day:02d}",
    "short": lambda day: f"{day.year}-{day.month}-{day.day}",
    "spaced": lambda day: f"{day.year} / {day.month} / {day.day}",
    "dashes": lambda day: f"{day.year}–{day.month:02d}–{day.day:02d}",
    "compact": lambda day: f"{day:%Y%m%d}",
    "compact as a float": lambda day: f"{day:%Y%m%d}.0",
    "compact minute": lambda day: f"{day:%Y%m%d}2359",
    "compact second": lambda day: f"{day:%Y%m%d}235959",
    "compact millisecond": lambda day: f"{day:%Y%m%d}235959999",
    "chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "chinese padded": lambda day: f"{day.year}年{day.month:02d}月{day.day:02d}号",
    "chinese spaced": lambda day: f"{day.year} 年 {day.month} 月 {day.day} 日",
    "numerals": lambda day: (
        "".join(DIGITS[int(digit)] for digit in str(day.year)) + f"年{chinese(day.month)}月{chinese(day.day)}日"
    ),
    "era": lambda day: f"民國{roc(day)}年{day.month}月{day.day}日",
    "era in other signs": lambda day: f"中华民国{roc(day)}/{day.month:02d}/{day.day:02d}",
    "weekday": lambda day: f"{day.year}年{day.month}月{day.day}日（星期{'一二三四五六日'[day.weekday()]}）",
    "morning": lambda day: f"{day.year}年{day.month}月{day.day}日 上午8时30分",
    "night": lambda day: f"{day.year}/{day.month}/{day.day} 下午11:59",
    "midnight": lambda day: f"{day.isoformat()} 00:00:00",
    "fraction": lambda day: f"{day.isoformat()}T00:00:00.000",
    "last moment": lambda day: f"{day.isoformat()}T23:59:59.999999",
    "hour": lambda day: f"{day.isoformat()} 8:05",
    "english": lambda day: f"{day.day}-{MONTHS[day.month - 1].title()}-{day.year}",
    "american": lambda day: f"{day:%B} {day.day}, {day.year}",
    "mail": lambda day: f"{day:%a}, {day.day:02d} {MONTHS[day.month - 1].title()} {day.year} 08:00:00",
    "xml": lambda day: f"{day.isoformat()}+08:00",
}
BY_A_KEY = {  # form → text, what the mapping says
    "excel": (lambda day: serial(day, date(1899, 12, 30)), {"dates": ("excel",)}),
    "excel with a time": (lambda day: f"{serial(day, date(1899, 12, 30))}.99", {"dates": ("excel",)}),
    "excel_1904": (lambda day: serial(day, date(1904, 1, 1)), {"dates": ("excel_1904",)}),
    "roc": (lambda day: f"{roc(day)}/{day.month:02d}/{day.day:02d}", {"dates": ("roc",)}),
    "roc dots": (lambda day: f"{roc(day)}.{day.month}.{day.day}", {"dates": ("roc",)}),
    "roc compact": (lambda day: f"{roc(day)}{day:%m%d}", {"dates": ("roc",)}),
    "roc chinese": (lambda day: f"{roc(day)}年{day.month}月{day.day}日", {"dates": ("roc",)}),
    "day first": (lambda day: f"{day:%d/%m/%Y}", {"dates": ("day_first",)}),
    "day first with a time": (lambda day: f"{day.day}.{day.month}.{day.year} 23:59", {"dates": ("day_first",)}),
    "month first": (lambda day: f"{day.month}/{day.day}/{day.year} 11:59:59 PM", {"dates": ("month_first",)}),
    "strptime": (lambda day: f"{day:%d%b%Y}", {"dates": ("%d%b%Y",)}),
    "strptime states the order": (lambda day: f"{day.day}-{day.month}-{day.year}", {"dates": ("%d/%m/%Y",)}),
}
days = st.dates(EARLIEST, ON)


def read(text: str, zone: str = "Asia/Shanghai", field=DAY, on: date = ON, **said) -> date:
    return day_value(text, Source(column="it", **said), field, Clock(on, ZoneInfo(zone)))


def why_not(text: str, **said) -> str:
    with pytest.raises(Unfit) as unfit:
        read(text, **said)
    return unfit.value.reason


def with_the_days_of_summer_time(test):
    for day in SUMMER_TIME_BEGINS_AND_ENDS:
        test = example(day, ZONES[1])(test)
    return test


@pytest.mark.parametrize("form", AS_IT_SAYS)
@with_the_days_of_summer_time
@given(days, st.sampled_from(ZONES))
def test_every_day_comes_back_in_every_form_that_says_what_it_is(form, day, zone):
    text = AS_IT_SAYS[form](day)
    assert read(text, zone) == day
    assert read(wide(text), zone) == day


@pytest.mark.parametrize("form", BY_A_KEY)
@with_the_days_of_summer_time
@given(days, st.sampled_from(ZONES))
def test_every_day_comes_back_in_every_form_the_mapping_names(form, day, zone):
    write, said = BY_A_KEY[form]
    assert read(write(day), zone, **said) == day
    assert read(day.isoformat(), zone, **said) == day


moments = st.datetimes(datetime(1950, 1, 3), datetime(2026, 11, 24), timezones=st.just(UTC))
OFFSETS = st.sampled_from((0, 480, -300, 330, 765, -720))


@pytest.mark.parametrize("write", ["{:%Y-%m-%dT%H:%M:%S}{o}", "{:%Y/%m/%d %H:%M:%S.%f} {o}", "{:%Y%m%dT%H%M%S}{o}"])
@given(moments, OFFSETS, st.sampled_from(ZONES))
@example(datetime(2024, 1, 4, 16, 10, tzinfo=UTC), 480, "Asia/Shanghai")
@example(datetime(2024, 11, 3, 5, 59, 59, tzinfo=UTC), -300, "America/Toronto")
@example(datetime(2024, 11, 3, 6, 0, 0, tzinfo=UTC), -300, "America/Toronto")
def test_an_instant_is_the_day_it_was_in_the_city_whatever_offset_it_is_written_with(write, moment, offset, zone):
    there = moment + timedelta(minutes=offset)
    sign = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
    signs = [sign, sign.replace(":", "")] + (["Z", "UTC"] if not offset else [])
    expected = moment.astimezone(ZoneInfo(zone)).date()
    for one in signs:
        assert read(write.format(there, o=one), zone) == expected
    assert read(there.strftime("%Y-%m-%dT%H:%M:%S") + sign, zone, dates=("%Y-%m-%dT%H:%M:%S%z",)) == expected


@given(st.integers(1_000_000_000, 1_790_000_000), st.sampled_from(ZONES))
def test_seconds_since_1970_and_their_thousandths_are_an_instant(seconds, zone):
    expected = datetime.fromtimestamp(seconds, ZoneInfo(zone)).date()
    for text in (f"{seconds}", f"{seconds}.5", f"{seconds}000", f"{seconds}000.0", f"{seconds}000000"):
        assert read(text, zone) == expected
    assert read(str(seconds), zone, dates=("epoch_s",)) == read(f"{seconds}000", zone, dates=("epoch_ms",)) == expected


@given(days)
def test_of_two_numbers_that_may_both_be_the_month_nothing_is_assumed(day):
    for sign in "/-.":
        text = f"{day.day}{sign}{day.month}{sign}{day.year}"
        if day.day > 12 or day.day == day.month:
            assert read(text) == day
            assert read(f"{day.month}{sign}{day.day}{sign}{day.year}") == day
        else:
            assert why_not(text) == "date_order"


def test_the_order_is_taken_where_some_values_prove_it_and_none_the_other():
    assert proven_order(["05/01/2024", "13/01/2024", "2024-01-31", "", "x"]) == "day_first"
    assert proven_order(["05/01/2024 08:00", "01.13.2024"]) == "month_first"
    assert proven_order(["05/01/2024", "06/01/2024"]) is None
    assert proven_order(["13/01/2024", "01/13/2024", "05/01/2024"]) is None


def test_a_day_that_contradicts_the_order_of_the_mapping_is_not_turned_round():
    assert why_not("12/31/2024", dates=("day_first",)) == "date_unreadable"
    assert why_not("12/31/2024", dates=("%d/%m/%Y",)) == "date_unreadable"
    assert read("12/31/2024", dates=("%d/%m/%Y", "%m/%d/%Y")) == date(2024, 12, 31)


@given(st.dates(date(1951, 1, 1), date(2025, 12, 31)))
def test_a_month_or_year_is_the_day_of_it_that_the_mapping_says(day):
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    for form in (
        "{y}-{m:02d}",
        "{y}/{m}",
        "{y}年{m}月",
        "{y}年{m:02d}月份",
        "{y}{m:02d}",
        "{y}.{m:02d}",
        "{m:02d}/{y}",
    ):
        text = form.format(y=day.year, m=day.month)
        assert (read(text, which_day="first"), read(text, which_day="last")) == (first, last)
        assert why_not(text) == "date_incomplete"
    for text in (f"{day.year}", f"{day.year}年", f"{day.year}.0", f"民國{roc(day)}年"):
        assert read(text, which_day="first") == date(day.year, 1, 1)
        assert read(text, which_day="last") == date(day.year, 12, 31)
        assert why_not(text) == "date_incomplete"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0024-01-05", "date_implausible"),
        ("1899-12-30", "date_implausible"),
        ("1900-01-01", "date_implausible"),
        ("1904-01-01", "date_implausible"),
        ("1949-12-31", "date_implausible"),
        ("9999-12-31", "date_implausible"),
        ("0001-01-01T00:00:00Z", "date_implausible"),
        ("9999-12-31T23:59:59-05:00", "date_implausible"),
        ("2026-11-27", "date_in_future"),
        ("2024-02-30", "date_unreadable"),
        ("2024/13/01", "date_unreadable"),
        ("2024-01-05T25:00", "date_unreadable"),
        ("2024-01-05 08:00 CST", "date_unreadable"),
        ("45000", "date_unreadable"),
        ("113/01/05", "date_unreadable"),
        ("1130105", "date_unreadable"),
        ("24-01-05", "date_unreadable"),
        ("2024010507", "date_unreadable"),
        ("2024.1", "date_unreadable"),
        ("3月5日", "date_unreadable"),
        ("tomorrow", "date_unreadable"),
        ("12", "date_unreadable"),
    ],
)
def test_what_is_no_day_or_cannot_be_meant_is_refused(text, reason):
    assert why_not(text) == reason


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("45000", '"excel"'),
        ("113/01/05", '"roc"'),
        ("1130105", '"roc"'),
        ("2024010507", '"%Y%m%d%H"'),
        ("05/01/2024", '"day_first"'),
        ("2024-01", "which_day"),
        ("1899-12-30", "'missing'"),
    ],
)
def test_the_refusal_names_the_key_that_would_read_it(text, key):
    with pytest.raises(Unfit) as unfit:
        read(text)
    assert key in str(unfit.value.what)


def test_a_term_may_lie_ahead_but_not_for_ever():
    assert read("2030-01-01", field=DUE) == date(2030, 1, 1)
    with pytest.raises(Unfit):
        read("2099-12-31", field=DUE)


def test_24_o_clock_is_the_day_after_and_12_at_night_its_beginning():
    assert read("2024-01-05 24:00") == date(2024, 1, 6)
    assert read("2024-01-05 12:30 AM +00:00") == date(2024, 1, 5)
    assert read("2024-01-05 11:30 PM +00:00") == date(2024, 1, 6)


@given(st.integers(1, 99))
def test_a_number_in_chinese_signs_is_that_number(number):
    assert numeral(chinese(number)) == number


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_a_fault_and_never_an_error(text):
    for forms in ((), ("roc",), ("excel",), ("epoch_s",), ("day_first",), ("%d/%m/%y",)):
        try:
            day = read(text.strip(), dates=forms, which_day="last")
        except Unfit as unfit:
            assert str(unfit.what)
        else:
            assert EARLIEST <= day <= ON
