"""The small files of strangers that once failed, and their city. They lie beside the project, or tests of them skip."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import open_database
from data.db.models.city import Building
from data.importing.mapping.choose_mapping import allotted
from data.importing.mapping.parser import mapping_of, read_mapping
from data.importing.mapping.schema import SourceMapping
from data.importing.writing.result import Outcome
from data.importing.writing.run import import_file
from tests.data.riverton import Desk, read_here, square, write_geojson

FAILING = Path(__file__).resolve().parents[4] / "shared" / "failing-inputs"
beside = pytest.mark.skipif(not FAILING.is_dir(), reason="../shared/failing-inputs is not there")
ON = date(2026, 11, 26)
TOP = 'title = "Anytown: {0}"\ncity = "anytown"\nfiles = "*"\nformat = ["csv", "xlsx"]\n'
LOOKED_UP = TOP + '[building]\nexisting = true\ncode = {{ column = "{1}" }}\n'
PLAIN_BUILDINGS = TOP + (
    '[building]\ncode = {{ column = "code" }}\nname = {{ column = "name" }}\naddress = {{ column = "address" }}\n'
    'place = {{ lon = {{ column = "lon" }}, lat = {{ column = "lat" }}, datum = "WGS84" }}\n'
)
VISITS = LOOKED_UP + '[inspection]\nkey = {{ column = "{2}" }}\nday = {{ column = "day" }}\n'


def anytown_in(folder: Path) -> Desk:
    """A city of one street and two buildings, by its own mappings."""
    town = Desk(open_database(f"sqlite:///{folder / 'anytown.sqlite'}"), folder)
    areas = write_geojson(folder / "areas.geojson", [{"code": "S", "name": "S"}], [square(113.8, 22.45, 0.2)])
    take(town, read_mapping(FAILING / "mappings" / "anytown_a_areas.toml"), areas)
    listed = folder / "listed.csv"
    listed.write_text("code,name,address,lon,lat\nB1,A,a,113.9,22.55\nB2,B,b,113.9,22.55\n", encoding="utf-8")
    take(town, mapping_of("listed", PLAIN_BUILDINGS.format("listed")), listed)
    return town


@pytest.fixture
def anytown(tmp_path) -> Desk:
    return anytown_in(tmp_path)


def take(town: Desk, mapping: SourceMapping, path: Path) -> Outcome:
    return import_file(town.engine, SYSTEM, mapping, path, ON, actor=COMMAND_LINE, read=read_here)


def failing(town: Desk, name: str, mapping: str) -> Outcome:
    """mapping: a text, or the name of one beside the files."""
    path = FAILING / name
    if not mapping.startswith("anytown_"):
        return take(town, mapping_of("theirs", mapping), path)
    copy = town.folder / name
    shutil.copy(path, copy)
    ((chosen, file),) = allotted([read_mapping(FAILING / "mappings" / f"{mapping}.toml")], [copy])
    return take(town, chosen, file)


def their(mapping: str, *changes: tuple[str, str]) -> str:
    """The text of a mapping beside the files, with some of it said otherwise."""
    text = (FAILING / "mappings" / f"{mapping}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def codes(town: Desk) -> set[str]:
    return {one.code for one in town.rows(Building)}
