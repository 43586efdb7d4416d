"""The backtest at work beside the page, which only looks at it."""

import hashlib
import threading
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashboard.cache.background_jobs import Report
from dashboard.cache.job_process import run_apart
from dashboard.look.conclusion import conclusion, said
from dashboard.studies.backtest.drawing import drawn
from dashboard.studies.backtest.model import Model
from dashboard.studies.beside_page import finished
from dashboard.studies.study_context import Study
from data.studies.backtest_frames import Outcome, TooLittlePast, backtest_frames
from data.studies.model_scores import ModelScores, WrongScores, beside
from scoring.errors import WrongFrame
from scoring.studies.backtest import Backtest

ONE_AT_A_TIME = threading.Lock()  # one takes up to two gigabytes and a core at 175,700 buildings
APART_FROM_ROWS = 20_000  # fewer are done before a process of their own has started


@dataclass(frozen=True)
class Replay:
    """What the backtest gave, of the months from `first` to `last`. level: of the areas drawn. unrated: visits, or
    building-months left out, of buildings without a grade; unscored: left out because a model had no score for them."""

    first: date
    last: date
    level: str
    unrated: int
    unscored: int
    backtest: Backtest


@dataclass(frozen=True)
class NoResult:
    """why: "too_little" past, "no_trouble" in it, or "no_scores" of the model for it."""

    why: str


def replay(study: Study, rule_set: str, outcome: Outcome, model: Model | None) -> Replay | None:
    """The answer; None while it is worked on, after it was stopped, or where there is nothing to say, and says so."""
    rows = hashlib.sha256(study.rows.tobytes()).hexdigest()
    digest = "" if model is None else model.digest
    question = "-".join((study.context.version.cache_key, rule_set, outcome, rows, digest))
    work = _work(study, rule_set, outcome, None if model is None else model.scores)
    result = finished(study, "backtest", question, work)
    if isinstance(result, NoResult):
        with study.top:
            conclusion([said(f"backtest.{result.why}")], study.t)
    return result if isinstance(result, Replay) else None


def _work(study: Study, rule_set: str, outcome: Outcome, scores: ModelScores | None):
    context, rows = study.context, study.rows

    def work(report: Report) -> Replay | NoResult:
        report("waiting", 0, 0)
        with ONE_AT_A_TIME:
            try:
                history = backtest_frames(
                    context.city_facts, context.rules, rule_set, context.options.last_day, rows, outcome, report
                )
                history = history if scores is None else beside(history, scores)
                result = _drawn(history.frame, report)
            except TooLittlePast:
                return NoResult("too_little")
            except WrongScores:
                return NoResult("no_scores")
            except WrongFrame:
                return NoResult("no_trouble")
        return Replay(history.first, history.last, history.level, history.unrated, history.unscored, result)

    return work


def _drawn(frame: pd.DataFrame, report: Report) -> Backtest:
    """In a process of its own where it takes long, so that it takes no time from the pages of others."""
    if len(frame) < APART_FROM_ROWS:
        return drawn(frame, report=report)
    return run_apart(drawn, frame, report=report)
