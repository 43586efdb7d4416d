"""From parsed rows to records: coordinates, areas, and which buildings the rows refer to."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.db.models.city import LEVELS, Area, Building, City, Home, Project
from data.db.models.planning import Officer
from data.importing.checking.after_the_end import set_late_rows_aside
from data.importing.checking.area_names import StatedAreas
from data.importing.checking.building_areas import areas_said, areas_that_follow, has_ended
from data.importing.checking.cities import bounds_of, level_areas
from data.importing.checking.codes import StoredCodes
from data.importing.checking.former_codes import former_codes, renamed
from data.importing.checking.ground import ground_values
from data.importing.checking.latest import latest_only
from data.importing.checking.object_arrays import not_null, nulls, objects, zip_columns
from data.importing.checking.officers import check_areas, check_hours, check_leave
from data.importing.checking.parsed_rows import ParsedRows
from data.importing.checking.places import Mended, floats, mended, of_geometry, outlines, wgs84_places
from data.importing.checking.records import Records
from data.importing.checking.revived_buildings import set_revived_aside
from data.importing.checking.row_errors import RowError, RowErrors
from data.importing.checking.texts import normalised
from data.importing.checking.unknown_codes import ambiguous, not_there, not_wider
from data.importing.mapping.fact_labels import label_of_key
from data.importing.mapping.fields import DAY_FIELDS, TARGETS
from data.importing.mapping.schema import Match, SourceMapping
from data.importing.reading.tables import SourceTable
from geo import morton

NO_REFS: Mapping[str, np.ndarray] = {}


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
            "ground": self._ground,
            "building": self._building,
            "project": self._project,
            "home": self._home,
            "officer": self._officer,
            "officer_leave": self._officer_leave,
        }
        records: dict[str, Records] = {}
        for target in TARGETS:
            for name, of_block in parsed.items():
                if of_block.block.target == target:
                    records[name] = resolve.get(target, self._dated)(of_block, records)
                    if of_block.block.latest:
                        records[name] = latest_only(self.session, self.city, self.mapping, parsed, records[name], name)
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
        values = {**parsed.values, "code": self._area_codes(parsed), "outline": wkb}
        if parsed.parent is not None and parsed.block.parent is not None:
            self._refuse_no_wider(parsed, parsed.block.parent.level)
            values["parent_id"] = self._parents(parsed, parsed.block.parent.level, parsed.parent)
        key = zip_columns(values["level"], values["code"])
        return _described("area", key, parsed, values)

    def _ground(self, parsed: ParsedRows, _: dict[str, Records]) -> Records:
        geometry, faults = self._geometry()
        self.faults.add(faults)
        if self.mapping.mend_outlines:
            geometry = mended(geometry)[0]
        datum, bounds = self.mapping.outline_datum, bounds_of(self.city)
        values = ground_values(parsed.values, geometry, datum, bounds, parsed.present, self.faults)
        return _described("ground", np.arange(len(geometry)).astype(object), parsed, values)

    def _refuse_no_wider(self, parsed: ParsedRows, parent: str) -> None:
        """Areas of the parent's own level or a wider one cannot lie in it."""
        said = parsed.values["level"]
        narrower = LEVELS[LEVELS.index(parent) + 1 :]
        wrong = parsed.present & ~self.faults.bad & ~np.isin(said.astype(str), narrower)
        self.faults.add_each(np.flatnonzero(wrong), lambda row: not_wider(parent, said[row]))

    def _area_codes(self, parsed: ParsedRows) -> np.ndarray:
        """Each row's code as the city has it; those of two levels have nothing to do with each other."""
        question = select(Area.level, Area.code).where(Area.city_id == self.city.id)
        there = self.session.execute(question).all()
        codes = parsed.values["code"].copy()
        for level in set(parsed.values["level"].tolist()):
            rows = parsed.values["level"] == level
            stored = StoredCodes("area", frozenset(row.code for row in there if row.level == level))
            codes[rows] = stored.as_stored(codes[rows])
            self._check_capitals(parsed, stored, codes, rows)
        return codes

    def _check_capitals(self, parsed: ParsedRows, stored: StoredCodes, codes: np.ndarray, rows: np.ndarray) -> None:
        source = parsed.block.fields.get("code")
        if source is not None and not source.case_matters:
            stored.check_capitals(codes, np.flatnonzero(rows & parsed.present & ~self.faults.bad), self.faults)

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

    def _parents(self, parsed: ParsedRows, level: str, stated: StatedAreas) -> np.ndarray:
        areas = level_areas(self.session, self.city, level)
        nowhere = np.full(len(parsed.present), np.nan)
        wanted = parsed.present & ~self.faults.bad
        return areas.stated(stated, nowhere, nowhere, wanted, has_ended(parsed), self.faults)

    def _building(self, parsed: ParsedRows, _: dict[str, Records]) -> Records:
        question = select(Building.code).where(Building.city_id == self.city.id)
        stored = StoredCodes("building", frozenset(self.session.scalars(question)))
        code, exists = self._existing_buildings(parsed, stored)
        if parsed.block.existing:
            self._refuse_unknown(parsed, code, exists, stored)
            return Records(TARGETS["building"], code, np.zeros(len(code), bool), {}, {}, True)
        writes = parsed.present & ~exists
        self._check_capitals(parsed, stored, code, writes)
        values = {**parsed.values, "code": code, **self._coordinates_and_areas(parsed, writes)}
        key = code
        if parsed.formerly is not None:
            known = former_codes(self.session, self.city)
            key, values["formerly"] = renamed(self.session, self.city, known, code, parsed.formerly, self.faults)
        values |= areas_that_follow(self.session, self.city, key, values)
        whole_list = parsed.block.whole_list
        records = Records(TARGETS["building"], key, writes, values, {}, parsed.block.repeats, whole_list=whole_list)
        set_revived_aside(self.session, self.city, records, self.faults)
        return records

    def _existing_buildings(self, parsed: ParsedRows, stored: StoredCodes) -> tuple[np.ndarray, np.ndarray]:
        """Each row's building code, and whether that building exists and is not described by the file."""
        block = parsed.block
        stated = parsed.values.get("code", nulls(len(parsed.present)))
        code = stored.as_stored(former_codes(self.session, self.city).followed(stated))
        by_code = np.array([value in stored.codes for value in code.tolist()], bool)
        if not block.match:
            return code, by_code if block.existing else np.zeros(len(code), bool)
        code = code.copy()
        matched = np.zeros(len(code), bool)
        by_text = self._by_text(block.match)
        for row in np.flatnonzero(parsed.present & ~by_code & ~self.faults.bad).tolist():
            text = parsed.values[block.match.field][row]
            candidates = by_text.get(normalised(text, block.match.normalise), set()) if text else set()
            if len(candidates) == 1:
                code[row], matched[row] = next(iter(candidates)), True
            elif candidates:
                self.faults.add_all(np.array([row]), ambiguous(text, candidates))
        return code, matched | (by_code if block.existing else False)

    def _by_text(self, match: Match) -> dict[str, set[str]]:
        """Address or name, normalised → the codes of the buildings that have it."""
        field = getattr(Building, match.field)
        by_text: dict[str, set[str]] = {}
        for code, text in self.session.execute(select(Building.code, field).where(Building.city_id == self.city.id)):
            by_text.setdefault(normalised(text, match.normalise), set()).add(code)
        return by_text

    def _refuse_unknown(self, parsed: ParsedRows, code: np.ndarray, exists: np.ndarray, stored: StoredCodes) -> None:
        unknown = np.flatnonzero(parsed.present & ~exists & ~self.faults.bad)
        match = parsed.block.match
        stated = parsed.values[match.field] if match else code
        self.faults.add_each(unknown, lambda row: not_there(stored, stated[row]))

    def _coordinates_and_areas(self, parsed: ParsedRows, writes: np.ndarray) -> dict[str, np.ndarray]:
        """lon, lat, key, off_map and the areas; a building off the map has no coordinates: nothing can draw it."""
        if parsed.block.place is None:
            nowhere = np.full(len(writes), np.nan)
            return areas_said(self.session, self.city, parsed, nowhere, nowhere, writes, self.faults)
        on_map = writes & ~not_null(self.off_map)
        lon, lat = self._lon_lat(parsed, on_map)
        values = areas_said(self.session, self.city, parsed, lon, lat, writes, self.faults)
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

    def _project(self, parsed: ParsedRows, _: dict[str, Records]) -> Records:
        question = select(Project.code).where(Project.city_id == self.city.id)
        stored = StoredCodes("project", frozenset(self.session.scalars(question)))
        code = stored.as_stored(parsed.values["code"])
        if parsed.block.existing:
            return self._existing(parsed, stored.codes, code, stored)
        self._check_capitals(parsed, stored, code, parsed.present)
        lon, lat = self._lon_lat(parsed, parsed.present)
        good = parsed.present & ~self.faults.bad
        values = {**parsed.values, "code": code, "lon": _where(good, lon), "lat": _where(good, lat)}
        return _described("project", code, parsed, values)

    def _home(self, parsed: ParsedRows, records: dict[str, Records]) -> Records:
        project = records["project"].key
        key = zip_columns(project, parsed.values["code"])
        question = select(Project.code, Home.code).join(Project).where(Project.city_id == self.city.id)
        there = {(of_project, code) for of_project, code in self.session.execute(question)}
        stored = StoredCodes("home", frozenset(" ".join(pair) for pair in there))
        if parsed.block.existing:
            return self._existing(parsed, there, key, stored)
        in_projects = objects([f"{of_project} {code}" for of_project, code in key.tolist()])
        self._check_capitals(parsed, stored, in_projects, parsed.present)
        refs = {"project": project, "building": records["building"].key}
        return _described("home", key, parsed, parsed.values, refs)

    def _officer(self, parsed: ParsedRows, _: dict[str, Records]) -> Records:
        question = select(Officer.code).where(Officer.city_id == self.city.id)
        stored = StoredCodes("officer", frozenset(self.session.scalars(question)))
        code = stored.as_stored(parsed.values["code"])
        if parsed.block.existing:
            return self._existing(parsed, stored.codes, code, stored)
        assert parsed.parent is not None and parsed.block.parent is not None
        self._check_capitals(parsed, stored, code, parsed.present)
        areas = self._parents(parsed, parsed.block.parent.level, parsed.parent)
        check_areas(areas, parsed.present, self.faults)
        check_hours(parsed.values, parsed.present, self.faults)
        return _described("officer", code, parsed, {**parsed.values, "code": code, "area_id": areas})

    def _officer_leave(self, parsed: ParsedRows, records: dict[str, Records]) -> Records:
        officers, days = (
            records["officer"].key,
            zip_columns(*(parsed.values[name] for name in ("first_day", "last_day"))),
        )
        check_leave(parsed.values["first_day"], parsed.values["last_day"], parsed.present, self.faults)
        return _described("officer_leave", zip_columns(officers, days), parsed, parsed.values, {"officer": officers})

    def _existing(self, parsed: ParsedRows, there: Container, key: np.ndarray, stored: StoredCodes) -> Records:
        """Records that write nothing: every row must name one that is there."""
        exists = np.array([value in there for value in key.tolist()], bool)
        self._refuse_unknown(parsed, parsed.values["code"], exists, stored)
        return Records(TARGETS[parsed.block.target], key, np.zeros(len(key), bool), {}, {}, True)

    def _dated(self, parsed: ParsedRows, records: dict[str, Records]) -> Records:
        """Inspections, hazards, events and states of homes."""
        target = TARGETS[parsed.block.target]
        if target.name == "home_state":
            self._set_late_rows_aside(parsed, records["home"])
            homes = records["home"].key
            key = zip_columns(homes, parsed.values["day"])
            return Records(target, key, parsed.present, parsed.values, {"home": homes}, parsed.block.repeats)
        self._set_late_rows_aside(parsed, records["building"])
        refs = {"building": records["building"].key}
        keys = self._keys_in_file(parsed, refs["building"]) if parsed.key is None else self._labels(parsed.key)
        block = parsed.block
        return Records(
            target,
            keys,
            parsed.present,
            parsed.values,
            refs,
            block.repeats,
            parsed.steps,
            has_keys=parsed.key is not None,
            void=parsed.void,
            whole_list=block.whole_list,
        )

    def _set_late_rows_aside(self, parsed: ParsedRows, about: Records) -> None:
        days = parsed.values[DAY_FIELDS[parsed.block.target]]
        wanted = parsed.present if parsed.void is None else parsed.present & ~parsed.void
        set_late_rows_aside(self.session, self.city, days, parsed.steps, about, wanted, self.faults)

    def _labels(self, keys: np.ndarray) -> np.ndarray:
        source = self.mapping.source
        return np.array([label_of_key(source, "" if key is None else key) for key in keys.tolist()], object)

    def _keys_in_file(self, parsed: ParsedRows, buildings: np.ndarray) -> np.ndarray:
        """Of facts without a key: every row is one of its own, or all that say the same are one."""
        if not parsed.block.repeats:
            return objects(list(range(len(buildings))))
        return objects(list(zip(buildings.tolist(), *(one.tolist() for one in parsed.values.values()), strict=True)))


def _described(
    target: str,
    key: np.ndarray,
    parsed: ParsedRows,
    values: Mapping[str, np.ndarray],
    refs: Mapping[str, np.ndarray] = NO_REFS,
) -> Records:
    """Records of what the file itself describes."""
    block = parsed.block
    return Records(TARGETS[target], key, parsed.present, values, refs, block.repeats, whole_list=block.whole_list)


def _where(present: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Floats as Python numbers, None where not present."""
    values = nulls(len(numbers))
    values[present] = numbers[present].tolist()
    return values
