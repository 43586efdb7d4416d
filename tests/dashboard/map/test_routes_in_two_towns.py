"""What the routes answer in a database of two towns: each asked for its own, and nothing of the other in any answer."""

import csv
import io
import json
import zipfile

import mapbox_vector_tile
import pytest
from sqlalchemy import select

from dashboard.i18n import translator
from dashboard.map.tile_routes import CLICK_PIXELS, METRES_PER_PIXEL, SUGGESTIONS
from data.access.roles import SYSTEM
from data.db.engine import reading
from data.db.models.city import Building, City
from geo.morton import unit_xy
from tests.data.lockside import CAST, HARBOUR_ROW, LANTERN_HALL, MILL_YARD, NORTH, ON, PLUM_COURT, SOUTH
from tests.data.town_hall import CITY

OTHER = "otherbank"
DAY = ON.isoformat()
ZOOM = 17
WORLD = "-180,-85,180,85"
METRES_PER_DEGREE = 111_320  # of latitude
ASKED = {
    "tile": lambda code: f"/map/tiles/1/1/0.mvt?city={code}&day={DAY}",
    "areas": lambda code: f"/map/areas/street/1/1/0.mvt?city={code}&day={DAY}",
    "counts": lambda code: f"/map/counts?city={code}&day={DAY}&box={WORLD}",
    "at": lambda code: f"/map/at?city={code}&day={DAY}&at=113.9102,22.5602,{ZOOM + 2}",
    "search": lambda code: f"/map/search?city={code}&q=harbour",
    "export": lambda code: f"/export/{code}.geojson?day={DAY}",
}


@pytest.fixture(scope="module")
def ids(two_towns) -> dict[str, dict[str, int]]:
    """Building id by town and code."""
    question = select(City.code, Building.code, Building.id).join(Building, Building.city_id == City.id)
    found: dict[str, dict[str, int]] = {}
    with reading(two_towns.engine, SYSTEM) as session:
        for city, code, number in session.execute(question):
            found.setdefault(city, {})[code] = number
    return found


def features(answer) -> list[dict]:
    assert answer.status_code == 200, answer.text
    return [one for layer in mapbox_vector_tile.decode(answer.content).values() for one in layer["features"]]


def tile_of(house, code: str, **query: str) -> str:
    x, y = (int(edge * 2**ZOOM) for edge in unit_xy(*house.lonlat))
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return f"/map/tiles/{ZOOM}/{x}/{y}.mvt?city={code}&day={DAY}{more}"


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize(("mine", "other"), [(CITY, OTHER), (OTHER, CITY)])
def test_who_sees_one_town_is_told_that_the_other_is_not_there(come, name, mine, other):
    me, everybody = come("leader", mine), come("leader")
    assert me.get(ASKED[name](mine)).status_code == 200
    refused = me.get(ASKED[name](other))
    assert refused.status_code == 404
    assert f"There is no city '{other}' here." in refused.json()["mistake"]
    assert everybody.get(ASKED[name](other)).status_code == 200


@pytest.mark.parametrize(("code", "drawn"), [(CITY, 9), (OTHER, 2)])
def test_counts_and_tiles_are_of_the_town_asked_for(come, code, drawn):
    client = come("leader")
    assert client.get(ASKED["counts"](code)).json()["total"] == drawn
    assert sum(one["properties"].get("n", 1) for one in features(client.get(ASKED["tile"](code)))) == drawn


def test_a_tile_holds_the_buildings_of_the_town_asked_for(come):
    client = come("leader")
    assert features(client.get(tile_of(PLUM_COURT, CITY)))
    assert not features(client.get(tile_of(PLUM_COURT, OTHER)))


@pytest.mark.parametrize("code", [CITY, OTHER])
def test_a_click_and_a_search_find_the_building_of_the_town_asked_for(come, ids, code):
    client = come("leader")
    assert client.get(ASKED["at"](code)).json()["building"] == ids[code][HARBOUR_ROW.code]
    (found,) = client.get(ASKED["search"](code)).json()["found"]
    assert found == {
        "name": "Harbour Row · 1 Harbour Row Lane · harbour-row",
        "building": ids[code][HARBOUR_ROW.code],
        "lon": pytest.approx(HARBOUR_ROW.lonlat[0]),
        "lat": pytest.approx(HARBOUR_ROW.lonlat[1]),
    }


def test_a_building_off_the_map_is_rated_but_not_suggested(come):
    client = come("leader")
    for name in ("Far Shed", "Stray Barn"):
        assert client.get("/map/search", params={"city": CITY, "q": name}).json() == {"found": []}


def test_suggestions_are_few(come):
    found = come("leader").get("/map/search", params={"city": CITY, "q": "Lane"}).json()["found"]
    assert 0 < len(found) <= SUGGESTIONS


def test_a_search_in_a_street_finds_its_own_buildings(come, two_towns):
    north, south = (come("police", f"{CITY}/street:{street}") for street in (NORTH, SOUTH))
    for client, found, hidden in ((north, PLUM_COURT, MILL_YARD), (south, MILL_YARD, PLUM_COURT)):
        assert client.get("/map/search", params={"city": CITY, "q": found.name}).json()["found"]
        assert not client.get("/map/search", params={"city": CITY, "q": hidden.name}).json()["found"]


def test_a_click_lands_on_a_building_within_a_fingers_breadth_and_no_farther(come, ids):
    client, zoom = come("leader"), 20
    lon, lat = PLUM_COURT.lonlat
    reach = CLICK_PIXELS * METRES_PER_PIXEL / 2**zoom / METRES_PER_DEGREE * 0.92  # degrees of latitude at 22.55° N
    for off, hit in ((0.0, True), (0.9 * reach, True), (1.2 * reach, False), (-0.9 * reach, True)):
        told = client.get(f"/map/at?city={CITY}&day={DAY}&at={lon},{lat + off},{zoom}").json()
        assert (told.get("building") == ids[CITY][PLUM_COURT.code]) == hit, off
        assert bool(told) == hit
    told = client.get(f"/map/at?city={CITY}&day={DAY}&at={lon},{lat},{zoom}").json()
    assert (told["lon"], told["lat"]) == (pytest.approx(lon, abs=1e-6), pytest.approx(lat, abs=1e-6))


def test_counts_are_of_what_is_inside_the_box(come):
    client = come("leader")
    (west, south), (east, north) = PLUM_COURT.lonlat, HARBOUR_ROW.lonlat

    def total(*box: float) -> int:
        address = f"/map/counts?city={CITY}&day={DAY}&box={','.join(map(str, box))}"
        return client.get(address).json()["total"]

    assert total(west - 1e-4, south - 1e-4, west + 1e-4, south + 1e-4) == 1
    assert total(west - 1e-4, south - 1e-4, east + 1e-5, north + 1e-5) == 2
    assert total(0, 0, 1, 1) == 0


@pytest.mark.parametrize(
    "box", ["1,2,3", "1,2,3,4,5", "1,2,3,x", "", "nan,1,2,3", "1,2,3,inf", "1,2,3,-inf", "1;2;3;4", "1,2,,4"]
)
def test_a_box_that_is_not_four_numbers_is_refused_with_what_it_takes(come, box):
    answer = come("leader").get("/map/counts", params={"city": CITY, "box": box})
    assert answer.status_code == 404
    both = "“box”须为4个数字，用逗号隔开。 'box' takes 4 numbers with commas between them."
    assert answer.json() == {"mistake": both}


@pytest.mark.parametrize(("zoom", "status"), [(0, 200), (30, 200), (-1, 404), (31, 404), (5000, 404), (-5000, 404)])
def test_a_zoom_beyond_any_map_is_refused_with_what_it_can_be(come, zoom, status):
    answer = come("leader").get(f"/map/at?city={CITY}&at=1,1,{zoom}")
    assert answer.status_code == status
    if status == 404:
        assert answer.json()["mistake"].endswith("'at' takes a longitude, a latitude and a zoom of 0 to 30.")


@pytest.mark.parametrize("more", ["", "&colour=1"])
def test_areas_of_a_level_that_is_not_there_are_refused_with_those_that_are(come, more):
    answer = come("leader").get(f"/map/areas/village/1/1/0.mvt?city={CITY}{more}")
    assert answer.status_code == 404
    told = "There are no areas of that level; there are district, street, community, grid."
    assert answer.json()["mistake"].endswith(told)


def test_a_department_is_drawn_the_hazards_of_its_own_groups(come):
    fire = come("department", CITY, hazard_groups=("fire",), name="fire brigade")
    everybody = come("leader")

    def total(client, **query: str) -> int:
        return client.get("/map/counts", params={"city": CITY, "day": DAY, "box": WORLD, **query}).json()["total"]

    assert total(fire) == 3
    assert total(everybody) == 9
    assert total(fire, show="hazards", state="ever") == 3
    assert total(everybody, show="hazards", state="ever") > 3
    assert total(fire, hazard="hygiene", state="ever") == 0
    assert total(everybody, hazard="hygiene", state="ever") > 0
    assert fire.get(f"/map/counts?city={CITY}&day={DAY}&show=vacant&box={WORLD}").json()["total"] in (0, 3)


def test_area_tiles_name_ones_own_areas_and_colour_them_when_asked(come):
    x, y = (int(edge * 2**12) for edge in unit_xy(113.915, 22.56))  # the middle of every area of Lockside

    def told(client, more: str = "") -> tuple[set[str], set[int]]:
        found = features(client.get(f"/map/areas/street/12/{x}/{y}.mvt?city={CITY}&day={DAY}{more}"))
        properties = [one["properties"] for one in found]
        return {one["name"] for one in properties if "name" in one}, {one["v"] for one in properties if "v" in one}

    street = come("police", f"{CITY}/street:{SOUTH}")
    assert told(street)[0] == {"south-street"}
    assert told(come("leader"))[0] == {"north-street", "south-street", "east-street"}
    assert told(street)[1] <= {-1}
    assert told(come("leader"), "&colour=1&show=density")[1] - {-1}


def test_tiles_are_kept_by_the_browser_alone_and_squeezed_for_those_who_ask(come):
    client = come("leader")
    answer = client.get(ASKED["areas"](CITY))
    assert answer.headers["cache-control"] == "private, max-age=600"
    assert answer.headers["vary"] == "Accept-Encoding, Cookie"
    plain = client.get(ASKED["areas"](CITY), headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content


# exports


def codes_in(answer) -> list[str]:
    assert answer.status_code == 200
    return [one["properties"]["code"] for one in json.loads(answer.content)["features"]]


@pytest.mark.parametrize(("code", "cast"), [(CITY, CAST), (OTHER, (HARBOUR_ROW, LANTERN_HALL))])
def test_an_export_holds_the_town_asked_for(come, code, cast):
    assert codes_in(come("leader").get(ASKED["export"](code))) == [house.code for house in cast]


def test_a_departments_export_counts_its_own_hazards_and_tells_of_no_homes(come):
    fire = come("department", CITY, hazard_groups=("fire",), name="fire brigade")
    found = {one["properties"]["code"]: one["properties"] for one in fire.get(ASKED["export"](CITY)).json()["features"]}
    assert set(found) == {"mill-yard", "crowded-corner", "mended-cottage"}
    assert (found["crowded-corner"]["hazards_open"], found["crowded-corner"]["hazards_overdue"]) == (1, 0)
    assert not any("vacant_homes" in one for one in found.values())
    everybody = come("leader").get(ASKED["export"](CITY)).json()["features"]
    told = {one["properties"]["code"]: one["properties"] for one in everybody}["crowded-corner"]
    assert (told["hazards_open"], told["hazards_overdue"]) == (2, 1)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (f"/export/{CITY}.pdf", "There is no such format; there are csv, xlsx, geojson, gpkg."),
        (f"/export/{CITY}.csv?qishuyan=mauve", "The address asks for what is not here: qishuyan=mauve. Take it out."),
        (
            f"/export/{CITY}.csv?area=street:west",
            "The address asks for what is not here: area=street:west. Take it out.",
        ),
    ],
)
def test_what_cannot_be_exported_is_said_and_nothing_is_entered(come, two_towns, address, sentence):
    answer = come("leader").get(address)
    assert answer.status_code == 404
    assert answer.json()["mistake"].endswith(sentence)


def test_a_street_exports_its_own_street_in_every_format(come):
    street = come("police", f"{CITY}/street:{NORTH}")
    mine = [house.code for house in CAST if house.street == NORTH]
    assert codes_in(street.get(ASKED["export"](CITY))) == mine
    answer = street.get(f"/export/{CITY}.csv?day={DAY}&lang=en")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        table = archive.read(archive.namelist()[1]).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert [row[translator("en")("card.code")] for row in rows] == mine
