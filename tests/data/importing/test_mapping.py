"""A mapping file is checked strictly: the sentence names file, place and cure."""

import re
from pathlib import Path

import pytest

from data.importing.errors import NoSuchMapping, WrongMapping
from data.importing.mapping.choose_mapping import MAPPINGS, allotted, describing, mappings_named
from data.importing.mapping.parser import read_mapping
from tests.data.riverton import BUILDINGS, CITY, STREETS, VISITS

EVERY_MAPPING = sorted(MAPPINGS.glob("*.toml"))

BAD_CODES = ("../etc", "a/b", "a b", "a,b", "a:b", "*", "a?b", "a" * 41)  # of cities


def _read(folder, text):
    path = folder / "riverton.toml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)


@pytest.mark.parametrize(
    ("text", "old", "new", "words"),
    [
        (BUILDINGS, "homes =", "home =", "building: unknown key 'home'; known here: address"),
        (BUILDINGS, 'code = { column = "code" }', "", "building: 'code' is missing"),
        (BUILDINGS, 'column = "built"', 'colum = "built"', "building, built: 'column' is missing"),
        (BUILDINGS, 'datum = "WGS84"', 'datum = "WGS72"', "'datum' says 'WGS72'; it must be one of WGS84, CGCS2000"),
        (BUILDINGS, '"xlsx", ', '"xls", ', "'format' says 'xls'; it must be one of csv, xlsx"),
        (BUILDINGS, 'rule_sets = ["baoan"]', 'rule_sets = ["bao\'an"]', "it must be one of baoan"),
        (BUILDINGS, 'rule_sets = ["baoan"]', "rule_sets = []", "'rule_sets' must name at least one of baoan"),
        (BUILDINGS, 'rule_sets = ["baoan"]\n', "", "'rule_sets' must name at least one of baoan"),
        (BUILDINGS, 'rule_sets = ["baoan"]', 'rule_sets = ["baoan", "baoan"]', "names a rule set twice"),
        *((BUILDINGS, 'code = "riverton"', f'code = "{code}"', "'code' must be 1 to 40 letters") for code in BAD_CODES),
        (BUILDINGS, "113.80, 22.45", "22.45, 113.80", "west < east and south < north"),
        (BUILDINGS, "[city.levels]\nstreet", "[city.levels]\nvillage", "name at least one of district, street"),
        (BUILDINGS, 'use = { column = "use"', 'use = "x y z x y z x y z x y z x y z x y z x y z"\n#', "at most 40 fit"),
        (BUILDINGS, 'title = "Riverton: buildings"', "title = ", "not TOML"),
        (BUILDINGS, "[building]", '[[off_map]]\ncolumn = "x"\nreason = "y"\n[building]', "exactly one way: equals"),
        (
            BUILDINGS,
            "[building]",
            '[[leave_out]]\ncolumn = "x"\nmatches = "("\nreason = "y"\n[building]',
            "no regular expression",
        ),
        (BUILDINGS, "\n[city]", '\ndelimiter = ";;"\n\n[city]', "'delimiter' must be one character"),
        (VISITS, '[building]\nexisting = true\ncode = { column = "building" }', "", "[inspection] needs [building]"),
        (VISITS, "existing = true", 'existing = true\nname = "x"', "'existing' only finds a building by its code"),
        (VISITS, '"%d/%m/%Y"', '"%d/%m"', "'%d/%m', which gives no day"),
        (VISITS, 'severity = "medium"', 'severity = "awful"', "'awful' is none of low, medium, high"),
        (VISITS, 'step = "resolved"', 'step = "mended"', "it must be one of mended_on_the_spot"),
        (VISITS, 'source = "visit"', 'repeated_keys = "never"', "it must be one of ask, corrections, others"),
        (STREETS, '["geojson", "gpkg"]', '["geojson", "csv"]', "'format' must be geojson or gpkg"),
        (STREETS, "[area]", "[aera]", "no table is filled; add one of [area]"),
    ],
)
def test_a_mistake_in_a_mapping_is_named_with_its_place(tmp_path, text, old, new, words):
    assert old in text
    with pytest.raises(WrongMapping) as wrong:
        _read(tmp_path, text.replace(old, new, 1))
    assert str(wrong.value).startswith("riverton.toml") and words in str(wrong.value)


def test_a_mapping_is_chosen_by_path_by_name_or_by_the_beginning_of_names(tmp_path):
    for name, text in (("river_streets", STREETS), ("river_buildings", BUILDINGS), ("river", VISITS)):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    assert [one.name for one in mappings_named(str(tmp_path / "river.toml"))] == ["river"]
    assert [one.name for one in mappings_named("river", tmp_path)] == ["river"]
    assert [one.name for one in mappings_named("river_", tmp_path)] == ["river_buildings", "river_streets"]
    with pytest.raises(NoSuchMapping, match="There is no mapping 'lake'; there are river, river_buildings"):
        mappings_named("lake", tmp_path)
    with pytest.raises(NoSuchMapping, match="correct the path"):
        mappings_named("lake.toml", tmp_path)
    assert describing("riverton", tmp_path) == "river_buildings"


def test_of_areas_the_one_with_the_city_goes_first_and_then_the_wider(tmp_path):
    def of_level(level: str, text: str = STREETS):
        (tmp_path / f"{level}.toml").write_text(text.replace("street", level), encoding="utf-8")
        return read_mapping(tmp_path / f"{level}.toml")

    with_city = STREETS.replace('city = "riverton"\n', "").replace("[area]", f"{CITY}\n[area]")
    mappings = [of_level("grid"), of_level("street", with_city), of_level("district")]
    files = [Path("grids.geojson"), Path("districts.geojson"), Path("streets.geojson")]
    assert [mapping.name for mapping, _ in allotted(mappings, files)] == ["street", "district", "grid"]


def test_files_go_to_the_mapping_that_fits_their_name_areas_first(tmp_path):
    for name, text in (("a", VISITS), ("b", BUILDINGS), ("c", STREETS)):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    mappings = [read_mapping(tmp_path / f"{name}.toml") for name in "abc"]
    files = [Path("visits_2024.csv"), Path("buildings_1.csv"), Path("buildings_2.csv"), Path("streets.geojson")]
    order = [(mapping.name, file.name) for mapping, file in allotted(mappings, files)]
    assert order == [
        ("c", "streets.geojson"),
        ("b", "buildings_1.csv"),
        ("b", "buildings_2.csv"),
        ("a", "visits_2024.csv"),
    ]
    with pytest.raises(NoSuchMapping, match=r"trees\.csv: no mapping fits the name of this file"):
        allotted(mappings, [Path("trees.csv")])
    with pytest.raises(NoSuchMapping, match="more than one mapping fits"):
        allotted([*mappings, mappings[0]], files[:1])


@pytest.mark.parametrize("path", EVERY_MAPPING, ids=lambda path: path.stem)
def test_every_mapping_that_comes_with_the_product_can_be_read(path):
    assert read_mapping(path).columns()


def test_no_code_names_a_city_of_a_mapping():
    code = (path for path in MAPPINGS.parent.rglob("*.py") if "demo" not in path.parts)
    cities = {read_mapping(path).city for path in EVERY_MAPPING}
    named = {(path.name, city) for path in code for city in cities if city in path.read_text(encoding="utf-8").lower()}
    assert named == set()


def test_every_mapping_shown_in_the_guide_can_be_read(tmp_path):
    guide = (MAPPINGS.parents[1] / "docs" / "adding-a-city.md").read_text(encoding="utf-8")
    shown = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert [_read(tmp_path, text).city for text in shown] == ["riverton"] * 5


def test_every_part_of_a_mapping_shown_in_the_guide_can_be_read(tmp_path):
    guide = (MAPPINGS.parents[1] / "docs" / "adding-a-city.md").read_text(encoding="utf-8")
    parts = re.findall(r"```toml fragment\n(.*?)```", guide, re.DOTALL)
    top = 'title = "Riverton: part"\ncity = "riverton"\nfiles = "*"\nformat = "csv"\n'
    looked_up = '[building]\nexisting = true\ncode = { column = "RSN" }\n'
    hazard = VISITS[VISITS.index("[hazard]") : VISITS.index("[[hazard.step]]")]
    for part in parts:
        before = "" if "[building]" in part else looked_up + (hazard if "[[hazard]]" not in part else "")
        assert _read(tmp_path, top + before + part).blocks
    assert len(parts) == 5
