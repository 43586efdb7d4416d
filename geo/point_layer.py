"""What is drawn of a selection: a theme that colours the places, and marks upon them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.cell_sums import CellSums, Overlay, cell_sums
from geo.errors import WrongTheme
from geo.morton import BITS, MERCATOR_EDGE, cell_xy, cells_in, unit_xy
from geo.point_index import Selection

Ints = NDArray[np.int64]

CELL_LEVELS = 3  # a cell lies this many levels below the zoom of the tile that draws it
CELLS_A_SIDE = 1 << CELL_LEVELS  # 64 css pixels each: room for a ring chart with its number
COVER_LEVELS = 5  # a box is covered by 16 to 33 cells a side: only the places in its outermost cells are looked at


@dataclass(frozen=True, eq=False)
class Theme:
    """The class of every place of a snapshot: a grade, a band, a state.

    codes: whole numbers (n,), 0..classes-2, or -1 for a place without a class; that is the last class, classes-1.
    Raises WrongTheme for a code beyond.
    """

    codes: np.ndarray
    classes: int

    def __post_init__(self) -> None:
        if len(self.codes) and not -1 <= self.codes.min() <= self.codes.max() < self.classes - 1:
            wrong = f"{self.codes.min()}..{self.codes.max()}"
            raise WrongTheme(
                "Codes run {wrong} but must lie in -1..{last}; -1 is the last class.",
                wrong=wrong,
                last=self.classes - 2,
            )

    @cached_property
    def class_of(self) -> np.ndarray:
        """The class of every place, 0..classes-1."""
        return np.where(self.codes < 0, self.classes - 1, self.codes).astype(np.int8)


@dataclass(frozen=True)
class Counts:
    """What a part of the map holds: places by class, and per mark its sum and the buildings that show it."""

    by_class: tuple[int, ...]
    amounts: Mapping[str, int]
    buildings: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class PointLayer:
    """A selection in the colours of a theme with its marks, by their names in the tiles."""

    selection: Selection
    theme: Theme
    overlays: Mapping[str, Overlay] = field(default_factory=dict)

    @property
    def finest(self) -> int:
        """The level of the smallest cells drawn: those of the last zoom before single buildings."""
        return self.selection.first_building_zoom - 1 + CELL_LEVELS

    @cached_property
    def _sums(self) -> dict[int, CellSums]:
        overlays = self.overlays.values()
        return {self.finest: cell_sums(self.selection, self.theme.class_of, self.theme.classes, overlays, self.finest)}

    def sums(self, level: int) -> CellSums:
        """The sums of a level no finer than `finest`, rolled up once from the next finer one."""
        found = self._sums.get(level)
        if found is None:
            found = self._sums[level] = self.sums(level + 1).rolled_up(level)
        return found

    def counts_in_view(self, west: float, south: float, east: float, north: float) -> Counts:
        """The selected places in a box of WGS 84 degrees, edges included, counted for the legend.

        Cells wholly inside are read off the sums; only the places in cells that the edge cuts are looked at.
        """
        box = _Box.of(west, south, east, north)
        level = min(box.level, self.finest)
        inner, edge = box.cells(level)
        sums, rows = self.sums(level).of_cells(inner), box.inside(self.selection, edge, level)
        by_class = sums.by_class.sum(axis=0) + np.bincount(self.theme.class_of[rows], minlength=self.theme.classes)
        amounts, showing = sums.amounts.sum(axis=0), sums.showing.sum(axis=0)
        overlays = list(self.overlays.items())
        return Counts(
            tuple(by_class.tolist()),
            {name: int(amounts[i] + overlay.amounts[rows].sum()) for i, (name, overlay) in enumerate(overlays)},
            {
                name: int(showing[i] + np.count_nonzero(overlay.states[rows]))
                for i, (name, overlay) in enumerate(overlays)
            },
        )


@dataclass(frozen=True)
class _Box:
    """A box in Web-Mercator 0..1, y down, edges included."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, west: float, south: float, east: float, north: float) -> "_Box":
        edge = MERCATOR_EDGE  # a view of the whole world reaches beyond the map
        (left, right), (top, bottom) = unit_xy(np.clip((west, east), -180, 180), np.clip((north, south), -edge, edge))
        return cls(float(left), float(top), float(right), float(bottom))

    @property
    def level(self) -> int:
        side = max(self.right - self.left, self.bottom - self.top, 2.0**-BITS)
        return int(np.clip(COVER_LEVELS - np.ceil(np.log2(side)), 0, BITS))

    def cells(self, level: int) -> tuple[Ints, Ints]:
        """The cells wholly inside, and those that the edge cuts."""
        left, top, right, bottom = (int(edge * (1 << level)) for edge in (self.left, self.top, self.right, self.bottom))
        covering = cells_in(left, top, right - left + 1, bottom - top + 1, level)
        column, row = cell_xy(covering, level)
        inner = (column > left) & (column < right) & (row > top) & (row < bottom)
        return covering[inner], covering[~inner]

    def inside(self, selection: Selection, cells: Ints, level: int) -> Ints:
        """The selected rows of these cells that lie in the box."""
        rows = selection.rows_in(cells, level)
        x, y = selection.places.x[rows], selection.places.y[rows]
        return rows[(x >= self.left) & (x <= self.right) & (y >= self.top) & (y <= self.bottom)]
