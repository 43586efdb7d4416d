"""The key of a form that makes something: drawn when the form is shown, another once it has made it.

The key is part of the form's own, too: what was sent from a form that has been replaced is not read any more. Its
fields tell the server each for itself, so that a form filled in by half can be kept, see look/kept_page.py.
"""

from secrets import token_hex

import streamlit as st

TYPED, FIELDS = "typed-", "form-fields"


def form_key(name: str) -> str:
    """The idempotency key of the form that is shown now."""
    return st.session_state.setdefault(_state(name), f"{name}-{token_hex(16)}")


def form_done(name: str) -> None:
    """The form has made what it was to make: the next run shows another, which is empty."""
    state = st.session_state
    state.pop(_state(name), None)
    for typed in [key for key in map(str, state) if key.startswith(f"{TYPED}{name}-")]:
        state.pop(typed)
    state[FIELDS] = {typed: key for typed, key in _fields().items() if not typed.startswith(f"{TYPED}{name}-")}


def field_key(form: str, field: str) -> str:
    """The key of a field of the form that is shown now; it begins with what was typed in it last."""
    key, typed, state = f"{form_key(form)}-{field}", f"{TYPED}{form}-{field}", st.session_state
    if key not in state and typed in state:
        state[key] = state[typed]
    state[FIELDS] = _fields() | {typed: key}
    return key


def note_fields() -> None:
    """At the end of a run: what the fields hold now, by names that outlast their form."""
    for typed, key in _fields().items():
        if key in st.session_state:
            st.session_state[typed] = st.session_state[key]


def _fields() -> dict[str, str]:
    return st.session_state.get(FIELDS, {})


def is_field(key: str, *forms: str) -> bool:
    """Whether a key of the session's state holds what was typed in one of the forms."""
    return key.startswith(tuple(f"{TYPED}{form}-" for form in forms))


def _state(name: str) -> str:
    return f"form-key-{name}"
