"""A fault of ours: the person sees one sentence with a number, the log holds the trace under the same number."""

import logging
import secrets

import streamlit as st

from dashboard.door import NotForThisRole, SignedOut
from dashboard.text import LANGUAGES, words

log = logging.getLogger("credit_map")


def noted(fault: BaseException) -> str:
    """The number under which the log now holds the trace."""
    number = secrets.token_hex(4)
    log.error("fault %s", number, exc_info=fault)
    return number


def tell(fault: Exception) -> bool:
    """Takes the place of Streamlit's own error box, which would show links to other sites."""
    language = st.query_params.get("lang")
    say = words(language if language in LANGUAGES else LANGUAGES[0])
    if isinstance(fault, SignedOut):
        st.warning(say("entrance.ended"))
        st.html(f'<a class="button" href="/sign-in" target="_self">{say("entrance.sign_in")}</a>')
    elif isinstance(fault, NotForThisRole):
        st.warning(say("entrance.no_right"))
    else:
        st.error(say("app.fault", number=noted(fault)))
    return True
