"""What the check says would not come in, or not onto the map: columns not read, buildings without a place, rows set
aside."""

from collections.abc import Iterator

import pandas as pd
import streamlit as st

from dashboard.admin.imports.result import html_table, reason_name, sentence_of
from dashboard.i18n import Translator
from dashboard.look.plain_text import as_html, as_text
from dashboard.look.tables import draw_table
from data.importing.mapping.schema import SourceMapping
from data.importing.writing.rejected_rows import without_geometry
from data.importing.writing.result import Outcome
from scoring.turning_signs import in_one_direction

FIRST_ROWS = 6
MOST_ROWS = 1_000  # of those set aside; the whole of them is a file, once it was imported
MOST_COLUMNS = 12
MOST_NAMES = 30
OF_PLACES = (
    *("place_missing", "place_swapped", "place_outside", "outside_its_area"),
    *("geometry_missing", "geometry_broken"),
)


def unread_note(outcome: Outcome, t: Translator) -> None:
    """Which columns of the file are matched with nothing, so that nothing of them comes in."""
    if not outcome.unread:
        return
    names = [*outcome.unread[:MOST_NAMES], *(["…"] if len(outcome.unread) > MOST_NAMES else [])]
    st.info(t("imports.unread", n=f"{len(outcome.unread):,}", names=as_text(t.listed(names))))


def not_on_map_table(mapping: SourceMapping, outcome: Outcome, t: Translator) -> None:
    """How many buildings of the file would not be on the map, and why."""
    rows = list(_not_on_map(mapping, outcome, t))
    if not rows:
        return
    total = sum(count for _, count, _ in rows)
    st.markdown(t("imports.not_on_map", n=f"{total:,}"))
    heads = [t("imports.why_not_on_map"), t("imports.buildings"), t("imports.what_becomes")]
    st.html(html_table(heads, [[why, f"{count:,}", t(f"imports.{becomes}")] for why, count, becomes in rows]))


def _not_on_map(mapping: SourceMapping, outcome: Outcome, t: Translator) -> Iterator[tuple[str, int, str]]:
    """Why, how many, and what becomes of them."""
    block = mapping.blocks.get("building")
    if block is None or block.existing:
        return
    for reason, count in outcome.off_map.items():
        yield t.of(reason), count, "kept_undrawn"
    new = outcome.tallies["buildings"].new if "buildings" in outcome.tallies else 0
    if block.place is None and new:
        yield t("imports.no_place_column"), new, "kept_undrawn"
    for reason in OF_PLACES:
        if count := sum(any(error.reason == reason for error in errors) for errors in outcome.row_errors):
            yield reason_name(reason, t), count, "not_taken"


def first_rows(outcome: Outcome, t: Translator) -> None:
    """The first rows set aside, each with its sentence."""
    if not outcome.faults:
        return
    rows, shown = [], without_geometry(outcome.frame)
    for row, reason, _ in outcome.faults[:FIRST_ROWS]:
        number = t("imports.row", n=f"{int(outcome.row_numbers[row]):,}")
        cells = " · ".join(text for text in map(str, shown.iloc[row].tolist()) if text)[:90]
        rows.append(
            f"<tr><td>{as_html(number)} · {as_html(reason_name(reason, t))}</td></tr>"
            f"<tr class='rule'><td>{as_html(cells)}<i>{as_html(sentence_of(outcome, row, t))}</i></td></tr>"
        )
    st.html(f"<table class='reasons'><tr><th>{as_html(t('imports.first_rows'))}</th></tr>{''.join(rows)}</table>")


def rejected_table(outcome: Outcome, t: Translator) -> None:
    """Every row set aside, with why, what is wrong and what it says."""
    faults = outcome.faults[:MOST_ROWS]
    cells = without_geometry(outcome.frame).iloc[[row for row, _, _ in faults], :MOST_COLUMNS]
    own = {
        t("imports.row_number"): [int(outcome.row_numbers[row]) for row, _, _ in faults],
        t("imports.reason"): [reason_name(reason, t) for _, reason, _ in faults],
        t("imports.what_is_wrong"): [sentence_of(outcome, row, t) for row, _, _ in faults],
    }
    said = {_apart(name, own): [in_one_direction(str(text)) for text in cells[name]] for name in cells.columns}
    draw_table(pd.DataFrame(own | said))
    if len(outcome.faults) > MOST_ROWS:
        st.caption(t("imports.rejected_more", n=f"{len(outcome.faults):,}", shown=f"{MOST_ROWS:,}"))


def _apart(name: object, own: dict) -> str:
    """The heading of a column of theirs, which may be called as one of ours."""
    heading = in_one_direction(str(name))
    return f"{heading} ·" if heading in own else heading
