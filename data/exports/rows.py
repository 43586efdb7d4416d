"""The one source of rows for every format: the chosen buildings with the columns the scope allows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data.access.fact_rights import scores_withheld_facts
from data.access.roles import AccessScope
from data.city import queries
from data.city.snapshots import NEVER, Snapshot, scores_seen_by
from data.db.engine import reading
from data.db.models.city import HAZARD_GROUPS, LEVELS, City
from data.errors import DataError
from scoring.rulebook.model import Edition

ROWS_AT_ONCE = 4_000  # about 4 MB of Python objects, and within one statement's parameters
DEGREE_DECIMALS = 7  # of a degree: a centimetre
SCORE_DECIMALS = 4
Kind = Literal["text", "whole", "decimal"]
Batch = Mapping[str, list[Any]]


class CityChanged(DataError):
    """An import or a removal came between the counting and the writing of rows."""


@dataclass(frozen=True)
class Column:
    """key: its name for programs; heading: its name for people."""

    key: str
    heading: str
    kind: Kind


@dataclass(frozen=True)
class Line:
    """One line of an export's description."""

    key: str
    heading: str
    text: str


@dataclass(frozen=True)
class Wording:
    """How coded values read in English, or else in Chinese.

    grades: rule set → names, worst first, and last the one of the unrated.
    """

    english: bool
    headings: Mapping[str, str]
    grades: Mapping[str, Sequence[str]]
    uses: Mapping[str, str]
    yes: str
    no: str


@dataclass(frozen=True, eq=False)
class Export:
    """Rows to be written and their description. rows: row numbers of the fact store, in order of the ids.

    area_names: area id → Chinese and English name.
    """

    engine: Engine
    scope: AccessScope
    city: City
    day: Snapshot
    rows: np.ndarray
    wording: Wording
    area_names: Mapping[int, tuple[str, str]]
    about: tuple[Line, ...]

    @cached_property
    def scores(self) -> Mapping[str, np.ndarray]:
        return scores_seen_by(self.scope, self.day)

    @property
    def columns(self) -> tuple[Column, ...]:
        kinds = column_kinds(self.scope, self.city, self.day)
        return tuple(Column(key, self.wording.headings[key], kind) for key, kind in kinds.items())

    def batches(self) -> Iterator[Batch]:
        """Columns by key, some thousand rows at a time; None for what is unknown. Raises CityChanged.

        Each batch is read in a session of its own: a slow download must not hold a transaction open.
        """
        for start in range(0, len(self.rows), ROWS_AT_ONCE):
            yield self._batch(self.rows[start : start + ROWS_AT_ONCE])

    def _batch(self, rows: np.ndarray) -> Batch:
        ids = self.day.city_facts.buildings["id"][rows].tolist()
        with reading(self.engine, self.scope) as session:
            building_rows = queries.building_rows(session, self.scope, self.city, ids)
        if [row.id for row in building_rows] != ids:
            raise CityChanged("The city's data changed while it was being exported; export it again.")
        values = self._own_columns(building_rows) | self._area_columns(rows) | self._state_columns(rows)
        return {key: values[key] for key in column_kinds(self.scope, self.city, self.day)}

    def _own_columns(self, building_rows: Sequence[queries.BuildingRows]) -> dict[str, list[Any]]:
        words = self.wording
        rented = {True: words.yes, False: words.no, None: None}
        lon_lat = [_degrees(row) for row in building_rows]
        plain = ("code", "name", "address", "homes", "floors", "built")
        return {
            **{name: [getattr(row, name) for row in building_rows] for name in plain},
            "lon": [lon for lon, _ in lon_lat],
            "lat": [lat for _, lat in lon_lat],
            "use": [None if row.use is None else words.uses.get(row.use, row.use) for row in building_rows],
            "group_rental": [rented[row.group_rental] for row in building_rows],
        }

    def _area_columns(self, rows: np.ndarray) -> dict[str, list[Any]]:
        names = {area: pair[self.wording.english] for area, pair in self.area_names.items()}
        return {
            level: [names.get(area) for area in self.day.city_facts.areas_on(level, self.day.on)[rows].tolist()]
            for level in LEVELS
            if level in self.city.levels
        }

    def _state_columns(self, rows: np.ndarray) -> dict[str, list[Any]]:
        """Grades, hazards, visits and vacancies on the day."""
        day, values = self.day, {}
        for rule_set, edition in day.editions.items():
            names = self.wording.grades[rule_set]
            assert len(names) == len(edition.grades) + 1
            values[f"{rule_set}_grade"] = [names[grade] for grade in day.grades[rule_set][rows].tolist()]
            scores = np.round(self.scores[rule_set][rows], SCORE_DECIMALS).tolist()
            values[score_column(self.scope, rule_set, edition)] = [
                None if score != score else score for score in scores
            ]
        groups = hazard_columns(self.scope)
        for state in ("open", "overdue"):
            values[f"hazards_{state}"] = day.hazards[state][rows][:, groups].sum(axis=1, dtype=np.int64).tolist()
        since = day.days_since_visit[rows].tolist()
        values["days_since_visit"] = [None if days == NEVER else days for days in since]
        values["vacant_homes"] = day.vacant[rows].tolist()
        return values


def _degrees(row: queries.BuildingRows) -> tuple[float, float] | tuple[None, None]:
    """Longitude and latitude of a building that is on the map."""
    if row.lon is None or row.lat is None or row.off_map is not None:
        return None, None
    return round(row.lon, DEGREE_DECIMALS), round(row.lat, DEGREE_DECIMALS)


def column_kinds(scope: AccessScope, city: City, day: Snapshot) -> dict[str, Kind]:
    """The columns the scope allows, in their order."""
    kinds: dict[str, Kind] = dict.fromkeys(("code", "name", "address"), "text")
    kinds |= dict.fromkeys((level for level in LEVELS if level in city.levels), "text")
    kinds |= {"lon": "decimal", "lat": "decimal", "homes": "whole", "floors": "whole", "built": "whole"}
    kinds |= {"use": "text", "group_rental": "text"}
    for rule_set, edition in day.editions.items():
        kinds |= {f"{rule_set}_grade": "text", score_column(scope, rule_set, edition): "decimal"}
    if scope.can("hazards"):
        kinds |= {"hazards_open": "whole", "hazards_overdue": "whole"}
    kinds["days_since_visit"] = "whole"
    if scope.can("homes") and len(day.city_facts.vacancies["building"]):
        kinds["vacant_homes"] = "whole"
    return kinds


def score_column(scope: AccessScope, rule_set: str, edition: Edition) -> str:
    """A score by part of the facts has a name of its own, so that no program takes it for the whole."""
    return f"{rule_set}_score_seen" if scores_withheld_facts(scope, edition) else f"{rule_set}_score"


def hazard_columns(scope: AccessScope) -> list[int]:
    """The hazard groups counted in a scope, as indices into HAZARD_GROUPS."""
    groups = HAZARD_GROUPS if scope.hazard_groups is None else scope.hazard_groups
    return [HAZARD_GROUPS.index(group) for group in groups]


def rows_seen(session: Session, scope: AccessScope, city: City, day: Snapshot, chosen: np.ndarray) -> np.ndarray:
    """Row numbers of the chosen buildings that are visible, in order of their ids. chosen: bool (n,)."""
    ids = day.city_facts.buildings["id"]
    if not scope.sees_all_of(city.id):
        chosen = chosen & np.isin(ids, queries.building_ids(session, scope, city))
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(ids[rows])]
