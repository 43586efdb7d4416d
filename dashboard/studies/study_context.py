"""The head of every study: what it shows and how it can mislead, and the city and part of it that is looked at."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.auth.request_user import CurrentUser, user_with
from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator, translator
from dashboard.i18n.page_language import page_language
from dashboard.look.carried_view import begin_view, change_view, study_view, take_off
from dashboard.look.chips import Chip, chips, chosen_filters
from dashboard.look.choices import distinct_labels, select_by_id
from dashboard.look.plain_text import as_text
from dashboard.shell.page_header import no_city, no_grades, page_head, passed_over
from dashboard.view.labels import levels_offered, theme_name
from dashboard.view.view_state import Query, ViewState, list_of, view_of
from data.access.roles import AccessScope, Permission
from data.city.filters import Filters

OF_TODAY = ("changes", "sandbox", "fairness")  # studies of buildings as they stand: every filter chooses among them
BOX_PX = 320
OF_A_DAY = ("changes",)  # the others are always as of the last day


@dataclass(frozen=True, eq=False)
class Study:
    """What a study is about. rows: the buildings looked at, bool (n,): the user's own, of those the filters leave.

    view: as the address has it. top: the place below the head of the page, where it says first what it comes to;
    choices: the row of boxes in which is chosen what is looked at.
    """

    user: CurrentUser
    context: CityContext
    view: ViewState
    query: Query
    rows: np.ndarray
    t: Translator
    top: DeltaGenerator
    choices: DeltaGenerator

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
    query = study_view()
    code = query["city"] if query.get("city") in cities else next(iter(cities))
    with st.spinner(t("shell.opening")):
        context = city_cache.city_context(user.scope, code)
    view, unknown = view_of(query | {"lang": t.language}, context.options)
    elsewhere = (f"city={query['city']}",) if query.get("city", code) != code else ()
    page_head(t(f"{page}.title"), context, view.on if page in OF_A_DAY else context.options.last_day, t)
    passed_over((*unknown, *elsewhere), t)
    top = st.container(key="conclusion")
    st.caption(f"{t(f'{page}.shows')} {t(f'{page}.misleads')}")
    choices = st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="study-choices")
    with choices:
        _choices(cities, context, view, t)
    without_grades = no_grades(context, t)
    if without_grades:
        st.info(as_text(without_grades))
        return None
    used = _selection(page, context, view, t)
    rows = city_cache.selected_buildings(user.scope, code, context.version, used.on, used.filters)
    return Study(user, context, view, query, rows, t, top, choices)


def rule_set_chosen(study: Study, key: str) -> str:
    """One of the city's rule sets: the one the address shows, else the first."""
    names = list(study.context.editions)
    if len(names) == 1:
        return names[0]
    moved = study.view.filters.moved
    shown = study.view.theme if moved is None else moved.rule_set
    st.session_state[key] = shown if shown in names else names[0]
    chosen = study.choices.segmented_control(
        study.t("study.rule_set"),
        names,
        format_func=distinct_labels(names, lambda name: as_text(theme_name(study.context, name, study.t))),
        required=True,
        key=key,
        on_change=_rule_set_chosen,
        args=(key,),
    )
    return chosen or names[0]


def _rule_set_chosen(key: str) -> None:
    change_view(show=str(st.session_state.get(key) or ""), moved="")


def _choices(cities: dict, context: CityContext, view: ViewState, t: Translator) -> None:
    """City and areas, which stand in the address."""
    if len(cities) > 1:
        st.session_state["study_city"] = context.city.code
        select_by_id(
            t("control.city"),
            cities,
            lambda code: t.of(cities[code].names),
            key="study_city",
            on_change=_city_chosen,
            width=BOX_PX,
        )
    _areas(context, view, t)


def _city_chosen() -> None:
    begin_view(city=str(st.session_state.get("study_city") or ""))


def _areas(context: CityContext, view: ViewState, t: Translator) -> None:
    levels, known = levels_offered(context.options.levels), context.options.areas_on(view.on)
    offered = {code: area for code, area in known.items() if code.split(":")[0] in levels or code in view.areas}
    if not offered:
        return
    names = {code: context.area_name[area][t.language != "zh"] for code, area in offered.items()}
    key = f"study_area_{context.city.code}"
    st.session_state[key] = [code for code in view.areas if code in offered]
    st.multiselect(
        t("control.area"),
        list(names),
        format_func=distinct_labels(names, names.__getitem__),
        key=key,
        placeholder=t("control.area_all"),
        on_change=_areas_chosen,
        args=(key,),
        width=BOX_PX,
    )


def _areas_chosen(key: str) -> None:
    chosen = st.session_state.get(key)
    change_view(area=list_of(str(one) for one in chosen) if isinstance(chosen, list) else "")


def _selection(page: str, context: CityContext, view: ViewState, t: Translator) -> ViewState:
    """The filters in force as chips, and those of the address that the page does not use, by name; the view that is
    left of them."""
    used = used_of(page, view, context)
    shown, asked = chosen_filters(context, used, t), chosen_filters(context, view, t)
    chips(shown, take_off, t)
    left_out = [label for _, _, label in _without(asked, shown)]
    if used.on != view.on:
        left_out.append(t("shell.as_of", day=view.on))
    if left_out:
        key = "study.not_used" if page in OF_TODAY else "study.not_used_static"
        st.caption(as_text(t(key, names=t.listed(left_out), day=context.options.last_day)))
    return replace(used, filters=replace(used.filters, moved=None)) if page in OF_A_DAY else used


def used_of(page: str, view: ViewState, context: CityContext) -> ViewState:
    """The part of a view that a study uses: what happened later must not choose the buildings of the past."""
    on = view.on if page in OF_A_DAY else context.options.last_day
    filters, areas = view.filters, view.areas
    if on != view.on:  # what is asked of that day, asked of this one; areas that ended in between are none of it
        areas = tuple(area for area in areas if area in context.options.areas_on(on))
        filters = replace(filters, areas=tuple(context.options.areas[area] for area in areas))
    if page not in OF_TODAY:
        filters = Filters(areas=filters.areas, group_rental=filters.group_rental)
    return replace(view, on=on, areas=areas, filters=filters)


def _without(every: list[Chip], shown: list[Chip]) -> list[Chip]:
    return [one for one in every if one[:2] not in {(name, value) for name, value, _ in shown}]
