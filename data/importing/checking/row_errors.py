"""What is wrong with single rows: a row with a fault is rejected as a whole, with every reason it has."""

from collections.abc import Callable

import numpy as np

from data.importing.checking.object_arrays import not_null
from scoring.errors import Sentence


class RowError(Sentence):
    """A short code for the kind of mistake, and the sentence that names the cure."""

    def __init__(self, reason: str, template: str, /, **values: object) -> None:
        super().__init__(template, **values)
        self.reason = reason


class RowErrors:
    """The faults of one file's rows. bad: bool (rows,), True where a row has at least one."""

    def __init__(self, rows: int) -> None:
        self.bad = np.zeros(rows, bool)
        self.by_row: dict[int, list[RowError]] = {}

    def add(self, faults: np.ndarray, among: np.ndarray | None = None) -> None:
        """faults: one a row, or None; shape (rows,). among: bool (rows,), the rows they matter to."""
        faulty = not_null(faults)
        if among is not None:
            faulty &= among
        self.add_each(np.flatnonzero(faulty), lambda row: faults[row])

    def add_each(self, rows: np.ndarray, fault: Callable[[int], RowError]) -> None:
        for row in rows.tolist():
            new = fault(row)
            faults = self.by_row.setdefault(row, [])
            if new not in faults:
                faults.append(new)
        self.bad[rows] = True

    def add_all(self, rows: np.ndarray, fault: RowError) -> None:
        """The same fault for each of the rows (numbers)."""
        self.add_each(rows, lambda row: fault)

    def listed(self) -> list[tuple[int, tuple[RowError, ...]]]:
        """Row (from 0) and all mistakes of each rejected row, in the order of the file."""
        return [(row, tuple(faults)) for row, faults in sorted(self.by_row.items())]
