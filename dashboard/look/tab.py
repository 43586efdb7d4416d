"""The address of a page: the language, and the tab in which something was typed, stand in it on every page.

So a reload, and a sign-in that leads back to the address, find both again. A tab has a name only once there is
something to be found again.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from dashboard.cache.kept_input import TAB, new_tab
from dashboard.i18n import DEFAULT_LANGUAGE
from dashboard.look.plain_text import as_html

NAME, STATE = "tab", "tab-name"


def tab_name() -> str | None:
    """The tab's name, from the address after a reload; None where nothing is kept of it."""
    asked = st.query_params.get(NAME, "")
    if STATE not in st.session_state and TAB.fullmatch(asked):
        st.session_state[STATE] = asked
    return st.session_state.get(STATE)


def named_tab() -> str:
    """The same, with a name from now on, which stands in the address at once."""
    if tab_name() is None:
        st.session_state[STATE] = new_tab()
    if st.query_params.get(NAME) != st.session_state[STATE]:
        st.query_params.from_dict(language_query() | st.query_params.to_dict() | tab_query())
    return st.session_state[STATE]


def tab_query() -> dict[str, str]:
    """The part of an address that leads on in this tab."""
    name = tab_name()
    return {} if name is None else {NAME: name}


def language_query() -> dict[str, str]:
    """The part of an address that says the language chosen last."""
    language = st.session_state.get("language", DEFAULT_LANGUAGE)
    return {} if language == DEFAULT_LANGUAGE else {"lang": language}


def stay_in_address(page: str, view: Mapping[str, str] = {}) -> None:
    """Pages that are gone to by the menu begin without a query: what a reload would lose is put in it, and the view
    that came along.

    By a script, as what Streamlit puts in the address is a step of its own, and a step back would lead to it for ever.
    """
    language = st.session_state.get("language", DEFAULT_LANGUAGE)
    query = {**language_query(), **tab_query(), **view, "page": page}  # another page is another script, which runs
    with st.container(key="stay"):  # always there, as an element more would have the map below it made anew
        script = f'<script src="/entrance/stay.js?{as_html(urlencode(query))}"></script>'
        st.html(f'<i class="page-language" lang="{language}"></i>{script}', unsafe_allow_javascript=True)
