"""Bringing files in: hand one in, say how it is read, look at what would become of it, import, and undo."""

import streamlit as st

from dashboard.admin.imports.column_matching import mapping_chosen
from dashboard.admin.imports.history import past_imports_panel
from dashboard.admin.imports.run import check_and_import, show_running
from dashboard.admin.imports.template_links import template_links
from dashboard.admin.imports.upload import is_typed, upload_box
from dashboard.auth.request_user import CurrentUser, user_with
from dashboard.i18n import Translator, translator
from dashboard.i18n.page_language import page_language
from dashboard.look.kept_page import kept_page

PARTS = ("one", "past")


def show() -> None:
    user = user_with("import")
    with kept_page(user, "imports", is_typed):
        _show(user, translator(page_language()))


def _show(user: CurrentUser, t: Translator) -> None:
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
        past_imports_panel(user, t)
        return
    upload = upload_box(t)
    if upload is None:
        st.caption(t("imports.hint"))
        template_links(user.scope, t)
        return
    if show_running(user, t):
        return
    chosen = mapping_chosen(user.scope, upload, t)
    if chosen is not None:
        check_and_import(user, upload, *chosen, t)


show()
