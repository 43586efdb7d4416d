"""What is to be written into one table, row by row of the file, and which rows have the same key."""

from collections.abc import Callable, Mapping, Sequence
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
    steps: (step, days) of hazards. age: where rows of one key may differ, the days by which the latest counts, int64.
    has_keys: False for facts whose rows have no key of their own; `key` then only tells them apart within the file.
    void: bool, rows that only withdraw their fact. whole_list: what no row is has ended.
    """

    target: Target
    key: np.ndarray
    writes: np.ndarray
    values: Mapping[str, np.ndarray]
    refs: Mapping[str, np.ndarray]
    repeats: bool
    steps: tuple[tuple[str, np.ndarray], ...] = ()
    age: np.ndarray | None = None
    has_keys: bool = True
    void: np.ndarray | None = None
    whole_list: bool = False

    def first_rows(self, good: np.ndarray) -> np.ndarray:
        """The rows to write, in the order of the file: of each key the first good one, or the one of the latest day."""
        rows = np.flatnonzero(self.writes & good)
        if self.age is not None:
            rows = rows[np.lexsort((rows, self.age[rows]))[::-1]]  # of one day the later row
        return np.sort(rows[~pd.Series(self.key[rows], dtype=object).duplicated().to_numpy()])


def check_repeated(records: Records, numbers: np.ndarray, faults: RowErrors) -> None:
    """A repeated key is a fault of the later row, unless repeats are allowed and say the same, or the latest counts."""
    if records.age is not None:
        return
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


def check_across(several: Sequence[Records], numbers: np.ndarray, faults: RowErrors) -> None:
    """A key that an earlier of several tables of one kind has already is a fault of its row."""
    rows_of: dict[str, int] = {}
    for records in several:
        rows = np.flatnonzero(records.writes & ~faults.bad).tolist()
        keys = records.key[rows].tolist()
        for row, key in zip(rows, keys, strict=True):
            if key in rows_of:
                faults.add_all(np.array([row]), _twice_across(records, row, int(numbers[rows_of[key]])))
        rows_of |= zip(keys, rows, strict=True)


def _twice_across(records: Records, row: int, number: int) -> RowError:
    return RowError(
        "duplicate_code",
        "Two of the mapping's {table}s are called '{said}', the other in row {number}; give each table a key of its "
        "own, for example by a constant in 'parts'.",
        table=Sentence(records.target.name),
        said=_said(records, row),
        number=number,
    )


def _said(records: Records, row: int) -> object:
    """A key as the file says it."""
    key = records.key[row]
    return key[-1] if isinstance(key, tuple) else key.partition(":")[2] if records.target.is_fact else key


def _twice(records: Records, row: int, number: int) -> RowError:
    return RowError(
        "duplicate_code",
        "The {table} '{said}' stood in row {number} already; give each one its own code.",
        table=Sentence(records.target.name),
        said=_said(records, row),
        number=number,
    )


def _conflicts(
    target: Target, name: str | Sentence, values: np.ndarray, first_of: Mapping[int, int], numbers: np.ndarray
) -> Callable[[int], RowError]:
    def fault(row: int) -> RowError:
        first = first_of[row]
        if name == "outline":
            return RowError(
                "rows_conflict",
                "Row {number} speaks of the same {table} with another outline; join the outlines in the file, so that "
                "each {table} stands once.",
                number=numbers[first],
                table=Sentence(target.name),
            )
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
