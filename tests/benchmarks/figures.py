"""A figure as it was measured, with what it is held against, and the table of them."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Beside:
    """What a figure is divided by: a stated limit, or a peer on the same machine in the same run."""

    name: str
    value: float


@dataclass(frozen=True)
class Figure:
    """One line of the table. at_most: the highest ratio to `beside` that keeps to the aim; None where none is set."""

    what: str
    measured: float
    unit: str
    beside: Beside
    at_most: float | None = None

    @property
    def ratio(self) -> float:
        return self.measured / self.beside.value

    @property
    def met(self) -> bool | None:
        return None if self.at_most is None else self.ratio <= self.at_most

    def cells(self) -> tuple[str, ...]:
        beside = f"{self.beside.name} {amount(self.beside.value)} {self.unit}"
        limit = "none" if self.at_most is None else f"≤ {amount(self.at_most)}"
        verdict = {None: "", True: "met", False: "**MISSED**"}[self.met]
        return self.what, f"{amount(self.measured)} {self.unit}", beside, amount(self.ratio), limit, verdict


def within(what: str, measured: float, unit: str, limit: float) -> Figure:
    """A figure held against a stated limit."""
    return Figure(what, measured, unit, Beside("limit", limit), at_most=1)


def amount(value: float) -> str:
    """Three digits that count; whole numbers from a hundred on."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


HEAD = ("Figure", "Measured", "Beside", "Ratio", "Limit", "Aim")


def table(figures: Iterable[Figure]) -> str:
    rows = [HEAD, ("---", "---:", "---", "---:", "---", "---"), *(figure.cells() for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def verdict(figures: Iterable[Figure]) -> str:
    """One sentence: how many aims were met, and which were missed."""
    aimed = [figure for figure in figures if figure.at_most is not None]
    missed = [figure.what for figure in aimed if not figure.met]
    if missed:
        return f"{len(missed)} of {len(aimed)} aims MISSED: {'; '.join(missed)}."
    return f"All {len(aimed)} aims were met."
