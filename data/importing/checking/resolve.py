"""From parsed rows to records: coordinates, areas, and which buildings the rows refer to."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.db.models.city import Building, City, Home, Project
from data.importing.checking.cities import bounds_of, level_areas
from data.importing.checking.object_arrays import not_null, nulls, zip_columns
from data.importing.checking.parsed_rows import ParsedRows
from data.importing.checking.places import Mended, floats, mended, of_geometry, outlines, wgs84_places
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
    """Turns the parsed blocks of one file into records; what does not resolve becomes a fault of its row."""

    session: Session
    city: City
    mapping: SourceMapping
    table: SourceTable
    off_map: np.ndarray
    faults: RowErrors
    mended: dict[int, Mended] = field(default_factory=dict)  # by the row

    def records(self, parsed: dict[str, ParsedRows]) -> dict[str, Records]:
        """Records by table, in the order in which they are to be written."""
        resolve: dict[str, Callable[[ParsedRows, dict[str, Records]], Records]] = {
            "area": self._area,
            "building": self._building,
            "project": self._project,
            "home": self._home,
        }
        records: dict[str, Records] = {}
        for name in TARGETS:
            if name in parsed:
                records[name] = resolve.get(name, self._dated)(parsed[name], records)
        return records

    def _area(self, parsed: ParsedRows, _: dict[str, Records]) -> Records:
        geometry, faults = self._geometry()
        self.faults.add(faults)
        if self.mapping.mend_outlines:
            geometry, notes = mended(geometry)
            self.mended.update(notes)
        converted = outlines(geometry, self.mapping.outline_datum, bounds_of(self.city), self.faults)
        for level in set(parsed.values["level"][~self.faults.bad].tolist()) - set(self.city.levels):
            self.faults.add_all(np.flatnonzero(parsed.values["level"] == level), self._no_level(level))
        wkb = nulls(len(converted))
        has_outline = not_null(converted)
        wkb[has_outline] = shapely.to_wkb(converted[has_outline])
        values = {**parsed.values, "outline": wkb}
        if parsed.parent is not None and parsed.block.parent is not None:
            values["parent_id"] = self._parents(parsed, parsed.block.parent.level, parsed.parent)
        key = zip_columns(parsed.values["level"], parsed.values["code"])
        return Records(TARGETS["area"], key, parsed.present, values, {}, parsed.block.repeats)

    def _geometry(self) -> tuple[np.ndarray, np.ndarray]:
        """The file's geometry and its faults; a mapping that reads geometry is only for files that have it."""
        assert self.table.geometry is not None and self.table.geometry_faults is not None
        return self.table.geometry, self.table.geometry_faults

    def _no_level(self, level: str) -> RowError:
        return RowError(
            "level_unknown",
            "'{city}' has no level '{level}', only {known}; correct it.",
            city=self.city.code,
            level=level,
            known=tuple(self.city.levels),
        )

    def _parents(self, parsed: ParsedRows, level: str, codes: np.ndarray) -> np.ndarray:
        areas = level_areas(self.session, self.city, level)
        nowhere = np.full(len(parsed.present), np.nan)
        return areas.stated(codes, nowhere, nowhere, parsed.present & ~self.faults.bad, self.faults)

    def _building(self, parsed: ParsedRows, _: dict[str, Records]) -> Records:
        code, exists = self._existing_buildings(parsed)
        if parsed.block.existing:
            self._refuse_unknown(parsed, code, exists, "building")
            return Records(TARGETS["building"], code, np.zeros(len(code), bool), {}, {}, True)
        writes = parsed.present & ~exists
        values = {**parsed.values, "code": code, **self._coordinates_and_areas(parsed, writes)}
        return Records(TARGETS["building"], code, writes, values, {}, parsed.block.repeats)

    def _existing_buildings(self, parsed: ParsedRows) -> tuple[np.ndarray, np.ndarray]:
        """Each row's building code, and whether that building exists and is not described by the file."""
        block = parsed.block
        code = parsed.values.get("code", nulls(len(parsed.present)))
        question = select(Building.code, Building.address, Building.name).where(Building.city_id == self.city.id)
        existing = self.session.execute(question).all() if block.match or block.existing else []
        codes = {row.code for row in existing}
        by_code = np.array([value in codes for value in code.tolist()], bool)
        if not block.match:
            return code, by_code
        by_text: dict[str, set[str]] = {}
        for building in existing:
            text = normalised(getattr(building, block.match.field), block.match.normalise)
            by_text.setdefault(text, set()).add(building.code)
        code = code.copy()
        matched = np.zeros(len(code), bool)
        for row in np.flatnonzero(parsed.present & ~by_code & ~self.faults.bad).tolist():
            text = parsed.values[block.match.field][row]
            candidates = by_text.get(normalised(text, block.match.normalise), set()) if text else set()
            if len(candidates) == 1:
                code[row], matched[row] = next(iter(candidates)), True
            elif candidates:
                self.faults.add_all(np.array([row]), _ambiguous(text, candidates))
        return code, matched | (by_code if block.existing else False)

    def _refuse_unknown(self, parsed: ParsedRows, code: np.ndarray, exists: np.ndarray, target: str) -> None:
        unknown = np.flatnonzero(parsed.present & ~exists & ~self.faults.bad)
        match = parsed.block.match
        stated = parsed.values[match.field] if match else code
        self.faults.add_each(unknown, lambda row: _not_there(target, stated[row]))

    def _coordinates_and_areas(self, parsed: ParsedRows, writes: np.ndarray) -> dict[str, np.ndarray]:
        """lon, lat, key, off_map and the areas; a building off the map has no coordinates: nothing can draw it."""
        if parsed.block.place is None:
            nowhere = np.full(len(writes), np.nan)
            return self._areas_of(parsed, nowhere, nowhere, writes)
        on_map = writes & ~not_null(self.off_map)
        lon, lat = self._lon_lat(parsed, on_map)
        values = self._areas_of(parsed, lon, lat, writes)
        on_map &= ~self.faults.bad
        key = nulls(len(writes))
        key[on_map] = morton.keys(lon[on_map], lat[on_map]).tolist()
        return values | {"lon": _where(on_map, lon), "lat": _where(on_map, lat), "key": key, "off_map": self.off_map}

    def _lon_lat(self, parsed: ParsedRows, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        assert parsed.block.place
        if parsed.lon is None or parsed.lat is None:
            geometry, faults = self._geometry()
            self.faults.add(faults, among=wanted)
            lon, lat = of_geometry(geometry, self.faults)
        else:
            lon, lat = floats(parsed.lon), floats(parsed.lat)
        return wgs84_places(lon, lat, parsed.block.place.datum, bounds_of(self.city), wanted, self.faults)

    def _areas_of(
        self, parsed: ParsedRows, lon: np.ndarray, lat: np.ndarray, writes: np.ndarray
    ) -> dict[str, np.ndarray]:
        values = {}
        for area in parsed.block.areas:
            areas = level_areas(self.session, self.city, area.level)
            if area.code is None:
                values[f"{area.level}_id"] = areas.around(lon, lat)
            else:
                wanted = writes & ~self.faults.bad
                values[f"{area.level}_id"] = areas.stated(parsed.areas[area.level], lon, lat, wanted, self.faults)
            values[f"{area.level}_by_place"] = np.full(len(writes), area.code is None, object)
        return values

    def _project(self, parsed: ParsedRows, _: dict[str, Records]) -> Records:
        code = parsed.values["code"]
        if parsed.block.existing:
            return self._existing(parsed, select(Project.code).where(Project.city_id == self.city.id), code)
        lon, lat = self._lon_lat(parsed, parsed.present)
        good = parsed.present & ~self.faults.bad
        values = {**parsed.values, "lon": _where(good, lon), "lat": _where(good, lat)}
        return Records(TARGETS["project"], code, parsed.present, values, {}, parsed.block.repeats)

    def _home(self, parsed: ParsedRows, records: dict[str, Records]) -> Records:
        project = records["project"].key
        key = zip_columns(project, parsed.values["code"])
        if parsed.block.existing:
            question = select(Project.code, Home.code).join(Project).where(Project.city_id == self.city.id)
            return self._existing(parsed, question, key)
        refs = {"project": project, "building": records["building"].key}
        return Records(TARGETS["home"], key, parsed.present, parsed.values, refs, parsed.block.repeats)

    def _existing(self, parsed: ParsedRows, question, key: np.ndarray) -> Records:
        """Records that write nothing: every row must name an existing one."""
        rows = self.session.execute(question).all()
        keys = {tuple(row) if len(row) > 1 else row[0] for row in rows}
        exists = np.array([value in keys for value in key.tolist()], bool)
        self._refuse_unknown(parsed, parsed.values["code"], exists, parsed.block.target)
        return Records(TARGETS[parsed.block.target], key, np.zeros(len(key), bool), {}, {}, True)

    def _dated(self, parsed: ParsedRows, records: dict[str, Records]) -> Records:
        """Inspections, hazards, events and states of homes."""
        target = TARGETS[parsed.block.target]
        if target.name == "home_state":
            homes = records["home"].key
            key = zip_columns(homes, parsed.values["day"])
            return Records(target, key, parsed.present, parsed.values, {"home": homes}, parsed.block.repeats)
        assert parsed.key is not None  # facts have a key
        # "#" numbers corrections, so that a "#" in the key is doubled
        texts = ["" if key is None else key.replace("#", "##") for key in parsed.key.tolist()]
        key = np.array([f"{self.mapping.source}:{text}" for text in texts], object)
        refs = {"building": records["building"].key}
        return Records(target, key, parsed.present, parsed.values, refs, parsed.block.repeats, parsed.steps)


def _where(present: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Floats as Python numbers, None where not present."""
    values = nulls(len(numbers))
    values[present] = numbers[present].tolist()
    return values


def _ambiguous(text: str, candidates: set[str]) -> RowError:
    return RowError(
        "building_ambiguous",
        "'{text}' could be any of the buildings {codes}; say which by its code.",
        text=text,
        codes=tuple(sorted(candidates)),
    )


def _not_there(what: str, said: str) -> RowError:
    return RowError(
        f"{what}_unknown",
        "There is no {table} '{said}' yet; correct it, or import the {table}s first.",
        table=Sentence(what),
        said=said,
    )
