"""A building lies in the district its street names, though its own file does not speak of districts."""

import pytest

from data.access.roles import SYSTEM
from data.db.engine import writing
from data.db.models.city import Area, Building
from tests.data.importing.test_identity import told
from tests.data.importing.test_outlines_that_move import BUILDINGS_CITY, BY_CODE, BY_PLACE, contents, undo
from tests.data.riverton import CAST, HARBOUR, MILL, PLUM, STREETS, Desk, Row, reasons, square, write_geojson

LEVELS = BUILDINGS_CITY.replace(
    "[city.levels]",
    '[city.levels]\ndistrict = { zh = "区", en = "District" }\ncommunity = { zh = "社区", en = "Community" }',
)
DISTRICTS = STREETS.replace('level = "street"', 'level = "district"').replace('city = "riverton"\n', "") + LEVELS
WITHIN = STREETS + 'parent = { level = "district", code = { column = "within" } }\n'
COMMUNITIES = STREETS.replace('level = "street"', 'level = "community"')
COMMUNITIES += 'parent = { level = "street", code = { column = "within" } }\n'
CITY_OF_LEVELS = {"[city]" + BUILDINGS_CITY.split("[city]")[1]: "[city]" + LEVELS.split("[city]")[1]}
STREET_SIDES = {"001": (113.85, 113.905), "002": (113.905, 113.95)}
EVERYWHERE = (113.85, 113.95)


def outlined(desk: Desk, mapping: str, *areas: tuple[Row, tuple[float, float]]):
    shapes = [square(113.85, 22.5) for _ in areas]
    for shape, (_, (west, east)) in zip(shapes, areas, strict=True):
        shape["coordinates"] = [[[west, 22.5], [east, 22.5], [east, 22.6], [west, 22.6], [west, 22.5]]]
    return desk.hand_in(mapping, write_geojson(desk.folder / "areas.geojson", [row for row, _ in areas], shapes))


def streets(desk: Desk, **within: str):
    rows = ({"code": code, "name": code, "within": within[f"of_{code}"]} for code in STREET_SIDES)
    return outlined(desk, WITHIN, *zip(rows, STREET_SIDES.values(), strict=True))


def of_levels(mapping: str) -> str:
    for old, new in CITY_OF_LEVELS.items():
        mapping = mapping.replace(old, new)
    return mapping


def lies_in(desk: Desk, row: Row) -> tuple[str | None, ...]:
    """Codes of its district, street and community."""
    codes, one = {area.id: area.code for area in desk.rows(Area)}, desk.building(row)
    return tuple(codes.get(id_) for id_ in (one.district_id, one.street_id, one.community_id))


@pytest.fixture
def city(desk) -> Desk:
    """Two districts all over each other, a street in each, and a community in the first street."""
    outlined(desk, DISTRICTS, *(({"code": code, "name": code}, EVERYWHERE) for code in ("N", "S")))
    streets(desk, of_001="N", of_002="S")
    outlined(desk, COMMUNITIES, ({"code": "c1", "name": "c1", "within": "001"}, STREET_SIDES["001"]))
    return desk


def by_code(*codes: str) -> list[Row]:
    return [row | {"street": code} for row, code in zip(CAST, codes, strict=True)]


@pytest.mark.parametrize(
    ("said", "rows"),
    [
        ('street = "by place"', CAST),
        ('street = { column = "street" }', by_code("001", "002", "002")),
        ('street = { column = "street", by = "name" }', by_code("001", "002", "002")),
    ],
)
def test_a_building_lies_in_the_district_of_the_street_it_is_found_or_said_to_lie_in(city, said, rows):
    mapping = of_levels(BY_PLACE).replace('street = "by place"', said)
    assert reasons(city.buildings(*rows, mapping=mapping)) == []
    assert [lies_in(city, row)[:2] for row in CAST] == [("N", "001"), ("S", "002"), ("S", "002")]
    assert told(city.buildings(*rows, mapping=mapping), "buildings") == (0, 0, 3)


def test_the_whole_chain_follows_from_the_narrowest_area(city):
    mapping = of_levels(BY_PLACE).replace('street = "by place"', 'community = "by place"')
    city.buildings(*CAST, mapping=mapping)
    assert [lies_in(city, row) for row in CAST] == [("N", "001", "c1"), (None, None, None), (None, None, None)]


def test_what_the_mapping_names_stands_against_the_parent(city):
    mapping = of_levels(BY_PLACE) + 'district = { column = "district" }\n'
    city.buildings(PLUM | {"district": "S"}, mapping=mapping)
    assert lies_in(city, PLUM)[0] == "S"
    city.buildings(PLUM, mapping=of_levels(BY_PLACE))  # a file that does not speak of districts
    assert lies_in(city, PLUM)[0] == "S"
    streets(city, of_001="N", of_002="N")
    assert lies_in(city, PLUM)[0] == "S"


def test_a_file_that_names_no_area_leaves_areas_as_they_are(city):
    city.buildings(*CAST, mapping=of_levels(BY_PLACE))
    before = contents(city)["buildings"]
    plain = of_levels(BY_PLACE).replace('\n[building.areas]\nstreet = "by place"\n', "")
    assert told(city.buildings(*CAST, mapping=plain), "buildings") == (0, 0, 3)
    assert contents(city)["buildings"] == before


def test_a_street_that_names_another_district_takes_its_buildings_along_and_an_undo_takes_them_back(city):
    city.buildings(*by_code("001", "002", "002"), mapping=of_levels(BY_CODE))
    before = contents(city)
    outcome = streets(city, of_001="S", of_002="S")
    assert [lies_in(city, row)[0] for row in CAST] == ["S", "S", "S"]
    assert outcome.tallies["buildings"].changed == 1
    undo(city, outcome.import_id)
    assert contents(city) == before


def test_an_area_that_names_another_parent_takes_the_whole_chain_along(city):
    city.buildings(PLUM, mapping=of_levels(BY_PLACE).replace('street = "by place"', 'community = "by place"'))
    outlined(city, COMMUNITIES, ({"code": "c1", "name": "c1", "within": "002"}, STREET_SIDES["001"]))
    assert lies_in(city, PLUM) == ("S", "002", "c1")


def test_a_building_that_follows_a_moved_street_follows_into_its_district(city):
    city.buildings(*CAST, mapping=of_levels(BY_PLACE))
    rows = [{"code": code, "name": code, "within": within} for code, within in (("001", "N"), ("002", "S"))]
    outlined(city, WITHIN, (rows[0], (113.85, 113.915)), (rows[1], (113.915, 113.95)))
    assert lies_in(city, HARBOUR)[:2] == ("N", "001") and lies_in(city, MILL)[:2] == ("S", "002")


def test_areas_without_parents_fill_in_nothing(desk):
    outlined(
        desk, STREETS.replace('city = "riverton"\n', "") + BUILDINGS_CITY, ({"code": "001", "name": "001"}, EVERYWHERE)
    )
    desk.buildings(*CAST, mapping=BY_PLACE)
    assert {one.district_id for one in desk.rows(Building)} == {None}


CIRCLE = WITHIN.replace('parent = { level = "district"', 'parent = { level = "street"')


def test_a_street_cannot_lie_in_a_street(city):
    rows = [{"code": "001", "name": "001", "within": "002"}, {"code": "002", "name": "002", "within": "001"}]
    refused = outlined(city, CIRCLE, *zip(rows, STREET_SIDES.values(), strict=True))
    assert reasons(refused) == ["parent_not_wider"] * 2
    assert "'street' cannot lie in one of level 'street'" in str(refused.row_errors[0][0])


def test_streets_that_an_earlier_version_took_in_as_one_in_the_other_lead_nowhere(city):
    with writing(city.engine, SYSTEM) as session:
        one, other = session.query(Area).filter(Area.level == "street").order_by(Area.code)
        one.parent_id, other.parent_id = other.id, one.id
    city.buildings(PLUM, mapping=of_levels(BY_PLACE))
    assert lies_in(city, PLUM)[:2] == (None, "001")
