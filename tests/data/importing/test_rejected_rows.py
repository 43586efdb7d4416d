"""Rows set aside come back as a file that can be mended and handed in again."""

import csv
import json

import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.db.models.city import Building, RejectedRow
from data.exports.formula_escape import plain_cell, safe_cell
from data.importing.writing.rejected_rows import GEOMETRY, OWN_COLUMNS, ending, write_rejected_rows
from tests.data.riverton import (
    BUILDINGS,
    CAST,
    HARBOUR,
    MILL,
    PLUM,
    STREETS,
    square,
    write_csv,
    write_geojson,
    write_gpkg,
    write_xlsx,
)

DANGEROUS = MILL | {"name": "=HYPERLINK(1)", "address": "'quoted", "lon": "-113.9"}


def _handed_back(desk, outcome):
    path = desk.folder / "buildings-set-aside.csv"
    write_rejected_rows(path, outcome.frame, outcome.faults, outcome.row_numbers)
    return path


def test_the_file_has_the_row_as_it_was_its_number_and_why(desk):
    outcome = desk.buildings(PLUM, DANGEROUS, HARBOUR)
    with _handed_back(desk, outcome).open(encoding="utf-8-sig", newline="") as file:
        heading, row = csv.reader(file)
    assert heading == [*PLUM, *OWN_COLUMNS]
    told = dict(zip(heading, row, strict=True))
    assert (told["name"], told["address"], told["lon"]) == ("'=HYPERLINK(1)", "''quoted", "-113.9")
    assert (told["set aside: row"], told["set aside: reason"]) == ("2", "place_outside")
    assert told["set aside: why and what to do"].startswith("Longitude -113.9, latitude 22.5501")


def test_mended_there_and_handed_in_again_it_is_taken(desk):
    path = _handed_back(desk, desk.buildings(*CAST[:2], DANGEROUS))
    path.write_text(path.read_text("utf-8-sig").replace("-113.9", "113.92"), "utf-8")
    outcome = desk.hand_in(BUILDINGS, path)
    assert outcome.faults == [] and outcome.tallies["buildings"].new == 1
    mill = desk.building(MILL)
    assert (mill.name, mill.address, mill.lon) == ("=HYPERLINK(1)", "'quoted", 113.92)


def test_rows_of_a_workbook_are_handed_back_as_csv_and_taken_again(desk):
    only_workbooks = BUILDINGS.replace('["csv", "xlsx", "geojson", "gpkg"]', '"xlsx"')
    path = write_xlsx(desk.folder / "buildings.xlsx", [PLUM, MILL | {"lon": ""}])
    handed_back = _handed_back(desk, desk.hand_in(only_workbooks, path))
    handed_back.write_text(handed_back.read_text("utf-8-sig").replace(",,22.5501", ",113.92,22.5501"), "utf-8")
    assert desk.hand_in(only_workbooks, handed_back).tallies["buildings"].new == 1


def test_rows_of_a_file_with_geometry_are_handed_back_as_geojson_and_taken_again(desk):
    by_geometry = BUILDINGS.split("place = ")[0] + 'place = { geometry = true, datum = "CGCS2000" }\n'
    by_geometry = by_geometry.replace('["csv", "xlsx", "geojson", "gpkg"]', '"gpkg"')
    outcome = desk.hand_in(by_geometry, write_gpkg(desk.folder / "b.gpkg", [PLUM, DANGEROUS, HARBOUR | {"code": ""}]))
    path = desk.folder / "b-set-aside.geojson"
    write_rejected_rows(path, outcome.frame, outcome.faults, outcome.row_numbers)
    first, second = json.loads(path.read_text("utf-8"))["features"]
    assert (
        first["properties"]["name"] == "=HYPERLINK(1)" and first["properties"]["set aside: reason"] == "place_outside"
    )
    assert (first["geometry"]["coordinates"], second["properties"]["set aside: row"]) == ([-113.9, 22.5501], 3)
    first["geometry"]["coordinates"][0], second["properties"]["code"] = 113.92, HARBOUR["code"]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [first, second]}), "utf-8")
    mended = desk.hand_in(by_geometry, path)
    assert mended.faults == [] and mended.tallies["buildings"].new == 2
    assert (desk.building(MILL).name, desk.building(MILL).lon) == ("=HYPERLINK(1)", 113.92)


def test_the_geometry_of_a_row_set_aside_is_kept_with_the_import(desk):
    path = write_geojson(desk.folder / "streets.geojson", [{"code": "", "name": "x"}], [square(113.85, 22.5)])
    desk.buildings(PLUM)
    outcome = desk.hand_in(STREETS, path)
    (kept,) = desk.rows(RejectedRow)
    assert ending(outcome.frame) == ending(pd.DataFrame([kept.row])) == ".geojson"
    assert shapely.from_geojson(kept.row[GEOMETRY]).equals_exact(
        shapely.box(113.85, 22.5, 113.95, 22.6), 1e-12, normalize=True
    )


def test_the_database_keeps_every_row_set_aside_of_every_import(desk):
    rows = [MILL | {"code": str(number), "lon": "nan"} for number in range(5)]
    desk.buildings(PLUM, *rows)
    kept = desk.rows(RejectedRow, RejectedRow.row_number)
    assert [one.row_number for one in kept] == [2, 3, 4, 5, 6]
    assert kept[0].row == rows[0] and desk.count(Building) == 1


@given(st.text())
def test_no_cell_can_run_and_every_cell_comes_back(text):
    safe = safe_cell(text)
    assert plain_cell(safe) == text
    assert not safe.startswith(("=", "@", "\t", "\r", "\0"))
    assert not safe.startswith(("+", "-")) or safe[1:].replace(".", "", 1).isdigit()


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), max_size=20), min_size=1, max_size=5)
)
def test_names_come_through_a_file_as_they_were(tmp_path_factory, names):
    from data.importing.mapping.parser import read_mapping
    from data.importing.reading.tables import read_table

    folder = tmp_path_factory.mktemp("names")
    (folder / "m.toml").write_text('encoding = "gb18030"\n' + BUILDINGS, encoding="utf-8")
    path = write_csv(folder / "buildings.csv", [PLUM | {"name": name} for name in names], "gb18030")
    table = read_table(path.name, path.read_bytes(), read_mapping(folder / "m.toml").layout())
    assert table.frame["name"].tolist() == names
