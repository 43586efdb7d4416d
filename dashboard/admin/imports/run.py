"""Checking and importing, with their progress: the work runs beside the page, which only looks at it."""

import hashlib
import secrets
from contextlib import suppress
from datetime import date
from urllib.parse import urlencode

import streamlit as st

from dashboard.admin.imports import result
from dashboard.admin.imports.upload import another, new_form, refusal
from dashboard.admin.imports.upload_store import Upload
from dashboard.auth.request_user import Visitor, visitor_with
from dashboard.cache.background_jobs import JOBS, Job, Report, StopAsked
from dashboard.cache.city_cache import database
from dashboard.i18n import Words
from dashboard.view.basemap import tile_service
from data.access.roles import EVERYTHING, Viewer
from data.audit.trail import Actor
from data.city.queries import NoSuchCity
from data.city.rebuild import prepare_city
from data.db.engine import writing
from data.importing.mapping.saved_mappings import save_mapping
from data.importing.mapping.schema import SourceMapping
from data.importing.writing.result import Outcome
from data.importing.writing.run import import_file

LOOK_EVERY = "0.5s"
LINK = "#1f5fa8"


def begun_already(visitor: Visitor, say: Words) -> bool:
    """Whether this form was handed in; then how far it has come, or what became of it, is all there is to show."""
    job = JOBS.of(st.session_state["import_key"], visitor.actor.account)
    if job is not None:
        _imported(job, say)
    return job is not None


def check_and_import(visitor: Visitor, upload: Upload, mapping: SourceMapping, text: str | None, say: Words) -> None:
    """One form from its check to its end. text: of a mapping made here, which is kept when the file is taken in."""
    key, owner = st.session_state["import_key"], visitor.actor.account
    checking = f"{key}-{_mark(mapping, text)}"
    check = JOBS.of(checking, owner)
    if check is None:
        if st.button(say("imports.check"), type="primary"):
            JOBS.begin(checking, owner, mapping.city, _check_of(visitor, upload, mapping))
            st.rerun()
        return
    if not _ended_well(check, say):
        return
    _shown(visitor.viewer, mapping, check.result, checking, say)
    taken = sum(tally.new + tally.changed for tally in check.result.tallies.values())
    if not taken:
        st.info(say("imports.nothing_new"))
        return
    if st.button(say("imports.import", n=f"{taken:,}"), type="primary", key="import_now"):
        JOBS.begin(key, owner, mapping.city, _import_of(visitor, upload, mapping, text, key))
        st.rerun()


def _mark(mapping: SourceMapping, text: str | None) -> str:
    return hashlib.sha256(f"{mapping.name}\n{text}".encode()).hexdigest()[:12]


def _check_of(visitor: Visitor, upload: Upload, mapping: SourceMapping):
    engine, viewer, actor = database(), visitor.viewer, visitor.actor
    named = {"actor": actor, "name": upload.name, "preview": True}

    def work(report: Report) -> Outcome:
        return import_file(engine, viewer, mapping, upload.path, date.today(), report=report, **named)

    return work


def _import_of(visitor: Visitor, upload: Upload, mapping: SourceMapping, text: str | None, key: str):
    """The import, then the ledger and the grades that the map needs of it."""
    engine, viewer, actor, datum = database(), visitor.viewer, visitor.actor, tile_service().datum

    def work(report: Report) -> Outcome:
        if text is not None:
            _keep_mapping(engine, viewer, mapping.name, text, actor)
        outcome = import_file(
            engine, viewer, mapping, upload.path, date.today(), actor=actor, key=key, name=upload.name, report=report
        )
        _prepare(engine, mapping.city, datum, report)
        return outcome

    return work


def _keep_mapping(engine, viewer: Viewer, name: str, text: str, actor: Actor) -> None:
    with writing(engine, EVERYTHING) as session:
        save_mapping(session, viewer, name, text, actor.account)


def prepare_again(city: str, owner: str) -> None:
    """Has the city graded anew beside the page, after an import was taken out."""
    engine, datum = database(), tile_service().datum
    JOBS.begin(secrets.token_hex(16), owner, city, lambda report: _prepare(engine, city, datum, report))


def _prepare(engine, city: str, datum: str, report: Report) -> None:
    """What was taken in stays, so Stop is not heard here. A city without buildings has nothing to be graded."""

    def told(_: str, done: int, total: int) -> None:
        with suppress(StopAsked):
            report("preparing", done, total)

    with suppress(NoSuchCity):
        prepare_city(engine, city, datum, told)


def _ended_well(job: Job, say: Words) -> bool:
    """Shows how far the job is, or why it ended; whether it is done."""
    if job.state == "runs":
        _progress(job, say)
        return False
    if job.state == "done":
        return True
    if job.state == "refused":
        refusal(job.mistake, say)
    elif job.state == "stopped":
        st.info(say("imports.stopped"))
    else:
        st.error(say("app.fault", number=job.fault))
    if st.button(say("imports.again")):
        new_form()
        st.rerun()
    return False


@st.fragment(run_every=LOOK_EVERY)
def _progress(job: Job, say: Words) -> None:
    visitor_with("import")  # this part runs by itself again and again, and asks each time who is there
    if job.over.is_set():
        st.rerun()
    doing = say(f"imports.doing_{job.doing}") if f"imports.doing_{job.doing}" in say else job.doing
    left, right = st.columns((4, 1), vertical_alignment="center")
    left.progress(job.share, text=doing)
    if job.doing != "preparing" and right.button(say("imports.stop"), width="stretch"):
        job.stop.set()


def _shown(viewer: Viewer, mapping: SourceMapping, outcome: Outcome, key: str, say: Words) -> None:
    st.markdown(f"##### {say('imports.would', rows=f'{outcome.read:,}', aside=f'{len(outcome.faults):,}')}")
    left, right = st.columns(2, gap="large") if len(outcome.places) else (st.container(), st.container())
    with left:
        result.counts_table(outcome, say)
        result.reasons_table(outcome, say)
        result.off_map_note(outcome, say)
        result.first_rows(outcome, say)
    with right:
        result.places_map(viewer, mapping.city, outcome, f"places-{key}", say)


def _imported(job: Job, say: Words) -> None:
    if not _ended_well(job, say):
        return
    outcome: Outcome = job.result
    st.success(say("imports.done", rows=f"{outcome.read:,}", aside=f"{len(outcome.faults):,}", n=outcome.import_id))
    result.counts_table(outcome, say)
    result.reasons_table(outcome, say)
    set_aside_link(outcome.import_id, len(outcome.faults), say)
    with st.container(horizontal=True):
        address = f"/?{urlencode({'city': job.city, 'lang': say.language})}"
        st.html(f'<a class="button" href="{address}" target="_self">{say("imports.map")}</a>')
        if st.button(say("imports.another")):
            another()
            st.rerun()


def set_aside_link(import_id: int, rows: int, say: Words) -> None:
    """Through a route that asks who is there: Streamlit's own downloads would not."""
    if rows:
        told = say("imports.download", n=f"{rows:,}")
        st.html(f'<a href="/imports/{import_id}/set-aside.csv" style="color:{LINK}" download>{told}</a>')
        st.caption(say("imports.mend"))
