"""Horizontal bars that the browser draws by itself, see dashboard/look/bars: what it needs is text and numbers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Part:
    """A class within a bar. length: 1 for the whole width. said: what a pointer over it reads, and a screen reader."""

    count: int
    length: float
    colour: str
    said: str


@dataclass(frozen=True)
class Bar:
    """number: what stands at its end."""

    name: str
    parts: tuple[Part, ...]
    number: str = ""


@dataclass(frozen=True)
class BarChart:
    """key: colour and name of each class, below the bars; none where the names of the bars say it."""

    title: str
    bars: tuple[Bar, ...]
    key: tuple[tuple[str, str], ...] = ()

    def settings(self) -> Mapping[str, object]:
        return asdict(self)
