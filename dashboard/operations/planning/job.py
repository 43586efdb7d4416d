"""A plan is made beside the page, in a process of its own: laying out the weeks holds Python's lock for seconds."""

from datetime import UTC, date, datetime

import streamlit as st

from dashboard.auth.request_user import CurrentUser, user_with
from dashboard.cache.background_jobs import JOBS, Job, Report
from dashboard.cache.job_process import run_apart
from dashboard.i18n import Translator
from dashboard.look.forms import form_done, form_key
from dashboard.look.plain_text import as_text
from dashboard.operations.planning.city_apart import CityAsked, city_apart, city_asked
from data.access.roles import AccessScope
from data.audit.trail import Actor
from data.planning.making import PlanAsked, make_plan

FORM = "plan"
LOOK_EVERY = "0.5s"


def begin(user: CurrentUser, city: str, rule_set: str, on: date, asked: PlanAsked) -> None:
    key = form_key(FORM)
    asks = (city_asked(city, rule_set, on), user.scope, user.actor, asked, key)
    JOBS.begin(key, user.actor.account, city, lambda report: run_apart(_plan_here, *asks, report=report))


def running(user: CurrentUser, t: Translator) -> bool:
    """Whether a plan is being made for this form; then its progress is shown, or why it ended."""
    job = JOBS.of(form_key(FORM), user.actor.account)
    if job is None:
        return False
    if job.state == "runs":
        _progress(job, t)
        return True
    if job.state == "done":
        form_done(FORM)
        st.toast(t("planning.made"), icon=":material/check:")
        return False
    _ended(job, t)
    return True


def _plan_here(city: CityAsked, scope: AccessScope, actor: Actor, asked: PlanAsked, key: str, report: Report) -> int:
    """In the process that makes it."""
    report("reading", 0, 1)
    with city_apart(city) as (engine, snapshot):
        return make_plan(engine, scope, actor, snapshot, city.rule_set, asked, report, at=datetime.now(UTC), key=key)


@st.fragment(run_every=LOOK_EVERY)
def _progress(job: Job, t: Translator) -> None:
    user_with("plan")  # this part runs by itself again and again, and asks each time who is there
    if job.over.is_set():
        st.rerun()
    left, right = st.columns((4, 1), vertical_alignment="center")
    left.progress(job.share, text=t(f"planning.doing_{job.doing}"))
    if right.button(t("planning.stop"), width="stretch", key="plan-stop"):
        job.stop.set()


def _ended(job: Job, t: Translator) -> None:
    if job.state == "stopped":
        st.info(t("planning.stopped"))
    elif job.mistake is not None:
        st.error(as_text(t.sentence(job.mistake)))
    else:
        st.error(t("shell.fault", number=as_text(job.error_number)))
    if st.button(t("planning.again"), key="plan-again"):
        form_done(FORM)
        st.rerun()
