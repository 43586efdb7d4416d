"""Whether an order of visits would have found trouble earlier, on past days. Begin with `run`; see docs/scoring.md."""

from scoring.studies.backtest.measures import MEASURES, Estimate
from scoring.studies.backtest.run import Backtest, backtest
from scoring.studies.backtest.visits import Visits, visits_of

__all__ = ["MEASURES", "Backtest", "Estimate", "Visits", "backtest", "visits_of"]
