"""What was imported so far, and taking it out again."""

from html import escape

import streamlit as st

from dashboard.admin.accounts.table import local
from dashboard.admin.imports.run import prepare_again, set_aside_link
from dashboard.auth.request_user import CurrentUser
from dashboard.cache.city_cache import database
from dashboard.i18n import Translator
from data.access.roles import SYSTEM
from data.db.engine import reading, writing
from data.errors import DataError
from data.importing.writing.history import PastImport, past_imports
from data.importing.writing.undo import undo_import

MOST = 100


def past(user: CurrentUser, t: Translator) -> None:
    with reading(database(), SYSTEM) as session:
        found = past_imports(session, user.scope, MOST)
    if not found:
        st.info(t("imports.none_yet"))
        return
    if told := st.session_state.pop("import_undone", None):
        st.success(t("imports.undone", n=told))
    by_id = {one.id: one for one in found}
    picked = st.selectbox(t("imports.pick"), list(by_id), format_func=lambda one: _line(by_id[one], t))
    _one(user, by_id[picked], t)
    st.html(_table(found, t))


def _line(one: PastImport, t: Translator) -> str:
    undone = f" · {t('imports.was_undone')}" if one.undone else ""
    return f"{one.id} · {one.file_name or one.mapping} · {local(one.finished_at)}{undone}"


def _one(user: CurrentUser, one: PastImport, t: Translator) -> None:
    if not one.undone:
        set_aside_link(one.id, one.counts.get("set_aside", 0), t)
    if one.undone or "tables" not in one.counts:
        return
    sure = st.session_state.get("import_sure") == one.id
    with st.container(horizontal=True, vertical_alignment="center"):
        if not sure:
            if st.button(t("imports.undo")):
                st.session_state["import_sure"] = one.id
                st.rerun()
            return
        st.warning(t("imports.undo_sure", file=one.file_name, n=one.id))
        if st.button(t("imports.undo_yes"), type="primary"):
            st.session_state.pop("import_sure")
            _undo(user, one, t)
        if st.button(t("imports.undo_no")):
            st.session_state.pop("import_sure")
            st.rerun()


def _undo(user: CurrentUser, one: PastImport, t: Translator) -> None:
    try:
        taken_out(user, one.id)
    except DataError as mistake:
        st.error(t.sentence(mistake))
        return
    prepare_again(one.city, user.actor.account)
    st.session_state["import_undone"] = one.id
    st.rerun()


def taken_out(user: CurrentUser, import_id: int) -> None:
    """In one transaction, without a word to the page: a rerun cannot break it off."""
    with writing(database(), SYSTEM) as session:
        undo_import(session, user.scope, import_id, actor=user.actor)


def _table(found: list[PastImport], t: Translator) -> str:
    heads = ("file_name", "when", "new", "changed", "set_aside")
    rows = "".join(_row(one, t) for one in found)
    head = "".join(f"<th>{escape(t(f'imports.{name}'))}</th>" for name in heads)
    return f"<div style='overflow-x:auto'><table class='reasons'><tr>{head}</tr>{rows}</table></div>"


def _row(one: PastImport, t: Translator) -> str:
    file = f"{one.id} · {one.file_name or one.mapping} · {t.of(one.names)}"
    if one.undone:
        file += f" · {t('imports.was_undone')}"
    counts = [f"{one.counts.get(name, 0):,}" for name in ("new", "changed", "set_aside")]
    cells = [file, local(one.finished_at), *counts]
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
