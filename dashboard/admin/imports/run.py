"""Checking and importing, with their progress: the work runs beside the page, which only looks at it."""

import hashlib
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from dashboard.admin.imports import left_behind, places_map, result
from dashboard.admin.imports.upload import clear_file, new_form, refusal
from dashboard.admin.imports.upload_store import Upload
from dashboard.auth.request_user import CurrentUser, user_with
from dashboard.cache.background_jobs import JOBS, Job, Report, StopAsked
from dashboard.cache.city_cache import database
from dashboard.cache.job_process import run_apart
from dashboard.i18n import Translator
from dashboard.look.plain_text import as_text
from dashboard.view.basemap import basemap
from data.access.roles import SYSTEM, AccessScope
from data.audit.trail import Actor
from data.city.queries import NoSuchCity
from data.city.rebuild import prepare_city
from data.db.engine import address_of, open_database, writing
from data.importing.mapping.saved_mappings import save_mapping
from data.importing.mapping.schema import SourceMapping
from data.importing.writing.result import Outcome
from data.importing.writing.run import import_file

LOOK_EVERY = "0.5s"
LINK = "#1f5fa8"


def show_running(user: CurrentUser, t: Translator) -> bool:
    """Whether this form was handed in; then its progress or its result is all there is to show."""
    job = JOBS.of(st.session_state["import_key"], user.actor.account)
    if job is not None:
        _show_import(job, t)
    return job is not None


def check_and_import(
    user: CurrentUser, upload: Upload, mapping: SourceMapping, text: str | None, t: Translator
) -> None:
    """One form from its check to its end. text: of a mapping made here, which is kept when the file is taken in."""
    key, owner = st.session_state["import_key"], user.actor.account
    check_key = f"{key}-{_mapping_key(mapping, text)}"
    if JOBS.of(check_key, owner) is None:
        if st.button(t("imports.check"), type="primary"):
            JOBS.begin(check_key, owner, mapping.city, _check_of(user, upload, mapping))
            st.rerun()
        return
    checked = _checked(user, upload, mapping, check_key, t)
    if checked is None:
        return
    mapping, outcome = checked
    _show_preview(user.scope, mapping, outcome, check_key, t)
    rows_to_write = sum(tally.new + tally.changed for tally in outcome.tallies.values())
    if not rows_to_write:
        st.info(t("imports.nothing_new"))
        return
    if st.button(t("imports.import", n=f"{rows_to_write:,}"), type="primary", key="import_now"):
        JOBS.begin(key, owner, mapping.city, _import_of(user, upload, mapping, text, key))
        st.rerun()


def _checked(
    user: CurrentUser, upload: Upload, mapping: SourceMapping, check_key: str, t: Translator
) -> tuple[SourceMapping, Outcome] | None:
    """The check, once more with what was answered where it asks something; None while it runs."""
    owner = user.actor.account
    check = JOBS.of(check_key, owner)
    if check is None or not _ended_well(check, t):
        return None
    answered = result.answered(mapping, check.result, check_key, t)
    if answered == mapping:
        return mapping, check.result
    answered_key = f"{check_key}-{answered.repeated_keys}-{answered.end_missing}"
    if JOBS.of(answered_key, owner) is None:
        JOBS.begin(answered_key, owner, mapping.city, _check_of(user, upload, answered))
    check = JOBS.of(answered_key, owner)
    return (answered, check.result) if check is not None and _ended_well(check, t) else None


def _mapping_key(mapping: SourceMapping, text: str | None) -> str:
    return hashlib.sha256(f"{mapping.name}\n{text}".encode()).hexdigest()[:12]


def _check_of(user: CurrentUser, upload: Upload, mapping: SourceMapping):
    url, scope, actor = address_of(database()), user.scope, user.actor
    file = (mapping, upload.path, upload.name, None)
    return lambda report: run_apart(_import_here, url, scope, actor, *file, True, report=report)


def _import_here(
    url: str,
    scope: AccessScope,
    actor: Actor,
    mapping: SourceMapping,
    path: Path,
    name: str,
    key: str | None,
    preview: bool,
    report: Report,
) -> Outcome:
    """In the process that runs it, which has no engine of ours."""
    engine = open_database(url)
    try:
        return import_file(
            engine,
            scope,
            mapping,
            path,
            None,
            actor=actor,
            key=key,
            name=name,
            preview=preview,
            report=report,
        )
    finally:
        engine.dispose()


def _import_of(user: CurrentUser, upload: Upload, mapping: SourceMapping, text: str | None, key: str):
    """The import, then the facts and the grades that the map needs of it."""
    engine, scope, actor, datum = database(), user.scope, user.actor, basemap().datum

    def work(report: Report) -> Outcome:
        if text is not None:
            _keep_mapping(engine, scope, mapping.name, text, actor)
        file = (mapping, upload.path, upload.name, key)
        outcome = run_apart(_import_here, address_of(engine), scope, actor, *file, False, report=report)
        _prepare(engine, mapping.city, datum, report)
        return outcome

    return work


def _keep_mapping(engine, scope: AccessScope, name: str, text: str, actor: Actor) -> None:
    with writing(engine, SYSTEM) as session:
        save_mapping(session, scope, name, text, actor.account)


def prepare_again(city: str, owner: str) -> None:
    """Has the city graded anew beside the page, after an import was taken out."""
    engine, datum = database(), basemap().datum
    JOBS.begin(secrets.token_hex(16), owner, city, lambda report: _prepare(engine, city, datum, report))


def _prepare(engine, city: str, datum: str, report: Report) -> None:
    """What was taken in stays, so Stop is not heard here. A city without buildings has nothing to be graded."""

    def report_preparing(_: str, done: int, total: int) -> None:
        with suppress(StopAsked):
            report("preparing", done, total)

    with suppress(NoSuchCity):
        run_apart(_prepare_here, address_of(engine), city, datum, report=report_preparing)


def _prepare_here(url: str, city: str, datum: str, report: Report) -> None:
    engine = open_database(url)
    try:
        prepare_city(engine, city, datum, report)
    finally:
        engine.dispose()


def _ended_well(job: Job, t: Translator) -> bool:
    """Shows how far the job is, or why it ended; whether it is done."""
    if job.state == "runs":
        _progress(job, t)
        return False
    if job.state == "done":
        return True
    if job.mistake is not None:
        refusal(job.mistake, t)
    elif job.state == "stopped":
        st.info(t("imports.stopped"))
    else:
        st.error(t("shell.fault", number=as_text(job.error_number)))
    if st.button(t("imports.again")):
        new_form()
        st.rerun()
    return False


@st.fragment(run_every=LOOK_EVERY)
def _progress(job: Job, t: Translator) -> None:
    user_with("import")  # this part runs by itself again and again, and asks each time who is there
    if job.over.is_set():
        st.rerun()
    doing = t(f"imports.doing_{job.doing}") if f"imports.doing_{job.doing}" in t else job.doing
    left, right = st.columns((4, 1), vertical_alignment="center")
    left.progress(job.share, text=doing)
    if job.doing != "preparing" and right.button(t("imports.stop"), width="stretch"):
        job.stop.set()


def _show_preview(scope: AccessScope, mapping: SourceMapping, outcome: Outcome, key: str, t: Translator) -> None:
    st.markdown(f"##### {t('imports.would', rows=f'{outcome.read:,}', aside=f'{len(outcome.faults):,}')}")
    result.notes(outcome, t)
    left_behind.unread_note(outcome, t)
    left, right = st.columns(2, gap="large") if len(outcome.places) else (st.container(), st.container())
    result.seen_before_note(outcome, t)
    result.same_note(outcome, t)
    result.ended_note(outcome, t)
    with left:
        result.counts_table(outcome, t)
        left_behind.not_on_map_table(mapping, outcome, t)
        result.reasons_table(outcome, t)
        result.outlines_note(outcome, t)
        left_behind.first_rows(outcome, t)
    with right:
        places_map.buildings_map(scope, mapping.city, outcome, f"places-{key}", t)
    if outcome.faults:  # not in a box to be opened: a map that is hidden at first does not know how large it is
        st.markdown(f"##### {t('imports.all_rejected', n=f'{len(outcome.faults):,}')}")
        left_behind.rejected_table(outcome, t)
        places_map.rejected_map(scope, mapping.city, outcome, f"rejected-{key}", t)


def _show_import(job: Job, t: Translator) -> None:
    if not _ended_well(job, t):
        return
    outcome: Outcome = job.result
    st.success(
        t("imports.done", rows=f"{outcome.read:,}", aside=f"{len(outcome.faults):,}", n=as_text(outcome.import_id))
    )
    result.notes(outcome, t)
    result.seen_before_note(outcome, t)
    result.same_note(outcome, t)
    result.ended_note(outcome, t)
    result.counts_table(outcome, t)
    result.reasons_table(outcome, t)
    result.outlines_note(outcome, t)
    rejected_rows_link(outcome.import_id, len(outcome.faults), t)
    with st.container(horizontal=True):
        address = f"/?{urlencode({'city': job.city, 'lang': t.language})}"
        st.html(f'<a class="button" href="{address}" target="_self">{t("imports.map")}</a>')
        if st.button(t("imports.another")):
            clear_file()
            st.rerun()


def rejected_rows_link(import_id: int, rows: int, t: Translator) -> None:
    """Through a route that asks who is there: Streamlit's own downloads would not."""
    if rows:
        label = t("imports.download", n=f"{rows:,}")
        st.html(f'<a href="/imports/{import_id}/set-aside.csv" style="color:{LINK}" download>{label}</a>')
        st.caption(t("imports.mend"))
