"""The figures of an edition in tables that can be written in: points, bounds, caps and intervals."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.look.choices import distinct_labels
from dashboard.look.plain_text import as_text
from dashboard.look.tables import editable_table, height_of
from scoring.rulebook.figures import Figure, Path, Value, figures
from scoring.rulebook.model import Edition

FIGURES, TABLES = "figures-", "tables-"  # in the session's state: what was written, and how often it was discarded
LONGEST_PATH = 5  # ("category", 0, "items", 3, "weight")
# tables under "points": whose figures they hold, and the columns always there; others come as figures need them
POINTS_TABLES = (
    (("start", "criterion"), ("points", "no", "months")),
    (("group",), ()),
    (("weight",), ()),
)


def draft_editor(edition: Edition, start: str, t: Translator) -> dict[Path, Value]:
    """Shows an edition's figures; those that were written otherwise, by their place in the file.

    start: what the draft starts from. What was written of it before stands in the tables to begin with.
    """
    key = _tables_key(start)
    changes = _edited(edition, key, _written_before(start, key), t)
    st.session_state[f"{FIGURES}{start}"] = [[list(path), value] for path, value in changes.items()]
    st.button(t("sandbox.discard"), icon=":material/undo:", disabled=not changes, on_click=_discard, args=(start,))
    return changes


def _tables_key(start: str) -> str:
    """Others are drawn once what was written in these has been discarded."""
    return f"draft-{start}-{st.session_state.setdefault(f'{TABLES}{start}', 0)}"


def _discard(start: str) -> None:
    st.session_state[f"{TABLES}{start}"] += 1
    st.session_state[f"{FIGURES}{start}"] = []


def _written_before(start: str, key: str) -> dict[Path, Value]:
    """What had been written when these tables were drawn first: while they are shown it must not change under them."""
    if f"{key}-bands" not in st.session_state:
        st.session_state[f"before-{key}"] = st.session_state.get(f"{FIGURES}{start}", [])
    return {tuple(path): value for path, value in st.session_state[f"before-{key}"]}


def _edited(edition: Edition, key: str, before: Mapping[Path, Value], t: Translator) -> dict[Path, Value]:
    all_figures = figures(edition)
    changes: dict[Path, Value] = {}
    criteria, bands, caps, intervals = st.tabs([t(f"sandbox.{name}") for name in ("points", "bands", "caps", "days")])
    with criteria:
        st.caption(t("sandbox.points_note"))
        for groups, always in POINTS_TABLES:
            shown = [figure for figure in all_figures if figure.group in groups]
            if shown:
                changes |= _table(shown, before, _columns(shown, always), f"{key}-{groups[-1]}", edition, t)
    with bands:
        st.caption(t("sandbox.bands_note"))
        changes |= _table(
            [figure for figure in all_figures if figure.group == "band"], before, ("below",), f"{key}-bands", edition, t
        )
    with caps:
        st.caption(t("sandbox.caps_note"))
        columns = ("grade", "at_least", "below", "months")
        changes |= _table(
            [figure for figure in all_figures if figure.group == "cap"], before, columns, f"{key}-caps", edition, t
        )
    with intervals:
        st.caption(t("sandbox.days_note"))
        roles = tuple(dict.fromkeys(figure.key for figure in all_figures if figure.group == "interval"))
        changes |= _table(
            [figure for figure in all_figures if figure.group == "interval"], before, roles, f"{key}-days", edition, t
        )
    return changes


def _table(
    rule_figures: Sequence[Figure],
    before: Mapping[Path, Value],
    columns: Sequence[str],
    key: str,
    edition: Edition,
    t: Translator,
) -> dict[Path, Value]:
    """One row a criterion, band, cap or grade, one column a figure; what was written, by its place in the file."""
    rows: dict[tuple, dict[str, Figure]] = {}
    for figure in rule_figures:
        rows.setdefault(_row(figure.path), {})[_column(figure)] = figure
    labels = [t.of(next(iter(cells.values())).label) for cells in rows.values()]
    as_filed, shown = (
        pd.DataFrame(
            {"what": labels} | {name: [_cell(cells.get(name), written) for cells in rows.values()] for name in columns}
        )
        for written in ({}, before)
    )
    settings = {"what": st.column_config.TextColumn(t("sandbox.what"), disabled=True, width="medium")}
    for name in columns:
        settings[name] = _column_config(name, edition, t)
    if not _is_edit_of(st.session_state.get(key), shown):
        del st.session_state[key]
    edited = editable_table(
        shown,
        key=key,
        height=height_of(len(shown)),
        column_config=settings,
        placeholder="",
    )
    return _changes(list(rows.values()), as_filed, edited, columns, t)


def _is_edit_of(edit: Any, table: pd.DataFrame) -> bool:
    """Whether an edit changes cells of the table and nothing else: a browser may send any. None is no edit."""
    if edit is None:
        return True
    cells = edit["edited_rows"].items()
    return not (edit["added_rows"] or edit["deleted_rows"]) and all(
        0 <= row < len(table) and isinstance(changed, dict) and changed.keys() <= set(table.columns)
        for row, changed in cells
    )


def _row(path: Path) -> Path:
    """What a figure shares its line with: a table of the file, or one inside it, such as a range or an item."""
    return path[:4] if len(path) == LONGEST_PATH else path[:2]


def _columns(shown: Sequence[Figure], always: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*always, *map(_column, shown))))


def _column(figure: Figure) -> str:
    """A yes stands in the column of points, beside its no."""
    is_points = figure.key in ("yes", "start") or figure.path == ("round_to",)
    return "points" if is_points else figure.key


def _cell(figure: Figure | None, written: Mapping[Path, Value]) -> float | str | None:
    value = None if figure is None else written.get(figure.path, figure.value)
    return float(value) if isinstance(value, Decimal) else value


def _column_config(name: str, edition: Edition, t: Translator):
    label = t(f"sandbox.column_{name}") if f"sandbox.column_{name}" in t else name
    if name == "grade":
        codes = [grade.code for grade in edition.grades]
        names = {grade.code: t.of(grade.name) for grade in edition.grades}
        name_of = distinct_labels(codes, names.__getitem__)
        return st.column_config.SelectboxColumn(
            label, options=codes, format_func=lambda code: name_of(str(code)), required=True
        )
    return st.column_config.NumberColumn(label, width="small")


def _changes(
    rows: Sequence[Mapping[str, Figure]],
    table: pd.DataFrame,
    edited: pd.DataFrame,
    columns: Sequence[str],
    t: Translator,
) -> dict[Path, Value]:
    changes: dict[Path, Value] = {}
    for line, cells in enumerate(rows):
        for name in columns:
            before, after = table[name].iloc[line], edited[name].iloc[line]
            if before == after or (pd.isna(before) and pd.isna(after)):
                continue
            if name not in cells:
                st.warning(t("sandbox.no_such_figure", what=as_text(table["what"].iloc[line])))
                continue
            changes[cells[name].path] = _value(after)
    return changes


def _value(cell: str | float | None) -> Value:
    """A cell as the file would have it: numbers as they were typed, an emptied one as silence."""
    if isinstance(cell, str):
        return cell
    if cell is None or not math.isfinite(cell):
        return None
    return Decimal(repr(float(cell))).normalize()
