"""A fault of ours: the person sees one sentence with a number, the log holds the trace under the same number."""

import logging

import streamlit as st

from dashboard.auth.request_user import NotForThisRole, SignedOut
from dashboard.i18n import LANGUAGES, translator
from dashboard.observability.logs import NAME, reference
from dashboard.observability.metrics import FAULTS

log = logging.getLogger(NAME)


def log_error(fault: BaseException) -> str:
    """The number under which the log now holds the trace."""
    number = reference()
    FAULTS.inc()
    log.error("fault %s", number, exc_info=fault, extra={"reference": number})
    return number


def show_error(fault: Exception) -> bool:
    """Takes the place of Streamlit's own error box, which would show links to other sites."""
    language = st.query_params.get("lang")
    t = translator(language if language in LANGUAGES else LANGUAGES[0])
    if isinstance(fault, SignedOut):
        st.warning(t("entrance.ended"))
        st.html(f'<a class="button" href="/sign-in" target="_self">{t("entrance.sign_in")}</a>')
    elif isinstance(fault, NotForThisRole):
        st.warning(t("entrance.no_right"))
    else:
        st.error(t("app.fault", number=log_error(fault)))
    return True
