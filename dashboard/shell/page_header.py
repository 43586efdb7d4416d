"""What every page says of itself: its name, that an invented district is invented, what was passed over."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator, translator
from dashboard.look.plain_text import as_text
from dashboard.view.view_state import ViewState


def no_city() -> None:
    for language in ("zh", "en"):
        st.info(translator(language)("shell.no_city"))


def no_grades(context: CityContext, t: Translator) -> str | None:
    """Why nothing of a city is graded; None where a rule set is in force on its last day."""
    if context.editions:
        return None
    if not context.city.rule_sets:
        return t("shell.no_rule_set")
    first = min(context.rules.begins(name) for name in context.city.rule_sets)
    return t("shell.no_rule_in_force", day=context.options.last_day, first=first)


def page_head(title: str, context: CityContext, on: date, t: Translator) -> None:
    """The first line of every page about a city. on: the day as of which it is shown."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="header"):
        st.markdown(f"### {as_text(title)} · {as_text(t.of(context.city.names))}")
        st.badge(t("shell.as_of", day=as_text(on)), icon=":material/calendar_today:", color="blue")
        if context.city.invented:
            st.badge(t("shell.invented"), icon=":material/info:", color="orange")
        if context.is_behind:  # in here: an element more between head and map would have the map made anew
            st.badge(t("shell.behind"), icon=":material/sync:", color="gray")


def passed_over(unknown: Sequence[str], t: Translator) -> None:
    """What in the address means nothing here."""
    if unknown:
        st.warning(t("shell.unknown", names=as_text(t.listed(unknown)[:200])))


def header(context: CityContext, view: ViewState, unknown: tuple[str, ...], t: Translator) -> None:
    page_head(t("shell.title"), context, view.on, t)
    without_grades = no_grades(context, t)
    if without_grades:
        st.info(as_text(without_grades))
    passed_over(unknown, t)
