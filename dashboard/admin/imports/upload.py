"""The file that is to be imported: handed in, kept under a name of ours, and a first look at it."""

import re
import secrets
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.admin.imports.upload_store import OWN_NAME, Upload, found, keep
from dashboard.i18n import Sentence, Translator
from dashboard.look.plain_text import as_text
from data.importing.errors import FileRefused
from data.importing.mapping.guess_columns import ANY, Sample, sample_of
from data.importing.reading.sandboxed_reader import read_apart
from data.importing.source_formats import ENDINGS

OF_AN_UPLOAD = re.compile(rf"(?<![0-9a-f]){OWN_NAME.pattern}(?![0-9a-f])")  # in the keys of what says how it is read


@dataclass(frozen=True)
class ReadAs:
    """What was chosen on the screen of how a file is read; "" and 0 where the file decides."""

    encoding: str = ""
    part: str = ""
    heading_row: int = 0


def upload_box(t: Translator) -> Upload | None:
    """The file handed in last; a new one is a new form with a key of its own."""
    box = f"import_file_{_number()}"
    file = st.file_uploader(
        t("imports.file"), type=ENDINGS, help=t("imports.file_help"), key=box, on_change=_note_change
    )
    changed = st.session_state.pop("import_box_changed", False)  # else the box is empty because the page was left
    if file is None and changed:
        forget()
    elif file is not None and st.session_state.get("import_given") != file.file_id:
        forget()
        st.session_state["import_given"] = file.file_id
        st.session_state["import_upload"] = keep(file.name, file.getvalue()).plain
        new_form()
    upload = found(st.session_state.get("import_upload"))
    if upload is None:
        forget()
    elif file is None:
        _show_kept(upload, t)
    return upload


def _note_change() -> None:
    st.session_state["import_box_changed"] = True


def _show_kept(upload: Upload, t: Translator) -> None:
    """After a reload the box is empty, though the file is there."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("imports.kept", file=as_text(upload.name)))
        if st.button(t("imports.remove"), icon=":material/close:"):
            clear_file()
            st.rerun()


def is_typed(key: str) -> bool:
    """Whether a key of the session's state holds the file handed in, its form, or how it is to be read."""
    return key in ("import_upload", "import_key") or OF_AN_UPLOAD.search(key) is not None


def _number() -> int:
    """Another number makes another box, which is empty."""
    return st.session_state.get("import_file_number", 0)


def clear_file() -> None:
    """Makes room for another file."""
    forget()
    st.session_state["import_file_number"] = _number() + 1


def new_form() -> None:
    """A key of 128 bits: the same form handed in twice imports once."""
    st.session_state["import_key"] = secrets.token_hex(16)


def forget() -> None:
    read_so = [key for key in map(str, st.session_state) if OF_AN_UPLOAD.search(key)]
    for name in ("import_given", "import_upload", "import_sample", "import_key", *read_so):
        st.session_state.pop(name, None)


def sample(upload: Upload, read_as: ReadAs, t: Translator) -> Sample | None:
    """The beginning of the file; None where it cannot be read, which is said."""
    asked = (upload.path, read_as)
    cached_sample = st.session_state.get("import_sample")
    if cached_sample is None or cached_sample[0] != asked:
        with st.spinner(t("imports.reading")):
            try:
                cached_sample = (asked, _sample(upload, read_as), None)
            except FileRefused as refused:
                cached_sample = (asked, None, refused)
        st.session_state["import_sample"] = cached_sample
    if cached_sample[2]:
        refusal(cached_sample[2], t)
    return cached_sample[1]


def refusal(refused: Sentence, t: Translator) -> None:
    """Why a file is not taken."""
    st.error(f"{t('imports.refused')}  \n{as_text(t.sentence(refused))}")


def _sample(upload: Upload, read_as: ReadAs) -> Sample:
    part, encoding, heading_row = read_as.part or None, read_as.encoding or None, read_as.heading_row or None
    layout = replace(ANY, sheet=part, layer=part, encoding=encoding, heading_row=heading_row)
    return sample_of(read_apart(upload.path, upload.name, layout))
