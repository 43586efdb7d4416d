"""Riverton (河湾), an invented city of three buildings, and files about it in every format.

Plum Court is quiet; Harbour Row has blocked stairs; nobody has looked at Mill House yet.
"""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import shapely
from sqlalchemy import Engine, func, select

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import open_database, reading
from data.db.models.city import Base, Building
from data.importing.mapping.layout import Layout
from data.importing.mapping.parser import read_mapping
from data.importing.mapping.schema import RepeatedKeys, SourceMapping
from data.importing.reading.tables import SourceTable, read_file
from data.importing.writing.result import Outcome
from data.importing.writing.run import import_file

ON = date(2024, 6, 30)
CITY = """
[city]
code = "riverton"
names = { zh = "河湾", en = "Riverton" }
bounds = [113.80, 22.45, 114.00, 22.65]
rule_sets = ["baoan"]
licence = "Invented."

[city.levels]
street = { zh = "街道", en = "Street" }
"""
BUILDINGS = (
    'title = "Riverton: buildings"\nfiles = "buildings*"\nformat = ["csv", "xlsx", "geojson", "gpkg"]\n'
    + CITY
    + """
[building]
code = { column = "code" }
name = { column = "name" }
address = { column = "address" }
homes = { column = "homes", missing = ["N/A"] }
built = { column = "built" }
use = { column = "use", values = { "住宅" = "residential", "商住" = "mixed" } }
place = { lon = { column = "lon" }, lat = { column = "lat" }, datum = "WGS84" }
"""
)
VISITS = """
title = "Riverton: visits"
city = "riverton"
files = "visits*.csv"
format = "csv"
source = "visit"

[building]
existing = true
code = { column = "building" }

[inspection]
key = { column = "id" }
day = { column = "day", date = ["%Y-%m-%d", "%d/%m/%Y"] }
published_score = { column = "score" }

[inspection.answers]
checklist = "riverton"
items = { stairs = "stairs", doors = "doors" }
not_applicable = ["N/A"]

[hazard]
where = { column = "hazard", missing = false }
key = { column = "id" }
group = "fire"
category = { column = "hazard" }
severity = "medium"
found_on = { column = "day", date = ["%Y-%m-%d", "%d/%m/%Y"] }

[[hazard.step]]
step = "resolved"
day = { column = "mended" }
"""
STREETS = """
title = "Riverton: streets"
city = "riverton"
files = "streets*"
format = ["geojson", "gpkg"]

[area]
level = "street"
code = { column = "code" }
name = { column = "name" }
"""
Row = Mapping[str, str]
PLUM = {
    "code": "440306001001001001",
    "name": "Plum Court 梅苑",
    "address": "1 Plum Lane",
    "homes": "12",
    "built": "1998",
    "use": "住宅",
    "lon": "113.9001",
    "lat": "22.5501",
}
HARBOUR = PLUM | {
    "code": "440306001001001002",
    "name": "Harbour Row 港湾里",
    "address": "2 Quay Street",
    "homes": "N/A",
    "use": "商住",
    "lon": "113.9102",
    "lat": "22.5602",
}
MILL = PLUM | {"code": "440306001001001003", "name": "Mill House 磨坊", "address": "3 Mill Road", "lon": "113.9203"}
CAST = (PLUM, HARBOUR, MILL)
QUIET_VISIT = {"id": "1", "building": PLUM["code"], "day": "2024-01-02", "score": "90"}
QUIET_VISIT |= {"stairs": "1", "doors": "N/A", "hazard": "", "mended": ""}
BLOCKED_STAIRS = QUIET_VISIT | {"id": "2", "building": HARBOUR["code"], "stairs": "0", "doors": "1"}
BLOCKED_STAIRS |= {"hazard": "Blocked stairs", "mended": ""}


def csv_bytes(rows: Sequence[Row], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def write_csv(path: Path, rows: Sequence[Row], encoding: str = "utf-8") -> Path:
    path.write_bytes(csv_bytes(rows, encoding))
    return path


def write_xlsx(path: Path, rows: Sequence[Mapping[str, object]], sheet: str = "Sheet") -> Path:
    book = openpyxl.Workbook()
    book.active.title = sheet
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    book.save(path)
    return path


def write_geojson(path: Path, rows: Sequence[Row], geometry: Sequence[object] | None = None) -> Path:
    """geometry: GeoJSON geometries or None; points at lon, lat when left out."""
    shapes = geometry or [{"type": "Point", "coordinates": [float(row["lon"]), float(row["lat"])]} for row in rows]
    features = [
        {"type": "Feature", "properties": dict(row), "geometry": shape} for row, shape in zip(rows, shapes, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def write_gpkg(path: Path, rows: Sequence[Row], layer: str = "buildings") -> Path:
    points = [shapely.Point(float(row["lon"]), float(row["lat"])) for row in rows]
    gpd.GeoDataFrame(pd.DataFrame(rows), geometry=points, crs=4490).to_file(path, driver="GPKG", layer=layer)
    return path


def write_shapefile(path: Path, rows: Sequence[Row], encoding: str = "UTF-8", crs: int | None = 4490) -> Path:
    """A zip archive with the parts of a shapefile of points, in a folder as most come."""
    points = [shapely.Point(float(row["lon"]), float(row["lat"])) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        frame = gpd.GeoDataFrame(pd.DataFrame(rows), geometry=points, crs=crs)
        frame.to_file(Path(folder, "buildings.shp"), driver="ESRI Shapefile", encoding=encoding)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, f"riverton/{part.name}")
    return path


def write_parquet(path: Path, rows: Sequence[Row]) -> Path:
    pd.DataFrame(rows).to_parquet(path)
    return path


def write_geoparquet(path: Path, rows: Sequence[Row]) -> Path:
    points = [shapely.Point(float(row["lon"]), float(row["lat"])) for row in rows]
    gpd.GeoDataFrame(pd.DataFrame(rows), geometry=points, crs=4490).to_parquet(path)
    return path


def square(west: float, south: float, side: float = 0.1) -> dict:
    return shapely.box(west, south, west + side, south + side).__geo_interface__


def read_here(path: Path, name: str, layout: Layout, _: object) -> SourceTable:
    """Reads a file in this process; the process apart has tests of its own."""
    return read_file(path, name, layout)


@dataclass(frozen=True)
class Desk:
    """Where files about Riverton are handed in: a database and a folder of its own."""

    engine: Engine
    folder: Path

    def hand_in(
        self,
        mapping: str,
        path: Path,
        on: date = ON,
        preview: bool = False,
        repeated_keys: RepeatedKeys = "corrections",
        end_missing: bool = False,
    ) -> Outcome:
        """Imports a file by a mapping given as text; the mapping is named for what its title speaks of.

        repeated_keys: Riverton's own files correct what they repeat; the product asks.
        """
        return import_file(
            self.engine,
            SYSTEM,
            self.mapping(mapping),
            path,
            on,
            actor=COMMAND_LINE,
            preview=preview,
            repeated_keys=repeated_keys,
            end_missing=end_missing,
            read=read_here,
        )

    def mapping(self, text: str) -> SourceMapping:
        """The mapping of a text, in a file that is named for what its title speaks of."""
        name = text.split('"', 2)[1].replace(": ", "_").lower()
        file = self.folder / f"{name}.toml"
        file.write_text(text, encoding="utf-8")
        return read_mapping(file)

    def buildings(self, *rows: Row, mapping: str = BUILDINGS) -> Outcome:
        return self.hand_in(mapping, write_csv(self.folder / "buildings.csv", rows))

    def visits(self, *rows: Row, on: date = ON, mapping: str = VISITS) -> Outcome:
        return self.hand_in(mapping, write_csv(self.folder / "visits.csv", rows), on)

    def rows(self, model: type[Base], *order: object) -> list:
        with reading(self.engine, SYSTEM) as session:
            return list(session.scalars(select(model).order_by(*order) if order else select(model)))

    def count(self, model: type[Base]) -> int:
        with reading(self.engine, SYSTEM) as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def building(self, row: Row) -> Building:
        with reading(self.engine, SYSTEM) as session:
            return session.scalars(select(Building).where(Building.code == row["code"])).one()


def desk(folder: Path) -> Desk:
    return Desk(open_database(f"sqlite:///{folder / 'riverton.sqlite'}"), folder)


def reasons(outcome: Outcome) -> list[str]:
    return [reason for _, reason, _ in outcome.faults]


def sentence(outcome: Outcome) -> str:
    """The sentence of the only row set aside."""
    ((_, _, said),) = outcome.faults
    return said
