"""Long work of a study goes on beside its page: the page stands at once, and says from the first moment how far the
work has come. The same question again finds the answer there."""

from typing import Any

import streamlit as st

from dashboard.auth.request_user import user_with
from dashboard.cache.background_jobs import JOBS, Job, Work
from dashboard.i18n import Translator
from dashboard.look.plain_text import as_text
from dashboard.studies.study_context import Study
from data.access.roles import Permission

AT_ONCE_SECONDS = 2.0  # a small city is waited for; of a large one the progress is shown meanwhile
LOOK_EVERY = "0.5s"


def finished(study: Study, room: str, question: str, work: Work, permission: Permission = "analysis") -> Any | None:
    """What the work gave; None while it goes on, and after it was stopped or went wrong, which is said.

    room: of the texts `doing_…`, `stop`, `stopped` and `again`. question: the same for the same answer. permission: of
    the page.
    """
    owner, t = study.scope.cache_key, study.t
    key = f"{room}-{owner}-{study.code}-{question}-{st.session_state.setdefault(_attempts(room), 0)}"
    job, is_new = JOBS.of(key, owner), False
    if job is None:
        job, is_new = JOBS.begin(key, owner, study.code, work), True
    with study.top:
        if is_new:
            with st.empty():
                st.progress(job.share, text=t(f"{room}.doing_{job.doing}"))
                job.over.wait(AT_ONCE_SECONDS)
                st.empty()
        if job.state == "runs":
            _progress(job, room, t, permission)
        elif job.state != "done":
            _ended(job, room, t)
    return job.result if job.state == "done" else None


def _attempts(room: str) -> str:
    return f"{room}_attempt"


@st.fragment(run_every=LOOK_EVERY)
def _progress(job: Job, room: str, t: Translator, permission: Permission) -> None:
    user_with(permission)  # this part runs by itself again and again, and asks each time who is there
    if job.over.is_set():
        st.rerun()
    left, right = st.columns((4, 1), vertical_alignment="center")
    left.progress(job.share, text=t(f"{room}.doing_{job.doing}"))
    if right.button(t(f"{room}.stop"), width="stretch", key=f"{room}-stop"):
        job.stop.set()


def _ended(job: Job, room: str, t: Translator) -> None:
    if job.state == "stopped":
        st.info(t(f"{room}.stopped"))
    elif job.mistake is not None:
        st.error(as_text(t.sentence(job.mistake)))
    else:
        st.error(t("shell.fault", number=as_text(job.error_number)))
    if st.button(t(f"{room}.again"), key=f"{room}-again"):
        st.session_state[_attempts(room)] += 1
        st.rerun()
