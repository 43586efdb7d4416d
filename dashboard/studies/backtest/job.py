"""The backtest at work beside the page, which only looks at it; the same question again finds the answer there."""

import hashlib
import threading
from dataclasses import dataclass
from datetime import date

import streamlit as st

from dashboard.auth.request_user import user_with
from dashboard.cache.background_jobs import JOBS, Job, Report
from dashboard.i18n import Translator
from dashboard.studies.study_context import Study
from data.studies.backtest_frames import Outcome, TooLittlePast, backtest_frames
from scoring.errors import WrongFrame
from scoring.studies.backtest import Backtest, backtest

AT_ONCE_SECONDS = 2.0  # a small city is waited for; of a large one the progress is shown
LOOK_EVERY = "0.5s"
ONE_AT_A_TIME = threading.Lock()  # one takes up to two gigabytes and a core at 175,700 buildings


@dataclass(frozen=True)
class Replay:
    """What came of it, of the months from `first` to `last`. level: of the areas drawn. unrated: visits, or
    building-months left out, of buildings without a grade."""

    first: date
    last: date
    level: str
    unrated: int
    found: Backtest


@dataclass(frozen=True)
class NothingToSay:
    """why: "too_little" past, or "no_trouble" in it."""

    why: str


def replay(of: Study, rule_set: str, outcome: Outcome) -> Replay | None:
    """The answer; None while it is worked on, after it was stopped, or where there is nothing to say, and says so."""
    attempt = st.session_state.setdefault("backtest_attempt", 0)
    rows = hashlib.sha256(of.rows.tobytes()).hexdigest()
    key = "-".join(
        ("backtest", of.scope.cache_key, of.code, of.context.version.cache_key, rule_set, outcome, rows, f"{attempt}")
    )
    job = JOBS.of(key, of.scope.cache_key)
    if job is None:
        job = JOBS.begin(key, of.scope.cache_key, of.code, _work(of, rule_set, outcome))
        with st.spinner(of.t("backtest.working")):
            job.over.wait(AT_ONCE_SECONDS)
    if job.state == "runs":
        _progress(job, of.t)
    elif job.state == "done":
        if isinstance(job.result, Replay):
            return job.result
        st.info(of.t(f"backtest.{job.result.why}"))
    else:
        _ended(job, of.t)
    return None


def _work(of: Study, rule_set: str, outcome: Outcome):
    context, rows = of.context, of.rows

    def work(report: Report) -> Replay | NothingToSay:
        report("waiting", 0, 0)
        with ONE_AT_A_TIME:
            try:
                taken = backtest_frames(
                    context.city_facts, context.rules, rule_set, context.options.last_day, rows, outcome, report
                )
                found = backtest(taken.frame, report=lambda done, rounds: report("drawing", done, rounds))
            except TooLittlePast:
                return NothingToSay("too_little")
            except WrongFrame:
                return NothingToSay("no_trouble")
        return Replay(taken.first, taken.last, taken.level, taken.unrated, found)

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
    else:
        st.error(t("app.fault", number=job.fault))
    if st.button(t("backtest.again")):
        st.session_state["backtest_attempt"] += 1
        st.rerun()
