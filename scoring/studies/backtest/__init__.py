"""Whether an order of visits would have found trouble earlier, seen on days that are past. See docs/scoring.md."""

from scoring.studies.backtest.measures import MEASURES, Estimate
from scoring.studies.backtest.run import Backtest, backtest
from scoring.studies.backtest.visits import Visits, visits_of

__all__ = ["MEASURES", "Backtest", "Estimate", "Visits", "backtest", "visits_of"]
