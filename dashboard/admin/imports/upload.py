"""The file that is to be imported: handed in, kept under a name of ours, and a first look at it."""

import secrets
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.admin.imports.upload_store import Upload, keep
from dashboard.i18n import Sentence, Translator
from dashboard.look.plain_text import as_text
from data.importing.errors import FileRefused
from data.importing.mapping.guess_columns import ANY, Sample, sample_of
from data.importing.reading.sandboxed_reader import read_apart
from data.importing.source_formats import ENDINGS

# Streamlit's own words stand in no language but English.
BUTTON = "[data-testid='stFileUploaderDropzone'] [data-testid='stMarkdownContainer'] p"


@dataclass(frozen=True)
class ReadAs:
    """What was chosen on the screen of how a file is read; "" and 0 where the file decides."""

    encoding: str = ""
    part: str = ""
    heading_row: int = 0


def upload_box(t: Translator) -> Upload | None:
    """The file handed in last; a new one is a new form with a key of its own."""
    button_text = f"{BUTTON}::after {{ font-size: 0.9rem; content: '{t('imports.choose')}'; }}"
    st.html(f"<style>{BUTTON} {{ font-size: 0; }} {button_text}</style>")
    box = f"import_file_{_number()}"
    file = st.file_uploader(t("imports.file"), type=ENDINGS, help=t("imports.file_help"), key=box)
    if file is None:
        forget()
        return None
    if st.session_state.get("import_given") != file.file_id:
        forget()
        st.session_state["import_given"] = file.file_id
        st.session_state["import_upload"] = keep(file.name, file.getvalue())
        new_form()
    return st.session_state["import_upload"]


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
    for name in ("import_given", "import_upload", "import_sample", "import_key"):
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
