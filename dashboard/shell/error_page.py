"""An error of ours: the person sees one sentence with a number, the log holds the trace under the same number."""

import logging

import streamlit as st

from dashboard.auth.request_user import NotForThisRole, SignedOut
from dashboard.i18n import translator
from dashboard.i18n.page_language import page_language
from dashboard.look.plain_text import as_text
from dashboard.observability.logs import NAME, reference
from dashboard.observability.metrics import FAULTS
from data.db.engine import is_busy
from data.db.refusals import DatabaseRefused
from data.errors import DiskRefused, disk_refusal

log = logging.getLogger(NAME)


def log_error(error: BaseException) -> str:
    """The number under which the log now holds the trace."""
    number = reference()
    FAULTS.inc()
    log.error("fault %s", number, exc_info=error, extra={"reference": number})
    return number


def refusal_behind(error: BaseException) -> DatabaseRefused | DiskRefused | None:
    """What is said instead of a number, where not the program is to blame; the log has a line without a trace."""
    refused = error if isinstance(error, (DatabaseRefused, DiskRefused)) else disk_refusal(error)
    if refused is not None:
        log.error("%s (%s)", refused, error)
    return refused


def show_error(error: Exception) -> bool:
    """Takes the place of Streamlit's own error box, which would show links to other sites."""
    t = translator(page_language())
    if isinstance(error, SignedOut):
        st.warning(t("auth.ended"))
        link = f'<a class="button again" href="/sign-in?lang={t.language}" target="_self">{t("auth.sign_in")}</a>'
        st.html(f'{link}<script src="/entrance/again.js"></script>', unsafe_allow_javascript=True)
    elif isinstance(error, NotForThisRole):
        st.warning(t("auth.no_right"))
    elif is_busy(error):
        log.warning("busy", exc_info=error)
        st.warning(t("shell.busy"))
    elif refused := refusal_behind(error):
        st.error(as_text(t.sentence(refused)))
    else:
        st.error(t("shell.fault", number=as_text(log_error(error))))
    return True
