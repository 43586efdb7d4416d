"""The sidebar: which city, day, theme and part of the city. What is chosen stands in the address."""

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from dashboard.cache import city_cache
from dashboard.cache.city_cache import OpenCity
from dashboard.i18n import LANGUAGES, Words, words
from dashboard.shell.user_menu import LANGUAGE_NAMES
from dashboard.view.view_state import UNVISITED_DAYS, View, query_of, view_of, with_building
from data.access.roles import Viewer
from data.city.filters import UNRATED
from data.city.snapshots import HAZARD_STATES
from data.db.models.city import HAZARD_GROUPS

AREA_LEVELS_OFFERED = ("district", "street", "community")  # thousands of grids would drown the list


def view_chosen(viewer: Viewer) -> tuple[OpenCity, View, tuple[str, ...]] | None:
    """The open city, the view its controls and the address give, and what in the address was unknown.

    None when there is no city at all.
    """
    cities = {city.code: city for city in city_cache.cities(viewer)}
    if not cities:
        return None
    query = dict(st.query_params)
    code = query.get("city") if query.get("city") in cities else next(iter(cities))
    with st.spinner(words(query.get("lang") if query.get("lang") in LANGUAGES else LANGUAGES[0])("app.opening")):
        opened = city_cache.open_city(viewer, code)
    view, unknown = view_of(query, opened.choices)
    if "opening" in st.session_state:
        view = with_building(view, st.session_state.pop("opening"))
    if st.session_state.get("address") != query:
        st.session_state["city"], st.session_state["lang"] = view.city, view.language
        _fill_widgets(view, opened)
        elsewhere = (f"city={query['city']}",) if query.get("city", code) != code else ()
        st.session_state["unknown"] = (*unknown, *elsewhere)
    chosen = _asked(opened, view, cities)
    if chosen.get("city") != code:
        chosen = {"city": chosen["city"], "lang": chosen["lang"]}
        opened = city_cache.open_city(viewer, chosen["city"])
    view, _ = view_of(chosen, opened.choices)
    remember(view, opened)
    return opened, view, st.session_state.get("unknown", ())


def remember(view: View, opened: OpenCity) -> None:
    """Puts the view in the address bar."""
    query = query_of(view, opened.choices)
    if dict(st.query_params) != query:
        st.query_params.from_dict(query)
    st.session_state["address"] = query


def open_building(code: str | None) -> None:
    """Starts the page again with this building open, or with none.

    The address follows in that next run: what a run that is broken off puts in the address bar never arrives there.
    """
    st.session_state["opening"] = code
    st.rerun()


def _fill_widgets(view: View, opened: OpenCity) -> None:
    query, state = query_of(view, opened.choices), st.session_state
    several = ("area", "over", *opened.choices.grades)
    for name in ("day", "show", "areas", "hazard", "state", "unvisited", "group_rental", "vacant"):
        state[_key(opened, name)] = query.get(name, "")
    for name in several:
        state[_key(opened, name)] = [value for value in query.get(name, "").split(",") if value]
    state[_key(opened, "day")] = view.on
    state[_key(opened, "show")] = view.theme
    state[_key(opened, "vacant")] = view.filters.vacant


def _key(opened: OpenCity, name: str) -> str:
    return name if name in ("city", "lang") else f"{opened.choices.city}.{name}"


def _asked(opened: OpenCity, view: View, cities: dict) -> dict[str, str]:
    """Draws the widgets; their values as a query."""
    with st.sidebar:
        language = st.segmented_control(
            "语言 · Language", LANGUAGES, format_func=LANGUAGE_NAMES.get, key="lang", required=True
        )
        if language != view.language:  # a widget whose options are worded anew forgets which was chosen
            _fill_widgets(view, opened)
        say = words(language or view.language)
        city = view.city
        if len(cities) > 1:
            city = st.selectbox(
                say("control.city"), list(cities), format_func=lambda code: say.either(cities[code].names), key="city"
            )
        asked = _what_to_show(opened, say) | _which_part(opened, say)
    return {"city": city, "lang": language or view.language, "building": view.building or ""} | asked


def _what_to_show(opened: OpenCity, say: Words) -> dict[str, str]:
    choices = opened.choices
    show = st.radio(
        say("control.show"),
        choices.themes,
        format_func=lambda theme: theme_name(opened, theme, say),
        key=_key(opened, "show"),
    )
    over = st.pills(
        say("control.over"),
        choices.overlays,
        selection_mode="multi",
        format_func=lambda name: say(f"overlay.{name}"),
        key=_key(opened, "over"),
    )
    areas = st.selectbox(
        say("control.areas"),
        ("", *choices.levels),
        format_func=lambda level: level_name(opened, level, say) if level else say("control.areas_none"),
        key=_key(opened, "areas"),
    )
    day = st.date_input(
        say("control.day"),
        min_value=choices.first_day,
        max_value=choices.last_day,
        help=say("control.day_help"),
        key=_key(opened, "day"),
    )
    on = day if isinstance(day, date) else choices.last_day
    return {"show": show, "over": ",".join(over), "areas": areas, "day": on.isoformat()}


def _which_part(opened: OpenCity, say: Words) -> dict[str, str]:
    st.subheader(say("control.filters"), divider="gray")
    query = {"area": ",".join(_areas(opened, say))}
    for rule_set in opened.choices.grades:
        query[rule_set] = ",".join(_grades(opened, rule_set, say))
    query["hazard"] = _one(opened, "hazard", HAZARD_GROUPS, lambda name: say(f"hazard.{name}"), say)
    query["state"] = _one(opened, "state", HAZARD_STATES, lambda name: say(f"state.{name}"), say)
    ages = (*map(str, UNVISITED_DAYS), "never")
    query["unvisited"] = _one(opened, "unvisited", ages, lambda age: age_name(age, say), say)
    query["group_rental"] = _one(
        opened, "group_rental", ("1", "0"), {"1": say("control.yes"), "0": say("control.no")}.get, say
    )
    if opened.choices.public_homes:
        query["vacant"] = "1" if st.toggle(say("control.vacant"), key=_key(opened, "vacant")) else ""
    st.button(say("control.reset"), on_click=_clear, args=(opened,), width="stretch")
    return query


def _areas(opened: OpenCity, say: Words) -> list[str]:
    key = _key(opened, "area")
    offered = {code: area for code, area in opened.choices.areas.items() if code.split(":")[0] in AREA_LEVELS_OFFERED}
    linked = {code: opened.choices.areas[code] for code in st.session_state.get(key, ())}
    names = {code: opened.area_name[area][say.language != "zh"] for code, area in (offered | linked).items()}
    return st.multiselect(
        say("control.area"), list(names), format_func=names.get, key=key, placeholder=say("control.area_all")
    )


def _grades(opened: OpenCity, rule_set: str, say: Words) -> Sequence[str]:
    names = grade_names(opened, rule_set, say)
    return st.multiselect(
        theme_name(opened, rule_set, say),
        (*opened.choices.grades[rule_set], UNRATED),
        format_func=names.get,
        key=_key(opened, rule_set),
        placeholder=say("control.everything"),
    )


def _one(opened: OpenCity, name: str, options: Sequence[str], named: Callable, say: Words) -> str:
    return st.selectbox(
        say(f"control.{name}"),
        ("", *options),
        format_func=lambda option: named(option) if option else say("control.any"),
        key=_key(opened, name),
    )


def age_name(age: str, say: Words) -> str:
    return say("control.never") if age == "never" else say("control.days", n=age)


def _clear(opened: OpenCity) -> None:
    for name in ("area", *opened.choices.grades):
        st.session_state[_key(opened, name)] = []
    for name in ("hazard", "state", "unvisited", "group_rental"):
        st.session_state[_key(opened, name)] = ""
    st.session_state[_key(opened, "vacant")] = False


def theme_name(opened: OpenCity, theme: str, say: Words) -> str:
    """What a theme is called: a rule set by its own title where it has no short name here."""
    key = f"theme.{theme}"
    if key in say:
        return say(key)
    return getattr(opened.editions[theme].title, say.language)


def level_name(opened: OpenCity, level: str, say: Words) -> str:
    return say.either(opened.city.levels[level]) if level in opened.city.levels else say(f"level.{level}")


def grade_names(opened: OpenCity, rule_set: str, say: Words) -> dict[str, str]:
    names = {grade.code: getattr(grade.name, say.language) for grade in opened.editions[rule_set].grades}
    return names | {UNRATED: say("grade.unrated")}
