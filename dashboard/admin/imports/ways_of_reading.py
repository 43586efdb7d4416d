"""How a file is read where it does not say so itself: its encoding, the sheet or layer, the row of the heading."""

from dataclasses import dataclass, field

import streamlit as st

from dashboard.admin.imports.upload import ReadAs, sample
from dashboard.admin.imports.upload_store import Upload
from dashboard.i18n import Translator
from dashboard.look.choices import distinct_labels, offered, select_by_id
from dashboard.look.plain_text import as_html, as_text
from data.importing.mapping.guess_columns import Sample
from data.importing.text_encodings import ENCODINGS

BY_ITSELF = ""  # stands among the encodings for "as the file says"
LAST_HEADING_ROW = 50
ROWS_SHOWN, COLUMNS_SHOWN = 3, 8
LONGEST_CELL = 30
LEFT = "style='text-align:left'"


@dataclass
class Found:
    """What a file gave by itself, kept while it is on the screen: a way of reading that fails can be taken back.

    part: its sheet or layer, of `parts`. rows: part → row of its heading. is_text: until it is known, it may be.
    """

    part: str = ""
    parts: tuple[str, ...] = ()
    part_is: str = "sheet"
    rows: dict[str, int] = field(default_factory=dict)
    is_text: bool = True
    is_drawn: bool = False

    def see(self, seen: Sample, read_as: ReadAs) -> None:
        read_from = seen.read_from
        self.part, self.parts = self.part or read_from.part, read_from.parts or self.parts
        self.part_is = "sheet" if seen.kind == "xlsx" else "layer"
        self.is_text, self.is_drawn = read_from.is_text, seen.drawn or seen.kind == "parquet"
        if not read_as.heading_row:
            self.rows[read_from.part] = read_from.heading_row


def sample_shown(upload: Upload, t: Translator) -> Sample | None:
    """The beginning of the file as it is read now, and boxes to have it read otherwise; None where it cannot be."""
    found, read_as = _found(upload), _chosen(upload)
    file_sample = sample(upload, read_as, t)
    if file_sample is not None:
        found.see(file_sample, read_as)
    boxes = iter(st.columns(3))
    if found.is_text:
        _encoding_box(next(boxes), upload, t)
    if len(found.parts) > 1:
        _part_box(next(boxes), found, upload, t)
    if found.rows and not found.is_drawn:
        _heading_box(next(boxes), found, read_as.part or found.part, upload, t)
    if file_sample is not None:
        _first_rows(file_sample, t)
    return file_sample


def ways_of_reading(file_sample: Sample, upload: Upload) -> dict:
    """What a mapping must say for such a file to be read in the same way, by the names of its keys."""
    read_from = file_sample.read_from
    ways: dict = {"delimiter": read_from.delimiter or ",", "heading_row": read_from.heading_row}
    ways["encoding"] = _chosen(upload).encoding
    if len(read_from.parts) > 1:
        ways["sheet" if file_sample.kind == "xlsx" else "layer"] = read_from.part
    return ways


def _chosen(upload: Upload) -> ReadAs:
    """What was chosen in the boxes, where it differs from what the file itself gives."""
    found = _found(upload)
    part = st.session_state.get(_key("part", upload)) or found.part
    row = int(st.session_state.get(_key(f"heading-{part}", upload), 0))
    return ReadAs(
        offered(st.session_state.get(_key("encoding", upload), BY_ITSELF), ENCODINGS, BY_ITSELF),
        "" if part == found.part else part,
        0 if row == found.rows.get(part) else row,
    )


def _found(upload: Upload) -> Found:
    return st.session_state.setdefault(f"import_found_{upload.path.name}", Found())


def _key(box: str, upload: Upload) -> str:
    return f"import_{box}_{upload.path.name}"


def _encoding_box(box, upload: Upload, t: Translator) -> None:
    options = [BY_ITSELF, *ENCODINGS]
    box.selectbox(
        t("imports.encoding"),
        options,
        format_func=distinct_labels(options, lambda one: t(f"imports.encoding_{one or 'by_itself'}")),
        help=t("imports.encoding_help"),
        key=_key("encoding", upload),
    )


def _part_box(box, found: Found, upload: Upload, t: Translator) -> None:
    with box:
        select_by_id(
            t(f"imports.{found.part_is}"),
            found.parts,
            str,
            index=found.parts.index(found.part),
            key=_key("part", upload),
        )


def _heading_box(box, found: Found, part: str, upload: Upload, t: Translator) -> None:
    box.number_input(
        t("imports.heading_row"),
        1,
        LAST_HEADING_ROW,
        min(found.rows.get(part, 1), LAST_HEADING_ROW),
        help=t("imports.heading_row_help"),
        key=_key(f"heading-{part}", upload),
    )


def _first_rows(file_sample: Sample, t: Translator) -> None:
    """What kind of file it is, its first rows as they are read, and what is to be known of them."""
    kind = t(f"format.{file_sample.kind}")
    columns = len(file_sample.headings)
    names = file_sample.headings[:COLUMNS_SHOWN]
    head = "".join(f"<th {LEFT}>{as_html(_short(name))}</th>" for name in names)
    rows = file_sample.examples.loc[:, list(names)].head(ROWS_SHOWN).itertuples(index=False, name=None)
    body = "".join(
        "<tr>" + "".join(f"<td {LEFT}>{as_html(_short(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    st.html(f"<div style='overflow-x:auto'><table class='reasons'><tr>{head}</tr>{body}</table></div>")
    st.caption(t("imports.seen", rows=f"{file_sample.rows:,}", columns=f"{columns:,}", kind=as_text(kind)))
    for note in file_sample.notes:
        st.caption(as_text(t.sentence(note)))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
