"""From what the rows say to what is to be written: places, areas, and which buildings are meant."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.db.models.city import Building, City, Home, Project
from data.importing.checking.cities import bounds_of, level_areas
from data.importing.checking.object_arrays import known, nulls, zip_columns
from data.importing.checking.parsed_rows import ParsedRows
from data.importing.checking.places import floats, of_geometry, outlines, wgs84_places
from data.importing.checking.records import Records
from data.importing.checking.row_errors import RowError, RowErrors
from data.importing.checking.values import normalised
from data.importing.mapping.fields import TARGETS
from data.importing.mapping.schema import SourceMapping
from data.importing.reading.tables import SourceTable
from geo import morton
from scoring.errors import Sentence


@dataclass(frozen=True)
class Resolver:
    """Turns the filled blocks of one file into records; what does not resolve becomes a fault of its row."""

    session: Session
    city: City
    mapping: SourceMapping
    table: SourceTable
    off_map: np.ndarray
    faults: RowErrors

    def records(self, filled: dict[str, ParsedRows]) -> dict[str, Records]:
        """Records by table, in the order in which they are to be written."""
        resolve: dict[str, Callable[[ParsedRows, dict[str, Records]], Records]] = {
            "area": self._area,
            "building": self._building,
            "project": self._project,
            "home": self._home,
        }
        found: dict[str, Records] = {}
        for name in TARGETS:
            if name in filled:
                found[name] = resolve.get(name, self._dated)(filled[name], found)
        return found

    def _area(self, filled: ParsedRows, _: dict[str, Records]) -> Records:
        self.faults.add(self.table.geometry_faults)
        right = outlines(self.table.geometry, self.mapping.outline_datum, bounds_of(self.city), self.faults)
        for level in set(filled.values["level"][~self.faults.bad].tolist()) - set(self.city.levels):
            self.faults.add_all(np.flatnonzero(filled.values["level"] == level), self._no_level(level))
        wkb = nulls(len(right))
        drawn = known(right)
        wkb[drawn] = shapely.to_wkb(right[drawn])
        values = {**filled.values, "outline": wkb}
        if filled.parent is not None:
            values["parent_id"] = self._parents(filled)
        key = zip_columns(filled.values["level"], filled.values["code"])
        return Records(TARGETS["area"], key, filled.present, values, {}, filled.block.repeats)

    def _no_level(self, level: str) -> RowError:
        return RowError(
            "level_unknown",
            "'{city}' has no level '{level}', only {known}; correct it.",
            city=self.city.code,
            level=level,
            known=tuple(self.city.levels),
        )

    def _parents(self, filled: ParsedRows) -> np.ndarray:
        areas = level_areas(self.session, self.city, filled.block.parent.level)
        nowhere = np.full(len(filled.present), np.nan)
        return areas.stated(filled.parent, nowhere, nowhere, filled.present & ~self.faults.bad, self.faults)

    def _building(self, filled: ParsedRows, _: dict[str, Records]) -> Records:
        code, found = self._known_buildings(filled)
        if filled.block.existing:
            self._refuse_unknown(filled, code, found, "building")
            return Records(TARGETS["building"], code, np.zeros(len(code), bool), {}, {}, True)
        made = filled.present & ~found
        values = {**filled.values, "code": code, **self._placed_building(filled, made)}
        return Records(TARGETS["building"], code, made, values, {}, filled.block.repeats)

    def _known_buildings(self, filled: ParsedRows) -> tuple[np.ndarray, np.ndarray]:
        """Each row's building code, and whether it is one that is there and not the file's own to describe."""
        block = filled.block
        code = filled.values.get("code", nulls(len(filled.present)))
        question = select(Building.code, Building.address, Building.name).where(Building.city_id == self.city.id)
        there = self.session.execute(question).all() if block.match or block.existing else []
        codes = {row.code for row in there}
        by_code = np.array([one in codes for one in code.tolist()], bool)
        if not block.match:
            return code, by_code
        by_text: dict[str, set[str]] = {}
        for row in there:
            by_text.setdefault(normalised(getattr(row, block.match.field), block.match.normalise), set()).add(row.code)
        code = code.copy()
        matched = np.zeros(len(code), bool)
        for row in np.flatnonzero(filled.present & ~by_code & ~self.faults.bad).tolist():
            text = filled.values[block.match.field][row]
            meant = by_text.get(normalised(text, block.match.normalise), set()) if text else set()
            if len(meant) == 1:
                code[row], matched[row] = next(iter(meant)), True
            elif meant:
                self.faults.add_all(np.array([row]), _ambiguous(text, meant))
        return code, matched | (by_code if block.existing else False)

    def _refuse_unknown(self, filled: ParsedRows, code: np.ndarray, found: np.ndarray, what: str) -> None:
        unknown = np.flatnonzero(filled.present & ~found & ~self.faults.bad)
        match = filled.block.match
        said = filled.values[match.field] if match else code
        self.faults.add_each(unknown, lambda row: _not_there(what, said[row]))

    def _placed_building(self, filled: ParsedRows, made: np.ndarray) -> dict[str, np.ndarray]:
        """lon, lat, key, off_map and the areas; a building off the map has no place, so that nothing can draw it."""
        if filled.block.place is None:
            nowhere = np.full(len(made), np.nan)
            return self._areas_of(filled, nowhere, nowhere, made)
        drawn = made & ~known(self.off_map)
        lon, lat = self._places(filled, drawn)
        values = self._areas_of(filled, lon, lat, made)
        drawn &= ~self.faults.bad
        key = nulls(len(made))
        key[drawn] = morton.keys(lon[drawn], lat[drawn]).tolist()
        return values | {"lon": _where(drawn, lon), "lat": _where(drawn, lat), "key": key, "off_map": self.off_map}

    def _places(self, filled: ParsedRows, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if filled.lon is None:
            self.faults.add(self.table.geometry_faults, among=wanted)
            lon, lat = of_geometry(self.table.geometry, self.faults)
        else:
            lon, lat = floats(filled.lon), floats(filled.lat)
        return wgs84_places(lon, lat, filled.block.place.datum, bounds_of(self.city), wanted, self.faults)

    def _areas_of(
        self, filled: ParsedRows, lon: np.ndarray, lat: np.ndarray, made: np.ndarray
    ) -> dict[str, np.ndarray]:
        ids = {}
        for area in filled.block.areas:
            known = level_areas(self.session, self.city, area.level)
            if area.code is None:
                ids[f"{area.level}_id"] = known.around(lon, lat)
            else:
                wanted = made & ~self.faults.bad
                ids[f"{area.level}_id"] = known.stated(filled.areas[area.level], lon, lat, wanted, self.faults)
        return ids

    def _project(self, filled: ParsedRows, _: dict[str, Records]) -> Records:
        code = filled.values["code"]
        if filled.block.existing:
            return self._pointed_at(filled, select(Project.code).where(Project.city_id == self.city.id), code)
        lon, lat = self._places(filled, filled.present)
        good = filled.present & ~self.faults.bad
        values = {**filled.values, "lon": _where(good, lon), "lat": _where(good, lat)}
        return Records(TARGETS["project"], code, filled.present, values, {}, filled.block.repeats)

    def _home(self, filled: ParsedRows, found: dict[str, Records]) -> Records:
        project = found["project"].key
        key = zip_columns(project, filled.values["code"])
        if filled.block.existing:
            question = select(Project.code, Home.code).join(Project).where(Project.city_id == self.city.id)
            return self._pointed_at(filled, question, key)
        refs = {"project": project, "building": found["building"].key}
        return Records(TARGETS["home"], key, filled.present, filled.values, refs, filled.block.repeats)

    def _pointed_at(self, filled: ParsedRows, question, key: np.ndarray) -> Records:
        """Records that write nothing: every row must name something that is there."""
        rows = self.session.execute(question).all()
        known = {tuple(row) if len(row) > 1 else row[0] for row in rows}
        there = np.array([one in known for one in key.tolist()], bool)
        self._refuse_unknown(filled, filled.values["code"], there, filled.block.target)
        return Records(TARGETS[filled.block.target], key, np.zeros(len(key), bool), {}, {}, True)

    def _dated(self, filled: ParsedRows, found: dict[str, Records]) -> Records:
        """Inspections, hazards, events and states of homes."""
        target = TARGETS[filled.block.target]
        if target.name == "home_state":
            homes = found["home"].key
            key = zip_columns(homes, filled.values["day"])
            return Records(target, key, filled.present, filled.values, {"home": homes}, filled.block.repeats)
        # "#" numbers corrections, so that a "#" of theirs is doubled
        texts = ["" if key is None else key.replace("#", "##") for key in filled.key.tolist()]
        key = np.array([f"{self.mapping.source}:{text}" for text in texts], object)
        refs = {"building": found["building"].key}
        return Records(target, key, filled.present, filled.values, refs, filled.block.repeats, filled.steps)


def _where(known: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Floats as Python numbers, None where not known."""
    values = nulls(len(numbers))
    values[known] = numbers[known].tolist()
    return values


def _ambiguous(text: str, meant: set[str]) -> RowError:
    return RowError(
        "building_ambiguous",
        "'{text}' could be any of the buildings {codes}; say which by its code.",
        text=text,
        codes=tuple(sorted(meant)),
    )


def _not_there(what: str, said: str) -> RowError:
    return RowError(
        f"{what}_unknown",
        "There is no {table} '{said}' yet; correct it, or import the {table}s first.",
        table=Sentence(what),
        said=said,
    )
