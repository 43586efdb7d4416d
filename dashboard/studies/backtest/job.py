"""The backtest at work beside the page, which only looks at it; the same question again finds the answer there."""

import hashlib
import threading
from dataclasses import dataclass
from datetime import date

import streamlit as st

from dashboard.auth.request_user import user_with
from dashboard.cache.background_jobs import JOBS, Job, Report
from dashboard.i18n import Translator
from dashboard.look.plain_text import as_text
from dashboard.studies.backtest.model import Model
from dashboard.studies.study_context import Study
from data.studies.backtest_frames import Outcome, TooLittlePast, backtest_frames
from data.studies.model_scores import ModelScores, WrongScores, beside
from scoring.errors import WrongFrame
from scoring.studies.backtest import Backtest, backtest

AT_ONCE_SECONDS = 2.0  # a small city is waited for; of a large one the progress is shown
LOOK_EVERY = "0.5s"
ONE_AT_A_TIME = threading.Lock()  # one takes up to two gigabytes and a core at 175,700 buildings


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
    attempt = st.session_state.setdefault("backtest_attempt", 0)
    rows = hashlib.sha256(study.rows.tobytes()).hexdigest()
    key = "-".join(
        (
            "backtest",
            study.scope.cache_key,
            study.code,
            study.context.version.cache_key,
            rule_set,
            outcome,
            rows,
            "" if model is None else model.digest,
            f"{attempt}",
        )
    )
    job = JOBS.of(key, study.scope.cache_key)
    if job is None:
        work = _work(study, rule_set, outcome, None if model is None else model.scores)
        job = JOBS.begin(key, study.scope.cache_key, study.code, work)
        with st.spinner(study.t("backtest.working")):
            job.over.wait(AT_ONCE_SECONDS)
    if job.state == "runs":
        _progress(job, study.t)
    elif job.state == "done":
        if isinstance(job.result, Replay):
            return job.result
        st.info(study.t(f"backtest.{job.result.why}"))
    else:
        _ended(job, study.t)
    return None


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
                result = backtest(history.frame, report=lambda done, rounds: report("drawing", done, rounds))
            except TooLittlePast:
                return NoResult("too_little")
            except WrongScores:
                return NoResult("no_scores")
            except WrongFrame:
                return NoResult("no_trouble")
        return Replay(history.first, history.last, history.level, history.unrated, history.unscored, result)

    return work


@st.fragment(run_every=LOOK_EVERY)
def _progress(job: Job, t: Translator) -> None:
    user_with("analysis")  # this part runs by itself again and again, and asks each time who is there
    if job.over.is_set():
        st.rerun()
    left, right = st.columns((4, 1), vertical_alignment="center")
    left.progress(job.share, text=t(f"backtest.doing_{job.doing}"))
    if right.button(t("backtest.stop"), width="stretch"):
        job.stop.set()


def _ended(job: Job, t: Translator) -> None:
    if job.state == "stopped":
        st.info(t("backtest.stopped"))
    elif job.mistake is not None:
        st.error(as_text(t.sentence(job.mistake)))
    else:
        st.error(t("shell.fault", number=as_text(job.error_number)))
    if st.button(t("backtest.again")):
        st.session_state["backtest_attempt"] += 1
        st.rerun()
