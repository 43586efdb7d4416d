"""Arrays in a folder: all of them or none, and read back as they were."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from data.city.array_files import read_columns, read_notes, write_columns

SOME = {
    "day": np.array([date(2024, 2, 29), None], dtype="datetime64[D]"),
    "answers": np.arange(6, dtype=np.uint8).reshape(2, 3),
    "uses": np.array(["住宅", "mixed"], dtype="U40"),
    "nobody": np.array([], dtype=np.int32),
    "no_use": np.array([], dtype="U40"),
    "every_other": np.arange(8)[::2],
}


class Unwritable:
    """An array that fails when it is to be written."""

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        raise OSError("No space left on device")


def test_arrays_and_notes_come_back_as_they_were(tmp_path):
    write_columns(tmp_path / "some", SOME, {"items": ["住宅"], "placed": 2})
    again = read_columns(tmp_path / "some")
    assert again.keys() == SOME.keys()
    for name, values in SOME.items():
        assert again[name].dtype == values.dtype
        np.testing.assert_array_equal(again[name], values)
    assert read_notes(tmp_path / "some") == {"items": ["住宅"], "placed": 2}


def test_what_is_read_cannot_be_written_to(tmp_path):
    write_columns(tmp_path / "some", SOME)
    with pytest.raises(ValueError, match="read-only"):
        read_columns(tmp_path / "some")["answers"][0, 0] = 9


def test_writing_again_replaces_everything(tmp_path):
    write_columns(tmp_path / "some", SOME, {"placed": 2})
    read_before = read_columns(tmp_path / "some")
    write_columns(tmp_path / "some", {"day": SOME["day"][:1]})
    assert read_columns(tmp_path / "some").keys() == {"day"}
    assert read_notes(tmp_path / "some") == {}
    np.testing.assert_array_equal(read_before["answers"], SOME["answers"])  # mapped before, still there


@pytest.mark.parametrize("before", [{}, {"day": SOME["day"]}])
def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path, before):
    if before:
        write_columns(tmp_path / "some", before)
    with pytest.raises(OSError, match="No space"):
        write_columns(tmp_path / "some", {"answers": SOME["answers"], "last": Unwritable()})
    assert [path.name for path in tmp_path.iterdir()] == (["some"] if before else [])
    assert read_columns(tmp_path / "some").keys() == before.keys()


def test_nothing_but_the_folder_is_left_behind(tmp_path):
    for _ in range(2):
        write_columns(tmp_path / "new" / "some", SOME)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["some"]


def test_however_many_arrays_a_folder_has_it_takes_one_open_file(tmp_path):
    write_columns(tmp_path / "some", {f"column {number}": np.arange(3) for number in range(40)})
    before = len(list(Path("/proc/self/fd").iterdir()))
    again = read_columns(tmp_path / "some")
    assert len(again) == 40
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
