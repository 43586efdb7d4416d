"""A fault of ours: the person sees one sentence with a number, the log holds the trace under the same number."""

import logging
import secrets

import streamlit as st

from dashboard.text import LANGUAGES, words

log = logging.getLogger("credit_map")


def tell(fault: Exception) -> bool:
    """Takes the place of Streamlit's own error box, which would show links to other sites."""
    number = secrets.token_hex(4)
    log.error("fault %s", number, exc_info=fault)
    language = st.query_params.get("lang")
    st.error(words(language if language in LANGUAGES else LANGUAGES[0])("app.fault", number=number))
    return True
