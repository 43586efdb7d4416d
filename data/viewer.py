"""Who is looking: every query and every route takes a Viewer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Viewer:
    """A role and the areas it may see.

    areas: ids of areas at any level; None means every area.
    """

    role: str
    areas: tuple[int, ...] | None = ()


EVERYTHING = Viewer(role="everything", areas=None)
