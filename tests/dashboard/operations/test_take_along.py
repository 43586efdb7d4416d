"""What is taken along of a plan: by whom, what of it, never what is not announced, and always with an entry."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import update

from dashboard.cache import city_cache
from dashboard.i18n import translator
from dashboard.operations.planning import sheet_of_day, take_along_route
from data.access.roles import ROLES, SYSTEM, AccessScope
from data.db.engine import writing
from data.db.models.city import Building
from data.db.refusals import disk_full
from data.exports.visits import day_sheet as day_sheets
from tests.dashboard.conftest import SITE
from tests.dashboard.demonstration import Demonstration
from tests.dashboard.page_runs import page_run
from tests.dashboard.planned import MONDAY, Stop, plan_of
from tests.sessions import token_of

t = translator("en")
KNOWN = MONDAY - timedelta(7)  # a Monday of which everything is known


@dataclass(frozen=True)
class Beat:
    """A street with an officer of a grid in it, and buildings of that grid: id, code."""

    street: str
    officer: int
    code: str
    buildings: list[tuple[int, str]]

    @property
    def scope(self) -> str:
        return f"demo/street:{self.street}"


def beats(district: Demonstration) -> list[Beat]:
    """Two in different streets."""
    found: dict[int, Beat] = {}
    rows = district.rows(
        "SELECT officers.id, officers.code, buildings.street_id, areas.code, buildings.grid_id FROM buildings"
        " JOIN officers ON officers.area_id = buildings.grid_id JOIN areas ON areas.id = buildings.street_id"
        " GROUP BY buildings.grid_id HAVING count(*) >= 4 ORDER BY count(*) DESC, buildings.grid_id"
    )
    for officer, code, street_id, street, grid in rows:
        ids = district.rows("SELECT id, code FROM buildings WHERE grid_id = ? ORDER BY id", grid)
        found.setdefault(street_id, Beat(street, officer, code, ids))
    return list(found.values())[:2]


@pytest.fixture
def mine_and_other(district) -> list[Beat]:
    return beats(district)


@pytest.fixture
def plan(mine_and_other) -> Iterator[int]:
    """Each officer has three visits due on Monday, and one at random and one in the evening between them."""
    kinds = ("due", "random", "due", "evening")
    stops = [
        Stop(building, beat.officer, kind=kind)
        for beat in mine_and_other
        for (building, _), kind in zip(beat.buildings, kinds, strict=False)
    ]
    with plan_of(stops) as number:
        yield number


def table(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def taken(district: Demonstration) -> list[tuple]:
    rows = district.rows("SELECT role, details FROM audit_entries WHERE action = 'plan_taken' ORDER BY id")
    return [(role, json.loads(details)) for role, details in rows]


@pytest.fixture
def papers(monkeypatch) -> list[day_sheets.DaySheet]:
    """The sheets that were set, as what they say."""
    seen: list[day_sheets.DaySheet] = []
    set_as_before = day_sheets.day_sheet
    monkeypatch.setattr(take_along_route, "day_sheet", lambda sheet: seen.append(sheet) or set_as_before(sheet))
    return seen


def sheet_address(plan: int, beat: Beat, day=MONDAY, lang: str = "en") -> str:
    return f"/plans/demo/{plan}/{beat.officer}/{day}.pdf?lang={lang}"


def test_the_table_says_who_goes_where_when_and_why(visit, plan, mine_and_other):
    mine, _ = mine_and_other
    rows = table(visit("police").get(f"/plans/demo/{plan}/visits.csv?lang=en"))
    own = [row for row in rows if row[t("take_along.officer")] == mine.code]
    assert [row[t("take_along.code")] for row in own] == [mine.buildings[0][1], mine.buildings[2][1]]
    assert [row[t("take_along.turn")] for row in own] == ["1", "2"]
    assert own[0][t("take_along.time")] == "09:05" and own[0][t("take_along.day")] == f"{MONDAY}"
    assert own[0][t("take_along.why")] in ("Due: 3 days overdue", "Due: never visited")
    assert own[0][t("take_along.grade")]


def test_what_is_not_announced_is_in_no_file_before_its_day(visit, plan, mine_and_other, papers):
    me = visit("administrator")
    hidden = {code for beat in mine_and_other for _, code in (beat.buildings[1], beat.buildings[3])}
    rows = table(me.get(f"/plans/demo/{plan}/visits.csv?lang=en"))
    assert len(rows) == 4 and not hidden & {row[t("take_along.code")] for row in rows}
    calendar = me.get(f"/plans/demo/{plan}/visits.ics")
    assert len(Calendar.from_ical(calendar.content).walk("VEVENT")) == 4
    assert not [code for code in hidden if code.encode() in calendar.content]
    assert me.get(sheet_address(plan, mine_and_other[0])).status_code == 200
    assert [visit.turn for visit in papers[0].visits] == [1, 2]
    assert not hidden & {visit.code for visit in papers[0].visits}


def test_on_the_day_that_is_known_everything_is_told(visit, mine_and_other, papers):
    mine, _ = mine_and_other
    stops = [
        Stop(building, mine.officer, KNOWN, kind)
        for (building, _), kind in zip(mine.buildings, ("due", "random", "evening"), strict=False)
    ]
    with plan_of(stops) as plan:
        assert visit("grid_officer").get(sheet_address(plan, mine, KNOWN)).status_code == 200
        assert len(table(visit("police").get(f"/plans/demo/{plan}/visits.csv"))) == 3
    assert [visit.why.split(":")[0] for visit in papers[0].visits] == ["Due", "Drawn at random", "In the evening"]


def test_a_calendar_holds_the_visits_by_the_citys_clock_and_leads_to_their_cards(visit, plan, mine_and_other):
    answer = visit("police", mine_and_other[0].scope).get(f"/plans/demo/{plan}/visits.ics?lang=zh")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    event = calendar.walk("VEVENT")[0]
    assert f"{event['DTSTART'].dt:%F %T %z}" == f"{MONDAY} 09:05:00 +0800" and event["SEQUENCE"] == plan
    assert event["URL"] == f"{SITE}/?city=demo&building={mine_and_other[0].buildings[0][1]}&lang=zh"
    assert calendar.walk("VTIMEZONE")


def test_a_calendar_of_a_whole_city_is_refused_in_words(visit, plan, monkeypatch):
    monkeypatch.setattr(take_along_route, "MOST_EVENTS", 3)
    me = visit("police")
    refused = me.get(f"/plans/demo/{plan}/visits.ics")
    assert refused.status_code == 404 and "3 visits at most" in refused.json()["mistake"]
    assert "日历最多收录3次巡查" in refused.json()["mistake"]
    assert me.get(f"/plans/demo/{plan}/visits.csv").status_code == 200


def test_a_sheet_is_a_pdf_and_the_same_one_each_time(visit, plan, mine_and_other, papers):
    me = visit("police")
    first, second = (me.get(sheet_address(plan, mine_and_other[0], lang="zh")) for _ in range(2))
    assert first.content.startswith(b"%PDF") and first.content == second.content
    assert first.headers["content-type"] == "application/pdf" and first.headers["cache-control"] == "no-store"
    assert len(papers[0].items) == 27 and "星级评定" in papers[0].words["help"]
    assert papers[0].route is not None and papers[0].route.count(b"<circle") == 4
    assert ("计划", f"第{plan}号，2026-07-01编制") in papers[0].facts  # at 20:00 UTC it was the next day there


def test_hostile_names_stand_in_the_files_as_letters(visit, plan, mine_and_other, papers):
    mine, _ = mine_and_other
    with writing(city_cache.database(), SYSTEM) as session:
        building, kept = mine.buildings[0][0], session.get_one(Building, mine.buildings[0][0]).name
        session.execute(update(Building).where(Building.id == building).values(name="=1+1 #[*x*]"))
    try:
        me = visit("police", mine.scope)
        assert table(me.get(f"/plans/demo/{plan}/visits.csv?lang=en"))[0][t("take_along.name")] == "'=1+1 #[*x*]"
        assert me.get(sheet_address(plan, mine)).status_code == 200
        assert papers[0].visits[0].called == "=1+1 #[*x*]"
    finally:
        with writing(city_cache.database(), SYSTEM) as session:
            session.execute(update(Building).where(Building.id == building).values(name=kept))


@pytest.mark.parametrize("form", ["csv", "ics", "pdf"])
def test_who_takes_a_plan_along_stands_in_the_trail(visit, district, plan, mine_and_other, form):
    mine, before = mine_and_other[0], len(taken(district))
    address = sheet_address(plan, mine) if form == "pdf" else f"/plans/demo/{plan}/visits.{form}"
    assert visit("police", mine.scope).get(address).status_code == 200
    ((role, details),) = taken(district)[before:]
    more = {"officer": mine.code, "of_day": f"{MONDAY}"} if form == "pdf" else {}
    assert (role, details) == ("police", {"city": "demo", "plan": plan, "format": form, "planned": 2, **more})


@pytest.mark.parametrize("form", ["csv", "ics", "pdf"])
def test_what_cannot_be_entered_does_not_leave(visit, plan, mine_and_other, monkeypatch, form):
    def full(*_):
        raise disk_full()

    me = visit("police")
    monkeypatch.setattr(take_along_route, "record", full)
    address = sheet_address(plan, mine_and_other[0]) if form == "pdf" else f"/plans/demo/{plan}/visits.{form}"
    answer = me.get(address)
    assert answer.status_code == 503 and "mistake" in answer.json()


@pytest.mark.parametrize("role", ROLES)
def test_only_who_may_look_at_plans_takes_one_along(visit, district, plan, mine_and_other, role):
    me = visit(role, hazard_groups=("fire",) if role == "department" else None)
    before = len(taken(district))
    for address in (f"/plans/demo/{plan}/visits.csv", sheet_address(plan, mine_and_other[0])):
        assert me.get(address).status_code == (200 if AccessScope(role).can("plan_view") else 403)
    assert (len(taken(district)) - before) in (0, 2)


def test_a_street_office_takes_its_own_part_along_and_no_other(visit, plan, mine_and_other):
    mine, other = mine_and_other
    me = visit("street_office", mine.scope)
    rows = table(me.get(f"/plans/demo/{plan}/visits.csv?lang=en"))
    assert {row[t("take_along.officer")] for row in rows} == {mine.code} and len(rows) == 2
    calendar = me.get(f"/plans/demo/{plan}/visits.ics").content
    assert not [code for _, code in other.buildings if code.encode() in calendar]
    assert me.get(sheet_address(plan, mine)).status_code == 200
    assert me.get(sheet_address(plan, other)).status_code == 404
    assert me.get(f"/plans/demo/{plan}/visits.csv?area=street:{other.street}").status_code == 404


def test_the_files_hold_the_area_the_address_asks_for(visit, plan, mine_and_other):
    mine, _ = mine_and_other
    rows = table(visit("police").get(f"/plans/demo/{plan}/visits.csv?lang=en&area=street:{mine.street}"))
    assert {row[t("take_along.officer")] for row in rows} == {mine.code}


@pytest.mark.parametrize(
    "address", ["987654/visits.csv", "{plan}/visits.xlsx", "{plan}/987654/{day}.pdf", "{plan}/{officer}/yesterday.pdf"]
)
def test_what_is_not_there_is_said_in_both_languages(visit, plan, mine_and_other, address):
    words = {"plan": plan, "officer": mine_and_other[0].officer, "day": MONDAY}
    answer = visit("police").get(f"/plans/demo/{address.format(**words)}")
    assert answer.status_code == 404
    assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.json()["mistake"])


def test_a_building_off_the_map_stands_on_the_sheet_without_a_picture(visit, plan, mine_and_other, monkeypatch, papers):
    spoken = take_along_route.in_words

    def unplaced(*given):
        return [replace(visit, lon=None, lat=None) for visit in spoken(*given)]

    monkeypatch.setattr(take_along_route, "in_words", unplaced)
    assert visit("police").get(sheet_address(plan, mine_and_other[0])).status_code == 200
    assert papers[0].route is None and len(papers[0].visits) == 2


def test_the_check_list_is_that_of_the_rule_set_or_of_another_that_has_one(district):
    context = city_cache.city_context(SYSTEM, "demo")
    assert sheet_of_day._rules_with_items(context, "qishuyan") == "baoan"
    assert sheet_of_day._rules_with_items(context, "baoan") == "baoan"


def test_the_page_offers_table_calendar_and_sheet(district, plan, mine_and_other, monkeypatch):
    mine, _ = mine_and_other
    query = {"city": "demo", "lang": "en", "area": f"street:{mine.street}"}
    page = page_run(monkeypatch, "planning", token_of(city_cache.database(), "police"), query)
    assert not page.exception
    html = " ".join(one.proto.body for one in page.get("html"))
    for ending in ("csv", "ics"):
        assert f"/plans/demo/{plan}/visits.{ending}?" in html
    assert t("take_along.stops_csv") in html and f"area=street%3A{mine.street}" in html


def test_a_page_of_too_many_visits_offers_no_calendar(district, plan, monkeypatch):
    monkeypatch.setattr("dashboard.operations.planning.take_along.MOST_EVENTS", 3)
    query = {"city": "demo", "lang": "en"}
    page = page_run(monkeypatch, "planning", token_of(city_cache.database(), "administrator"), query)
    html = " ".join(one.proto.body for one in page.get("html"))
    assert "visits.csv" in html and "visits.ics" not in html
    assert t("take_along.too_many", most=3) in " ".join(one.value for one in page.caption)


def test_a_plan_of_none_but_unannounced_visits_is_an_empty_table_and_an_empty_sheet(visit, mine_and_other, papers):
    mine, _ = mine_and_other
    with plan_of([Stop(mine.buildings[0][0], mine.officer, kind="random")]) as plan:
        me = visit("police")
        assert table(me.get(f"/plans/demo/{plan}/visits.csv")) == []
        assert Calendar.from_ical(me.get(f"/plans/demo/{plan}/visits.ics").content).walk("VEVENT") == []
        assert me.get(sheet_address(plan, mine)).status_code == 200
    assert papers[0].visits == [] and papers[0].words["none"] == t("take_along.none")
