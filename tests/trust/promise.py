"""What is promised, as it was found, and the table of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from tests.benchmarks.figures import amount

HEAD = ("Promise", "Found", "Limit", "")


@dataclass(frozen=True)
class Promise:
    """One line of the table; kept while `found` is not above `at_most`."""

    what: str
    found: float
    unit: str
    at_most: float

    @property
    def kept(self) -> bool:
        return self.found <= self.at_most

    def cells(self) -> tuple[str, ...]:
        limit = f"≤ {amount(self.at_most)} {self.unit}" if self.at_most else "none"
        return self.what, f"{amount(self.found)} {self.unit}", limit, "kept" if self.kept else "**BROKEN**"


def table(promises: Iterable[Promise]) -> str:
    rows = [HEAD, ("---", "---:", "---:", "---"), *(promise.cells() for promise in promises)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def verdict(promises: Iterable[Promise]) -> str:
    """One sentence: how many were kept, and which were broken."""
    every = list(promises)
    broken = [promise.what for promise in every if not promise.kept]
    if broken:
        return f"{len(broken)} of {len(every)} promises BROKEN: {'; '.join(broken)}."
    return f"All {len(every)} promises were kept."
