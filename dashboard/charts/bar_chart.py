"""Horizontal bars that the browser draws by itself, see dashboard/look/bars: what it needs is text and numbers."""

from dataclasses import asdict, dataclass

from scoring.turning_signs import in_one_direction


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

    def settings(self) -> dict[str, object]:
        """What the browser is told, in which no name turns its neighbours."""
        return {name: _in_one_direction(value) for name, value in asdict(self).items()}


def _in_one_direction(value: object) -> object:
    if isinstance(value, str):
        return in_one_direction(value)
    if isinstance(value, dict):
        return {name: _in_one_direction(one) for name, one in value.items()}
    return [_in_one_direction(one) for one in value] if isinstance(value, (list, tuple)) else value
