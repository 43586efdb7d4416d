"""What is to be written into one table, row by row of the file, and which rows have the same key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.importing.checking.row_errors import RowError, RowErrors
from data.importing.mapping.fields import Target
from scoring.errors import Sentence


@dataclass(frozen=True)
class Records:
    """One table's share of a file. Every array is of shape (rows,).

    key: the natural key, a text or a tuple, None where the row has none. writes: bool, rows that are written; the
    others only refer to existing rows. values: column → values. refs: table referred to → its natural key.
    steps: (step, days) of hazards. has_keys: False for facts whose rows have no key of their own; `key` then only tells
    them apart within the file. void: bool, rows that only withdraw their fact. whole_list: what no row is has ended.
    """

    target: Target
    key: np.ndarray
    writes: np.ndarray
    values: Mapping[str, np.ndarray]
    refs: Mapping[str, np.ndarray]
    repeats: bool
    steps: tuple[tuple[str, np.ndarray], ...] = ()
    has_keys: bool = True
    void: np.ndarray | None = None
    whole_list: bool = False

    def first_rows(self, good: np.ndarray) -> np.ndarray:
        """The rows to write: the first good one of each key, in the order of the file."""
        rows = np.flatnonzero(self.writes & good)
        return rows[~pd.Series(self.key[rows], dtype=object).duplicated().to_numpy()]


def check_repeated(records: Records, numbers: np.ndarray, faults: RowErrors) -> None:
    """A repeated key is a fault of the later row, unless repeats are allowed and say the same."""
    rows = np.flatnonzero(records.writes & ~faults.bad)
    codes, _ = pd.factorize(pd.Series(records.key[rows], dtype=object))
    first = rows[np.unique(codes, return_index=True)[1]][codes]
    later = rows != first
    first_of = dict(zip(rows[later].tolist(), first[later].tolist(), strict=True))
    if not records.repeats:
        faults.add_each(rows[later], lambda row: _twice(records, row, int(numbers[first_of[row]])))
        return
    steps: dict[str | Sentence, np.ndarray] = {
        Sentence("the day of '{step}'", step=Sentence(step)): days for step, days in records.steps
    }
    for name, values in (*{**records.refs, **records.values}.items(), *steps.items()):
        differs = rows[later & np.not_equal(values[rows], values[first])]
        faults.add_each(differs, _conflicts(records.target, name, values, first_of, numbers))


def _twice(records: Records, row: int, number: int) -> RowError:
    key = records.key[row]
    said = key[-1] if isinstance(key, tuple) else key.partition(":")[2] if records.target.is_fact else key
    return RowError(
        "duplicate_code",
        "The {table} '{said}' stood in row {number} already; give each one its own code.",
        table=Sentence(records.target.name),
        said=said,
        number=number,
    )


def _conflicts(
    target: Target, name: str | Sentence, values: np.ndarray, first_of: Mapping[int, int], numbers: np.ndarray
) -> Callable[[int], RowError]:
    def fault(row: int) -> RowError:
        first = first_of[row]
        return RowError(
            "rows_conflict",
            "Row {number} speaks of the same {table} and says '{first}' for {name}, this row says '{here}'; make "
            "them agree.",
            number=numbers[first],
            table=Sentence(target.name),
            first=values[first],
            name=name,
            here=values[row],
        )

    return fault
