"""Areas that rows state by name: which one is meant, where several have the same name by the wider area they lie in."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from data.importing.checking.row_errors import RowError, RowErrors
from data.importing.checking.texts import plain
from scoring.errors import Sentence

NONE = -2  # the position of no area: the row states none; -1: it is not to be told which


@dataclass(frozen=True)
class StatedAreas:
    """The areas of one level that the rows state.

    said: codes or names; within: names of wider areas; object (rows,).
    """

    by_name: bool
    said: np.ndarray
    within: np.ndarray | None


@dataclass(frozen=True)
class NamedArea:
    """An area as people call it. names: in either language; wider: the names of every area it lies in."""

    code: str
    names: frozenset[str]
    wider: frozenset[str]
    has_ended: bool = False


@dataclass(frozen=True)
class AreaNames:
    """The areas of a level by name. areas: in the order of their positions."""

    level: str
    areas: tuple[NamedArea, ...]
    by_name: Mapping[str, tuple[int, ...]]

    def positions(self, stated: StatedAreas, wanted: np.ndarray, faults: RowErrors) -> np.ndarray:
        """The position of the area each row names, NONE where it names none; int (rows,).

        A name that no area has, or several that the wider area does not tell apart, is a fault.
        """
        within = [None] * len(stated.said) if stated.within is None else stated.within.tolist()
        known: dict[tuple[str | None, str | None], tuple[int, RowError | None]] = {}
        positions = np.full(len(stated.said), NONE)
        for row, pair in enumerate(zip(stated.said.tolist(), within, strict=True)):
            if pair not in known:
                known[pair] = self._position(*pair)
            positions[row], fault = known[pair]
            if fault and wanted[row]:
                faults.add_all(np.array([row]), fault)
        return positions

    def _position(self, name: str | None, within: str | None) -> tuple[int, RowError | None]:
        if name is None:
            return NONE, None
        found = self.by_name.get(folded(name), ())
        if len(found) > 1 and within is not None:
            found = tuple(position for position in found if folded(within) in self.areas[position].wider)
        found = tuple(position for position in found if not self.areas[position].has_ended) or found
        if len(found) == 1:
            return found[0], None
        return -1, self._several(name, found) if found else self._unknown(name, within)

    def _unknown(self, name: str, within: str | None) -> RowError:
        return RowError(
            "area_unknown",
            "There is no {level} called '{name}'; correct the name, or import that area first.",
            level=Sentence(self.level),
            name=name if within is None else f"{within} {name}",
        )

    def _several(self, name: str, found: tuple[int, ...]) -> RowError:
        return RowError(
            "area_ambiguous",
            "Several {level}s are called '{name}' ({codes}); say with 'within' in the mapping which column names the "
            "wider area, or take their codes.",
            level=Sentence(self.level),
            name=name,
            codes=tuple(self.areas[position].code for position in found),
        )


def area_names(level: str, areas: Iterable[NamedArea]) -> AreaNames:
    every = tuple(areas)
    by_name: dict[str, list[int]] = defaultdict(list)
    for position, area in enumerate(every):
        for name in area.names:
            by_name[name].append(position)
    return AreaNames(level, every, {name: tuple(positions) for name, positions in by_name.items()})


def folded(name: str) -> str:
    """What two ways to write a name have in common: full-width signs, capitals and spaces do not tell areas apart."""
    return plain(name).casefold()
