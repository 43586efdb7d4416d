"""The sidebar: which city, day, theme and part of the city. What is chosen stands in the address."""

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import LANGUAGES, Translator, supported_language, translator
from dashboard.look.carried_view import arriving_with, carry, is_arriving
from dashboard.look.choices import distinct_labels, select_by_id
from dashboard.look.plain_text import as_text
from dashboard.look.tab import NAME as TAB
from dashboard.look.tab import language_query, tab_query
from dashboard.map.selection import take_choice, widget_key
from dashboard.view.labels import age_name, grade_names, level_name, levels_offered, theme_name
from dashboard.view.view_state import (
    UNVISITED_DAYS,
    ViewState,
    list_of,
    query_of,
    values_in,
    view_of,
    with_building,
)
from data.access.roles import AccessScope
from data.city.filters import UNRATED
from data.city.snapshots import HAZARD_STATES
from data.db.models.city import HAZARD_GROUPS

ONE_EACH = ("day", "show", "areas", "hazard", "state", "unvisited", "group_rental", "vacant", "moved")


def view_chosen(scope: AccessScope) -> tuple[CityContext, ViewState, tuple[str, ...]] | None:
    """The open city, the view its controls and the address give, and what in the address was unknown.

    None when there is no city at all.
    """
    cities = {city.code: city for city in city_cache.cities(scope)}
    if not cities:
        return None
    query = _view_query() | arriving_with()
    code = query["city"] if query.get("city") in cities else next(iter(cities))
    with st.spinner(translator(supported_language(query.get("lang")))("shell.opening")):
        context = city_cache.city_context(scope, code)
    view, unknown = view_of(query, context.options)
    if "opening" in st.session_state:
        view = with_building(view, st.session_state.pop("opening"))
    if is_arriving() or (st.session_state.get("address") != query and not _address_on_its_way(query, context)):
        st.session_state["city"], st.session_state["lang"] = view.city, view.language
        _fill_widgets(view, context)
        elsewhere = (f"city={query['city']}",) if query.get("city", code) != code else ()
        st.session_state["unknown"] = (*unknown, *elsewhere)
    take_choice(context.options)
    asked = _controls(context, view, cities)
    if asked.get("city") != code:
        asked = {"city": asked["city"], "lang": asked["lang"]}
        context = city_cache.city_context(scope, asked["city"])
    view, _ = view_of(asked, context.options)
    remember(view, context)
    return context, view, st.session_state.get("unknown", ())


def remember(view: ViewState, context: CityContext) -> None:
    """Puts the view in the address bar."""
    query, carried = query_of(view, context.options), arriving_with()
    if _view_query() != query:
        st.session_state["address_before"] = _view_query()
        if not carried or language_query() | carried != query:  # the menu brings it along without a step of its own
            st.query_params.from_dict(query | tab_query())
    st.session_state["address"] = query
    carry(query)
    st.session_state["language"] = view.language
    st.session_state["widgets"] = _widgets(context)


def _view_query() -> dict[str, str]:
    """What the address says of the view; in the language of the page before, where it says none."""
    return {name: value for name, value in (language_query() | st.query_params.to_dict()).items() if name != TAB}


def _address_on_its_way(query: dict[str, str], context: CityContext) -> bool:
    """Whether somebody clicked before the browser had the address of the click before.

    It then still sends the earlier one, as it does after a step back; but a step back changes no widget.
    """
    state = st.session_state
    return query == state.get("address_before") and _widgets(context) != state.get("widgets")


def _widgets(context: CityContext) -> dict[str, object]:
    """What the widgets say now, by their keys."""
    names = (*ONE_EACH, "over", "area", *context.options.grades, "city", "lang")
    return {name: st.session_state.get(_key(context, name)) for name in names}


def open_building(code: str | None) -> None:
    """Starts the page again with this building open, or with none.

    The address follows in that next run: what a run that is broken off puts in the address bar never arrives there.
    """
    st.session_state["opening"] = code
    st.rerun()


def _fill_widgets(view: ViewState, context: CityContext) -> None:
    query, state = query_of(view, context.options), st.session_state
    several = ("area", "over", *context.options.grades)
    for name in ONE_EACH:
        state[_key(context, name)] = query.get(name, "")
    for name in several:
        state[_key(context, name)] = values_in(query.get(name, ""))
    state[_key(context, "day")] = view.on
    state[_key(context, "show")] = view.theme
    state[_key(context, "vacant")] = view.filters.vacant


def _key(context: CityContext, name: str) -> str:
    return widget_key(context.options.city, name)


def _controls(context: CityContext, view: ViewState, cities: dict) -> dict[str, str]:
    """Draws the widgets; their values as a query."""
    with st.sidebar:
        language = st.segmented_control(
            "语言 · Language", list(LANGUAGES), format_func=lambda code: LANGUAGES[code].name, key="lang", required=True
        )
        if language != st.session_state.get("worded_in"):  # widgets that are worded anew forget what was chosen
            _fill_widgets(view, context)
            st.session_state["worded_in"] = language
        t = translator(language or view.language)
        city = view.city
        if len(cities) > 1:
            chosen = select_by_id(t("control.city"), cities, lambda code: t.of(cities[code].names), key="city")
            city = chosen or city
        query = _what_to_show(context, t)
        query |= _filters(context, date.fromisoformat(query["day"]), t)
    return {"city": city, "lang": language or view.language, "building": view.building or ""} | query


def _what_to_show(context: CityContext, t: Translator) -> dict[str, str]:
    options = context.options
    show = st.radio(
        t("control.show"),
        options.themes,
        format_func=distinct_labels(options.themes, lambda theme: as_text(theme_name(context, theme, t))),
        key=_key(context, "show"),
    )
    over = st.pills(
        t("control.over"),
        options.overlays,
        selection_mode="multi",
        format_func=lambda name: t(f"overlay.{name}"),
        key=_key(context, "over"),
    )
    areas = _level_coloured(context, t) if options.levels else ""
    day = st.date_input(
        t("control.day"),
        min_value=options.first_day,
        max_value=options.last_day,
        help=t("control.day_help"),
        key=_key(context, "day"),
    )
    on = day if isinstance(day, date) else options.last_day
    return {"show": show, "over": list_of(over), "areas": areas, "day": on.isoformat()}


def _level_coloured(context: CityContext, t: Translator) -> str:
    levels = ("", *context.options.levels)
    return st.selectbox(
        t("control.areas"),
        levels,
        format_func=distinct_labels(
            levels, lambda level: level_name(context, level, t) if level else t("control.areas_none")
        ),
        key=_key(context, "areas"),
    )


def _filters(context: CityContext, on: date, t: Translator) -> dict[str, str]:
    st.subheader(t("control.filters"), divider="gray")
    query = {"area": list_of(_areas(context, on, t))}
    for rule_set in context.options.grades:
        query[rule_set] = list_of(_grades(context, rule_set, t))
    query["hazard"] = _select_any(context, "hazard", HAZARD_GROUPS, lambda name: t(f"hazard.{name}"), t)
    query["state"] = _select_any(context, "state", HAZARD_STATES, lambda name: t(f"state.{name}"), t)
    ages = (*map(str, UNVISITED_DAYS), "never")
    query["unvisited"] = _select_any(context, "unvisited", ages, lambda age: age_name(age, t), t)
    query["group_rental"] = _select_any(
        context, "group_rental", ("1", "0"), lambda flag: t("control.yes" if flag == "1" else "control.no"), t
    )
    if context.options.public_homes:
        query["vacant"] = "1" if st.toggle(t("control.vacant"), key=_key(context, "vacant")) else ""
    query["moved"] = st.session_state.get(_key(context, "moved"), "")  # chosen on the page of changes, shown as a chip
    st.button(t("control.reset"), on_click=_clear, args=(context,), width="stretch")
    return query


def _areas(context: CityContext, on: date, t: Translator) -> list[str]:
    key = _key(context, "area")
    levels = levels_offered(context.options.levels)
    known = context.options.areas_on(on)  # a browser may send what no box has offered
    offered = {code: area for code, area in known.items() if code.split(":")[0] in levels}
    chosen = [code for code in st.session_state.get(key, ()) if code in known]
    if key in st.session_state and len(chosen) < len(st.session_state[key]):
        st.session_state[key] = chosen
    linked = {code: known[code] for code in chosen}
    names = {code: context.area_name[area][t.language != "zh"] for code, area in (offered | linked).items()}
    if not names:
        return []
    return st.multiselect(
        t("control.area"),
        list(names),
        format_func=distinct_labels(names, names.__getitem__),
        key=key,
        placeholder=t("control.area_all"),
    )


def _grades(context: CityContext, rule_set: str, t: Translator) -> Sequence[str]:
    names = grade_names(context, rule_set, t)
    return st.multiselect(
        as_text(theme_name(context, rule_set, t)),
        (*context.options.grades[rule_set], UNRATED),
        format_func=distinct_labels((*context.options.grades[rule_set], UNRATED), lambda code: names[code]),
        key=_key(context, rule_set),
        placeholder=t("control.everything"),
    )


def _select_any(
    context: CityContext, name: str, options: Sequence[str], label_of: Callable[[str], str], t: Translator
) -> str:
    return st.selectbox(
        t(f"control.{name}"),
        ("", *options),
        format_func=lambda option: label_of(option) if option else t("control.any"),
        key=_key(context, name),
    )


def _clear(context: CityContext) -> None:
    for name in ("area", *context.options.grades):
        st.session_state[_key(context, name)] = []
    for name in ("hazard", "state", "unvisited", "group_rental", "moved"):
        st.session_state[_key(context, name)] = ""
    st.session_state[_key(context, "vacant")] = False
