"""The result of importing one file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from data.importing.checking.row_errors import RowError
from data.importing.writing.areas_in_use import AreaInUse
from data.importing.writing.master_data import Tally
from data.importing.writing.whole_lists import Missing
from scoring.errors import Sentence
from scoring.third_party_faults import LibraryFault, library_fault


@dataclass(frozen=True)
class SeenBefore:
    """The latest import that brought the very same bytes into the same tables. day: as the server's clock has it."""

    import_id: int
    day: date

    def as_json(self) -> dict:
        return {"import": self.import_id, "day": self.day.isoformat()}


@dataclass(frozen=True)
class MendedOutline:
    """A broken outline that was taken in as it was mended; see data.importing.checking.places.Mended."""

    code: str
    why: LibraryFault
    km2_before: float
    km2_after: float

    def as_json(self) -> dict[str, Any]:
        return vars(self) | {"why": self.why.own_words}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "MendedOutline":
        return cls(**{**kept, "why": library_fault(kept["why"])})


@dataclass(frozen=True)
class Outcome:
    """The result of importing one file.

    read: rows of the file. tallies: table → new, changed, unchanged. off_map: reason → buildings. outside:
    level → buildings placed by outline that lie in no area of it. mended: broken outlines that were mended. frame: the
    rejected rows; row_numbers: theirs in the file, 1 is the first after the heading; faults: row of the frame, reason,
    sentence in English; row_errors: all mistakes of each row, empty for a file of earlier. places: lon, lat of the
    file's buildings in WGS 84 degrees, shape (buildings on the map, 2). notes: what a person should know of how the
    file was read; not kept with the import. repeated: rows that name a stored fact and say something else. seen_before:
    an import of the same bytes. same: table → rows without a key that were taken for facts of earlier files. found:
    imports whose facts rows of this file are. ended: table → how many records count no more. missing: table → what a
    whole list does not name any more. in_use: areas that were to end and stand on. unread: headings of columns that no
    field is read from; rejected_places: lon, lat of the rejected rows in WGS 84 degrees as the file says them, NaN
    where it does not, shape (rows, 2); neither is kept with the import.
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
    notes: tuple[Sentence, ...] = ()
    repeated: int = 0
    seen_before: SeenBefore | None = None
    same: Mapping[str, int] = field(default_factory=dict)
    found: tuple[int, ...] = ()
    ended: Mapping[str, int] = field(default_factory=dict)
    missing: Mapping[str, Missing] = field(default_factory=dict)
    outside: Mapping[str, int] = field(default_factory=dict)
    mended: Sequence[MendedOutline] = ()
    in_use: Sequence[AreaInUse] = ()
    unread: tuple[str, ...] = ()
    rejected_places: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))

    @property
    def unanswered(self) -> dict[str, Missing]:
        """What did not end as it is too much to end unasked."""
        return {table: counts for table, counts in self.missing.items() if not counts.ended}

    def counts(self) -> dict[str, Any]:
        """As it is stored with the import: read, new, changed, unchanged, set_aside, and the same by table."""
        tables = {name: dict(vars(tally)) for name, tally in self.tallies.items()}
        total = {name: sum(table[name] for table in tables.values()) for name in ("new", "changed", "unchanged")}
        rows = {"read": self.read, "set_aside": len(self.faults)}
        more: dict[str, Any] = {"repeated": self.repeated} if self.repeated else {}
        more |= {"same": dict(self.same)} if self.same else {}
        more |= {"ended": dict(self.ended)} if self.ended else {}
        more |= {"missing": {table: vars(counts) for table, counts in self.missing.items()}} if self.missing else {}
        more |= {"in_use": [vars(one) for one in self.in_use]} if self.in_use else {}
        more |= {"mended": [one.as_json() for one in self.mended]} if self.mended else {}
        more |= {"found": list(self.found)} if self.found else {}
        more |= {"seen_before": self.seen_before.as_json()} if self.seen_before else {}
        return {**rows, **total, "tables": tables, "off_map": self.off_map, "outside": dict(self.outside), **more}
