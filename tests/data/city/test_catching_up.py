"""Whoever catches up by the change log holds, after every write, what the tables alone would give, bit by bit.

Three observers of Riverton: one catches up after every write, one now and then, and one that begins anew from what lies
on disk. Files of buildings, visits, hazards, homes and cases come in any order, correct each other and are undone.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.city import fact_store
from data.city.changes import latest_version
from data.city.city_facts import CityFacts
from data.city.fact_store import caught_up, load_city_facts, store
from data.city.fact_tables import facts_from_tables
from data.city.filters import Filters, selected
from data.city.snapshots import snapshot_on
from data.db.engine import open_database, reading, writing
from data.db.models.city import Building, City, Event, Hazard, Home, Import, Inspection
from data.importing.errors import CannotUndo
from data.importing.writing.undo import undo_import
from data.records.commands import (
    Command,
    EventHappened,
    EventWithdrawn,
    FoundHazard,
    HazardStepTaken,
    HazardWithdrawn,
    HomeStateSet,
    Visit,
    VisitWithdrawn,
    Withdrawal,
)
from data.records.errors import RecordRefused
from data.records.writing import record
from scoring.rulebook.editions import Rulebook
from tests.data.city.test_fact_store import assert_same
from tests.data.importing.test_public_rental import FIRST, HOMES
from tests.data.riverton import BUILDINGS, HARBOUR, ON, PLUM, QUIET_VISIT, VISITS, Desk, write_csv

KINDS = ("sqlite", "postgresql")
DATUM = "GCJ02"  # moved places, as a city with a Chinese base map has them
RULES = Rulebook()
VISITS_BY_OFFICERS = VISITS.replace(
    "[inspection.answers]",
    'inspector = { column = "officer" }\nvoid = { column = "state", equals = "void" }\n\n[inspection.answers]',
)
ENDING = BUILDINGS.replace("[building]\n", '[building]\nended_on = { column = "ended" }\n')
WHOLE = BUILDINGS.replace("[building]\n", "[building]\nwhole_list = true\n")
RENAMED = BUILDINGS.replace("[building]\n", '[building]\nformerly = { column = "before" }\n')
CASES = """
title = "Riverton: cases"
city = "riverton"
files = "cases*.csv"
format = "csv"
source = "case"

[building]
existing = true
code = { column = "building" }

[event]
key = { column = "id" }
kind = { column = "kind" }
day = { column = "day" }
"""
HOUSES = tuple(f"44030600100100100{number}" for number in range(6))
DAYS = ("2023-11-30", "2024-01-02", "2024-02-29", "2024-06-30")
PLACES = (("113.9001", "22.5501"), ("113.9001", "22.5501"), ("113.9102", "22.5602"), ("113.8203", "22.6203"))

houses = st.sampled_from(HOUSES)
building_rows = st.fixed_dictionaries(
    {
        "code": houses,
        "homes": st.sampled_from(("12", "N/A")),
        "use": st.sampled_from(("住宅", "商住")),
        "place": st.sampled_from(PLACES),
    }
).map(
    lambda row: (
        PLUM
        | {name: row[name] for name in ("code", "homes", "use")}
        | dict(zip(("lon", "lat"), row["place"], strict=True))
    )
)
visit_rows = st.fixed_dictionaries(
    {
        "id": st.sampled_from("123456"),
        "building": houses,
        "day": st.sampled_from(DAYS),
        "score": st.just("90"),
        "stairs": st.sampled_from(("0", "1", "N/A")),
        "doors": st.sampled_from(("0", "1")),
        "hazard": st.sampled_from(("", "", "Blocked stairs")),
        "mended": st.sampled_from(("", "2024-06-30")),
        "officer": st.sampled_from(("A1", "B2", "C3")),
        "state": st.sampled_from(("", "", "", "void")),
    }
)
case_rows = st.fixed_dictionaries(
    {
        "id": st.sampled_from("1234"),
        "building": houses,
        "kind": st.sampled_from(("criminal_case", "lead_given")),
        "day": st.sampled_from(DAYS),
    }
)
home_rows = st.fixed_dictionaries(
    {
        "building": houses,
        "home": st.sampled_from(("1-101", "1-201")),
        "state": st.sampled_from(("空闲", "已租")),
        "since": st.sampled_from(DAYS),
    }
).map(lambda row: FIRST | row)


def once_each(rows: Sequence[dict], key: str) -> list[dict]:
    return list({row[key]: row for row in rows}.values())


class Riverton(RuleBasedStateMachine):
    """Files come in and are undone; the observers must never see anything but what the tables say."""

    def database(self) -> str:
        """The address of an empty database."""
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.scratch = TemporaryDirectory()
        self.desk = Desk(open_database(self.database()), Path(self.scratch.name))
        self.always: CityFacts | None = None
        self.sometimes: CityFacts | None = None

    def teardown(self) -> None:
        self.desk.engine.dispose()
        self.scratch.cleanup()

    @initialize(rows=st.lists(building_rows, min_size=3, max_size=6))
    def settled(self, rows: list[dict]) -> None:
        self.desk.buildings(*once_each(rows, "code"))
        with self._looked_at() as (session, city):
            self.always = self.sometimes = load_city_facts(session, city, DATUM)

    @rule(rows=st.lists(building_rows, min_size=1, max_size=3))
    def buildings_come_or_change(self, rows: list[dict]) -> None:
        self.desk.buildings(*once_each(rows, "code"))

    @rule(rows=st.lists(building_rows, min_size=1, max_size=3), day=st.sampled_from(("", *DAYS)))
    def buildings_end_and_stand_again(self, rows: list[dict], day: str) -> None:
        self.desk.buildings(*({**row, "ended": day} for row in once_each(rows, "code")), mapping=ENDING)

    @rule(rows=st.lists(building_rows, min_size=1, max_size=4))
    def buildings_that_a_whole_list_does_not_name_end(self, rows: list[dict]) -> None:
        path = write_csv(self.desk.folder / "buildings.csv", once_each(rows, "code"))
        self.desk.hand_in(WHOLE, path, end_missing=True)

    @rule(row=building_rows, old=houses)
    def a_building_gets_another_code(self, row: dict, old: str) -> None:
        self.desk.buildings(row | {"before": old}, mapping=RENAMED)

    @rule(rows=st.lists(visit_rows, min_size=1, max_size=4))
    def visits_come_or_are_corrected(self, rows: list[dict]) -> None:
        self.desk.visits(*once_each(rows, "id"), mapping=VISITS_BY_OFFICERS)

    @rule(rows=st.lists(case_rows, min_size=1, max_size=3))
    def cases_come_or_are_corrected(self, rows: list[dict]) -> None:
        self.desk.hand_in(CASES, write_csv(self.desk.folder / "cases.csv", once_each(rows, "id")))

    @rule(rows=st.lists(case_rows, min_size=1, max_size=3))
    def cases_that_a_whole_list_does_not_name_end(self, rows: list[dict]) -> None:
        whole = CASES.replace("[event]\n", "[event]\nwhole_list = true\n")
        self.desk.hand_in(whole, write_csv(self.desk.folder / "cases.csv", once_each(rows, "id")), end_missing=True)

    @rule(which=st.integers(1, 3), command=st.sampled_from((VisitWithdrawn, HazardWithdrawn, EventWithdrawn)))
    def a_fact_is_withdrawn(self, which: int, command: type[Withdrawal]) -> None:
        of = {VisitWithdrawn: Inspection, HazardWithdrawn: Hazard, EventWithdrawn: Event}[command]
        fact = self._some(of, which)
        if fact is not None:
            self._record(HOUSES[0], lambda _: command(fact))

    @rule(rows=st.lists(home_rows, min_size=1, max_size=2))
    def homes_come_move_or_fall_vacant(self, rows: list[dict]) -> None:
        self.desk.hand_in(HOMES, write_csv(self.desk.folder / "homes.csv", once_each(rows, "home")))

    @rule(rows=st.lists(home_rows, min_size=1, max_size=2), day=st.sampled_from(("", *DAYS)))
    def homes_end_and_stand_again(self, rows: list[dict], day: str) -> None:
        ending = HOMES.replace("[home]\n", '[home]\nended_on = { column = "ended" }\n')
        rows = [row | {"ended": day} for row in once_each(rows, "home")]
        self.desk.hand_in(ending, write_csv(self.desk.folder / "homes.csv", rows))

    @rule(house=houses, day=st.sampled_from(DAYS), stairs=st.sampled_from(("none", 0, 1)), corrected=st.integers(0, 3))
    def a_visit_is_recorded_or_corrected(self, house: str, day: str, stairs: str | int, corrected: int) -> None:
        found = (FoundHazard("fire", "exit_locked", "medium"),) if not corrected else ()
        answers = {} if stairs == "none" else {"stairs": stairs, "doors": None}
        checklist = "riverton" if answers else None  # which comes with the first file of visits
        before, on = self._some(Inspection, corrected), date.fromisoformat(day)
        self._record(house, lambda number: Visit(number, on, checklist, answers, "D4", found, before))

    @rule(house=houses, day=st.sampled_from(DAYS), corrected=st.integers(0, 3))
    def a_case_is_recorded_or_corrected(self, house: str, day: str, corrected: int) -> None:
        before = self._some(Event, corrected)
        self._record(house, lambda number: EventHappened(number, "fire_accident", date.fromisoformat(day), before))

    @rule(step=st.sampled_from(("resolved", "reopened", "transferred")), which=st.integers(1, 3))
    def a_hazard_takes_a_step(self, step: str, which: int) -> None:
        hazard = self._some(Hazard, which)
        if hazard is not None:
            self._record(HOUSES[0], lambda _: HazardStepTaken(hazard, step, ON))

    @rule(state=st.sampled_from(("vacant", "let")), which=st.integers(1, 2))
    def a_home_falls_vacant_or_is_let(self, state: str, which: int) -> None:
        home = self._some(Home, which)
        if home is not None:
            self._record(HOUSES[0], lambda _: HomeStateSet(home, state, ON))

    def _record(self, house: str, command: Callable[[int], Command]) -> None:
        """About that house, or one that is there. Whatever is refused leaves the city as it was."""
        with self._looked_at() as (session, _):
            ids = dict(session.execute(select(Building.code, Building.id).order_by(Building.id)).all())
        number = ids.get(house, min(ids.values()))
        with suppress(RecordRefused):
            record(self.desk.engine, SYSTEM, COMMAND_LINE, "riverton", command(number), key=token_hex(16), on=ON)

    def _some(self, model: type[Inspection | Event | Hazard | Home], which: int) -> int | None:
        """The id of one of the rows, from the latest on; None for 0 or where there are not so many."""
        with self._looked_at() as (session, _):
            ids = session.scalars(select(model.id).order_by(model.id.desc()).limit(which)).all()
        return ids[which - 1] if 0 < which <= len(ids) else None

    @rule(place=st.integers(0, 3))
    def an_import_is_undone(self, place: int) -> None:
        with writing(self.desk.engine, SYSTEM) as session:
            numbers = session.scalars(select(Import.id).order_by(Import.id.desc())).all()
        if place < len(numbers) - 1:  # without the first there is no city
            with suppress(CannotUndo), writing(self.desk.engine, SYSTEM) as session:
                undo_import(session, SYSTEM, numbers[place], actor=COMMAND_LINE)

    @rule()
    def one_looks_after_a_while(self) -> None:
        with self._looked_at() as (session, city):
            self.sometimes = caught_up(session, city, self.sometimes, DATUM)
            assert_same(self.sometimes, facts_from_tables(session, city, DATUM))

    @rule()
    def all_is_folded_into_a_new_store(self) -> None:
        with self._looked_at() as (session, city):
            self.always = store(caught_up(session, city, self.always, DATUM), DATUM)
            assert_same(self.always, facts_from_tables(session, city, DATUM))

    @invariant()
    @precondition(lambda self: self.always is not None)
    def who_always_catches_up_holds_what_the_tables_say(self) -> None:
        with self._looked_at() as (session, city):
            self.always = caught_up(session, city, self.always, DATUM)
            from_tables = facts_from_tables(session, city, DATUM)
            assert_same(self.always, from_tables)
            assert_same(load_city_facts(session, city, DATUM), from_tables)
            assert self.always.version == from_tables.version == latest_version(session, city)
            assert self.always.span == from_tables.span
        now, afresh = (snapshot_on(facts, RULES, ("baoan", "qishuyan"), ON) for facts in (self.always, from_tables))
        for rule_set in ("baoan", "qishuyan"):
            assert now.grades[rule_set].tolist() == afresh.grades[rule_set].tolist()
        assert selected(now, Filters()).tolist() == selected(afresh, Filters()).tolist()
        assert now.vacant.tolist() == afresh.vacant.tolist()
        assert now.days_since_visit.tolist() == afresh.days_since_visit.tolist()
        assert now.hazards["open"].tolist() == afresh.hazards["open"].tolist()

    @contextmanager
    def _looked_at(self) -> Iterator[tuple[Session, City]]:
        with reading(self.desk.engine, SYSTEM) as session:
            yield session, session.scalars(select(City)).one()


@pytest.mark.parametrize(
    ("kind", "examples"),
    [("sqlite", 7), ("postgresql", 3), *(pytest.param(kind, 150, marks=pytest.mark.long) for kind in KINDS)],
)
def test_after_any_writes_and_undos_the_store_equals_one_made_from_the_tables(
    request, monkeypatch, tmp_path, kind, examples
):
    monkeypatch.setattr(fact_store, "VAR", tmp_path)

    class OfThisKind(Riverton):
        def database(self) -> str:
            if kind == "postgresql":
                return request.getfixturevalue("server").database()
            return f"sqlite:///{self.scratch.name}/riverton.sqlite"

    run_state_machine_as_test(OfThisKind, settings=settings(max_examples=examples, stateful_step_count=12))


def test_a_visit_that_moved_to_another_house_is_back_at_the_first_when_that_is_undone(desk, monkeypatch, tmp_path):
    monkeypatch.setattr(fact_store, "VAR", tmp_path)
    desk.buildings(PLUM, HARBOUR)
    desk.visits(QUIET_VISIT)
    facts = None
    for step in ("visited", "moved", "undone"):
        if step == "moved":
            moved = desk.visits(QUIET_VISIT | {"building": HARBOUR["code"]})
        if step == "undone":
            with writing(desk.engine, SYSTEM) as session:
                undo_import(session, SYSTEM, moved.import_id, actor=COMMAND_LINE)
        with reading(desk.engine, SYSTEM) as session:
            city = session.scalars(select(City)).one()
            facts = caught_up(session, city, facts or load_city_facts(session, city, DATUM), DATUM)
            assert_same(facts, facts_from_tables(session, city, DATUM))
