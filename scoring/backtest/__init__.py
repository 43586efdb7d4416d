"""Whether an order of visits would have found trouble earlier, seen on days that are past. See docs/scoring.md."""

from scoring.backtest.frame import Visits, visits_of
from scoring.backtest.measures import MEASURES, Estimate
from scoring.backtest.trial import Backtest, backtest

__all__ = ["MEASURES", "Backtest", "Estimate", "Visits", "backtest", "visits_of"]
