"""Times on pages are by the clock of the city, named as people name it."""

from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from dashboard.i18n import translator
from dashboard.look.timestamps import BEIJING, local_time, shared_zone, zone_name

BAOAN = SimpleNamespace(time_zone=None, bounds=[113.8, 22.5, 114.0, 22.8])
CHANGZHOU = SimpleNamespace(time_zone=None, bounds=[119.9, 31.7, 120.1, 31.8])
TORONTO = SimpleNamespace(time_zone="America/Toronto", bounds=[-79.6, 43.6, -79.1, 43.9])
EVENING = datetime(2026, 11, 26, 18, 5, 9)  # in UTC, as tables have it


def test_the_clock_is_that_of_the_cities_and_beijings_where_they_differ_or_there_are_none():
    assert shared_zone([TORONTO]) == ZoneInfo("America/Toronto")
    assert shared_zone([BAOAN, CHANGZHOU]) == shared_zone([BAOAN, TORONTO]) == shared_zone([]) == BEIJING


def test_a_time_of_the_tables_is_said_by_the_clock_of_the_zone():
    assert local_time(EVENING) == "2026-11-27 02:05"
    assert local_time(EVENING, ZoneInfo("America/Toronto"), to="seconds") == "2026-11-26 13:05:09"


def test_beijing_time_has_a_name_in_both_languages():
    assert [zone_name(BEIJING, translator(language)) for language in ("zh", "en")] == ["北京时间", "Beijing time"]
    assert zone_name(ZoneInfo("America/Toronto"), translator("zh")) == "America/Toronto"
