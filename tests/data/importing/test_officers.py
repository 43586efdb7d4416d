"""Officers and their leave come in by a mapping: codes, areas, hours and weekdays as lists of a station write them."""

from datetime import date

import pytest
from sqlalchemy import update

from data.access.roles import SYSTEM
from data.db.engine import writing
from data.db.models.planning import DAY_BEGINS, DAY_ENDS, WORKING_WEEK, Officer, OfficerLeave
from data.importing.checking.hours import minute_of_day, weekday_digits
from data.importing.checking.texts import Unfit
from data.importing.errors import CannotUndo, WrongMapping
from tests.data.importing.test_undo import undo
from tests.data.riverton import CAST, STREETS, Desk, reasons, sentence, square, write_csv, write_geojson

OFFICERS = """
title = "Riverton: officers"
city = "riverton"
files = "officers*.csv"
format = "csv"

[officer]
code = { column = "code" }
role = { column = "role", values = { "网格员" = "grid_officer", "民警" = "police" } }
area = { level = "street", code = { column = "area" } }
works_from = { column = "from" }
works_until = { column = "until" }
weekdays = { column = "weekdays" }
minutes_a_day = { column = "minutes" }
ended_on = { column = "left" }
"""
SHORT = "\n".join(line for line in OFFICERS.splitlines() if not line.startswith(("works", "weekdays", "ended")))
LEAVE = """
title = "Riverton: leave"
city = "riverton"
files = "leave*.csv"
format = "csv"

[officer]
existing = true
code = { column = "code" }

[officer_leave]
first_day = { column = "first" }
last_day = { column = "last" }
"""
WEST = {"code": "S1", "name": "西街"}
NIGHT_WATCH = {"code": "W0001", "role": "网格员", "area": "S1", "from": "13:00", "until": "21:30"}
NIGHT_WATCH |= {"weekdays": "周三至周日", "minutes": "240", "left": ""}
SERGEANT = {"code": "P0001", "role": "民警", "area": "S1", "from": "上午8时30分", "until": "17:30"}
SERGEANT |= {"weekdays": "Mon-Fri", "minutes": "360", "left": ""}
AWAY = {"code": "P0001", "first": "2024-07-01", "last": "2024-07-12"}


def settle(desk: Desk) -> None:
    """The buildings of Riverton, and the street that is everybody's."""
    desk.buildings(*CAST)
    desk.hand_in(STREETS, write_geojson(desk.folder / "s.geojson", [WEST], [square(113.85, 22.5)]))


def hand_in(desk: Desk, *rows: dict, mapping: str = OFFICERS):
    return desk.hand_in(mapping, write_csv(desk.folder / "list.csv", rows))


def on_record(desk: Desk) -> dict[str, tuple]:
    rows = desk.rows(Officer)
    return {one.code: (one.role, one.works_from, one.works_until, one.weekdays, one.minutes_a_day) for one in rows}


def test_hours_and_weekdays_are_read_as_they_are_written(desk):
    settle(desk)
    outcome = hand_in(desk, NIGHT_WATCH, SERGEANT)
    assert not outcome.faults, sentence(outcome)
    assert on_record(desk) == {
        "W0001": ("grid_officer", 13 * 60, 21 * 60 + 30, "34567", 240),
        "P0001": ("police", 8 * 60 + 30, 17 * 60 + 30, "12345", 360),
    }


def test_of_whom_no_hours_are_said_the_hours_of_an_office_are_kept(desk):
    settle(desk)
    hand_in(desk, SERGEANT, mapping=SHORT)
    assert on_record(desk) == {"P0001": ("police", DAY_BEGINS, DAY_ENDS, WORKING_WEEK, 360)}


def test_a_later_list_brings_an_officer_up_to_date_and_the_same_list_changes_nothing(desk):
    settle(desk)
    hand_in(desk, NIGHT_WATCH, SERGEANT)
    outcome = hand_in(desk, NIGHT_WATCH | {"minutes": "120"}, SERGEANT)
    assert vars(outcome.tallies["officers"]) == {"new": 0, "changed": 1, "unchanged": 1}
    assert on_record(desk)["W0001"][-1] == 120
    undo(desk, outcome.import_id)
    assert on_record(desk)["W0001"][-1] == 240


def test_whom_a_whole_list_does_not_name_any_more_ends_and_stays_on_record(desk):
    settle(desk)
    many = [NIGHT_WATCH | {"code": f"W{number}"} for number in range(20)]
    whole = OFFICERS.replace("[officer]", "[officer]\nwhole_list = true").replace('ended_on = { column = "left" }', "")
    hand_in(desk, *many, mapping=whole)
    outcome = hand_in(desk, *many[1:], mapping=whole)
    assert outcome.ended == {"officers": 1}
    assert [one.code for one in desk.rows(Officer) if one.ended_on] == ["W0"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"area": "S9"}, "area_unknown"),
        ({"area": ""}, "value_missing"),
        ({"role": "保安"}, "value_unknown"),
        ({"from": "noon"}, "time_unreadable"),
        ({"weekdays": "sometimes"}, "weekdays_unreadable"),
        ({"until": "08:00"}, "hours_do_not_fit"),
        ({"minutes": "541"}, "hours_do_not_fit"),
        ({"minutes": "1441"}, "number_out_of_range"),
        ({"code": "w0001"}, "code_capitals"),
    ],
)
def test_an_officer_who_cannot_be_sent_is_set_aside(desk, said, reason):
    settle(desk)
    outcome = hand_in(desk, NIGHT_WATCH, SERGEANT | said)
    assert reasons(outcome) == [reason], sentence(outcome)
    assert list(on_record(desk)) == ["W0001"]


def test_leave_is_added_once_and_may_lie_ahead(desk):
    settle(desk)
    hand_in(desk, SERGEANT)
    for new in (1, 0):
        outcome = hand_in(desk, AWAY, mapping=LEAVE)
        assert outcome.tallies["officer_leave"].new == new
    (leave,) = desk.rows(OfficerLeave)
    assert (leave.first_day, leave.last_day) == (date(2024, 7, 1), date(2024, 7, 12))


@pytest.mark.parametrize(
    ("said", "reason"), [({"code": "P0002"}, "officer_unknown"), ({"last": "2024-06-30"}, "leave_reversed")]
)
def test_leave_of_nobody_and_leave_that_ends_before_it_begins_are_set_aside(desk, said, reason):
    settle(desk)
    hand_in(desk, SERGEANT)
    assert reasons(hand_in(desk, AWAY | said, mapping=LEAVE)) == [reason]


def test_an_import_stays_once_somebody_changed_one_of_its_officers_or_sent_one_on_leave(desk):
    settle(desk)
    outcome = hand_in(desk, NIGHT_WATCH, SERGEANT)
    hand_in(desk, AWAY, mapping=LEAVE)
    with pytest.raises(CannotUndo, match="builds on its officers"):
        undo(desk, outcome.import_id)
    with writing(desk.engine, SYSTEM) as session:
        session.query(OfficerLeave).delete()
        session.execute(update(Officer).where(Officer.code == "W0001").values(import_id=None, minutes_a_day=60))
    with pytest.raises(CannotUndo, match="1 of its officers was changed by hand"):
        undo(desk, outcome.import_id)


def test_a_mapping_of_officers_says_which_areas_are_theirs(desk):
    with pytest.raises(WrongMapping, match="officer: 'area' is missing"):
        desk.mapping(OFFICERS.replace("area =", "# area ="))


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("08:30", 510),
        ("8:30", 510),
        ("８：３０", 510),
        ("08:30:00", 510),
        ("8时", 480),
        ("下午1点15分", 795),
        ("24:00", 1440),
    ],
)
def test_a_time_of_day_is_the_same_however_it_is_written(text, minute):
    assert minute_of_day(text) == minute


@pytest.mark.parametrize("text", ["830", "25:00", "24:01", "8:60", "8.30", "half past eight"])
def test_what_is_no_time_of_day_is_not_guessed_at(text):
    with pytest.raises(Unfit):
        minute_of_day(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("12345", "12345"),
        ("周一至周五", "12345"),
        ("星期一、星期三、星期五", "135"),
        ("Monday to Friday", None),
        ("Mon-Fri", "12345"),
        ("周六-周二", "1267"),
        ("7,6", "67"),
        ("周日", "7"),
        ("8", None),
        ("", None),
    ],
)
def test_weekdays_are_the_same_however_they_are_written(text, days):
    if days is None:
        with pytest.raises(Unfit):
            weekday_digits(text)
    else:
        assert weekday_digits(text) == days
