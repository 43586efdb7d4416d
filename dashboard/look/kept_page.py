"""A page that keeps what is typed on it: when one leaves it, reloads it, or must sign in again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.auth.request_user import CurrentUser
from dashboard.cache import kept_input
from dashboard.look.forms import note_fields
from dashboard.look.tab import named_tab, tab_name


@contextmanager
def kept_page(user: CurrentUser, page: str, is_typed: Callable[[str], bool]) -> Iterator[None]:
    """In the block the page finds what was typed on it before; when it ends, however it ends, that is kept.

    is_typed: which keys of the session's state hold what was typed or handed in. What cannot be kept is left out:
    ticks, buttons, files.
    """
    before = _restore(user, page)
    try:
        yield
    finally:
        _keep(user, page, is_typed, before)


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
    state = st.session_state
    typed = {key: state[key] for key in map(str, state) if is_typed(key) and kept_input.is_plain(state[key])}
    state[_state(page)] = typed
    if before is not None and typed != before:  # in the first run all is as the page itself filled it in
        kept_input.save(user.owner, named_tab(), page, typed)


def _state(page: str) -> str:
    return f"kept-{page}"
