"""Arrays kept side by side in a folder, mapped into memory instead of read."""

import json
import mmap
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

Columns = dict[str, np.ndarray]
ARRAYS, NOTES = "arrays.bin", "notes.json"
ALIGNED = 64  # bytes
HEAD_LENGTH = 8  # bytes of the number that says how long the names, types and shapes before the arrays are


def write_columns(folder: Path, columns: Mapping[str, np.ndarray], notes: Mapping | None = None) -> None:
    """Puts the arrays into one file of `folder`, all or none, replacing what was there.

    One file, as each that is mapped takes one of the process's open files for as long as any of its arrays is used.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
        fresh = Path(scratch, "fresh")
        fresh.mkdir()
        arrays = {name: np.ascontiguousarray(values) for name, values in sorted(columns.items())}
        with (fresh / ARRAYS).open("wb") as file:
            head = json.dumps({name: (array.dtype.str, array.shape) for name, array in arrays.items()}).encode()
            file.write(len(head).to_bytes(HEAD_LENGTH, "little") + head)
            for array in arrays.values():
                file.write(bytes(_padding(file.tell())))
                array.tofile(file)
        (fresh / NOTES).write_text(json.dumps(dict(notes or {}), ensure_ascii=False), encoding="utf-8")
        with suppress(FileNotFoundError):
            folder.rename(Path(scratch, "old"))
        fresh.rename(folder)


def read_columns(folder: Path) -> Columns:
    """The arrays of `folder`, mapped read-only: every process on the machine shares the same pages.

    Empty where there is no such folder.
    """
    try:
        with (folder / ARRAYS).open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        return {}
    at = HEAD_LENGTH + int.from_bytes(mapped[:HEAD_LENGTH], "little")
    columns = {}
    for name, (kind, shape) in json.loads(mapped[HEAD_LENGTH:at]).items():
        at += _padding(at)
        values = np.frombuffer(mapped, np.dtype(kind), int(np.prod(shape, dtype=np.int64)), at)
        columns[name] = values.reshape(shape)
        at += values.nbytes
    return columns


def _padding(at: int) -> int:
    """Bytes up to where the next array begins."""
    return -at % ALIGNED


def read_notes(folder: Path) -> dict:
    return json.loads((folder / NOTES).read_text(encoding="utf-8"))
