"""Places leave as exactly as they came in, to a centimetre: 11 m off is the neighbour's house."""

import csv
import json
import zipfile
from io import BytesIO, StringIO

import geopandas
import openpyxl
import pytest
from sqlalchemy import update

from data.access.roles import SYSTEM
from data.db.engine import writing
from data.db.models.city import Building
from data.exports.csv import zipped_csv
from data.exports.geojson import feature_collection
from data.exports.geopackage import write_geopackage
from data.exports.rows import Export
from data.exports.xlsx import workbook
from tests.data.exports.test_rows import by_name, exported
from tests.data.lockside import PLUM_COURT

LON, LAT = 113.9001234, 22.5501239


@pytest.fixture
def export(own_lockside) -> Export:
    """Everything, with Plum Court at a place that needs seven decimals."""
    with writing(own_lockside.engine, SYSTEM) as session:
        session.execute(update(Building).where(Building.name == PLUM_COURT.name).values(lon=LON, lat=LAT))
    return exported(own_lockside, SYSTEM)


def place_in_csv(export: Export, tmp_path) -> tuple[float, float]:
    with zipfile.ZipFile(BytesIO(b"".join(zipped_csv(export, "about.txt", "data.csv")))) as archive:
        rows = csv.DictReader(StringIO(archive.read("data.csv").decode("utf-8-sig"), newline=""))
        return next((float(row["<lon>"]), float(row["<lat>"])) for row in rows if row["<name>"] == PLUM_COURT.name)


def place_in_geojson(export: Export, tmp_path) -> tuple[float, float]:
    features = json.loads(b"".join(feature_collection(export)))["features"]
    return next(
        tuple(one["geometry"]["coordinates"]) for one in features if one["properties"]["name"] == PLUM_COURT.name
    )


def place_in_xlsx(export: Export, tmp_path) -> tuple[float, float]:
    data = openpyxl.load_workbook(BytesIO(b"".join(workbook(export, "data", "about")))).worksheets[0]
    headings, *rows = data.iter_rows(values_only=True)
    rows = [dict(zip(headings, row, strict=True)) for row in rows]
    return next((row["<lon>"], row["<lat>"]) for row in rows if row["<name>"] == PLUM_COURT.name)


def place_in_geopackage(export: Export, tmp_path) -> tuple[float, float]:
    path = tmp_path / "export.gpkg"
    write_geopackage(path, export)
    frame = geopandas.read_file(f"GPKG:{path}", layer="buildings")
    point = frame[frame["name"] == PLUM_COURT.name].geometry.iloc[0]
    return point.x, point.y


def test_a_row_holds_the_place_as_it_is_kept(export):
    row = by_name(export)[PLUM_COURT.name]
    assert (row["lon"], row["lat"]) == (LON, LAT)


@pytest.mark.parametrize("place_in", [place_in_csv, place_in_geojson, place_in_xlsx, place_in_geopackage])
def test_every_format_holds_the_place_to_a_centimetre(export, tmp_path, place_in):
    assert place_in(export, tmp_path) == pytest.approx((LON, LAT), abs=5e-8)


def test_a_sheet_keeps_its_headings_and_codes_in_sight_and_can_be_filtered(export):
    book = openpyxl.load_workbook(BytesIO(b"".join(workbook(export, "data", "about"))))
    data = book.worksheets[0]
    assert data.freeze_panes == "B2"
    assert data.auto_filter.ref.startswith("A1:")
    assert data.auto_filter.ref.endswith(str(len(export.rows) + 1))
    assert data.dimensions == data.auto_filter.ref


def test_geojson_spends_no_byte_on_spaces(export):
    text = b"".join(feature_collection(export)).decode()
    assert json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")) == text.replace("\n", "")
