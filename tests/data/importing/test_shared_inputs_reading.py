"""Small files of strangers that once could not be read, or were in silence: encodings, headings, sheets, shapes."""

import pytest
import shapely

from data.__main__ import main
from data.db.models.city import Area, Building
from data.importing.errors import FileRefused
from tests.data.importing.shared_inputs import (
    FAILING,
    ON,
    PLAIN_BUILDINGS,
    anytown,
    beside,
    codes,
    failing,
    take,
    their,
)
from tests.data.riverton import reasons

__all__ = ["anytown"]  # a fixture
pytestmark = beside
SHAPES_ALONE = (
    'title = "Anytown: shapes"\ncity = "anytown"\nfiles = "*"\nformat = "geojson"\n{0}[building]\n'
    'code = {{ column = "CODE" }}\naddress = {{ column = "ADDRESS" }}\n'
    'place = {{ geometry = true, datum = "WGS84" }}\n'
)
OFF_MAP = '[[off_map]]\ngeometry = "missing"\nreason = "No shape."\n'
BOROUGHS = """
title = "New York: boroughs"
files = "*"
format = "shapefile"
[city]
code = "nyc"
names = { zh = "纽约", en = "New York" }
bounds = [-74.30, 40.45, -73.65, 40.95]
rule_sets = ["baoan"]
[city.levels]
district = { zh = "区", en = "Borough" }
[area]
level = "district"
code = { column = "BOROCODE" }
name = { column = "BORONAME" }
"""


def notes(outcome) -> list[str]:
    return [str(note) for note in outcome.notes]


@pytest.mark.parametrize(
    ("name", "mapping", "encoding", "expected"),
    [
        ("11_latin1.csv", "anytown_b", "latin-1", {"Müllerstraße", "Chemin"}),
        (
            "b01-windows-1252.csv",
            PLAIN_BUILDINGS.format("b01"),
            "windows-1252",
            {"12 rue Hôtel-de-Ville", "Große Straße 5", "Calçada 4"},
        ),
    ],
    ids=["11", "b01"],
)
def test_11_and_b01_are_refused_until_their_encoding_is_said(anytown, name, mapping, encoding, expected):
    before = codes(anytown)
    text = their(mapping) if mapping.startswith("anytown_") else mapping
    with pytest.raises(FileRefused, match=r"the encoding is neither UTF-8 nor GB18030 for certain.*say 'encoding'"):
        failing(anytown, name, text)
    assert codes(anytown) == before
    assert failing(anytown, name, f'encoding = "{encoding}"\n{text}').faults == []
    assert {one.address for one in anytown.rows(Building)} >= expected


def test_16_a_heading_that_stands_twice_and_is_not_read_does_no_harm(anytown):
    assert failing(anytown, "16_unused_heading_twice.csv", their("anytown_b")).faults == []
    assert "U2" in codes(anytown)


def test_17_a_ragged_line_is_refused_by_its_number_with_the_cure(anytown):
    words = r"^17_ragged\.csv: line 2 has 9 cells and the heading 8; take out what is too much, or put quotes"
    with pytest.raises(FileRefused, match=words):
        failing(anytown, "17_ragged.csv", their("anytown_b"))
    mended = anytown.folder / "b_mended.csv"
    mended.write_text((FAILING / "17_ragged.csv").read_text().replace(",extra", ""))
    outcome = take(anytown, anytown.mapping(their("anytown_b")), mended)
    assert reasons(outcome) == ["value_missing"] and outcome.row_numbers.tolist() == [2]
    assert notes(outcome) == [
        "Rows with fewer cells than the heading: 1, the first in line 3; what they lack counts as empty."
    ]


def test_18_a_heading_in_row_3_is_named_and_read_where_the_mapping_says_so(anytown):
    with pytest.raises(FileRefused, match="the heading seems to stand in row 3; say heading_row = 3 in"):
        failing(anytown, "18_heading_in_row_3.csv", their("anytown_b"))
    assert failing(anytown, "18_heading_in_row_3.csv", their("anytown_head3")).faults == []
    assert "A1" in codes(anytown)


def test_18_two_lines_are_one_heading(anytown):
    outcome = failing(anytown, "18_two_line_heading.xlsx", their("anytown_b"))
    assert outcome.faults == [] and notes(outcome) == ["The heading has two lines, rows 1 and 2."]
    assert anytown.building({"code": "XM1"}).address == "1 Road"


def test_19_the_sheet_behind_the_cover_is_read_and_named(anytown):
    outcome = failing(anytown, "19_cover_sheet.xlsx", their("anytown_b"))
    assert notes(outcome) == ["The sheet '数据' is read: no other has the columns."]
    assert outcome.faults == [] and "S2B" in codes(anytown)


def test_20_the_rows_of_a_second_sheet_are_said_with_their_number_and_come_when_it_is_named(anytown):
    outcome = failing(anytown, "20_two_data_sheets.xlsx", their("anytown_b"))
    assert codes(anytown) == {"B1", "B2", "S1A"}
    assert notes(outcome) == [
        "Only the sheet 'Sheet' is read. Others hold rows too: 'second' (1); 'sheet' in the mapping names another."
    ]
    assert failing(anytown, "20_two_data_sheets.xlsx", their("anytown_sheet")).notes == ()
    assert codes(anytown) == {"B1", "B2", "S1A", "S2A"}


def test_21_hidden_rows_are_taken_and_said_with_their_number(anytown):
    outcome = failing(anytown, "21_hidden_rows.xlsx", their("anytown_b"))
    assert (outcome.read, outcome.faults) == (5, [])
    assert notes(outcome) == [
        "Hidden rows of the sheet are read like the others: 2; delete them if they are not meant.",
        "Hidden columns of the sheet can be read like the others: 1.",
    ]


def test_25_a_bomb_is_one_sentence_on_the_command_line_and_nothing_else(anytown, capfd, monkeypatch):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", str(anytown.engine.url))
    mapping = anytown.folder / "theirs.toml"
    mapping.write_text(their("anytown_b"), encoding="utf-8")
    assert main(["import", str(mapping), str(FAILING / "25_bomb.xlsx"), "--on", ON.isoformat()]) == 2
    told, said = capfd.readouterr()
    assert told == ""
    assert said.startswith("25_bomb.xlsx: reading it took more than 500 MB of memory; ") and said.count("\n") == 1
    assert codes(anytown) == {"B1", "B2"}


def test_26_a_total_and_a_signature_below_the_table_are_set_aside(anytown):
    outcome = failing(anytown, "26_total_row.csv", their("anytown_b"))
    assert reasons(outcome) == ["total_row"] * 2 and outcome.row_numbers.tolist() == [2, 3]
    assert codes(anytown) == {"B1", "B2", "TO9"}


def test_27_cells_with_an_error_set_their_row_aside_and_a_formula_without_a_value_is_said(anytown):
    outcome = failing(anytown, "27_error_cells.xlsx", their("anytown_b"))
    said = dict(zip(outcome.row_numbers.tolist(), outcome.faults, strict=True))
    assert said[5][1] == "error_cell"
    assert "'NAME' holds #N/A" in said[5][2] and "'ADDRESS' holds #REF!" in said[5][2]
    assert notes(outcome) == [
        "Cells with a formula of which no result is saved: 1, the first in row 4; they count as empty. Open the "
        "workbook in a spreadsheet program and save it."
    ]
    assert not codes(anytown) & {"ER"}


def test_28_a_zipped_shapefile_is_read_in_degrees(tmp_path, anytown):
    asked = r"^28_zipped_shapefile\.zip: this is shapefile, and theirs reads csv or xlsx; .* add \"shapefile\""
    with pytest.raises(FileRefused, match=asked):
        failing(anytown, "28_zipped_shapefile.zip", their("anytown_b"))
    outcome = failing(anytown, "28_zipped_shapefile.zip", BOROUGHS)
    assert outcome.faults == [] and outcome.tallies["areas"].new == 5
    outlines = {one.code: shapely.from_wkb(one.outline) for one in anytown.rows(Area)}
    assert outlines["1"].contains(shapely.Point(-73.9857, 40.7484)), "Manhattan"
    assert not outlines["3"].contains(shapely.Point(-73.9857, 40.7484)), "Brooklyn"


def test_29_json_that_is_no_geojson_is_called_so(anytown):
    with pytest.raises(FileRefused, match="this is JSON, and neither CSV nor GeoJSON; save it as CSV, or as"):
        failing(anytown, "29_plain.json", their("anytown_b"))


@pytest.mark.parametrize("mapping", ["anytown_b", "anytown_semi"])
def test_30_the_line_sep_is_skipped_and_followed(anytown, mapping):
    assert failing(anytown, "30_sep_line.csv", their(mapping)).faults == []
    assert anytown.building({"code": "A1"}).name == "House"


def test_33_a_row_without_a_shape_is_set_aside_by_name_or_kept_off_the_map(anytown):
    outcome = failing(anytown, "33_null_geometry.geojson", SHAPES_ALONE.format(""))
    assert reasons(outcome) == ["geometry_missing"] and outcome.frame["CODE"].tolist() == ["N1"]
    outcome = failing(anytown, "33_null_geometry.geojson", SHAPES_ALONE.format(OFF_MAP))
    assert (outcome.faults, outcome.off_map) == ([], {"No shape.": 1})
    assert anytown.building({"code": "N1"}).lon is None


def test_b07_an_empty_outline_is_set_aside_by_name_and_the_rest_is_taken(anytown):
    outcome = failing(anytown, "b07-one-empty-geometry.geojson", their("anytown_a_areas"))
    assert reasons(outcome) == ["geometry_missing"] and outcome.frame["code"].tolist() == ["empty"]
    assert {one.code for one in anytown.rows(Area)} == {"S", "ok"}


def test_b06_arcs_become_lines(anytown):
    assert failing(anytown, "b06-curve-polygon.gpkg", their("anytown_a_areas")).faults == []
    outlines = [shapely.from_wkb(one.outline) for one in anytown.rows(Area) if one.code in ("S1", "S2")]
    assert [one.is_valid and one.area > 0 for one in outlines] == [True, True]


def test_b26_the_layer_with_features_is_taken_beside_the_styles_of_qgis(anytown):
    assert failing(anytown, "b26-gpkg-with-layer-styles.gpkg", their("anytown_a_areas")).faults == []
    assert {one.code for one in anytown.rows(Area)} == {"S", "S1"}
