"""The first look at a file that was handed in, which the server itself takes: nothing in the file breaks it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.admin.imports.upload import DELIMITERS, delimiter_of
from dashboard.admin.imports.upload_store import Upload

A_ZIP = b"PK\x03\x04 a \r member"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("uploads")


def guessed(folder, data: bytes) -> str:
    (folder / "file").write_bytes(data)
    return delimiter_of(Upload("theirs.csv", folder / "file"))


@pytest.mark.parametrize(
    ("data", "delimiter"),
    [
        (b"a,b,c\n1;2,3,4\n", ","),
        (b"a;b;c\r\n1,2;3;4\r\n", ";"),
        (b"a\tb\r1\t2\r", "\t"),
        (b'"x;y;z"|b|c\n', "|"),
        (b"", ","),
    ],
    ids=["commas", "semicolons", "lines that end as on an old Macintosh", "a quoted cell", "an empty file"],
)
def test_the_delimiter_is_that_of_the_first_line(folder, data, delimiter):
    assert guessed(folder, data) == delimiter


@given(data=st.binary(max_size=200) | st.text(alphabet='a"\r\n,;\t|\0\x0b\x85\u2028', max_size=40).map(str.encode))
@example(data=A_ZIP)
def test_no_bytes_break_the_first_look(folder, data):
    assert guessed(folder, data) in f",{DELIMITERS}"
