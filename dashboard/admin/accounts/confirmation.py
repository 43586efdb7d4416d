"""What ends or widens something is asked first: a sentence that says what will happen, and yes or no."""

from typing import Any

import streamlit as st

from dashboard.i18n import Translator
from dashboard.look.plain_text import as_text

ASKED = "accounts-asked"  # in the session's state: the act, whom it is about, and what else it takes


def ask(act: str, about: int, *what: Any) -> None:
    """Where its button was pressed; the page then shows the question."""
    st.session_state[ASKED] = (act, about, what)
    st.rerun()


def asked(act: str, about: int) -> tuple[Any, ...] | None:
    """What else the act takes that is being asked of somebody; None where it is not."""
    of, whom, what = st.session_state.get(ASKED, (None, None, ()))
    return what if (of, whom) == (act, about) else None


def confirmed(sentence: str, t: Translator) -> bool:
    """Shows the question that stands; whether yes was pressed. sentence: as it stands."""
    st.warning(as_text(sentence))
    with st.container(horizontal=True):
        yes, no = st.button(t("accounts.yes"), type="primary"), st.button(t("accounts.no"))
    if yes or no:
        st.session_state.pop(ASKED)
    if no:
        st.rerun()
    return yes
