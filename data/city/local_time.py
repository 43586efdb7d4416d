"""The time zone of a city, which decides on which day something happened there and which day is today."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

# Within these, everything keeps Beijing time or the same hour: west, south, east, north. What of China lies outside
# them, along its borders, has the hour of its longitude unless its mapping says otherwise.
BEIJING_TIME = (
    (97.5, 24.0, 124.2, 49.5),  # the provinces
    (108.1, 18.0, 124.2, 24.0),  # the south coast
    (124.2, 42.5, 131.0, 48.5),  # the north-east
    (86.0, 29.0, 97.5, 36.5),  # Tibet and Qinghai
    (80.8, 40.3, 97.5, 44.3),  # the north of Xinjiang
    (75.0, 36.5, 97.5, 40.3),  # its south
)
DEGREES_AN_HOUR = 15


def city_zone(stated: str | None, bounds: Sequence[float]) -> ZoneInfo:
    """The zone a city states, or else the one its bounds lie in.

    bounds: west, south, east, north in degrees. By default Beijing time in China, elsewhere the whole hours of the
    longitude, without summer time: right to an hour or two, where UTC would be wrong by half a day.
    """
    if stated:
        return ZoneInfo(stated)
    lon, lat = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    if any(west <= lon <= east and south <= lat <= north for west, south, east, north in BEIJING_TIME):
        return ZoneInfo("Asia/Shanghai")
    hours = round(lon / DEGREES_AN_HOUR)
    return ZoneInfo(f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT")  # east of Greenwich has a minus there


def today_in(zone: ZoneInfo) -> date:
    """The day it is there now."""
    return datetime.now(zone).date()
