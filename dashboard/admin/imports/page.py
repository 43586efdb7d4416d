"""Bringing files in: hand one in, say how it is read, look at what would become of it, import, and undo."""

import streamlit as st

from dashboard.admin.imports.column_matching import mapping_chosen
from dashboard.admin.imports.history import past
from dashboard.admin.imports.run import begun_already, check_and_import
from dashboard.admin.imports.upload import upload_box
from dashboard.auth.request_user import visitor_with
from dashboard.i18n import words
from dashboard.shell.user_menu import language_chosen

PARTS = ("one", "past")


def show() -> None:
    visitor = visitor_with("import")
    say = words(language_chosen())
    st.markdown(f"### {say('imports.title')}")
    part = st.segmented_control(
        say("imports.title"),
        PARTS,
        format_func=lambda one: say(f"imports.part_{one}"),
        key="import_part",
        default=PARTS[0],
        required=True,
        label_visibility="collapsed",
    )
    if part == "past":
        past(visitor, say)
        return
    upload = upload_box(say)
    if upload is None:
        st.caption(say("imports.hint"))
        return
    if begun_already(visitor, say):
        return
    chosen = mapping_chosen(visitor.viewer, upload, say)
    if chosen is not None:
        check_and_import(visitor, upload, *chosen, say)


show()
