"""A fault of ours: the person sees one sentence with a number, the log holds the trace under the same number."""

import logging

import streamlit as st

from dashboard.auth.request_user import NotForThisRole, SignedOut
from dashboard.i18n import LANGUAGES, words
from dashboard.observability.logs import NAME, reference
from dashboard.observability.metrics import FAULTS

log = logging.getLogger(NAME)


def noted(fault: BaseException) -> str:
    """The number under which the log now holds the trace."""
    number = reference()
    FAULTS.inc()
    log.error("fault %s", number, exc_info=fault, extra={"reference": number})
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
