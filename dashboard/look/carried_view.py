"""The view that goes along from page to page: what stands in the address of the map stands in that of a study, too.

A page that is gone to by the menu begins with an empty address; it then takes the view of the page before, which
`stay_in_address` puts in its address. Any other address says itself what it shows.
"""

import streamlit as st

from dashboard.look.tab import NAME as TAB
from dashboard.look.tab import language_query, tab_query
from dashboard.view.view_state import Query, list_of, values_in

VIEW, SEEN = "carried-view", "carried-address"  # in the session's state; neither holds the language or the tab
PAGE, ARRIVED = "carried-page", "carried-arrived"
NOT_OF_THE_VIEW = (TAB, "lang")


def note_page(page: str) -> None:
    """Before a page runs: whether it is another than in the run before. It is new until it has taken the view."""
    if st.session_state.get(PAGE) != page:
        st.session_state[PAGE], st.session_state[ARRIVED] = page, True


def is_arriving() -> bool:
    """Whether the page has not taken its view yet since it was gone to; the boxes of another were forgotten there."""
    return bool(st.session_state.get(ARRIVED))


def arriving_with() -> Query:
    """What a page that was just gone to by the menu is to show; nothing on any other."""
    return {} if _asked() or not is_arriving() else dict(st.session_state.get(VIEW, {}))


def carry(query: Query) -> None:
    """The view of the page that is shown, for the next one."""
    st.session_state[VIEW] = {name: value for name, value in query.items() if name not in NOT_OF_THE_VIEW}
    st.session_state[ARRIVED] = False


def study_view() -> Query:
    """The view of a study: of its address where that says something new, else what stood there before."""
    asked, state, arrived = _asked(), st.session_state, is_arriving()
    if asked != state.get(SEEN):
        state[SEEN] = asked
        if asked or not arrived:
            state[VIEW] = asked
    state[ARRIVED] = False
    return dict(state.get(VIEW, {}))


def change_view(**changed: str) -> None:
    """From now on the study's view has these values besides; empty ones leave it. Its address follows."""
    begin_view(**(st.session_state.get(VIEW, {}) | changed))


def begin_view(**values: str) -> None:
    """The same, with these values alone."""
    view = {name: value for name, value in values.items() if value}
    st.session_state[VIEW] = view
    st.query_params.from_dict(view | language_query() | tab_query())


def take_off(name: str, value: str) -> None:
    """A value leaves the filter of that name."""
    gone = values_in(value)
    left = [one for one in values_in(st.session_state.get(VIEW, {}).get(name, "")) if one not in gone]
    change_view(**{name: list_of(left)})


def _asked() -> Query:
    return {name: value for name, value in st.query_params.to_dict().items() if name not in NOT_OF_THE_VIEW}
