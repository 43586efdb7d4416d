"""Every format holds the same rows, and nothing a spreadsheet would run."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import geopandas
import numpy as np
import openpyxl
import pyogrio
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from data.exports.csv import zipped_csv
from data.exports.formula_escape import plain_cell
from data.exports.geojson import feature_collection
from data.exports.geopackage import write_geopackage
from data.exports.rows import Column, Line
from data.exports.xlsx import DATA, TooManyRows, text_cell, workbook

COLUMNS = (
    Column("code", "Code", "text"),
    Column("name", "名称", "text"),
    Column("lon", "Longitude", "decimal"),
    Column("lat", "Latitude", "decimal"),
    Column("homes", "Homes", "whole"),
    Column("score", "Score", "decimal"),
)
RUN = ("=", "+", "-", "@", "=", "+", "-", "@", "\t", "\r", "\0")
HARMFUL = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\0=1",
    "=1+1",
    '=HYPERLINK("http://x")',
    "http://x.example",
    "'=1",
    "-79.4",
    "001",
    "1e5",
    "<b>&amp;",
    '"a","b"\n=1',
    "{=1}",
    "_x0000_",
)
texts = st.one_of(
    st.sampled_from(HARMFUL),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.builds("{}{}".format, st.sampled_from(RUN), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)),
)
places = st.one_of(
    st.just((None, None)),
    st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(lambda pair: tuple(round(side, 7) for side in pair)),
)
buildings = st.tuples(
    texts, texts, places, st.none() | st.integers(0, 9_999), st.none() | st.floats(-100, 100).map(lambda n: round(n, 4))
)
often = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
worst = example([(one, one, (None, None), None, None) for one in HARMFUL])


@dataclass(frozen=True)
class Sample:
    """Stands where an export does, with rows given."""

    given: Sequence[tuple]
    columns: tuple[Column, ...] = COLUMNS
    about: tuple[Line, ...] = (Line("city", "城市", "河湾"), Line("rows", "=Rows", "=2"))

    @property
    def rows(self) -> np.ndarray:
        return np.arange(len(self.given))

    @property
    def told(self) -> list[tuple]:
        return [(code, name, lon, lat, homes, score) for code, name, (lon, lat), homes, score in self.given]

    def batches(self):
        for start in range(0, len(self.given), 3):
            part = self.told[start : start + 3]
            yield {column.key: [row[at] for row in part] for at, column in enumerate(COLUMNS)}


def csv_of(export) -> tuple[str, list[list[str]]]:
    """The text beside the table, and the table."""
    with zipfile.ZipFile(io.BytesIO(b"".join(zipped_csv(export, "说明.txt", "数据.csv")))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["说明.txt", "数据.csv"]
        about, table = (archive.read(name) for name in archive.namelist())
    assert about.startswith(b"\xef\xbb\xbf") and table.startswith(b"\xef\xbb\xbf")
    return about.decode("utf-8-sig"), list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def workbook_of(export) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(b"".join(workbook(export, "数据", "说明"))))


def collection_of(export) -> dict:
    return json.loads(b"".join(feature_collection(export)))


def runs(text: object) -> bool:
    """Whether a spreadsheet would take it for a formula; a plain number is none."""
    if not isinstance(text, str) or not text.startswith(RUN):
        return False
    try:
        float(text)
    except ValueError:
        return True
    return text[0] not in "+-"


@often
@worst
@given(st.lists(buildings, max_size=7))
def test_no_cell_of_a_csv_begins_a_formula_and_every_text_comes_back(given):
    sample = Sample(given)
    about, (headings, *table) = csv_of(sample)
    assert about == "城市: 河湾\r\n=Rows: =2\r\n"
    assert headings == ["Code", "名称", "Longitude", "Latitude", "Homes", "Score"]
    assert not [cell for row in table for cell in row if runs(cell)]
    for row, told in zip(table, sample.told, strict=True):
        assert [
            plain_cell(cell) if cell != text else cell for cell, text in zip(row[:2], told[:2], strict=True)
        ] == list(told[:2])
        assert [float(cell) if cell else None for cell in row[2:]] == list(told[2:])


@often
@worst
@given(st.lists(buildings, max_size=7))
def test_no_cell_of_a_workbook_is_a_formula_or_a_link_and_every_text_comes_back(given):
    sample = Sample(given)
    book = workbook_of(sample)
    assert book.sheetnames == ["数据", "说明"]
    data, about = book.worksheets
    for sheet in (data, about):
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink or runs(cell.value)]
    rows = list(data.iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(given)
    for row, told in zip(rows, sample.told, strict=True):
        assert list(row[2:]) == list(told[2:])
        assert [unescape(cell or "") for cell in row[:2]] == [text_cell(text) for text in told[:2]]
    assert [cell.value for cell in about["B"]] == ["河湾", "'=2"]


@often
@worst
@given(st.lists(buildings, max_size=7))
def test_geojson_comes_back_whole_through_geopandas(tmp_path, given):
    sample = Sample(given)
    told = collection_of(sample)
    assert told["about"] == {"city": "河湾", "rows": "=2", "fields": {one.key: one.heading for one in COLUMNS}}
    for feature, (code, name, lon, lat, homes, score) in zip(told["features"], sample.told, strict=True):
        assert feature["properties"] == {"code": code, "name": name, "homes": homes, "score": score}
        assert feature["geometry"] == (None if lon is None else {"type": "Point", "coordinates": [lon, lat]})
    path = tmp_path / "export.geojson"
    path.write_bytes(b"".join(feature_collection(sample)))
    if given:
        assert_places(geopandas.read_file(f"GeoJSON:{path}"), sample)


@often
@given(st.lists(buildings, max_size=7))
def test_a_geopackage_comes_back_whole_through_geopandas(tmp_path, given):
    sample = Sample([(code.replace("\0", ""), name.replace("\0", ""), *rest) for code, name, *rest in given])
    path = tmp_path / "export.gpkg"
    path.unlink(missing_ok=True)
    write_geopackage(path, sample)
    assert [name for name, _ in pyogrio.list_layers(path)] == ["buildings", "about"]
    frame = geopandas.read_file(f"GPKG:{path}", layer="buildings")
    assert_places(frame, sample)
    assert frame["code"].tolist() == [code for code, *_ in sample.told]
    assert [None if n != n else n for n in frame["homes"].astype(float)] == [row[4] for row in sample.told]
    assert [None if n != n else n for n in frame["score"].astype(float)] == [row[5] for row in sample.told]
    about = pyogrio.read_dataframe(path, layer="about")
    assert about["text"].tolist()[:2] == ["河湾", "=2"]
    assert about["heading"].tolist()[2:] == ["Code", "名称", "Homes", "Score"]


def assert_places(frame: geopandas.GeoDataFrame, sample: Sample) -> None:
    assert frame.crs.to_epsg() == 4326
    found = [(None, None) if place is None else (place.x, place.y) for place in frame.geometry]
    assert found == [(lon, lat) for _, _, lon, lat, _, _ in sample.told]


def test_a_sheet_has_no_text_but_in_its_cells():
    """Excel calls a workbook damaged otherwise, though other readers pass over it."""
    sample = Sample([("a", "b", (113.9, 22.5), 3, 0.5)] * 5)
    with zipfile.ZipFile(io.BytesIO(b"".join(workbook(sample, "数据", "说明")))) as archive:
        sheet = ElementTree.fromstring(archive.read(DATA))
    assert [element.tag for element in sheet.iter() if element.tail] == []
    with_text = {element.tag.rpartition("}")[2] for element in sheet.iter() if element.text}
    assert with_text == {"t", "v"}


@pytest.mark.parametrize("write", [csv_of, workbook_of, collection_of])
def test_a_column_that_ends_early_stops_the_export_rather_than_shift_or_lose_rows(write):
    class Uneven(Sample):
        def batches(self):
            for batch in super().batches():
                yield batch | {"score": batch["score"][:-1]}

    with pytest.raises(ValueError, match="shorter"):
        write(Uneven([("a", "b", (None, None), 1, 1.0)] * 2))


def test_streams_begin_before_the_rows_are_read():
    class Late(Sample):
        def batches(self):
            raise AssertionError("read")

    for pieces in (zipped_csv(Late([]), "a", "b"), feature_collection(Late([])), workbook(Late([]), "a", "b")):
        assert next(pieces)
        with pytest.raises(AssertionError, match="read"):
            next(pieces)


def test_a_sheet_that_would_overflow_is_refused_with_the_cure_before_anything_leaves(monkeypatch):
    monkeypatch.setattr("data.exports.xlsx.MOST_ROWS", 1)
    rows = [("a", "b", (None, None), 1, 1.0)] * 2
    workbook(Sample(rows[:1]), "a", "b")
    with pytest.raises(TooManyRows, match="take CSV"):
        workbook(Sample(rows), "a", "b")


def test_another_reader_of_workbooks_finds_the_same(tmp_path):
    sample = Sample([("=1", "河湾 _x003D_", (113.9, 22.5), 3, 0.5), ("b", "", (None, None), None, None)])
    path = tmp_path / "export.xlsx"
    path.write_bytes(b"".join(workbook(sample, "数据", "说明")))
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["数据", "说明"]
    assert book.get_sheet_by_name("数据").to_python()[1:] == [
        ["'=1", "河湾 _x003D_", 113.9, 22.5, 3, 0.5],
        ["b", "", "", "", "", ""],
    ]


def test_signs_no_workbook_can_hold_are_replaced():
    assert text_cell("a\x01b\ufffe") == "a\ufffdb\ufffd"
    assert text_cell("a\nb") == "a\nb"
