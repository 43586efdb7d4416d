"""What is chosen on a screen is known by its id: Streamlit itself knows an option by its label alone.

Of two options with one label it would take the first, whichever was clicked. So labels are made distinct, and where a
label has meant something else in the moment between two runs, nothing is chosen. A row of a table it knows by its
place alone, so another order is another table.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import pandas as pd
import streamlit as st

from dashboard.look.tables import draw_table
from scoring.turning_signs import in_one_direction

Option = TypeVar("Option")


def distinct_labels(
    options: Iterable[Option], label_of: Callable[[Option], str], id_of: Callable[[Option], object] = lambda one: one
) -> Callable[[Option], str]:
    """The label of each option; equal ones are told apart by the ids behind them."""
    options = list(options)
    labels = [in_one_direction(label_of(one)) for one in options]
    often = {label for label, times in Counter(labels).items() if times > 1}
    with_ids = [f"{label} · {in_one_direction(str(id_of(one)))}" for one, label in zip(options, labels, strict=True)]
    shown = [one if label in often else label for one, label in zip(with_ids, labels, strict=True)]
    if len(set(shown)) < len(shown):  # a name that looks like another with its id
        shown = with_ids
    by_id = {id_of(one): label for one, label in zip(options, shown, strict=True)}

    def label(option: Option) -> str:
        return by_id.get(id_of(option)) or in_one_direction(label_of(option))

    return label


def select_by_id(label: str, options: Iterable[Option], label_of: Callable[[Option], str], **box) -> Option | None:
    """A box of ids; None where nothing is chosen, or what was chosen is no longer offered. box: as st.selectbox.

    What is chosen to be changed begins with nothing (index=None): where the offer changes in the moment of a click,
    Streamlit goes back to the beginning, and that must not be somebody else's.
    """
    options = list(options)
    chosen = st.selectbox(label, options, format_func=distinct_labels(options, label_of), **box)
    return chosen if chosen in options else None


def offered(chosen: Option, options: Iterable[Option], otherwise: Option) -> Option:
    """What was chosen in a box, where the box offers it: Streamlit passes on whatever a browser sends."""
    return chosen if chosen in list(options) else otherwise


def row_by_id(table: pd.DataFrame, ids: Sequence[Option], key: str, **frame) -> Option | None:
    """A table with an id a row, of which one can be chosen; the id, None where nothing is. frame: as for draw_table."""
    order = hashlib.sha256(repr(list(ids)).encode()).hexdigest()[:12]
    event = draw_table(table, key=f"{key}-{order}", on_select="rerun", selection_mode="single-row", **frame)
    chosen = [] if event is None else _lines(event.selection.rows, len(ids))
    return next((ids[line] for line in chosen), None)


def _lines(chosen: object, length: int) -> list[int]:
    """The numbers of rows that a table has, of whatever a browser sends."""
    rows = chosen if isinstance(chosen, list) else []
    return [row for row in rows if isinstance(row, int) and 0 <= row < length]
