"""The address of a page: the language, and the tab in which something was typed, stand in it on every page.

So a reload, and a sign-in that leads back to the address, find both again. A tab has a name only once there is
something to be found again.
"""

import streamlit as st

from dashboard.cache.kept_input import TAB, new_tab
from dashboard.i18n import DEFAULT_LANGUAGE

NAME, STATE = "tab", "tab-name"


def tab_name() -> str | None:
    """The tab's name, from the address after a reload; None where nothing is kept of it."""
    asked = st.query_params.get(NAME, "")
    if STATE not in st.session_state and TAB.fullmatch(asked):
        st.session_state[STATE] = asked
    return st.session_state.get(STATE)


def named_tab() -> str:
    """The same, with a name from now on."""
    if tab_name() is None:
        st.session_state[STATE] = new_tab()
    _put(NAME, st.session_state[STATE])
    return st.session_state[STATE]


def tab_query() -> dict[str, str]:
    """The part of an address that leads on in this tab."""
    name = tab_name()
    return {} if name is None else {NAME: name}


def stay_in_address(language: str) -> None:
    """Pages that are gone to by the menu begin without a query: puts in it what would be lost by a reload."""
    if language != DEFAULT_LANGUAGE or "lang" in st.query_params:
        _put("lang", language)
    if (name := tab_name()) is not None:
        _put(NAME, name)


def _put(name: str, value: str) -> None:
    if st.query_params.get(name) != value:
        st.query_params[name] = value
