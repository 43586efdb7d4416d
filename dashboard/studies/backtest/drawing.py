"""The long part of a backtest, with nothing of the pages in it, so that a process of its own begins with it soon."""

from collections.abc import Callable

import pandas as pd

from scoring.studies.backtest import Backtest, backtest


def drawn(frame: pd.DataFrame, report: Callable[[str, int, int], None]) -> Backtest:
    """report: told "drawing", rounds done and rounds in all. Raises WrongFrame."""
    return backtest(frame, report=lambda done, rounds: report("drawing", done, rounds))
