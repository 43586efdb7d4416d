"""Arrays in a file: all of them or none, read back as they were, or refused."""

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from errno import EFBIG
from pathlib import Path

import numpy as np
import pytest

from data.city.array_files import ArraysDamaged, read_columns, read_notes, write_columns

TOWN = "lockside"
SOME = {
    "day": np.array([date(2024, 2, 29), None], dtype="datetime64[D]"),
    "answers": np.arange(6, dtype=np.uint8).reshape(2, 3),
    "uses": np.array(["住宅", "mixed"], dtype="U40"),
    "nobody": np.array([], dtype=np.int32),
    "no_use": np.array([], dtype="U40"),
    "every_other": np.arange(8)[::2],
}


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """What `ulimit -f` sets, for this process and this block."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "new" / "some.arrays"


def test_arrays_and_notes_come_back_as_they_were(file):
    write_columns(file, TOWN, SOME, {"items": ["住宅"], "placed": 2})
    again, notes = read_columns(file, TOWN)
    assert again.keys() == SOME.keys()
    for name, values in SOME.items():
        assert again[name].dtype == values.dtype
        np.testing.assert_array_equal(again[name], values)
    assert notes == read_notes(file, TOWN) == {"items": ["住宅"], "placed": 2}


def test_what_is_read_cannot_be_written_to(file):
    write_columns(file, TOWN, SOME)
    with pytest.raises(ValueError, match="read-only"):
        read_columns(file, TOWN)[0]["answers"][0, 0] = 9


def test_writing_again_replaces_everything(file):
    write_columns(file, TOWN, SOME, {"placed": 2})
    write_columns(file, TOWN, {"day": SOME["day"][:1]})
    columns, notes = read_columns(file, TOWN)
    assert (columns.keys(), notes) == ({"day"}, {})


@pytest.mark.parametrize("before", [{}, {"day": SOME["day"]}])
def test_a_failure_leaves_what_was_there_and_nothing_else(file, before):
    if before:
        write_columns(file, TOWN, before)
    with no_file_longer_than(5_000), pytest.raises(OSError, match="File too large") as refused:
        write_columns(file, TOWN, {"answers": np.zeros(10_000), "last": SOME["answers"]})
    assert refused.value.errno == EFBIG  # which is what the sentence is made of
    assert [path.name for path in file.parent.iterdir()] == ([file.name] if before else [])
    if before:
        assert read_columns(file, TOWN)[0].keys() == before.keys()


def test_nothing_but_the_file_is_left_behind(file):
    for _ in range(2):
        write_columns(file, TOWN, SOME)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def open_files() -> set[str]:
    """The files this process holds open; what others left open may be closed meanwhile."""
    held = set()
    for one in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            held.add(os.readlink(one))
    return held


def test_what_was_read_takes_no_open_file_and_stays_as_it_was_whatever_becomes_of_the_file(file):
    write_columns(file, TOWN, SOME)
    with file.open("rb"):
        assert str(file) in open_files()  # one that is open is seen
    columns, _ = read_columns(file, TOWN)
    assert str(file) not in open_files()
    file.write_bytes(b"")  # cut short in place: whoever had it mapped would end by SIGBUS
    np.testing.assert_array_equal(columns["answers"], SOME["answers"])


def test_every_changed_byte_is_noticed(file):
    write_columns(file, TOWN, {"day": SOME["day"], "answers": SOME["answers"]}, {"placed": 2})
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(ArraysDamaged):
            read_columns(file, TOWN)


def test_every_length_but_the_right_one_is_noticed_without_reading_the_arrays(file):
    write_columns(file, TOWN, SOME)
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(ArraysDamaged):
            read_notes(file, TOWN)
    file.write_bytes(whole + b"\0")
    with pytest.raises(ArraysDamaged, match="length"):
        read_notes(file, TOWN)


def renamed(file: Path) -> Path:
    return file.rename(file.with_name("other.arrays"))


@pytest.mark.parametrize(("moved", "of"), [(renamed, TOWN), (lambda file: file, "otherbank")])
def test_what_belongs_elsewhere_is_refused_though_it_is_whole(file, moved: Callable[[Path], Path], of: str):
    write_columns(file, TOWN, SOME)
    with pytest.raises(ArraysDamaged, match="of"):
        read_columns(moved(file), of)
