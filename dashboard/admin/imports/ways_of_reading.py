"""How a file is read where it does not say so itself: its encoding, the sheet or layer, the row of the heading."""

from html import escape

import streamlit as st

from dashboard.admin.imports.upload import ReadAs, sample
from dashboard.admin.imports.upload_store import Upload
from dashboard.i18n import Translator
from dashboard.look.choices import distinct_labels, select_by_id
from dashboard.look.plain_text import as_text
from data.importing.mapping.guess_columns import Sample
from data.importing.text_encodings import ENCODINGS

BY_ITSELF = ""  # stands among the encodings for "as the file says"
LAST_HEADING_ROW = 50
ROWS_SHOWN, COLUMNS_SHOWN = 3, 8
LONGEST_CELL = 30


def sample_shown(upload: Upload, t: Translator) -> Sample | None:
    """The beginning of the file as it is read now, and boxes to have it read otherwise; None where it cannot be."""
    read_as = _chosen(upload)
    file_sample = sample(upload, read_as, t)
    boxes = st.columns(3)
    if file_sample is None:
        _encoding_box(boxes[0], upload, t)
        return None
    read_from = file_sample.read_from
    found = _found(upload)
    found.setdefault("part", read_from.part)
    if not read_as.heading_row:
        found[read_from.part] = read_from.heading_row
    if read_from.is_text:
        _encoding_box(boxes[0], upload, t)
    if len(read_from.parts) > 1:
        _part_box(boxes[1], file_sample, upload, t)
    if not file_sample.drawn and file_sample.kind != "parquet":
        _heading_box(boxes[2], file_sample, upload, t)
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
    part = st.session_state.get(_key("part", upload)) or found.get("part", "")
    row = st.session_state.get(_key(f"heading-{part}", upload), 0)
    return ReadAs(
        st.session_state.get(_key("encoding", upload), BY_ITSELF),
        "" if part == found.get("part") else part,
        0 if row == found.get(part) else int(row),
    )


def _found(upload: Upload) -> dict:
    """What the file gives by itself: "part" → its sheet or layer, each part → the row of its heading."""
    return st.session_state.setdefault(f"import_found_{upload.path.name}", {})


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


def _part_box(box, file_sample: Sample, upload: Upload, t: Translator) -> None:
    read_from = file_sample.read_from
    with box:
        select_by_id(
            t("imports.sheet" if file_sample.kind == "xlsx" else "imports.layer"),
            read_from.parts,
            str,
            index=read_from.parts.index(read_from.part),
            key=_key("part", upload),
        )


def _heading_box(box, file_sample: Sample, upload: Upload, t: Translator) -> None:
    read_from = file_sample.read_from
    box.number_input(
        t("imports.heading_row"),
        1,
        LAST_HEADING_ROW,
        min(read_from.heading_row, LAST_HEADING_ROW),
        help=t("imports.heading_row_help"),
        key=_key(f"heading-{read_from.part}", upload),
    )


def _first_rows(file_sample: Sample, t: Translator) -> None:
    """What kind of file it is, its first rows as they are read, and what is to be known of them."""
    kind = t(f"format.{file_sample.kind}")
    seen = {"rows": f"{file_sample.rows:,}", "columns": len(file_sample.headings), "kind": as_text(kind)}
    names = file_sample.headings[:COLUMNS_SHOWN]
    head = "".join(f"<th>{escape(_short(name))}</th>" for name in names)
    rows = file_sample.examples.loc[:, list(names)].head(ROWS_SHOWN).itertuples(index=False, name=None)
    body = "".join("<tr>" + "".join(f"<td>{escape(_short(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    st.html(f"<div style='overflow-x:auto'><table class='reasons'><tr>{head}</tr>{body}</table></div>")
    st.caption(t("imports.seen", **seen))
    for note in file_sample.notes:
        st.caption(as_text(t.sentence(note)))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
