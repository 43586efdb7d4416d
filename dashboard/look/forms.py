"""The key of a form that makes something: drawn when the form is shown, another once it has made it.

The key is part of the form's own, too: what was sent from a form that has been replaced is not read any more.
"""

from secrets import token_hex

import streamlit as st


def form_key(name: str) -> str:
    """The idempotency key of the form that is shown now."""
    return st.session_state.setdefault(_state(name), f"{name}-{token_hex(16)}")


def form_done(name: str) -> None:
    """The form has made what it was to make: the next run shows another."""
    st.session_state.pop(_state(name), None)


def _state(name: str) -> str:
    return f"form-key-{name}"
