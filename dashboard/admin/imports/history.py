"""What was imported so far, and taking it out again."""

from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.admin.imports.run import prepare_again, rejected_rows_link
from dashboard.auth.request_user import CurrentUser
from dashboard.cache.city_cache import database
from dashboard.i18n import Translator
from dashboard.look.choices import select_by_id
from dashboard.look.plain_text import as_html, as_text
from dashboard.look.timestamps import local_time, shared_zone
from data.access.roles import SYSTEM
from data.city import queries
from data.db.engine import PERSONS_PATIENCE_S, reading, writing
from data.errors import DataError
from data.importing.writing.history import PastImport, past_imports
from data.importing.writing.undo import undo_import

MOST = 100


def past_imports_panel(user: CurrentUser, t: Translator) -> None:
    with reading(database(), SYSTEM) as session:
        imports = past_imports(session, user.scope, MOST)
        zone = shared_zone(queries.cities(session, SYSTEM))
    if not imports:
        st.info(t("imports.none_yet"))
        return
    if undone := st.session_state.pop("import_undone", None):
        st.success(t("imports.undone", n=as_text(undone)))
    by_id = {record.id: record for record in imports}
    import_id = select_by_id(t("imports.pick"), by_id, lambda record: _line(by_id[record], zone, t))
    if import_id is not None:
        _actions(user, by_id[import_id], t)
    st.html(_table(imports, zone, t))


def _line(record: PastImport, zone: ZoneInfo, t: Translator) -> str:
    undone = f" · {t('imports.was_undone')}" if record.undone else ""
    return f"{record.id} · {record.file_name or record.mapping} · {local_time(record.finished_at, zone)}{undone}"


def _actions(user: CurrentUser, record: PastImport, t: Translator) -> None:
    if not record.undone:
        rejected_rows_link(record.id, record.counts.get("set_aside", 0), t)
    if record.undone or "tables" not in record.counts:
        return
    sure = st.session_state.get("import_sure") == record.id
    with st.container(horizontal=True, vertical_alignment="center"):
        if not sure:
            if st.button(t("imports.undo")):
                st.session_state["import_sure"] = record.id
                st.rerun()
            return
        st.warning(t("imports.undo_sure", file=as_text(record.file_name), n=as_text(record.id)))
        if st.button(t("imports.undo_yes"), type="primary"):
            st.session_state.pop("import_sure")
            _undo(user, record, t)
        if st.button(t("imports.undo_no")):
            st.session_state.pop("import_sure")
            st.rerun()


def _undo(user: CurrentUser, record: PastImport, t: Translator) -> None:
    try:
        undo(user, record.id)
    except DataError as mistake:
        st.error(as_text(t.sentence(mistake)))
        return
    prepare_again(record.city, user.actor.account)
    st.session_state["import_undone"] = record.id
    st.rerun()


def undo(user: CurrentUser, import_id: int) -> None:
    """In one transaction, without a word to the page: a rerun cannot break it off."""
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        undo_import(session, user.scope, import_id, actor=user.actor)


def _table(imports: list[PastImport], zone: ZoneInfo, t: Translator) -> str:
    heads = ("file_name", "when", "new", "changed", "set_aside")
    rows = "".join(_row(record, zone, t) for record in imports)
    head = "".join(f"<th>{as_html(t(f'imports.{name}'))}</th>" for name in heads)
    return f"<div style='overflow-x:auto'><table class='reasons'><tr>{head}</tr>{rows}</table></div>"


def _row(record: PastImport, zone: ZoneInfo, t: Translator) -> str:
    file = f"{record.id} · {record.file_name or record.mapping} · {t.of(record.names)}"
    if record.undone:
        file += f" · {t('imports.was_undone')}"
    counts = [f"{record.counts.get(name, 0):,}" for name in ("new", "changed", "set_aside")]
    cells = [file, local_time(record.finished_at, zone), *counts]
    return "<tr>" + "".join(f"<td>{as_html(cell)}</td>" for cell in cells) + "</tr>"
