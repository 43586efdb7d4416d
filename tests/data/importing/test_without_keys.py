"""Facts without a key: equal lines of one file are several, the same lines in another file are the same ones."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.__main__ import main
from data.access.roles import SYSTEM
from data.db.engine import reading
from data.db.models.city import Building, Event, Import
from data.importing.writing.idempotency import outcome_of
from tests.data.importing.test_identity import told
from tests.data.riverton import CAST, HARBOUR, ON, PLUM, VISITS, Desk, desk, write_csv

EVENTS = VISITS.split("[inspection]")[0].replace("visits", "events") + (
    '[event]\nkind = { column = "kind" }\nday = { column = "day" }\n'
)
THEFT = {"building": PLUM["code"], "kind": "theft", "day": "2024-01-02"}
NOISE = THEFT | {"kind": "noise"}
LATER = THEFT | {"day": "2024-01-03"}
ELSEWHERE = THEFT | {"building": HARBOUR["code"]}
LINES = (THEFT, NOISE, LATER, ELSEWHERE)


@pytest.fixture
def town(desk) -> Desk:
    desk.buildings(*CAST)
    return desk


def hand_in(town: Desk, rows, name: str = "events.csv", mapping: str = EVENTS, **more):
    return town.hand_in(mapping, write_csv(town.folder / name, rows), **more)


def standing(town: Desk) -> Counter[tuple[str, str, str]]:
    codes = {one.id: one.code for one in town.rows(Building)}
    return Counter((codes[one.building_id], one.kind, str(one.day)) for one in town.rows(Event))


def lines(rows) -> Counter[tuple[str, str, str]]:
    return Counter((row["building"], row["kind"], row["day"]) for row in rows)


def test_two_equal_lines_of_one_file_are_two_events(town):
    outcome = hand_in(town, [THEFT, THEFT])
    assert (told(outcome, "events"), outcome.same) == ((2, 0, 0), {})
    assert standing(town) == lines([THEFT, THEFT])


def test_an_equal_line_in_another_file_is_the_same_event_and_it_is_said(town):
    hand_in(town, [THEFT, NOISE])
    outcome = hand_in(town, [LATER, THEFT], name="b.csv")
    assert (told(outcome, "events"), outcome.same) == ((1, 0, 1), {"events": 1})
    assert standing(town) == lines([THEFT, NOISE, LATER])


@pytest.mark.parametrize(
    ("first", "second", "new", "same"),
    [(1, 3, 2, 1), (3, 1, 0, 1), (2, 2, 0, 2), (0, 2, 2, 0)],
)
def test_as_many_stand_as_the_file_with_the_most_has(town, first, second, new, same):
    hand_in(town, [NOISE, *[THEFT] * first])
    outcome = hand_in(town, [*[THEFT] * second, ELSEWHERE], name="b.csv")
    assert told(outcome, "events") == (new + 1, 0, same)
    assert outcome.same == ({"events": same} if same else {})
    assert standing(town)[next(iter(lines([THEFT])))] == max(first, second)


FILES = st.lists(st.lists(st.sampled_from(LINES), min_size=1, max_size=6), min_size=1, max_size=4)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES)
def test_whatever_files_come_the_most_equal_lines_of_one_file_stand(tmp_path_factory, files):
    own = desk(tmp_path_factory.mktemp("town"))
    own.buildings(*CAST)
    expected: Counter = Counter()
    for number, rows in enumerate(files):
        outcome = hand_in(own, rows, name=f"{number}.csv")
        grown = expected | lines(rows)
        assert told(outcome, "events") == (grown.total() - expected.total(), 0, len(rows) - (grown - expected).total())
        expected = grown
    assert standing(own) == expected
    own.engine.dispose()


def test_with_a_key_equal_lines_of_two_files_are_two_events_and_nothing_is_said(town):
    keyed = EVENTS.replace("[event]\n", '[event]\nkey = { column = "id" }\n')
    hand_in(town, [THEFT | {"id": "1"}], mapping=keyed)
    outcome = hand_in(town, [THEFT | {"id": "2"}], name="b.csv", mapping=keyed)
    assert (told(outcome, "events"), outcome.same, town.count(Event)) == ((1, 0, 0), {}, 2)


def test_of_the_very_same_bytes_only_that_is_said(town):
    first = hand_in(town, [THEFT])
    again = hand_in(town, [THEFT], name="b.csv")
    assert (again.seen_before.import_id, again.same, town.count(Event)) == (first.import_id, {}, 1)


def test_what_was_taken_for_the_same_is_kept_with_the_import(town):
    hand_in(town, [THEFT])
    outcome = hand_in(town, [THEFT, LATER], name="b.csv")
    with reading(town.engine, SYSTEM) as session:
        assert outcome_of(session, session.get(Import, outcome.import_id)).same == {"events": 1}


def test_the_command_says_how_many_were_taken_for_the_same(town, capsys, monkeypatch):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", str(town.engine.url))
    town.mapping(EVENTS)
    for name, rows in (("events_a.csv", [THEFT]), ("events_b.csv", [THEFT, LATER])):
        file = str(write_csv(town.folder / name, rows))
        assert main(["import", str(town.folder / "riverton_events.toml"), file, "--on", ON.isoformat()]) == 0
    assert capsys.readouterr().out.count("1 event without a key says the same as one of other files and was") == 1
