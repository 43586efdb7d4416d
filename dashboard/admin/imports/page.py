"""Bringing files in: hand one in, say how it is read, look at what would become of it, import, and undo."""

import streamlit as st

from dashboard.admin.imports.column_matching import mapping_chosen
from dashboard.admin.imports.history import past
from dashboard.admin.imports.run import begun_already, check_and_import
from dashboard.admin.imports.upload import upload_box
from dashboard.auth.request_user import user_with
from dashboard.i18n import translator
from dashboard.shell.user_menu import language_chosen

PARTS = ("one", "past")


def show() -> None:
    user = user_with("import")
    t = translator(language_chosen())
    st.markdown(f"### {t('imports.title')}")
    part = st.segmented_control(
        t("imports.title"),
        PARTS,
        format_func=lambda one: t(f"imports.part_{one}"),
        key="import_part",
        default=PARTS[0],
        required=True,
        label_visibility="collapsed",
    )
    if part == "past":
        past(user, t)
        return
    upload = upload_box(t)
    if upload is None:
        st.caption(t("imports.hint"))
        return
    if begun_already(user, t):
        return
    chosen = mapping_chosen(user.scope, upload, t)
    if chosen is not None:
        check_and_import(user, upload, *chosen, t)


show()
