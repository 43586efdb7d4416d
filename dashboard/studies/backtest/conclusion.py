"""What the backtest comes to, in words a leader uses: never more than its intervals allow."""

import math
from datetime import date

from dashboard.look.conclusion import Statement, said
from dashboard.look.stat_cards import share
from data.studies.backtest_frames import Outcome
from scoring.studies.backtest import Backtest, Estimate
from scoring.studies.backtest.measures import DAYS_EARLIER, FIRST_HALF
from scoring.studies.backtest.run import INSIDE, INSIDE_RANDOM

FEWEST_TROUBLED = 20  # an interval drawn from fewer hangs on single visits


def concluded(backtest: Backtest, outcome: Outcome, first: date, last: date) -> list[Statement]:
    """first, last: of the months looked at."""
    counted = "cases" if outcome == "cases" else "visits"
    about = {
        "first": f"{first}",
        "last": f"{last}",
        "visits": f"{backtest.visits:,}",
        "troubled": f"{backtest.troubled:,}",
        "share": share(backtest.troubled, backtest.visits),
    }
    if backtest.troubled < FEWEST_TROUBLED:
        return [said(f"backtest.conclude_{counted}_too_few", **about)]
    measure = FIRST_HALF if backtest.first_day is None else DAYS_EARLIER
    against = "random" if backtest.first_day is None else "actual"
    gap = backtest.differences.get(("score", against), {}).get(measure)
    if gap is None:
        return [said(f"backtest.conclude_{counted}_no_data", **about)]
    direction = direction_of(gap)
    statements = [said(f"backtest.conclude_{counted}_{direction}", **about, **_parts(gap, measure, direction))]
    return [*statements, *_apart_from_inspectors(backtest, measure)] if direction == "ahead" else statements


def _apart_from_inspectors(backtest: Backtest, measure: str) -> list[Statement]:
    """Whether anything is left of the lead when only an inspector's own visits are compared."""
    gap = backtest.differences.get((INSIDE, INSIDE_RANDOM), {}).get(measure)
    if gap is None:
        return [said("backtest.conclude_inside_unknown")]
    direction = direction_of(gap)
    return [said(f"backtest.conclude_inside_{direction}")]


def direction_of(gap: Estimate) -> str:
    """ "ahead" or "behind" where the whole interval is; "unsure" where it holds nought or cannot be had."""
    if any(math.isnan(end) for end in (gap.value, gap.low, gap.high)) or gap.low <= 0 <= gap.high:
        return "unsure"
    return "ahead" if gap.value > 0 else "behind"


def _parts(gap: Estimate, measure: str, direction: str) -> dict[str, str]:
    """Days as days, a share as percentage points; what is behind is said as so much later."""
    scale = 100 if measure == FIRST_HALF else 1
    if direction == "behind":
        gap = Estimate(-gap.value, -gap.high, -gap.low)
    return {name: f"{getattr(gap, name) * scale:.1f}" for name in ("value", "low", "high")}
