"""The time zone of a city: what it states, or else what its bounds say."""

from datetime import UTC, datetime, timedelta

import pytest

from data.city import local_time
from data.city.local_time import city_zone, today_in

JULY, JANUARY = datetime(2024, 7, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)


def around(lon: float, lat: float) -> tuple[float, float, float, float]:
    return lon - 0.2, lat - 0.2, lon + 0.2, lat + 0.2


@pytest.mark.parametrize(
    ("city", "lon", "lat"),
    [
        ("Shenzhen", 114.0, 22.55),
        ("Beijing", 116.4, 39.9),
        ("Urumqi", 87.6, 43.8),
        ("Kashgar", 75.99, 39.47),
        ("Lhasa", 91.1, 29.65),
        ("Kunming", 102.7, 25.04),
        ("Haikou", 110.3, 20.0),
        ("Mudanjiang", 129.6, 44.6),
        ("Harbin", 126.6, 45.8),
    ],
)
def test_a_city_in_china_keeps_beijing_time(city, lon, lat):
    assert city_zone(None, around(lon, lat)).key == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("city", "lon", "lat", "hours"),
    [
        ("Toronto", -79.4, 43.7, -5),
        ("London", -0.1, 51.5, 0),
        ("Delhi", 77.2, 28.6, 5),
        ("Hanoi", 105.8, 21.0, 7),
        ("Seoul", 127.0, 37.5, 8),
        ("Tokyo", 139.7, 35.7, 9),
        ("Suva", 178.4, -18.1, 12),
        ("Honolulu", -157.9, 21.3, -11),
    ],
)
def test_elsewhere_it_is_the_whole_hours_of_the_longitude_all_year(city, lon, lat, hours):
    zone = city_zone(None, around(lon, lat))
    assert zone.utcoffset(JULY) == zone.utcoffset(JANUARY) == timedelta(hours=hours)


def test_what_a_city_states_goes_before_its_place():
    assert city_zone("America/Toronto", around(114.0, 22.5)).key == "America/Toronto"


def test_today_is_the_day_it_is_there(monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2024, 1, 4, 23, 30, tzinfo=UTC).astimezone(tz)

    monkeypatch.setattr(local_time, "datetime", Clock)
    days = {key: today_in(city_zone(key, ())).day for key in ("Asia/Shanghai", "Etc/UTC", "America/Toronto")}
    assert days == {"Asia/Shanghai": 5, "Etc/UTC": 4, "America/Toronto": 4}
