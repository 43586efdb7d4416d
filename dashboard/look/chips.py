"""The filters in force as chips, on every page in the same words, each taken off by a click."""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.plain_text import as_text
from dashboard.view.labels import age_name, grade_names, moved_in_words, theme_name
from dashboard.view.view_state import ViewState, list_of, query_of

LONGEST_LABEL = 32
Chip = tuple[str, str, str]  # the filter's name and value as they stand in the address, and its label


def chips(shown: Sequence[Chip], take_off: Callable[[str, str], None], t: Translator) -> None:
    """The container is there even when it is empty: an element more would have a map below it made anew."""
    with st.container(horizontal=True, gap="small", key="chips"):
        for name, value, label in shown:
            st.button(
                as_text(label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"),
                key=f"chip-{name}-{value}",
                icon=":material/close:",
                help=t("control.take_off", what=as_text(label)),
                on_click=take_off,
                args=(name, value),
            )


def chosen_filters(context: CityContext, view: ViewState, t: Translator) -> list[Chip]:
    """Every filter that is set, in the sidebar's order."""
    query = query_of(view, context.options)
    area_names = {area: context.area_name[context.options.areas[area]][t.language != "zh"] for area in view.areas}
    chosen = [("area", list_of([area]), name) for area, name in area_names.items()]
    for rule_set, codes in view.filters.grades:
        theme, names = theme_name(context, rule_set, t), grade_names(context, rule_set, t)
        chosen += [(rule_set, code, t.pair(theme, names[code])) for code in codes]
    labels: dict[str, Callable[[str], str]] = {
        "hazard": lambda value: t(f"hazard.{value}"),
        "state": lambda value: t("control.state_is", state=t(f"state.{value}")),
        "unvisited": lambda value: _since_visit(value, t),
        "group_rental": lambda value: t("control.group_rental" if value == "1" else "control.no_group_rental"),
        "vacant": lambda _: t("control.vacant"),
    }
    chosen += [(name, query[name], label(query[name])) for name, label in labels.items() if name in query]
    moved = view.filters.moved
    return chosen if moved is None else [*chosen, ("moved", query["moved"], moved_in_words(context, moved, t))]


def _since_visit(age: str, t: Translator) -> str:
    return age_name(age, t) if age == "never" else t("control.unvisited_is", age=age_name(age, t))
