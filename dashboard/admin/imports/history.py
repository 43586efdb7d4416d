"""What was imported so far, and taking it out again."""

from html import escape

import streamlit as st

from dashboard.admin.accounts.table import local
from dashboard.admin.imports.run import prepare_again, set_aside_link
from dashboard.auth.request_user import Visitor
from dashboard.cache.city_cache import database
from dashboard.i18n import Words
from data.access.roles import EVERYTHING
from data.db.engine import reading, writing
from data.errors import DataError
from data.importing.writing.history import PastImport, past_imports
from data.importing.writing.undo import undo_import

MOST = 100


def past(visitor: Visitor, say: Words) -> None:
    with reading(database(), EVERYTHING) as session:
        found = past_imports(session, visitor.viewer, MOST)
    if not found:
        st.info(say("imports.none_yet"))
        return
    if told := st.session_state.pop("import_undone", None):
        st.success(say("imports.undone", n=told))
    by_id = {one.id: one for one in found}
    picked = st.selectbox(say("imports.pick"), list(by_id), format_func=lambda one: _line(by_id[one], say))
    _one(visitor, by_id[picked], say)
    st.html(_table(found, say))


def _line(one: PastImport, say: Words) -> str:
    undone = f" · {say('imports.was_undone')}" if one.undone else ""
    return f"{one.id} · {one.file_name or one.mapping} · {local(one.finished_at)}{undone}"


def _one(visitor: Visitor, one: PastImport, say: Words) -> None:
    if not one.undone:
        set_aside_link(one.id, one.counts.get("set_aside", 0), say)
    if one.undone or "tables" not in one.counts:
        return
    sure = st.session_state.get("import_sure") == one.id
    with st.container(horizontal=True, vertical_alignment="center"):
        if not sure:
            if st.button(say("imports.undo")):
                st.session_state["import_sure"] = one.id
                st.rerun()
            return
        st.warning(say("imports.undo_sure", file=one.file_name, n=one.id))
        if st.button(say("imports.undo_yes"), type="primary"):
            st.session_state.pop("import_sure")
            _undo(visitor, one, say)
        if st.button(say("imports.undo_no")):
            st.session_state.pop("import_sure")
            st.rerun()


def _undo(visitor: Visitor, one: PastImport, say: Words) -> None:
    try:
        taken_out(visitor, one.id)
    except DataError as mistake:
        st.error(str(mistake))
        return
    prepare_again(one.city, visitor.actor.account)
    st.session_state["import_undone"] = one.id
    st.rerun()


def taken_out(visitor: Visitor, import_id: int) -> None:
    """In one transaction, without a word to the page: a rerun cannot break it off."""
    with writing(database(), EVERYTHING) as session:
        undo_import(session, visitor.viewer, import_id, actor=visitor.actor)


def _table(found: list[PastImport], say: Words) -> str:
    heads = ("file_name", "when", "new", "changed", "set_aside")
    rows = "".join(_row(one, say) for one in found)
    head = "".join(f"<th>{escape(say(f'imports.{name}'))}</th>" for name in heads)
    return f"<div style='overflow-x:auto'><table class='reasons'><tr>{head}</tr>{rows}</table></div>"


def _row(one: PastImport, say: Words) -> str:
    file = f"{one.id} · {one.file_name or one.mapping} · {say.either(one.names)}"
    if one.undone:
        file += f" · {say('imports.was_undone')}"
    counts = [f"{one.counts.get(name, 0):,}" for name in ("new", "changed", "set_aside")]
    cells = [file, local(one.finished_at), *counts]
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
