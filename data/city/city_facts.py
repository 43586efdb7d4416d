"""All facts about a city's buildings, whatever the day: what is stored, and over it what was written since."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from data.city.array_files import Columns
from data.city.changes import CityVersion
from data.city.dated_facts import DatedFacts, Recent, Span
from data.city.fact_merge import GONE, Rows, merged, with_recent
from data.db.models.city import LEVELS
from scoring.grading.facts import FactLog
from scoring.rulebook.fact import BUILDING_FIELDS

STANDING = np.iinfo(np.int32).max  # in the column `ended`, of a building that has not


@dataclass(frozen=True, eq=False)
class CityFacts:
    """The facts of a city at a version of its tables.

    buildings: columns of equal length (and `uses`, the names of the codes in `use`), those on the map first and
    sorted by `key`; a building's position in them is its row. `ended`: the day from which it is no more, int32 days
    since 1970, or STANDING.
    """

    city: str
    buildings: Columns
    n_on_map: int
    stored: DatedFacts
    recent: Recent | None = None

    @property
    def size(self) -> int:
        return len(self.buildings["id"])

    @property
    def version(self) -> CityVersion:
        return self.stored.version if self.recent is None else self.recent.facts.version

    @cached_property
    def span(self) -> Span | None:
        """The days of the first and the last fact of any kind; None where there is none."""
        if self.recent is None:
            return self.stored.span
        spans = (self.stored.span_without(self.recent.rows), self.recent.facts.span)
        days = [day for span in spans if span for day in span]
        return (min(days), max(days)) if days else None

    @cached_property
    def dated(self) -> DatedFacts:
        """What is stored and what is recent in one. Costs a copy of all facts: studies need it, the map does not."""
        return self.stored if self.recent is None else with_recent(self.stored, self.recent)

    @cached_property
    def fact_log(self) -> FactLog:
        return self.with_fields(self.dated.fact_log)

    def with_fields(self, known: FactLog, rows: np.ndarray | slice = slice(None)) -> FactLog:
        """Facts of some buildings with what is said of the buildings themselves; rows: theirs in the city."""
        fields = {name: self.buildings[name][rows].astype(np.float64) for name in BUILDING_FIELDS}
        return replace(known, fields={name: np.where(values > 0, values, np.nan) for name, values in fields.items()})

    @cached_property
    def former_areas(self) -> Columns:
        """As in DatedFacts, of what is stored and what is recent."""
        stored, recent = self.stored.former_areas, self.recent
        if recent is None:
            return stored
        kept, newer = ~np.isin(stored["building"], recent.rows), recent.facts.former_areas
        newer = newer | {"building": recent.rows[newer["building"]]}
        return {name: np.concatenate((values[kept], newer[name])) for name, values in stored.items()}

    def areas_on(self, level: str, on: date) -> np.ndarray:
        """The area of a level that each building lies in at the end of a day, int64 (n,), -1 for none; of those that
        have ended since, the one that ended first."""
        former = self.former_areas
        is_later = former["until"] > np.datetime64(on, "D").astype(np.int64)
        then = np.flatnonzero((former["level"] == LEVELS.index(level)) & is_later)
        if not len(then):
            return self.buildings[level]
        areas, latest_first = self.buildings[level].copy(), then[np.argsort(-former["until"][then], kind="stable")]
        areas[former["building"][latest_first]] = former["area"][latest_first]
        return areas

    @property
    def visits(self) -> Columns:
        return self.dated.visits

    @property
    def vacancies(self) -> Columns:
        return self.dated.vacancies

    @property
    def inspectors(self) -> np.ndarray:
        return self.dated.inspectors

    def as_stored(self) -> "CityFacts":
        return self if self.recent is None else replace(self, recent=None)

    def rows_of(self, ids: np.ndarray) -> np.ndarray:
        return rows_by_id(self.buildings["id"], ids)

    def fact_log_of(self, row: int) -> FactLog:
        """The facts about one building, as a fact log with that building alone."""
        if self.recent is not None:
            place = int(np.searchsorted(self.recent.rows, row))
            if place < len(self.recent.rows) and self.recent.rows[place] == row:
                return self.with_fields(self.recent.facts.of_building(place), np.array([row]))
        return self.with_fields(self.stored.of_building(row), np.array([row]))


def with_buildings(known: CityFacts, touched: np.ndarray, now: CityFacts) -> CityFacts:
    """The facts of a city after some of its buildings came, went or moved; all is stored then, nothing recent.

    touched: ids of the buildings that were written about, int64. now: those of them that there are, with all facts.
    """
    columns, part = known.buildings, now.buildings
    kept = np.flatnonzero(~np.isin(columns["id"], touched))
    buildings = _joined_buildings(columns, kept, part)
    order = np.lexsort((buildings["id"], buildings["key"]))
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order))
    of_known = np.full(known.size, GONE, np.int32)
    of_known[kept] = place[: len(kept)]
    rows = Rows(len(order), of_known, place[len(kept) :])
    sorted_columns = {name: values if name == "uses" else values[order] for name, values in buildings.items()}
    n_on_map = int((kept < known.n_on_map).sum()) + now.n_on_map
    return CityFacts(known.city, sorted_columns, n_on_map, merged(known.dated, now.stored, rows))


def stand_on(buildings: Columns, on: date) -> np.ndarray:
    """Which buildings there are at the end of a day, bool (n,). When a building was built, few sources say."""
    return buildings["ended"] > np.datetime64(on, "D").astype(np.int64)


def rows_by_id(ids: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The position of each wanted id in `ids`; every one must be there."""
    order = np.argsort(ids, kind="stable")
    return order[np.searchsorted(ids, wanted, sorter=order)]


def names_of_uses(buildings: Columns, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
    """What buildings are used for, as text; "" where that is not known."""
    return np.append(buildings["uses"], "")[buildings["use"][rows]]


def _joined_buildings(old: Columns, kept: np.ndarray, new: Columns) -> Columns:
    """The columns of the kept buildings and behind them those of the new; `use` by the names that are in use."""
    joined = {
        name: np.concatenate((values[kept], new[name])) for name, values in old.items() if name not in ("use", "uses")
    }
    names = np.concatenate((names_of_uses(old, kept), names_of_uses(new)))
    is_known = np.concatenate((old["use"][kept], new["use"])) >= 0
    uses = np.unique(names[is_known])
    use = np.where(is_known, np.searchsorted(uses, names), -1).astype(np.int16)
    return joined | {"use": use, "uses": uses}
