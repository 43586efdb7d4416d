"""An error of ours: the person sees one sentence with a number, the log holds the trace under the same number."""

import logging

import streamlit as st

from dashboard.auth.request_user import NotForThisRole, SignedOut
from dashboard.i18n import supported_language, translator
from dashboard.observability.logs import NAME, reference
from dashboard.observability.metrics import FAULTS
from data.db.refusals import DatabaseRefused

log = logging.getLogger(NAME)


def log_error(error: BaseException) -> str:
    """The number under which the log now holds the trace."""
    number = reference()
    FAULTS.inc()
    log.error("fault %s", number, exc_info=error, extra={"reference": number})
    return number


def log_refusal(refused: DatabaseRefused) -> None:
    """One line without a trace: it is no fault of the program."""
    log.error("%s", refused)


def show_error(error: Exception) -> bool:
    """Takes the place of Streamlit's own error box, which would show links to other sites."""
    t = translator(supported_language(st.query_params.get("lang")))
    if isinstance(error, SignedOut):
        st.warning(t("auth.ended"))
        st.html(f'<a class="button" href="/sign-in" target="_self">{t("auth.sign_in")}</a>')
    elif isinstance(error, NotForThisRole):
        st.warning(t("auth.no_right"))
    elif isinstance(error, DatabaseRefused):
        log_refusal(error)
        st.error(t.sentence(error))
    else:
        st.error(t("shell.fault", number=log_error(error)))
    return True
