"""The head of every study: what it shows and how it can mislead, and the city and part of it that is looked at."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.auth.request_user import Visitor, visitor_with
from dashboard.cache import city_cache
from dashboard.cache.city_cache import OpenCity
from dashboard.i18n import Words, words
from dashboard.map.sidebar import AREA_LEVELS_OFFERED, theme_name
from dashboard.shell.page_header import no_city
from dashboard.shell.user_menu import language_chosen
from data.access.roles import Right, Viewer


@dataclass(frozen=True, eq=False)
class Study:
    """What a study is about. rows: the buildings looked at, bool (n,): the visitor's own, of the area chosen."""

    visitor: Visitor
    opened: OpenCity
    rows: np.ndarray
    say: Words

    @property
    def viewer(self) -> Viewer:
        return self.visitor.viewer

    @property
    def code(self) -> str:
        return self.opened.city.code


def study(page: str, right: Right) -> Study | None:
    """Draws the head from the texts `<page>.title`, `.shows` and `.misleads`; None when there is no city."""
    visitor, say = visitor_with(right), words(language_chosen())
    cities = {city.code: city for city in city_cache.cities(visitor.viewer)}
    if not cities:
        no_city()
        return None
    with st.sidebar:
        code = _city(cities, say)
        with st.spinner(say("app.opening")):
            opened = city_cache.open_city(visitor.viewer, code)
        area = _area(opened, say)
    _head(page, opened, say)
    rows = np.ones(len(opened.ledger.buildings["id"]), bool) if opened.seen is None else opened.seen
    if area:
        level = area.split(":")[0]
        rows = rows & (opened.ledger.buildings[level] == opened.choices.areas[area])
    return Study(visitor, opened, rows, say)


def rule_set_chosen(of: Study, key: str) -> str:
    """One of the city's rule sets, the first to begin with."""
    names = list(of.opened.editions)
    if len(names) == 1:
        return names[0]
    return st.segmented_control(
        of.say("study.rule_set"),
        names,
        format_func=lambda name: theme_name(of.opened, name, of.say),
        default=names[0],
        required=True,
        key=key,
    )


def _city(cities: dict, say: Words) -> str:
    if len(cities) == 1:
        return next(iter(cities))
    codes = list(cities)
    asked = st.query_params.get("city")
    return st.selectbox(
        say("control.city"),
        codes,
        index=codes.index(asked) if asked in cities else 0,
        format_func=lambda code: say.either(cities[code].names),
        key="study_city",
    )


def _area(opened: OpenCity, say: Words) -> str:
    offered = [code for code in opened.choices.areas if code.split(":")[0] in AREA_LEVELS_OFFERED]
    names = {code: opened.area_name[opened.choices.areas[code]][say.language != "zh"] for code in offered}
    return st.selectbox(
        say("control.area"),
        ["", *offered],
        format_func=lambda code: names.get(code, say("control.area_all")),
        key=f"study_area_{opened.city.code}",
    )


def _head(page: str, opened: OpenCity, say: Words) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="header"):
        st.markdown(f"### {say(f'{page}.title')} · {say.either(opened.city.names)}")
        st.badge(say("app.as_of", day=opened.choices.last_day), icon=":material/calendar_today:", color="blue")
        if opened.city.invented:
            st.badge(say("app.invented"), icon=":material/info:", color="orange")
    st.caption(f"{say(f'{page}.shows')} {say(f'{page}.misleads')}")
