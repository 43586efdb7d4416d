"""What a browser sends for a box counts only where it can be that box's; else the box is as it began.

Streamlit hands a box whatever its browser sends, and a list where a text is expected ends the page with a fault.
"""

import logging
from collections.abc import Callable
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import Serialized, Value, WStates

from dashboard.observability.logs import NAME

NUMBERS = ("double_value", "int_value")
OF_COMPONENTS = ("json_value", "arrow_value", "bytes_value")
log = logging.getLogger(NAME)
Read = Callable[[WStates, str], Any]


def guard_sent_values() -> None:
    """From now on a box begins anew where what was sent for it is of another kind than the box, or cannot be read."""
    if not hasattr(WStates.__getitem__, "is_guarded"):
        WStates.__getitem__ = _guarded(WStates.__getitem__)  # type: ignore[method-assign]


def _guarded(read: Read) -> Read:
    def read_or_begin_anew(states: WStates, key: str) -> Any:
        kept, metadata = states.states.get(key), states.widget_metadata.get(key)
        if not isinstance(kept, Serialized) or metadata is None:
            return read(states, key)
        if not _is_of_kind(kept.value, metadata):
            return _begun_anew(states, key, metadata)
        try:
            return read(states, key)
        except Exception:  # whatever a deserializer meets in what no page of ours sends
            return _begun_anew(states, key, metadata)

    read_or_begin_anew.is_guarded = True  # type: ignore[attr-defined]
    return read_or_begin_anew


def _is_of_kind(sent: WidgetState, metadata: WidgetMetadata[Any]) -> bool:
    """Whether it is the kind of value the box was registered with; a box that was emptied sends none."""
    kind, expected = sent.WhichOneof("value"), metadata.value_type
    is_of_version_2 = metadata.callbacks is not None or metadata.presenter is not None  # these send JSON alone
    several = (NUMBERS,) if is_of_version_2 else (NUMBERS, OF_COMPONENTS)
    alike = next((kinds for kinds in several if expected in kinds), (expected,))
    return kind is None or kind in alike


def _begun_anew(states: WStates, key: str, metadata: WidgetMetadata[Any]) -> Any:
    log.info("a value that no box of ours sends was passed over")
    value = metadata.deserializer(None)
    states.states[key] = Value(value)
    return value
