"""Columns are matched by guesses a person can correct, and the mapping that comes of it is an ordinary one."""

from dataclasses import replace
from time import process_time

import pytest

from data.access.errors import NotAllowed
from data.access.roles import SYSTEM, AccessScope
from data.db.engine import reading, writing
from data.db.models.city import Building, Event, Hazard, HazardStep, Inspection
from data.importing.checking.suspect_rows import _is_no_row
from data.importing.command import Options, run
from data.importing.errors import NoSuchMapping, WrongMapping
from data.importing.mapping.builder import Match, built, mapping_text, name_for
from data.importing.mapping.choose_mapping import mappings_named
from data.importing.mapping.guess_columns import (
    ANY,
    AS_IT_SAYS,
    ASK_ORDER,
    SLOTS,
    TARGETS_ON_SCREEN,
    day_form,
    day_read,
    guessed,
    incomplete_days,
    meanings,
    plain,
    sample_of,
    undecided_days,
)
from data.importing.mapping.parser import mapping_of
from data.importing.mapping.saved_mappings import save_mapping, saved_mappings
from data.importing.reading.tables import read_table
from tests.data.riverton import BUILDINGS, CAST, HARBOUR, ON, PLUM, csv_bytes, reasons, square, write_csv, write_geojson

BOUNDS = (113.80, 22.45, 114.00, 22.65)
SECONDS_OF_THE_PROCESSOR = 3  # where the time grows with the square of the length, these take minutes
THEIRS = [
    {
        "序号": str(number),
        "统一地址编码": row["code"],
        "楼栋名称": row["name"],
        "详细地址": row["address"],
        "出租套数(套)": row["homes"],
        "建成年份": row["built"],
        "房屋用途": row["use"],
        "是否群租房": "否",
        "经度": row["lon"],
        "纬度": row["lat"],
    }
    for number, row in enumerate(CAST, 1)
]


def sample(rows, name="theirs.csv"):
    return sample_of(read_table(name, csv_bytes(rows), ANY))


@pytest.mark.parametrize(
    ("target", "rows", "expected"),
    [
        (
            "building",
            THEIRS,
            {
                "code": "统一地址编码",
                "name": "楼栋名称",
                "address": "详细地址",
                "homes": "出租套数(套)",
                "built": "建成年份",
                "use": "房屋用途",
                "group_rental": "是否群租房",
                "lon": "经度",
                "lat": "纬度",
            },
        ),
        ("building", CAST, {name: name for name in PLUM}),
        (
            "building",
            [
                {
                    "Building ID": "7",
                    "Site address": "1 Plum Lane",
                    "Longitude": "113.9",
                    "Latitude": "22.5",
                    "Year built": "1998",
                }
            ],
            {
                "code": "Building ID",
                "address": "Site address",
                "lon": "Longitude",
                "lat": "Latitude",
                "built": "Year built",
            },
        ),
        (
            "inspection",
            [{"巡查编号": "1", "楼栋编码": PLUM["code"], "巡查日期": "2024/3/1", "网格员编号": "W3"}],
            {"key": "巡查编号", "building": "楼栋编码", "day": "巡查日期", "inspector": "网格员编号"},
        ),
        (
            "event",
            [{"案件编号": "1", "房屋编码": PLUM["code"], "案件类别": "刑事案件", "案发时间": "2024年03月01日"}],
            {"key": "案件编号", "building": "房屋编码", "kind": "案件类别", "day": "案发时间"},
        ),
        (
            "hazard",
            [
                {
                    "隐患编号": "1",
                    "所属楼栋": PLUM["code"],
                    "隐患大类": "消防",
                    "隐患描述": "堵塞通道",
                    "风险等级": "高",
                    "发现日期": "20240301",
                    "整改期限": "20240401",
                    "整改完成日期": "",
                }
            ],
            {
                "key": "隐患编号",
                "building": "所属楼栋",
                "group": "隐患大类",
                "category": "隐患描述",
                "severity": "风险等级",
                "found_on": "发现日期",
                "due_on": "整改期限",
                "resolved": "整改完成日期",
            },
        ),
    ],
    ids=["chinese buildings", "our own names", "english buildings", "visits", "cases", "hazards"],
)
def test_columns_are_known_by_what_they_are_called(target, rows, expected):
    assert guessed(target, sample(rows), BOUNDS) == expected


def test_places_are_known_by_their_values_where_headings_say_nothing():
    rows = [{"a": row["lat"], "b": row["lon"], "c": row["code"]} for row in CAST]
    found = guessed("building", sample(rows), BOUNDS)
    assert (found["lon"], found["lat"]) == ("b", "a")


def test_a_heading_whose_values_do_not_fit_is_not_believed():
    rows = [{"经度": "东边", "纬度": "22.5", "日期": "明天", "编号": "1", "楼栋编码": "2"}]
    assert not {"lon", "lat"} & guessed("building", sample(rows), BOUNDS).keys()
    assert "day" not in guessed("inspection", sample(rows))


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["2024-03-01"], AS_IT_SAYS),
        (["2024/3/1", "2024/12/31"], AS_IT_SAYS),
        (["2024年3月1日"], AS_IT_SAYS),
        (["20240301"], AS_IT_SAYS),
        (["2024-03-01 08:30:00", "2024-03-01T08:30:00Z", "1709251200000"], AS_IT_SAYS),
        (["31/12/2024", "01/02/2024"], AS_IT_SAYS),
        (["12/31/2024", "01/02/2024"], AS_IT_SAYS),
        (["11/12/2024", "01/02/2024"], ASK_ORDER),
        (["31/12/2024", "12/31/2024", "01/02/2024"], ASK_ORDER),
        (["113/01/05", "113/02/06"], "roc"),
        (["45000", "45001"], "excel"),
        (["12", "13"], None),
        (["2024"], None),
        ([], None),
    ],
)
def test_the_form_of_days_is_told_from_all_of_them(texts, form):
    assert day_form(texts) == form


ENDLESS = {
    "digits": "1" * 400,
    "wide digits": "１" * 5_000,
    "brackets after a day": "2020-01-01 " + "(" * 300_000,
    "open brackets": "(" * 300_000,
    "open brackets in lines": "([\n" * 100_000,
    "spaces": "合计" + " " * 300_000 + "x",
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_text_without_end_is_no_day_and_keeps_nobody_waiting(text):
    begun = process_time()
    assert day_form([text]) is None
    assert not _is_no_row(text)
    heading = plain(text)
    assert process_time() - begun < SECONDS_OF_THE_PROCESSOR, heading[:20]


def test_what_stands_in_brackets_is_no_part_of_a_heading():
    assert plain("Rooms (let, [of all]) to-day") == plain("Rooms ) to day") == "roomstoday"
    assert plain("面积 (平方米) [约") == "面积约"


def test_values_get_the_meaning_they_have_under_that_heading():
    assert meanings("group", ["消防", "治安", "fire", "其他"]) == {
        "消防": "fire",
        "治安": "public_order",
        "fire": "fire",
    }
    assert meanings("kind", ["治安"]) == {"治安": "public_order_case"}


def match(target, rows, **more):
    seen = sample(rows)
    return Match("made", "Riverton: made", "riverton", target, guessed(target, seen, BOUNDS), **more), seen


def test_what_is_matched_on_the_screen_is_taken_in_like_any_mapping(desk):
    desk.buildings(PLUM)
    chosen, seen = match("building", THEIRS, datum="GCJ02")
    text, mapping = built(chosen, seen)
    assert mapping == mapping_of("made", text) and mapping.city_table is None
    outcome = desk.hand_in(text, write_csv(desk.folder / "theirs.csv", THEIRS))
    assert outcome.faults == [] and (outcome.tallies["buildings"].new, outcome.tallies["buildings"].changed) == (2, 1)
    harbour = desk.building(HARBOUR)
    assert (harbour.homes, harbour.built, harbour.use, harbour.group_rental) == (None, 1998, "mixed", False)
    assert desk.building(PLUM).use == "estate" and abs(harbour.lon - float(HARBOUR["lon"])) > 0.003  # from GCJ-02


def test_visits_cases_and_hazards_matched_on_the_screen_come_in(desk):
    desk.buildings(*CAST)
    visits = [{"编号": "1", "楼栋编码": PLUM["code"], "巡查日期": "2024/3/1"}]
    cases = [{"编号": "1", "楼栋编码": PLUM["code"], "类型": "火灾", "案发日期": "2024年3月1日"}]
    hazards = [
        {"编号": "1", "楼栋编码": PLUM["code"], "大类": "消防", "问题": "堵塞", "等级": "高", "发现日期": "2024-03-01"}
        | {"整改日期": "2024-03-09"}
    ]
    for target, rows in (("inspection", visits), ("event", cases), ("hazard", hazards)):
        text, _ = built(*match(target, rows))
        assert desk.hand_in(text, write_csv(desk.folder / "theirs.csv", rows)).faults == []
    assert [str(one.day) for one in desk.rows(Inspection)] == ["2024-03-01"]
    assert [one.kind for one in desk.rows(Event)] == ["fire_accident"]
    assert [(one.group, one.severity) for one in desk.rows(Hazard)] == [("fire", "high")]
    assert [one.step for one in desk.rows(HazardStep)] == ["found", "resolved"]


def test_the_order_of_day_and_month_is_asked_where_nothing_tells_it_and_then_kept_in_the_mapping(desk):
    desk.buildings(*CAST)
    visits = [{"编号": "1", "楼栋编码": PLUM["code"], "巡查日期": "05/01/2024"}]
    chosen, seen = match("inspection", visits)
    assert undecided_days("inspection", chosen.matches, seen)
    path = write_csv(desk.folder / "theirs.csv", visits)
    assert reasons(desk.hand_in(built(chosen, seen)[0], path)) == ["date_order"]
    text, _ = built(replace(chosen, day_order="day_first"), seen)
    assert desk.hand_in(text, path).faults == []
    assert [str(one.day) for one in desk.rows(Inspection)] == ["2024-01-05"]
    proven = sample([*visits, visits[0] | {"编号": "2", "巡查日期": "13/01/2024"}])
    assert not undecided_days("inspection", chosen.matches, proven)


def test_outlines_and_drawn_buildings_come_in_by_their_geometry(desk):
    desk.buildings(PLUM)
    path = write_geojson(desk.folder / "s.geojson", [{"JD_CODE": "1", "街道名称": "北街道"}], [square(113.85, 22.5)])
    seen = sample_of(read_table(path.name, path.read_bytes(), ANY))
    text, _ = built(Match("s", "S", "riverton", "area", guessed("area", seen), level="street"), seen)
    assert desk.hand_in(text, path).tallies["areas"].new == 1
    drawn = write_geojson(desk.folder / "b.geojson", [{"code": row["code"]} | row for row in CAST])
    seen = sample_of(read_table(drawn.name, drawn.read_bytes(), ANY))
    matches = {slot: column for slot, column in guessed("building", seen).items() if slot not in ("lon", "lat")}
    text, _ = built(Match("b", "B", "riverton", "building", matches, by_place=("street",)), seen)
    assert desk.hand_in(text, drawn).faults == []
    assert {one.street_id for one in desk.rows(Building)} == {1}


def test_what_is_missing_is_said_by_the_mapping_itself():
    chosen, seen = match("event", [{"编号": "1"}])
    with pytest.raises(WrongMapping, match=r"building: 'code' is missing"):
        built(chosen, seen)


@pytest.mark.parametrize("heading", ['quo"te', "back\\slash", "new\nline", "tab\t", "del\x7f", "列{}]#", "= x"])
def test_any_heading_can_stand_in_a_mapping(heading):
    rows = [{heading: "1", "b": "2"}]
    seen = sample(rows)
    chosen = Match("m", f"T {heading}", "riverton", "building", {"code": heading.strip()})
    assert mapping_of("m", mapping_text(chosen, seen)).blocks["building"].fields["code"].column == heading.strip()


def test_every_target_asks_for_all_it_cannot_do_without():
    for target in TARGETS_ON_SCREEN:
        names = [slot.name for slot in SLOTS[target]]
        assert len(names) == len(set(names)) and any(slot.required for slot in SLOTS[target])


def save(desk, name, text, scope=SYSTEM):
    with writing(desk.engine, SYSTEM) as session:
        return save_mapping(session, scope, name, text, "wang")


def test_a_saved_mapping_is_found_by_its_name_after_the_packaged_ones(desk, capsys):
    save(desk, "riverton_buildings", BUILDINGS)
    with reading(desk.engine, SYSTEM) as session:
        saved = saved_mappings(session)
    assert [one.name for one in mappings_named("riverton", saved=saved)] == ["riverton_buildings"]
    path = write_csv(desk.folder / "buildings.csv", CAST)
    run(desk.engine, "riverton_buildings", [path], Options(ON))
    assert "riverton_buildings: 3 rows read, 0 set aside" in capsys.readouterr().out
    with pytest.raises(NoSuchMapping, match=r"toronto_2017_wards, riverton_buildings"):
        mappings_named("atlantis", saved=saved)


def test_a_mapping_that_is_wrong_taken_or_not_allowed_is_not_saved(desk):
    save(desk, "mine", BUILDINGS)
    save(desk, "mine", BUILDINGS)
    with pytest.raises(WrongMapping, match="choose another name"):
        save(desk, "mine", BUILDINGS + "\n")
    with pytest.raises(WrongMapping, match="choose another name"):
        save(desk, "toronto_2017_wards", BUILDINGS)
    with pytest.raises(WrongMapping, match="unknown key"):
        save(desk, "other", BUILDINGS.replace("homes =", "home ="))
    with pytest.raises(NotAllowed, match="ask an administrator"):
        save(desk, "other", BUILDINGS, AccessScope("police", areas=None))
    with reading(desk.engine, SYSTEM) as session:
        assert list(saved_mappings(session)) == ["mine"]


def test_a_name_is_made_that_none_has_yet():
    assert (
        name_for("出租屋 Buildings 2024.csv", "riverton", "building", set()) == "riverton_building_buildings_2024_csv"
    )
    assert name_for("甲", "riverton", "event", {"riverton_event"}) == "riverton_event_2"


@pytest.mark.parametrize(
    ("month", "first", "last"), [("2024-03", "2024-03-01", "2024-03-31"), ("2024年", "2024-01-01", "2024-12-31")]
)
def test_a_column_of_months_or_years_is_one_of_days_and_is_asked_about(month, first, last):
    visits = sample([{"巡查编号": "a", "楼栋编码": PLUM["code"], "巡查日期": month}])
    columns = guessed("inspection", visits)
    assert columns["day"] == "巡查日期" and incomplete_days("inspection", columns, visits) == [month]
    for which, day in (("first", first), ("last", last)):
        assert str(day_read(month, which_day=which)) == day
        _, mapping = built(Match("m", "m", "riverton", "inspection", columns, which_day=which), visits)
        assert mapping.blocks["inspection"].fields["day"].which_day == which
    _, mapping = built(Match("m", "m", "riverton", "inspection", columns), visits)
    assert mapping.blocks["inspection"].fields["day"].which_day is None


def test_whole_days_are_not_asked_about():
    visits = sample([{"巡查编号": "a", "楼栋编码": PLUM["code"], "巡查日期": "2024-03-01"}])
    assert incomplete_days("inspection", guessed("inspection", visits), visits) == []
