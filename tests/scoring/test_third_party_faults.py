"""What libraries say of files is said in words of ours, and what nobody knows is a number in the log."""

import re
import sqlite3
import tomllib
import zipfile
import zlib

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from scoring.third_party_faults import LibraryFault, library_fault


def said(act, *arguments) -> LibraryFault:
    """What a library says when it is asked for what it cannot do."""
    with pytest.raises(Exception) as caught:  # of whatever kind
        act(*arguments)
    return library_fault(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = 1\nb", "an '=' is missing"),
        ("a = 1 b = 2", "a line goes on where it should end"),
        ("a = {b = 1", "a bracket is not closed"),
        ("[a", "a bracket is not closed"),
        ('a = "x', "a quotation mark is not closed"),
        ('a = "x\nb"', "a quotation mark is not closed"),
        ("a = 'x", "a quotation mark is not closed"),
        ("a = 1\na = 2", "a key stands twice"),
        ("[a]\n[a]", "a table stands twice, or is closed already"),
        ("a = yes", "the value is none; texts stand in quotation marks"),
        ("a = 2024-02-30", "the day is none of the calendar"),
        (r'a = "C:\user"', "a backslash must be written twice"),
        (r'a = "\q"', "a backslash must be written twice"),
        ('a = "\x01"', "there is a sign that no TOML may hold"),
        ("= 1", "what stands there is no TOML"),
    ],
)
def test_what_is_wrong_in_a_toml_text_is_said_with_its_place(text, words):
    fault = said(tomllib.loads, text)
    assert fault.is_known and str(fault.values["wrong"]) == words
    assert "line" in fault.values or fault.template.startswith("at the end")
    assert str(fault).endswith(f"{words}: {fault.own_words}")


def a_database(folder) -> sqlite3.Connection:
    file = folder / "a.sqlite"
    file.write_bytes(b"no database" * 200)
    return sqlite3.connect(file)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Invalid value (at end of document)", "the text ends where a value or a bracket should stand"),
        ("database is locked", "another program holds the database locked"),
        ("database or disk is full", "the disk is full"),
        ("database disk image is malformed", "its content is damaged"),
        ("attempt to write a readonly database", "it can only be read"),
        ("unable to open database file", "it cannot be opened"),
        ("disk I/O error", "the disk reports an error"),
        ("no such table: buildings", "its table buildings is missing"),
        ("[Errno 28] No space left on device", "the disk is full"),
        ("'x.gpkg' not recognized as being in a supported file format.", "it is no file of any known format"),
        ("Layer 'a' could not be opened", "a layer of it cannot be read"),
        ("Parquet magic bytes not found in footer. Either the file is corrupted", "its end is missing"),
        ("Couldn't deserialize thrift: TProtocolException: Invalid data", "what it says of its columns is damaged"),
        ("Error tokenizing data. C error: Expected 3 fields in line 5, saw 7", "line 5 has 7 cells, and the heading 3"),
        (
            "Error tokenizing data. C error: EOF inside string starting at row 4",
            "a quotation mark in row 4 is not closed",
        ),
        ("Bad CRC-32 for file 'a.xml'", "its content does not match its checksum"),
        ("There is no item named 'xl/workbook.xml' in the archive", "'xl/workbook.xml' is missing in it"),
        ("Ring Self-intersection[113.9 22.5]", "its border crosses itself at 113.9 22.5"),
    ],
)
def test_messages_of_libraries_have_sentences_of_ours(message, words):
    fault = library_fault(message)
    assert fault.is_known and fault.template.format(**fault.values) == words
    assert str(fault) == f"{words}: {message}"


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda folder: a_database(folder).execute("SELECT 1 FROM x"), "it is no file of SQLite"),
        (lambda folder: sqlite3.connect(folder / "no" / "a.sqlite"), "it cannot be opened"),
        (lambda folder: zipfile.ZipFile(folder / "a"), "it is not there"),
        (lambda folder: zlib.decompress(b"abc"), "its compressed content is damaged"),
        (lambda folder: b"\xb1".decode("utf-8"), "byte 0 is no utf-8"),
        (lambda folder: re.compile("a(b"), "the bracket at sign 1 is not closed"),
        (lambda folder: re.compile("a)"), "the bracket at sign 1 was never opened"),
        (lambda folder: re.compile("*a"), "the sign at 0 repeats nothing"),
        (lambda folder: re.compile(r"\q"), "what stands at sign 0 is not known"),
        (lambda folder: shapely.geometry.shape({"type": "Polygon", "coordinates": [[[0, 0]]]}),
         "a line or border has too few points"),
        (lambda folder: shapely.geometry.shape({"type": "Point", "coordinates": ["x", "y"]}),
         "a coordinate is no number"),
    ],
)  # fmt: skip
def test_what_libraries_say_today_is_known(act, words, tmp_path):
    fault = said(act, tmp_path)
    assert fault.is_known and fault.template.format(**fault.values) == words, fault.own_words


@given(st.text(min_size=1))
def test_what_nobody_knows_is_a_number_on_a_page_and_its_own_words_on_the_command_line(words):
    message = f"Zyx {words}"
    fault = library_fault(message)
    if not fault.is_known:
        assert str(fault) == fault.own_words == message.strip()[:2_000]
        assert fault.template.format(**fault.values) == f"details are in the log, number {fault.values['number']}"
        assert library_fault(message).values == fault.values


def test_the_number_of_a_message_is_no_other_ones():
    assert library_fault("Zyx 1").values["number"] != library_fault("Zyx 2").values["number"]
