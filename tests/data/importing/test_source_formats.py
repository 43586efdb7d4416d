"""Every format has a reader, a sign to know it by, and an ending a person may hand in."""

import pytest

from data.importing.mapping.layout import Layout
from data.importing.reading.file_type import kind_of
from data.importing.reading.tables import READERS, read_table
from data.importing.source_formats import ENDINGS, FORMATS, SOURCE_FORMATS, alike, titles
from tests.data.riverton import (
    CAST,
    write_csv,
    write_geojson,
    write_geoparquet,
    write_gpkg,
    write_parquet,
    write_shapefile,
    write_xlsx,
)

WRITTEN_BY = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "geojson": write_geojson,
    "gpkg": write_gpkg,
    "shapefile": write_shapefile,
    "parquet": write_parquet,
    "geoparquet": write_geoparquet,
}


def test_every_format_has_a_reader():
    assert tuple(READERS) == FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_known_by_its_content_and_read_by_the_reader_of_its_format(name, tmp_path):
    data = WRITTEN_BY[name](tmp_path / f"buildings.{name}", CAST).read_bytes()
    assert kind_of("whatever", data) == name
    table = read_table("whatever", data, Layout("any", "any.toml", (name,), ()))
    assert len(table.frame) == len(CAST)
    assert (table.geometry is not None) == SOURCE_FORMATS[name].has_geometry


def test_formats_that_hold_the_same_take_each_others_place_in_a_mapping():
    assert alike("csv") == alike("xlsx") == alike("parquet") == ("csv", "xlsx", "parquet")
    assert alike("gpkg") == alike("geojson") == ("geojson", "gpkg", "shapefile", "geoparquet")


def test_the_formats_are_named_in_one_sentence_and_each_by_an_ending_of_its_own():
    assert str(titles()) == "CSV, XLSX, GeoJSON, GeoPackage, zipped Shapefile, Parquet or GeoParquet"
    assert len(set(ENDINGS)) == len(ENDINGS)
    assert all(one.endings for one in SOURCE_FORMATS.values())
