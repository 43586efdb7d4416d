"""Planned visits taken along: table and calendar come back as they were, and on paper every sign is a letter."""

import csv
import io
import json
import re
import zlib
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from data.exports.formula_escape import FORMULA_STARTS, plain_cell
from data.exports.visits.day_sheet import DaySheet, day_sheet, pictures, sources
from data.exports.visits.planned_visit import PlannedVisit
from data.exports.visits.route_picture import DOT, HEIGHT, WIDTH, frame_of, route_picture
from data.exports.visits.spread_dots import spread
from data.exports.visits.visit_calendar import visit_calendar
from data.exports.visits.visit_table import COLUMNS, visit_table
from geo.morton import unit_xy

MONDAY = date(2026, 11, 30)
BEIJING = ZoneInfo("Asia/Shanghai")
VISIT = PlannedVisit(
    officer="W-south",
    day=MONDAY,
    turn=1,
    arrives=9 * 60 + 5,
    minutes=25,
    code="BA-001",
    name="梅苑",
    address="西乡街道劳动社区，第12巷8号；后门",
    lon=113.9,
    lat=22.5,
    grade="红色",
    why="到期上门，逾期12天",
    link="https://credit.example/?city=lockside&building=BA-001",
)
HOSTILE = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    "'=1",
    "#let x = 1",
    "[*a*]",
    "$ x $",
    "`raw`",
    "\\n <l>",
)
HEADINGS = {column: column for column in COLUMNS}
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60)
WORDS = {"notes": "备注", "card": "扫码", "none": "没有", "help": "打勾"}


def calendar_of(*visits: PlannedVisit, zone: ZoneInfo = BEIJING) -> Calendar:
    made = visit_calendar(visits, "lockside", "巡查计划", 7, datetime(2026, 11, 27, 9, 30), zone)
    return Calendar.from_ical(made)


def sheet(*visits: PlannedVisit, items: tuple[str, ...] = ("安全出口畅通",), route: bytes | None = None) -> DaySheet:
    lasts = ["约25分钟"] * len(visits)
    return DaySheet("zh", "当日上门清单", [("人员代码", "W-south")], visits, lasts, items, WORDS, route)


def rows_of(table: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def letters(pdf: bytes) -> str:
    """Every letter that stands in a PDF of typst, by the tables from glyph to letter of its fonts, without order."""
    streams = [
        zlib.decompress(one) for one in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S) if one[:1] == b"x"
    ]
    tables = [one.decode("latin-1") for one in streams if b"begincmap" in one]
    told = [code for table in tables for code in re.findall(r"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]+)>", table)]
    return "".join(bytes.fromhex(code).decode("utf-16-be") for code in told if len(code) % 4 == 0)


def test_a_visit_comes_back_from_the_table_as_it_was():
    (row,) = rows_of(visit_table([VISIT], HEADINGS))
    assert row == {
        "officer": "W-south",
        "day": "2026-11-30",
        "turn": "1",
        "time": "09:05",
        "minutes": "25",
        "code": "BA-001",
        "name": "梅苑",
        "address": VISIT.address,
        "grade": "红色",
        "why": "到期上门，逾期12天",
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_of_the_table_is_a_formula(name):
    hostile = replace(VISIT, name=name, address=name, code=name, officer=name)
    (row,) = rows_of(visit_table([hostile], HEADINGS))
    for column in ("name", "address", "code", "officer"):
        assert not row[column].startswith(tuple(set(FORMULA_STARTS) - {"'"}))
        assert row[column] == name or plain_cell(row[column]) == name


def test_an_event_holds_the_visit_by_the_clock_of_the_city():
    (event,) = calendar_of(VISIT).walk("VEVENT")
    assert event["DTSTART"].dt == datetime(2026, 11, 30, 9, 5, tzinfo=BEIJING)
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=25)
    assert (event["SUMMARY"], event["LOCATION"]) == ("1. 梅苑", VISIT.address)
    assert event["DESCRIPTION"] == "红色\n到期上门，逾期12天\nBA-001\nW-south"
    assert event["URL"] == VISIT.link
    assert (event["GEO"].latitude, event["GEO"].longitude) == (22.5, 113.9)


def test_an_event_is_known_by_building_officer_and_week_and_its_sequence_is_the_plans_number():
    another_day, another = replace(VISIT, day=VISIT.day + timedelta(1)), replace(VISIT, code="BA-002", turn=2)
    first, moved, other = calendar_of(VISIT, another_day, another).walk("VEVENT")
    assert first["UID"] == moved["UID"] != other["UID"]
    assert first["DTSTART"].dt != moved["DTSTART"].dt
    assert {event["SEQUENCE"] for event in (first, moved, other)} == {7}
    (next_week,) = calendar_of(replace(VISIT, day=VISIT.day + timedelta(7))).walk("VEVENT")
    assert next_week["UID"] != first["UID"]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Urumqi", "Etc/GMT-8", "America/Toronto"])
def test_the_time_zone_is_written_out(zone):
    calendar = calendar_of(VISIT, zone=ZoneInfo(zone))
    (written,) = calendar.walk("VTIMEZONE")
    (event,) = calendar.walk("VEVENT")
    assert event["DTSTART"].params["TZID"] == written["TZID"] == zone
    assert written.to_tz().utcoffset(datetime(2026, 11, 30, 9, 5)) == event["DTSTART"].dt.utcoffset()


@settings(max_examples=60)
@given(name=TEXT, address=TEXT, arrives=st.integers(0, 24 * 60 - 1), minutes=st.integers(1, 500))
def test_any_text_and_time_comes_back_from_the_calendar(name, address, arrives, minutes):
    visit = replace(VISIT, name=name, address=address, arrives=arrives, minutes=minutes, lon=None, lat=None)
    made = visit_calendar([visit], "lockside", "x", 7, datetime(2026, 11, 27), BEIJING)
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    (event,) = Calendar.from_ical(made).walk("VEVENT")
    assert event["SUMMARY"] == f"1. {visit.called}" and event["LOCATION"] == (address or visit.called)
    assert event["DTSTART"].dt.replace(tzinfo=None) == datetime(2026, 11, 30) + timedelta(minutes=arrives)
    assert "GEO" not in event


def test_the_same_day_is_the_same_paper_to_the_byte():
    made = [day_sheet(sheet(VISIT, replace(VISIT, code="BA-002", turn=2))) for _ in range(2)]
    assert made[0] == made[1] and made[0].startswith(b"%PDF")
    assert made[0] != day_sheet(sheet(VISIT))
    assert b"CreationDate" not in made[0]


def test_what_stands_on_paper_is_what_the_data_say():
    said = letters(day_sheet(sheet(VISIT)))
    for text in ("梅苑", VISIT.address, "红色", VISIT.why, "BA-001", "09:05", "安全出口畅通", "备注"):
        assert set(text) - {" "} <= set(said), text


@pytest.mark.parametrize("name", HOSTILE)
def test_no_sign_on_paper_means_anything_but_itself(name):
    hostile = replace(VISIT, name=name, address=name, grade=name, why=name, code=name)
    made = sheet(hostile, items=(name,))
    assert set(name) - set(" \t") <= set(letters(day_sheet(made)))
    files = sources(made)
    assert files["main.typ"] == sources(sheet(VISIT))["main.typ"]
    told = json.loads(files["sheet.json"])
    assert (told["visits"][0]["called"], told["items"]) == (name, [name])


@settings(max_examples=15)
@given(TEXT, TEXT)
def test_no_text_hinders_the_paper(name, why):
    assert day_sheet(sheet(replace(VISIT, name=name, why=why))).startswith(b"%PDF")


def test_each_visit_has_a_code_that_leads_to_its_card():
    files = sources(sheet(VISIT, replace(VISIT, turn=2, link="/?b=1")))
    assert {"1.svg", "2.svg"} <= files.keys() and files["1.svg"] != files["2.svg"]
    assert b"<svg" in files["2.svg"]
    side = int(re.search(rb'height="(\d+)"', files["2.svg"])[1])
    assert side >= 21 + 8  # the smallest QR code with its white border; a Micro QR code is smaller


def test_a_day_without_a_visit_is_one_page_that_says_so():
    assert len(pictures(sheet())) == 1
    assert set("没有") <= set(letters(day_sheet(sheet())))


def places(*lonlat: tuple[float, float]) -> np.ndarray:
    return np.column_stack(unit_xy(*np.array(lonlat).T))


def test_the_picture_holds_the_way_a_dot_a_visit_and_the_ground_and_no_word():
    post, *stops = places((113.9, 22.5), (113.901, 22.5), (113.902, 22.501))
    road = shapely.LineString(places((113.8, 22.5), (114.0, 22.5)))
    picture = route_picture(post, np.array(stops), [1, 3], np.array([road], object), ["street"]).decode()
    assert re.findall(r">(\w[^<]*)</text>", picture)[:2] == ["1", "3"]
    assert picture.count("<polyline") == 1 and 'stroke-width="4.0"' in picture
    assert day_sheet(sheet(VISIT, route=picture.encode())) != day_sheet(sheet(VISIT))


@given(st.lists(st.tuples(st.floats(113, 114), st.floats(22, 23)), min_size=1, max_size=12))
def test_every_visit_lies_in_the_picture_wherever_the_post_is(stops):
    frame = frame_of(places((113.2, 22.9))[0], places(*stops))
    drawn = frame.at(places(*stops))
    assert (drawn >= -1e-3).all() and (drawn <= (WIDTH + 1e-3, HEIGHT + 1e-3)).all()


def test_dots_in_one_spot_lie_beside_each_other_and_the_post_stays():
    dots = np.full((9, 2), 100.0)
    moved = spread(dots, 23, np.array([WIDTH, HEIGHT]) - DOT, DOT)
    apart = np.hypot(*(moved[:, None] - moved[None]).transpose(2, 0, 1)) + np.eye(9) * 99
    assert apart.min() > 22 and moved[0].tolist() == [100, 100]
    assert np.array_equal(moved, spread(dots, 23, np.array([WIDTH, HEIGHT]) - DOT, DOT))
