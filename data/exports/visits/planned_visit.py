"""A planned visit in the words of whoever takes it along."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PlannedVisit:
    """officer: a code, "" where it is not the reader's to see. turn: of the day's, from 1.

    arrives: minutes after midnight by the city's clock; minutes: how long it takes. lon, lat: WGS 84, None where the
    building is not on the map. link: to the building's card. grade, why: in the reader's language.
    """

    officer: str
    day: date
    turn: int
    arrives: int
    minutes: int
    code: str
    name: str
    address: str
    lon: float | None
    lat: float | None
    grade: str
    why: str
    link: str

    @property
    def called(self) -> str:
        """The building as people call it."""
        return self.name or self.address or self.code

    @property
    def time(self) -> str:
        return f"{self.arrives // 60:02}:{self.arrives % 60:02}"
