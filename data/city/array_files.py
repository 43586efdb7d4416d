"""Arrays side by side in a file that shows any damage: read into memory and summed, not mapped.

A mapped file that is cut short ends the process that looks at it, and one that is written over is no longer what was
summed. What it costs to read instead stands in docs/measurements.md.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO
from zlib import crc32  # for damage, not for malice: whoever may write here could write a sum as well

import numpy as np

from data.errors import DataError

Columns = dict[str, np.ndarray]
SIGN = b"ARRAYS 2"
NUMBER = 4  # bytes each of the head's length and of its sum
LONGEST_HEAD = 2**24  # bytes; a greater length is damage


class ArraysDamaged(DataError):
    """A file of arrays that is not as it was written, or that belongs elsewhere."""


@dataclass(frozen=True)
class Head:
    """What stands before the arrays. arrays: by name type, shape and sum, in the order of the file.

    of: what the file is part of. start: where the first array begins.
    """

    of: str
    notes: dict
    arrays: Mapping[str, tuple[str, list[int], int]]
    start: int

    @property
    def length(self) -> int:
        """Bytes of the whole file."""
        return self.start + sum(np.dtype(kind).itemsize * _count(shape) for kind, shape, _ in self.arrays.values())


def write_columns(file: Path, of: str, columns: Mapping[str, np.ndarray], notes: Mapping | None = None) -> None:
    """Writes the arrays into a new file that then takes its name: whole, or what was there stays.

    of: what the file is part of, which whoever reads it must name.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    arrays = {name: np.ascontiguousarray(values) for name, values in sorted(columns.items())}
    kinds = {name: (array.dtype.str, array.shape, _sum(array)) for name, array in arrays.items()}
    head = json.dumps({"of": f"{of}/{file.name}", "notes": dict(notes or {}), "arrays": kinds}).encode()
    with _taking_the_place_of(file) as fresh:
        fresh.write(SIGN + b"".join(number.to_bytes(NUMBER, "little") for number in (len(head), crc32(head))) + head)
        for array in arrays.values():
            fresh.write(array.reshape(-1).view(np.uint8).data)  # unlike tofile, which hides why it could not


def read_columns(file: Path, of: str) -> tuple[Columns, dict]:
    """The arrays, read-only, and the notes. Raises FileNotFoundError, another OSError, or ArraysDamaged."""
    with file.open("rb") as opened:
        head = _head(opened, of)
        return {name: _array(opened, name, *kind) for name, kind in head.arrays.items()}, head.notes


def read_notes(file: Path, of: str) -> dict:
    """The notes of a file of which head and length are right; its arrays are not summed. Raises as read_columns."""
    with file.open("rb") as opened:
        return _head(opened, of).notes


def seems_whole(file: Path, of: str) -> bool:
    """Whether the file is there with the head and the length it was written with."""
    try:
        read_notes(file, of)
    except (ArraysDamaged, OSError):
        return False
    return True


def _head(file: IO[bytes], of: str) -> Head:
    name = Path(file.name).name
    before = file.read(len(SIGN) + 2 * NUMBER)
    length, expected = (int.from_bytes(before[-at:][:NUMBER], "little") for at in (2 * NUMBER, NUMBER))
    text = file.read(min(length, LONGEST_HEAD))
    if not before.startswith(SIGN) or len(text) != length or crc32(text) != expected:
        raise _damaged(file, "head")
    head = Head(**json.loads(text), start=file.tell())
    if head.of != f"{of}/{name}":
        raise _damaged(file, "of")
    if os.fstat(file.fileno()).st_size != head.length:
        raise _damaged(file, "length")
    return head


def _array(file: IO[bytes], name: str, kind: str, shape: list[int], expected: int) -> np.ndarray:
    values = np.fromfile(file, np.dtype(kind), _count(shape))
    if len(values) != _count(shape) or _sum(values) != expected:
        raise _damaged(file, name)
    values.flags.writeable = False
    return values.reshape(shape)


def _damaged(file: IO[bytes], part: str) -> ArraysDamaged:
    return ArraysDamaged("{file} is not as it was written ({part}).", file=file.name, part=part)


def _count(shape: list[int]) -> int:
    return int(np.prod(shape, dtype=np.int64))


def _sum(array: np.ndarray) -> int:
    return crc32(array.reshape(-1).view(np.uint8).data)


@contextmanager
def _taking_the_place_of(file: Path) -> Iterator[IO[bytes]]:
    with NamedTemporaryFile(prefix=f".{file.name}-", dir=file.parent, delete=False) as fresh:
        try:
            yield fresh.file
            fresh.flush()
            Path(fresh.name).replace(file)
        except BaseException:
            with suppress(OSError):
                Path(fresh.name).unlink()
            raise
