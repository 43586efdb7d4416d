"""Sums per cell, made beforehand: how many places, where on average, of which classes."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.morton import parents
from geo.point_index import Selection, run_starts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Overlay:
    """Something shown on top of the theme, such as open hazards or vacant homes.

    amounts: what a cell adds up, whole numbers (n,); states: what a single building shows, small whole numbers (n,)
    from 0, which is nothing to show.
    """

    amounts: np.ndarray
    states: np.ndarray


@dataclass(frozen=True, eq=False)
class CellSums:
    """What the cells of one level hold; a cell without places has no row.

    cells: int64 (m,), rising; x, y: sums of Web-Mercator coordinates, (m,); by_class: (m, classes), which add up to
    the count of places; amounts: (m, marks), the sum of each mark; showing: (m, marks), the places that show it.
    """

    level: int
    cells: Ints
    x: Floats
    y: Floats
    by_class: Ints
    amounts: Ints
    showing: Ints

    @property
    def count(self) -> Ints:
        """Places per cell, (m,)."""
        return self.by_class.sum(axis=1)

    def rolled_up(self, level: int) -> "CellSums":
        """The sums of a coarser level."""
        cells = self.cells >> 2 * (self.level - level)
        starts = run_starts(cells)
        return CellSums(level, cells[starts], *(added(column, starts) for column in self._columns))

    def of_cells(self, cells: Ints) -> "CellSums":
        """The rows of those of the given cells that hold any place. cells: sorted."""
        at = np.searchsorted(self.cells, cells)
        at = at[at < len(self.cells)]
        rows = at[self.cells[at] == cells[: len(at)]]
        return CellSums(self.level, self.cells[rows], *(column[rows] for column in self._columns))

    @property
    def _columns(self) -> tuple[np.ndarray, ...]:
        return self.x, self.y, self.by_class, self.amounts, self.showing


def cell_sums(
    selection: Selection, class_of: np.ndarray, classes: int, overlays: Iterable[Overlay], level: int
) -> CellSums:
    """The sums of a selection's cells. class_of: the class of each place of the snapshot, 0..classes-1, (n,)."""
    places, overlays = selection.places, list(overlays)
    cells = parents(selection.take(places.key), level)
    starts = run_starts(cells)
    first_bin = np.repeat(np.arange(len(starts)) * classes, np.diff(starts, append=len(cells)))
    by_class = np.bincount(first_bin + selection.take(class_of), minlength=len(starts) * classes)
    return CellSums(
        level,
        cells[starts],
        added(selection.take(places.x), starts),
        added(selection.take(places.y), starts),
        by_class.reshape(-1, classes),
        _side_by_side(
            [added(selection.take(overlay.amounts).astype(np.int64), starts) for overlay in overlays], len(starts)
        ),
        _side_by_side(
            [added((selection.take(overlay.states) > 0).astype(np.int64), starts) for overlay in overlays], len(starts)
        ),
    )


def _side_by_side(columns: list[Ints], rows: int) -> Ints:
    return np.stack(columns, axis=1) if columns else np.empty((rows, 0), np.int64)


def added(column: np.ndarray, starts: Ints) -> np.ndarray:
    """The sums of the runs of rows that begin at `starts`; numpy's reduceat refuses an empty array."""
    return np.add.reduceat(column, starts, axis=0) if len(starts) else column[:0]
