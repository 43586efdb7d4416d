"""The head of every study: what it shows and how it can mislead, and the city and part of it that is looked at."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.auth.request_user import CurrentUser, user_with
from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator, translator
from dashboard.i18n.page_language import page_language
from dashboard.look.choices import distinct_labels, select_by_id
from dashboard.look.plain_text import as_text
from dashboard.shell.page_header import no_city, no_grades
from dashboard.view.labels import levels_offered, theme_name
from data.access.roles import AccessScope, Permission
from data.city.city_facts import stand_on


@dataclass(frozen=True, eq=False)
class Study:
    """What a study is about. rows: the buildings looked at, bool (n,): the user's own, of the area chosen.

    top: the place below the head of the page, where it says first what it comes to.
    """

    user: CurrentUser
    context: CityContext
    rows: np.ndarray
    t: Translator
    top: DeltaGenerator

    @property
    def scope(self) -> AccessScope:
        return self.user.scope

    @property
    def code(self) -> str:
        return self.context.city.code


def open_study(page: str, permission: Permission) -> Study | None:
    """Draws the head from the texts `<page>.title`, `.shows` and `.misleads`; None when there is no city, or when
    nothing of it is graded, which it says."""
    user, t = user_with(permission), translator(page_language())
    cities = {city.code: city for city in city_cache.cities(user.scope)}
    if not cities:
        no_city()
        return None
    with st.sidebar:
        code = _city(cities, t)
        with st.spinner(t("shell.opening")):
            context = city_cache.city_context(user.scope, code)
        area = _area(context, t)
    _head(page, context, t)
    top = st.container(key="conclusion")
    without_grades = no_grades(context, t)
    if without_grades:
        st.info(as_text(without_grades))
        return None
    rows = context.seen & stand_on(context.city_facts.buildings, context.options.last_day)
    if area:
        level = area.split(":")[0]
        rows = rows & (context.city_facts.buildings[level] == context.options.areas[area])
    return Study(user, context, rows, t, top)


def rule_set_chosen(study: Study, key: str) -> str:
    """One of the city's rule sets, the first to begin with."""
    names = list(study.context.editions)
    if len(names) == 1:
        return names[0]
    return st.segmented_control(
        study.t("study.rule_set"),
        names,
        format_func=distinct_labels(names, lambda name: as_text(theme_name(study.context, name, study.t))),
        default=names[0],
        required=True,
        key=key,
    )


def _city(cities: dict, t: Translator) -> str:
    if len(cities) == 1:
        return next(iter(cities))
    codes = list(cities)
    asked = st.query_params.get("city")
    chosen = select_by_id(
        t("control.city"),
        codes,
        lambda code: t.of(cities[code].names),
        index=codes.index(asked) if asked in cities else 0,
        key="study_city",
    )
    return chosen or codes[0]


def _area(context: CityContext, t: Translator) -> str:
    levels = levels_offered(context.options.levels)
    offered = [code for code in context.options.areas_on(context.options.last_day) if code.split(":")[0] in levels]
    if not offered:
        return ""
    names = {code: context.area_name[context.options.areas[code]][t.language != "zh"] for code in offered}
    chosen = select_by_id(
        t("control.area"),
        ["", *offered],
        lambda code: names.get(code, t("control.area_all")),
        key=f"study_area_{context.city.code}",
    )
    return chosen or ""


def _head(page: str, context: CityContext, t: Translator) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="header"):
        st.markdown(f"### {t(f'{page}.title')} · {as_text(t.of(context.city.names))}")
        st.badge(
            t("shell.as_of", day=as_text(context.options.last_day)), icon=":material/calendar_today:", color="blue"
        )
        if context.city.invented:
            st.badge(t("shell.invented"), icon=":material/info:", color="orange")
    st.caption(f"{t(f'{page}.shows')} {t(f'{page}.misleads')}")
