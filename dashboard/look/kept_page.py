"""A page that keeps what is typed on it: when one leaves it, reloads it, or must sign in again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.auth.request_user import CurrentUser
from dashboard.cache import kept_input
from dashboard.look.forms import note_fields
from dashboard.look.tab import named_tab, tab_name

RULES = "kept-page-rules"  # in the session's state: of each page looked at, which keys hold what is typed


@contextmanager
def kept_page(user: CurrentUser, page: str, is_typed: Callable[[str], bool]) -> Iterator[None]:
    """In the block the page finds what was typed on it before; when it ends, however it ends, that is kept.

    is_typed: which keys of the session's state hold what was typed or handed in. What cannot be kept is left out:
    ticks, buttons, files.
    """
    st.session_state.setdefault(RULES, {})[page] = is_typed
    before = _restore(user, page)
    try:
        yield
    finally:
        _keep(user, page, is_typed, before)


def keep_last_words(user: CurrentUser, going_to: str) -> None:
    """What was typed last on a page arrives with the click that leaves it, when that page does not run any more."""
    note_fields()
    for page, is_typed in st.session_state.get(RULES, {}).items():
        before = st.session_state.get(_state(page))
        if page == going_to or before is None:
            continue
        typed = before | _typed(is_typed)  # its other fields are forgotten by now
        if typed != before:
            st.session_state[_state(page)] = typed
            kept_input.save(user.owner, named_tab(), page, typed)


def _typed(is_typed: Callable[[str], bool]) -> kept_input.Content:
    state = st.session_state
    return {key: state[key] for key in map(str, state) if is_typed(key) and kept_input.is_plain(state[key])}


def _restore(user: CurrentUser, page: str) -> kept_input.Content | None:
    """What was typed before, put where it is missing; None in the first run of a page of which nothing is kept."""
    typed = st.session_state.get(_state(page))
    if typed is None and (tab := tab_name()) is not None:
        typed = kept_input.load(user.owner, tab, page) or None
    for key, value in (typed or {}).items():
        if key not in st.session_state:
            st.session_state[key] = value
    return typed


def _keep(user: CurrentUser, page: str, is_typed: Callable[[str], bool], before: kept_input.Content | None) -> None:
    note_fields()
    typed = st.session_state[_state(page)] = _typed(is_typed)
    if before is not None and typed != before:  # in the first run all is as the page itself filled it in
        kept_input.save(user.owner, named_tab(), page, typed)


def _state(page: str) -> str:
    return f"kept-{page}"
