"""Times as pages show them: by the clock of the city, or Beijing time where there are several clocks or none."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dashboard.i18n import Translator
from data.city.local_time import city_zone
from data.db.models.city import City

BEIJING = ZoneInfo("Asia/Shanghai")


def shared_zone(cities: Iterable[City]) -> ZoneInfo:
    """The zone of every city, for pages that are of no single one."""
    zones = {city_zone(city.time_zone, city.bounds) for city in cities}
    return zones.pop() if len(zones) == 1 else BEIJING


def local_time(at: datetime, zone: ZoneInfo = BEIJING, to: str = "minutes") -> str:
    """A time of the tables (UTC) by the clock of a zone."""
    return at.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None).isoformat(sep=" ", timespec=to)


def zone_name(zone: ZoneInfo, t: Translator) -> str:
    """What people call it where they do, else what it is called in computers."""
    return t("shell.beijing_time") if zone == BEIJING else zone.key
