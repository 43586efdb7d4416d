"""The result of importing one file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.importing.checking.row_errors import RowError
from data.importing.writing.master_data import Tally


@dataclass(frozen=True)
class MendedOutline:
    """A broken outline that was taken in as it was mended; see data.importing.checking.places.Mended."""

    code: str
    why: str
    km2_before: float
    km2_after: float


@dataclass(frozen=True)
class Outcome:
    """The result of importing one file.

    read: rows of the file. tallies: table → new, changed, unchanged. off_map: reason → buildings. outside:
    level → buildings placed by outline that lie in no area of it. mended: broken outlines that were mended. frame:
    the rejected rows; row_numbers: theirs in the file, 1 is the first after the heading; faults: row of the frame,
    reason, sentence in English; row_errors: all mistakes of each row, empty for a file of earlier. places: lon, lat of
    the file's buildings in WGS 84 degrees, shape (buildings on the map, 2).
    """

    import_id: int
    file_name: str
    mapping: str
    read: int
    tallies: dict[str, Tally]
    off_map: dict[str, int]
    frame: pd.DataFrame
    faults: list[tuple[int, str, str]]
    row_numbers: np.ndarray
    places: np.ndarray
    row_errors: Sequence[tuple[RowError, ...]] = ()
    outside: Mapping[str, int] = field(default_factory=dict)
    mended: Sequence[MendedOutline] = ()

    def counts(self) -> dict:
        """As it is stored with the import: read, new, changed, unchanged, set_aside, and the same by table."""
        tables = {name: dict(vars(tally)) for name, tally in self.tallies.items()}
        total = {name: sum(table[name] for table in tables.values()) for name in ("new", "changed", "unchanged")}
        rows = {"read": self.read, "set_aside": len(self.faults)}
        return {**rows, **total, "tables": tables, "off_map": self.off_map, "outside": dict(self.outside)} | (
            {"mended": [vars(one) for one in self.mended]} if self.mended else {}
        )
