"""What a record is called hangs neither on the name of its file nor on its row, and nothing is replaced unasked."""

import random
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.__main__ import main
from data.access.roles import SYSTEM
from data.db.engine import reading, writing
from data.db.models.city import Event, Hazard, HazardStep, Inspection
from data.importing.errors import CannotUndo
from data.importing.mapping.builder import Match, built
from data.importing.mapping.choose_mapping import earlier_sources, every_mapping, mappings_named
from data.importing.mapping.guess_columns import ANY, guessed, sample_of
from data.importing.mapping.saved_mappings import save_mapping, saved_mappings
from data.importing.reading.tables import read_table
from data.importing.writing.run import import_file
from tests.data.importing.test_undo import undo
from tests.data.riverton import (
    BLOCKED_STAIRS,
    CAST,
    COMMAND_LINE,
    HARBOUR,
    MILL,
    ON,
    PLUM,
    QUIET_VISIT,
    VISITS,
    csv_bytes,
    desk,
    read_here,
    reasons,
    sentence,
    write_csv,
)

KEYLESS = VISITS.replace('key = { column = "id" }\n', "")
CASES = [
    {"编号": "77", "楼栋编码": PLUM["code"], "类型": "刑事案件", "案发日期": "2024-01-01"},
    {"编号": "78", "楼栋编码": PLUM["code"], "类型": "治安案件", "案发日期": "2024-01-05"},
]


def told(outcome, table="inspections") -> tuple[int, int, int]:
    tally = outcome.tallies[table]
    return tally.new, tally.changed, tally.unchanged


def hand_in(desk, rows, mapping=VISITS, repeated_keys="ask", name="visits.csv", preview=False, on=ON, **more):
    return desk.hand_in(mapping, write_csv(desk.folder / name, rows), on, preview, repeated_keys, **more)


def matched(desk, rows, target="event", file="theirs.csv", title="made", drop=(), on=ON):
    """As the import page does it: columns guessed, a mapping of a new name made, kept, and the file taken in."""
    seen = sample_of(read_table(file, csv_bytes(rows), ANY))
    matches = {slot: column for slot, column in guessed(target, seen).items() if slot not in drop}
    with reading(desk.engine, SYSTEM) as session:
        kept = every_mapping(saved=saved_mappings(session))
    match = Match(title, title, "riverton", target, matches, formerly=earlier_sources(kept, "riverton", target))
    text, mapping = built(match, seen)
    with writing(desk.engine, SYSTEM) as session:
        save_mapping(session, SYSTEM, title, text, "wang")
    path = write_csv(desk.folder / file, rows)
    return import_file(desk.engine, SYSTEM, mapping, path, on, actor=COMMAND_LINE, read=read_here)


@pytest.fixture
def town(desk):
    desk.buildings(*CAST)
    return desk


# the same bytes


@pytest.mark.parametrize("drop", [(), ("key",)], ids=["with a key", "without a key"])
def test_the_same_file_matched_twice_under_two_names_is_one_file(town, drop):
    first = matched(town, CASES, title="october", drop=drop)
    again = matched(town, CASES, title="october_2", file="renamed.csv", drop=drop)
    assert (told(first, "events"), told(again, "events")) == ((2, 0, 0), (0, 0, 2))
    assert (again.seen_before.import_id, town.count(Event)) == (first.import_id, 2)
    assert first.seen_before is None


@pytest.mark.parametrize("first", [(), ("key",)], ids=["with a key first", "without first"])
def test_the_same_file_once_with_and_once_without_its_key_is_one_file(town, first):
    matched(town, CASES, title="a", drop=first)
    again = matched(town, CASES, title="b", drop=("key",) if not first else ())
    assert told(again, "events") == (0, 0, 2)


def test_the_same_bytes_by_a_mapping_of_another_source_bring_nothing_new(town):
    hand_in(town, [QUIET_VISIT, BLOCKED_STAIRS])
    again = hand_in(town, [QUIET_VISIT, BLOCKED_STAIRS], VISITS.replace('"visit"', '"other"'), name="b.csv")
    assert (told(again), told(again, "hazards")) == ((0, 0, 2), (0, 0, 1))
    assert town.count(HazardStep) == 1


def test_the_same_bytes_may_bring_what_the_first_mapping_did_not_read(town):
    hand_in(town, [BLOCKED_STAIRS])
    hygiene = VISITS.replace('group = "fire"', 'group = "hygiene"').replace('"visit"', '"other"')
    assert told(hand_in(town, [BLOCKED_STAIRS], hygiene), "hazards") == (1, 0, 0)


def test_bytes_of_an_import_that_was_undone_are_as_if_they_had_never_come(town):
    undo(town, hand_in(town, [QUIET_VISIT]).import_id)
    again = hand_in(town, [QUIET_VISIT])
    assert (told(again), again.seen_before) == ((1, 0, 0), None)


def test_the_command_says_that_the_bytes_came_before(town, capsys, monkeypatch):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", str(town.engine.url))
    town.mapping(VISITS)
    paths = [str(write_csv(town.folder / name, [QUIET_VISIT])) for name in ("visits.csv", "renamed.csv")]
    for path in paths:
        assert main(["import", str(town.folder / "riverton_visits.toml"), path, "--on", ON.isoformat()]) == 0
    said = capsys.readouterr().out
    assert said.count("the same bytes came as import 2 on 20") == 1


def test_rows_that_could_not_come_the_first_time_come_with_the_same_bytes(desk):
    desk.buildings(PLUM)
    both = [QUIET_VISIT, QUIET_VISIT | {"id": "2", "building": HARBOUR["code"]}]
    assert told(hand_in(desk, both)) == (1, 0, 0)
    desk.buildings(*CAST)
    again = hand_in(desk, both)
    assert (told(again), again.seen_before.import_id) == ((1, 0, 1), 2)


# facts without a key


def test_without_a_key_neither_order_nor_file_nor_company_matters(town):
    rows = [QUIET_VISIT, BLOCKED_STAIRS, QUIET_VISIT | {"stairs": "0"}, QUIET_VISIT | {"day": "2024-01-03"}]
    hand_in(town, rows, KEYLESS)
    again = hand_in(town, [rows[3], rows[2], rows[1], rows[0]], KEYLESS, name="b.csv")
    assert (told(again), told(again, "hazards"), again.repeated) == ((0, 0, 4), (0, 0, 1), 0)
    fewer = hand_in(town, [rows[2]], KEYLESS, name="c.csv")
    more = hand_in(town, [*rows, QUIET_VISIT | {"day": "2024-02-01"}], KEYLESS, name="d.csv")
    assert (told(fewer), told(more)) == ((0, 0, 1), (1, 0, 4))


def test_equal_rows_of_one_file_are_counted(town):
    hand_in(town, [QUIET_VISIT] * 3, KEYLESS)
    assert town.count(Inspection) == 3
    assert told(hand_in(town, [QUIET_VISIT] * 2, KEYLESS, name="b.csv")) == (0, 0, 2)
    assert told(hand_in(town, [QUIET_VISIT] * 4, KEYLESS, name="c.csv")) == (1, 0, 3)


def test_without_a_key_rows_that_repeat_are_one_fact_when_the_mapping_says_so(town):
    mapping = KEYLESS.replace("[inspection]\n", "[inspection]\nrepeats = true\n")
    two = [BLOCKED_STAIRS, BLOCKED_STAIRS | {"hazard": "Locked exit"}]
    for expected in ((1, 0, 0), (0, 0, 1)):
        assert told(hand_in(town, two, mapping)) == expected
    assert (town.count(Hazard), {one.inspection_id for one in town.rows(Hazard)}) == (2, {1})


def test_a_hazard_without_a_key_that_was_resolved_since_grows_a_step(town):
    hand_in(town, [BLOCKED_STAIRS], KEYLESS)
    again = hand_in(town, [BLOCKED_STAIRS | {"mended": "2024-02-01"}], KEYLESS, name="b.csv")
    assert (told(again, "hazards"), town.count(Hazard)) == ((0, 1, 0), 1)
    assert [one.step for one in town.rows(HazardStep, HazardStep.id)] == ["found", "resolved"]


def test_two_visits_of_a_day_with_other_answers_in_two_files_are_asked_about(town):
    hand_in(town, [QUIET_VISIT], KEYLESS)
    again = hand_in(town, [QUIET_VISIT | {"stairs": "0"}], KEYLESS, name="b.csv")
    assert (again.repeated, reasons(again), town.count(Inspection)) == (1, ["key_repeats"], 1)
    assert f"'{PLUM['code']} 2024-01-02'" in sentence(again) and "answers: 1-, here 0-" in sentence(again)


ROWS = st.lists(
    st.builds(
        lambda house, day, stairs: (house, day, stairs),
        st.sampled_from([PLUM["code"], HARBOUR["code"], MILL["code"]]),
        st.dates(date(2024, 1, 1), date(2024, 1, 3)).map(date.isoformat),
        st.sampled_from("01"),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, shuffle=st.integers(0, 99))
def test_any_file_without_keys_says_nothing_new_in_another_order_under_another_name(tmp_path_factory, rows, shuffle):
    own = desk(tmp_path_factory.mktemp("town"))
    own.buildings(*CAST)
    file = [QUIET_VISIT | {"building": house, "day": day, "stairs": stairs} for house, day, stairs in rows]
    assert told(hand_in(own, file, KEYLESS)) == (len(rows), 0, 0)
    random.Random(shuffle).shuffle(file)
    again = hand_in(own, file, KEYLESS, name="other.csv")
    assert (told(again), again.repeated) == ((0, 0, len(rows)), 0)
    own.engine.dispose()


# keys that repeat with other content

OCTOBER = [QUIET_VISIT | {"id": str(n), "day": f"2023-10-0{n}"} for n in (1, 2, 3)]
NOVEMBER = [QUIET_VISIT | {"id": str(n), "day": f"2023-11-0{n}"} for n in (1, 2, 3)]


def days(desk) -> list[str]:
    corrected = {one.corrects_id for one in desk.rows(Inspection)}
    return sorted(str(one.day) for one in desk.rows(Inspection) if one.id not in corrected)


def test_numbers_that_begin_anew_replace_nothing_unasked(town):
    hand_in(town, OCTOBER)
    for preview in (True, False):
        outcome = hand_in(town, [*NOVEMBER, QUIET_VISIT | {"id": "4", "day": "2023-11-30"}], preview=preview)
        assert (outcome.repeated, told(outcome), reasons(outcome)) == (3, (1, 0, 0), ["key_repeats"] * 3)
    assert days(town) == [row["day"] for row in OCTOBER] + ["2023-11-30"]
    _, _, said = outcome.faults[0]
    assert "The inspection '1' came in before" in said and "day: 2023-10-01, here 2023-11-01" in said


def test_a_correction_is_one_when_it_is_said_to_be(town):
    hand_in(town, OCTOBER)
    outcome = hand_in(town, NOVEMBER, repeated_keys="corrections")
    assert (outcome.repeated, told(outcome)) == (3, (0, 3, 0))
    assert days(town) == [row["day"] for row in NOVEMBER]


def test_other_records_under_the_same_keys_are_kept_beside_and_found_again(town):
    hand_in(town, OCTOBER)
    assert told(hand_in(town, NOVEMBER, repeated_keys="others", name="november.csv")) == (3, 0, 0)
    assert days(town) == [row["day"] for row in (*OCTOBER, *NOVEMBER)]
    for rows in (OCTOBER, NOVEMBER, [*NOVEMBER[:1], *OCTOBER[1:]]):
        assert told(hand_in(town, rows, name="again.csv")) == (0, 0, 3)
    december = [row | {"day": row["day"].replace("-11-", "-12-")} for row in NOVEMBER]
    assert hand_in(town, december, name="december.csv").repeated == 3
    assert told(hand_in(town, december, repeated_keys="others", name="december.csv")) == (3, 0, 0)
    corrected = [NOVEMBER[0] | {"stairs": "0"}]
    hand_in(town, corrected, repeated_keys="corrections", name="corrected.csv")
    assert len(days(town)) == 9


@pytest.mark.parametrize(("answer", "expected"), [("corrections", (0, 1, 0)), ("others", (1, 0, 0))])
def test_a_mapping_may_say_once_and_for_all_what_repeated_keys_are(town, answer, expected):
    mapping = VISITS.replace('source = "visit"', f'source = "visit"\nrepeated_keys = "{answer}"')
    hand_in(town, OCTOBER[:1], mapping, repeated_keys=None)
    assert told(hand_in(town, NOVEMBER[:1], mapping, repeated_keys=None)) == expected


def test_a_row_whose_hazard_repeats_is_set_aside_whole(town):
    hand_in(town, [BLOCKED_STAIRS])
    outcome = hand_in(town, [BLOCKED_STAIRS | {"hazard": "Locked exit"}, QUIET_VISIT])
    assert (reasons(outcome), told(outcome), told(outcome, "hazards")) == (["key_repeats"], (1, 0, 0), (0, 0, 0))


def test_a_building_is_left_alone_by_a_row_whose_visit_is_set_aside(town):
    both = VISITS.replace("existing = true\n", 'name = { column = "doors" }\n')
    hand_in(town, [QUIET_VISIT | {"doors": "N/A"}], both)
    name = town.building(PLUM).name
    outcome = hand_in(town, [QUIET_VISIT | {"doors": "1"}], both)
    assert (reasons(outcome), town.building(PLUM).name) == (["key_repeats"], name)


@pytest.mark.parametrize(("answer", "left"), [(None, 1), ("corrections", 1), ("others", 2)])
def test_the_command_asks_and_takes_the_answer(town, capsys, monkeypatch, answer, left):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", str(town.engine.url))
    town.mapping(VISITS)
    more = ["--repeated-keys", answer] if answer else []
    command = ["import", str(town.folder / "riverton_visits.toml")]
    for rows, options in ((OCTOBER[:1], []), (NOVEMBER[:1], more)):
        path = write_csv(town.folder / "visits.csv", rows)
        assert main([*command, str(path), "--on", ON.isoformat(), "--set-aside", str(town.folder), *options]) == 0
    said = capsys.readouterr().out
    assert ("1 row replaces an earlier one with other content (first: row 1)" in said) == (answer is None)
    assert ("was taken as it was answered" in said) == (answer is not None)
    assert ("are these corrections?" in said) == (answer is None)
    assert len(days(town)) == left and (days(town) == ["2023-10-01"]) == (answer is None)


# what is guessed to be a key


@pytest.mark.parametrize(
    ("numbers", "is_key"),
    [
        (["1", "2", "3"], False),
        (["3", "1", "2"], False),
        (["0", "1", "2"], False),
        (["001", "002", "003"], False),
        (["1.0", "2.0", "3.0"], False),
        (["1", "2", "4"], False),  # rows were filtered away
        (["第1条", "第2条", "第3条"], False),
        (["１", "２", "３"], False),
        (["7", "7", "8"], False),
        (["", "", "8"], False),
        (["1001", "1002", "1003"], True),
        (["20241001001", "20241001002", "20241001003"], True),
        (["XC-1", "XC-2", "XC-3"], True),
        (["4", "90", "17"], True),
    ],
)
@pytest.mark.parametrize("heading", ["序号", "巡查编号"])
def test_a_column_is_guessed_to_be_a_key_when_it_tells_rows_apart_and_does_not_count_them(heading, numbers, is_key):
    rows = [{heading: number, "楼栋编号": "B1", "巡查日期": "2026-10-08"} for number in numbers]
    found = guessed("inspection", sample_of(read_table("v.csv", csv_bytes(rows), ANY)))
    assert ("key" in found) == is_key
    assert (found["building"], found["day"]) == ("楼栋编号", "巡查日期")


def test_a_column_that_counts_rows_is_no_code_of_a_building_either():
    rows = [{"编号": str(n), "地址": f"{n} Plum Lane"} for n in (1, 2, 3)]
    assert "code" not in guessed("building", sample_of(read_table("b.csv", csv_bytes(rows), ANY)))


def test_months_that_number_their_rows_anew_come_in_beside_each_other(town):
    months = [
        [{"序号": str(n), "楼栋编号": PLUM["code"], "巡查日期": f"2024-0{month}-0{n}"} for n in (1, 2, 3)]
        for month in (1, 2)
    ]
    outcomes = [matched(town, rows, "inspection", title=f"m{n}") for n, rows in enumerate(months)]
    assert [told(one) for one in outcomes] == [(3, 0, 0), (3, 0, 0)]
    assert [one.repeated for one in outcomes] == [0, 0] and town.count(Inspection) == 6


# what is there already


OLD = """
title = "Riverton: cases"
city = "riverton"
files = "*"
format = "csv"

[building]
existing = true
code = { column = "楼栋编码" }

[event]
key = { column = "编号" }
kind = { column = "类型", values = { "刑事案件" = "criminal_case", "治安案件" = "public_order_case" } }
day = { column = "案发日期" }
"""


@pytest.fixture
def with_old_keys(town):
    """A town whose cases came in by a mapping matched on the screen when its name led the keys."""
    with writing(town.engine, SYSTEM) as session:
        mapping = save_mapping(session, SYSTEM, "riverton_event_2023", OLD, "wang")
    path = write_csv(town.folder / "cases.csv", CASES)
    import_file(town.engine, SYSTEM, mapping, path, ON, actor=COMMAND_LINE, read=read_here)
    assert {one.source_key for one in town.rows(Event)} == {"riverton_event_2023:77", "riverton_event_2023:78"}
    return town


def test_records_kept_under_the_name_of_an_old_mapping_are_found_by_a_new_one(with_old_keys):
    longer = [*CASES, CASES[0] | {"编号": "79", "案发日期": "2024-02-01"}]
    assert told(matched(with_old_keys, longer, title="riverton_event_2024"), "events") == (1, 0, 2)
    assert hand_in_by_name(with_old_keys, "riverton_event_2023", longer[::-1]) == (0, 0, 3)
    assert hand_in_by_name(with_old_keys, "riverton_event_2024", [longer[1], longer[2], longer[0]]) == (0, 0, 3)


def hand_in_by_name(desk, name, rows):
    with reading(desk.engine, SYSTEM) as session:
        (mapping,) = mappings_named(name, saved=saved_mappings(session))
    path = write_csv(desk.folder / "again.csv", rows)
    outcome = import_file(desk.engine, SYSTEM, mapping, path, ON, actor=COMMAND_LINE, read=read_here)
    return told(outcome, "events")


def test_an_old_record_said_otherwise_by_a_new_mapping_is_asked_about(with_old_keys):
    outcome = matched(with_old_keys, [CASES[0] | {"案发日期": "2024-03-01"}], title="riverton_event_2024")
    assert (outcome.repeated, with_old_keys.count(Event)) == (1, 2)


def test_a_mapping_that_was_renamed_names_its_former_source(town):
    hand_in(town, [QUIET_VISIT, BLOCKED_STAIRS])
    renamed = VISITS.replace('source = "visit"', 'source = "inspection"\nformerly = "visit"')
    again = hand_in(town, [QUIET_VISIT, BLOCKED_STAIRS, QUIET_VISIT | {"id": "3"}], renamed)
    assert (told(again), town.count(Inspection)) == ((1, 0, 2), 3)


def test_an_import_whose_facts_another_file_found_is_not_undone_alone(town):
    first = hand_in(town, [QUIET_VISIT])
    renamed = VISITS.replace("Riverton: visits", "Riverton: more").replace("visits*", "more*")
    second = hand_in(town, [QUIET_VISIT, BLOCKED_STAIRS], renamed, name="more.csv")
    assert told(second) == (1, 0, 1)
    with pytest.raises(CannotUndo, match=f"import {second.import_id}"):
        undo(town, first.import_id)
