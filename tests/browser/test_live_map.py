"""What is written while a map is open is seen on it, whoever writes it, without a reload."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from dashboard.i18n import translator
from data.access.roles import SYSTEM
from data.city.changes import log_change
from data.db.engine import open_database, writing
from data.db.models.city import Hazard, Import
from scoring.rulebook.editions import edition_on
from tests.browser.service import served
from tests.dashboard.buildings import Building, buildings
from tests.dashboard.demonstration import ON, Demonstration, laid

pytestmark = pytest.mark.browser
t = translator("zh")
NAMES = {grade.code: t.of(grade.name) for grade in edition_on("qishuyan", ON).grades}
LONG_ENOUGH_MS = 6_000  # for a map to have told of it, were nobody at work
OPEN_HAZARDS = "SELECT DISTINCT building_id FROM hazards"


@pytest.fixture
def district(tmp_path, tmp_path_factory) -> Demonstration:
    """The district, to be written to."""
    ready = laid(tmp_path_factory.getbasetemp())
    own = Demonstration(tmp_path / "district")
    shutil.copytree(ready.folder / "facts", own.folder / "facts")
    shutil.copy(ready.file, own.file)
    return own


@pytest.fixture
def address(district, outside) -> Iterator[str]:
    with served(district, outside) as found:
        yield found


def green_house(district: Demonstration) -> Building:
    """The loneliest green building at which no hazard was ever found."""
    grades, hazardous = district.graded("qishuyan"), {row[0] for row in district.rows(OPEN_HAZARDS)}
    green = (one for one in buildings(district) if grades[one.id] == "green" and one.id not in hazardous)
    return max(green, key=lambda one: one.apart)


def find_a_hazard(district: Demonstration, house: Building) -> None:
    """Written by another process than the server, as an officer's record is."""
    engine = open_database(district.environment["CREDIT_MAP_DATABASE"])
    with writing(engine, SYSTEM) as session:
        run = session.scalars(select(Import)).one()
        what = {"group": "public_order", "category": "locks", "severity": "high", "found_on": ON, "due_on": ON}
        session.add(Hazard(city_id=run.city_id, building_id=house.id, import_id=run.id, **what))
        log_change(session, run.city_id, "hazard", [house.id])
    engine.dispose()


def test_a_hazard_found_elsewhere_is_seen_on_an_open_map_in_its_legend_figures_and_card(open_city, district):
    house = green_house(district)
    city = open_city(f"?building={house.code}#18/{house.lat}/{house.lon}")
    city.wait_until_drawn()
    in_view, open_ = city.legend, city.figure(t("figure.open"))
    before = int(open_.inner_text().replace(",", ""))
    grade = city.page.locator(".rating b").first
    expect(grade).to_have_text(NAMES["green"])
    city.page.evaluate("window.neverReloaded = true")
    find_a_hazard(district, house)
    expect(open_).to_have_text(f"{before + 1:,}")
    expect(grade).to_have_text(NAMES["yellow"])
    city.wait_until_drawn()
    expected = {NAMES["green"]: int(in_view[NAMES["green"]]) - 1, NAMES["yellow"]: int(in_view[NAMES["yellow"]]) + 1}
    city.expect_counts([expected.get(name, int(count)) for name, count in in_view.items()])
    assert city.page.evaluate("window.neverReloaded") is True


def test_a_list_that_somebody_holds_open_is_not_closed_by_what_others_write(open_city, district):
    house = green_house(district)
    city = open_city(f"#18/{house.lat}/{house.lon}")
    city.wait_until_drawn()
    city.page.wait_for_event("request", lambda request: "/map/version" in request.url)
    before = int(city.figure(t("figure.open")).inner_text().replace(",", ""))
    box = city.sidebar.get_by_test_id("stSelectbox").filter(has=city.page.get_by_text(t("control.hazard"), exact=True))
    box.get_by_role("combobox").focus()
    box.get_by_role("combobox").press("ArrowDown")
    options = city.page.get_by_role("option").first
    expect(options).to_be_visible()
    seen = city.settled_reruns()
    find_a_hazard(district, house)
    city.page.wait_for_timeout(LONG_ENOUGH_MS)
    assert city.reruns == seen
    expect(options).to_be_visible()
    city.page.keyboard.press("Escape")
    expect(city.figure(t("figure.open"))).to_have_text(f"{before + 1:,}")
