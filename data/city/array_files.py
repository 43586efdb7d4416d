"""Arrays kept side by side in a folder, mapped into memory instead of read."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

Columns = dict[str, np.ndarray]


def write_columns(folder: Path, columns: Mapping[str, np.ndarray], notes: Mapping | None = None) -> None:
    """Puts one `.npy` file per array in `folder`, all or none, replacing what was there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
        fresh = Path(scratch, "fresh")
        fresh.mkdir()
        for name, values in columns.items():
            np.save(fresh / f"{name}.npy", np.ascontiguousarray(values))
        (fresh / "notes.json").write_text(json.dumps(dict(notes or {}), ensure_ascii=False), encoding="utf-8")
        with suppress(FileNotFoundError):
            folder.rename(Path(scratch, "old"))
        fresh.rename(folder)


def read_columns(folder: Path) -> Columns:
    """The arrays of `folder`, mapped read-only: every process on the machine shares the same pages."""
    return {path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}


def read_notes(folder: Path) -> dict:
    return json.loads((folder / "notes.json").read_text(encoding="utf-8"))
