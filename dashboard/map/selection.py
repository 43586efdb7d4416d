"""One selection: a click on the legend, on a bar or on a chip changes the filters that the sidebar shows.

A click comes when the widgets of its run have been drawn, so it is kept for the beginning of the next.
"""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.bars import clicked
from dashboard.look.chips import chips as draw_chips
from dashboard.look.chips import chosen_filters
from dashboard.view.view_state import CityOptions, ViewState, values_in, view_of

PENDING = "choosing"
# beside the rule sets of the city
FILTERS = ("area", "hazard", "state", "unvisited", "group_rental", "vacant", "moved")


def widget_key(city: str, name: str) -> str:
    """Where a control of the sidebar keeps what was chosen in it."""
    return name if name in ("city", "lang") else f"{city}.{name}"


def choose(name: str, value: str, alone: bool = False) -> None:
    """With the next run a value comes into the filter of that name, or leaves it where it is there.

    alone: whatever else the filter holds leaves it too.
    """
    st.session_state[PENDING] = (name, value, alone)


def take_choice(options: CityOptions) -> None:
    """Puts what was clicked since the last run into the sidebar's controls, before they are drawn.

    What the city does not offer is passed over: a browser may send anything.
    """
    name, value, alone = st.session_state.pop(PENDING, ("", "", False))
    _, unknown = view_of({name: value}, options)
    if name not in (*FILTERS, *options.grades) or not values_in(value) or unknown:
        return
    key = widget_key(options.city, name)
    if name == "vacant":
        st.session_state[key] = not st.session_state.get(key)
    elif name == "area" or name in options.grades:
        st.session_state[key] = _toggled(st.session_state.get(key) or (), values_in(value)[0], alone)
    else:
        st.session_state[key] = "" if st.session_state.get(key) == value else value


def _toggled(chosen: Sequence[str], value: str, alone: bool) -> list[str]:
    if value in chosen:
        return [one for one in chosen if one != value]
    return [value] if alone else [*chosen, value]


def chips(context: CityContext, view: ViewState, t: Translator) -> None:
    """What the view is narrowed to, each taken off by a click."""
    draw_chips(chosen_filters(context, view, t), choose, t)


def on_bar(key: str, values: Sequence[tuple[str, str]], alone: bool = False) -> Callable[[], None]:
    """What a click on a bar of the chart with that key does; values: filter and value behind each bar, in order."""
    return partial(_bar_clicked, key, values, alone)


def _bar_clicked(key: str, values: Sequence[tuple[str, str]], alone: bool) -> None:
    place = clicked(key)
    if type(place) is not int or not 0 <= place < len(values):  # whatever a browser sends
        return
    name, value = values[place]
    choose(name, value, alone)
