"""The closed loop of hazards, after TEDA: found, mended on the spot or transferred, resolved or still open."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from scoring.grading.facts import OpenPeriods
from scoring.studies.percent import percent


@dataclass(frozen=True)
class ClosedLoop:
    """What became of the hazards found in a time. The path splits twice and every hazard takes one branch:

    found = mended_on_the_spot + transferred + waiting, and transferred = resolved + with_departments.
    """

    found: int
    mended_on_the_spot: int  # without ever being transferred
    transferred: int
    resolved: int  # of those transferred

    @property
    def waiting(self) -> int:
        """Neither mended nor handed to anyone."""
        return self.found - self.mended_on_the_spot - self.transferred

    @property
    def with_departments(self) -> int:
        return self.transferred - self.resolved

    @property
    def open(self) -> int:
        return self.waiting + self.with_departments

    @property
    def resolved_of_transferred(self) -> Decimal | None:
        """In percent; None where nothing was transferred."""
        return percent(self.resolved, self.transferred) if self.transferred else None

    @property
    def mended_of_found(self) -> Decimal | None:
        """In percent; None where nothing was found."""
        return percent(self.mended_on_the_spot + self.resolved, self.found) if self.found else None


def closed_loop(open_periods: OpenPeriods, since: date, on: date) -> ClosedLoop:
    """The hazards found from `since` through `on`, as they stood at the end of `on`; a reopened one is found again."""
    today = np.datetime64(on, "D")
    found = (open_periods.opened >= np.datetime64(since, "D")) & (open_periods.opened <= today)
    closed, transferred = found & (open_periods.closed <= today), found & (open_periods.transferred <= today)
    return ClosedLoop(
        found=int(found.sum()),
        mended_on_the_spot=int((closed & ~transferred).sum()),
        transferred=int(transferred.sum()),
        resolved=int((closed & transferred).sum()),
    )
