"""A fact store says what the tables say, is read from disk until they change, and is the same for everybody."""

from dataclasses import fields
from datetime import date, timedelta
from os import utime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from data.access.roles import SYSTEM
from data.city import fact_store, fact_tables, queries
from data.city.changes import CityVersion, log_change
from data.city.city_facts import CityFacts
from data.city.fact_store import load_city_facts, remove_older, store, store_folder
from data.db.engine import reading, writing
from data.db.models.city import (
    HAZARD_GROUPS,
    SEVERITIES,
    Building,
    Checklist,
    City,
    Event,
    HazardStep,
    Import,
    Inspection,
)
from geo import morton
from scoring.grading.facts import ChecklistAnswers, OpenPeriods, compute_facts
from scoring.rulebook.editions import edition_on
from tests import cast
from tests.data.lockside import (
    CAST,
    FAR_FIRST,
    MENDED_COTTAGE,
    MILL_YARD,
    NEVER_HOUSE,
    ON,
    PLUM_COURT,
    RULE_SETS,
    SOUTH,
    Loop,
    Records,
    told,
)
from tests.data.town_hall import CITY, Town

HOUSES = {house.name: house for house in CAST}
STEPS = ("mended_on_the_spot", "transferred", "taken_up", "resolved", "verified", "reopened")


def arrays(city_facts: CityFacts) -> dict[str, np.ndarray]:
    """Everything a fact store holds, by name."""
    known = city_facts.fact_log
    tables: dict[str, dict[str, np.ndarray]] = {
        "buildings": city_facts.buildings,
        "visits": city_facts.visits,
        "vacancies": city_facts.vacancies,
        "spans": city_facts.dated.spans,
        "former_areas": city_facts.dated.former_areas,
        "open_periods": {field.name: getattr(known.open_periods, field.name) for field in fields(OpenPeriods)},
        "n_on_map": {"": np.array(city_facts.n_on_map)},
    }
    for kind, (building, day) in known.events.items():
        tables[f"events {kind}"] = {"building": building, "day": day}
    for number, checks in enumerate(known.checklists):
        tables[f"checks {number}"] = {
            field.name: np.asarray(getattr(checks, field.name)) for field in fields(ChecklistAnswers)
        }
    return {f"{table}.{name}": values for table, columns in tables.items() for name, values in columns.items()}


def assert_same(one: CityFacts, other: CityFacts) -> None:
    ours, theirs = arrays(one), arrays(other)
    assert ours.keys() == theirs.keys()
    for name, values in ours.items():
        np.testing.assert_array_equal(values, theirs[name], err_msg=name)


def open_periods_of(town: Town, name: str) -> list[tuple]:
    """Each time a hazard of a house stood open: group, opened, closed, transferred."""
    open_periods = town.city_facts().fact_log.open_periods
    mine = np.flatnonzero(open_periods.building == town.rows()[name])
    days = ((open_periods.opened[row], open_periods.closed[row], open_periods.transferred[row]) for row in mine)
    groups = (HAZARD_GROUPS[open_periods.group[row]] for row in mine)
    return [(group, *(day.tolist() for day in some)) for group, some in zip(groups, days, strict=True)]


def test_a_fact_store_read_from_disk_equals_one_made_from_the_tables(own_lockside, monkeypatch, tmp_path):
    made = own_lockside.city_facts()
    with monkeypatch.context() as patch:
        patch.setattr(fact_store, "VAR", tmp_path / "elsewhere")
        made_again = own_lockside.city_facts()
    monkeypatch.setattr(queries, "_to_frame", lambda *_: pytest.fail("The tables were read again."))
    assert_same(own_lockside.city_facts(), made)
    assert_same(made, made_again)


@pytest.mark.parametrize("rule_set", RULE_SETS)
@pytest.mark.parametrize("on", [ON, date(2024, 4, 1), date(2024, 1, 12), date(2022, 2, 1)])
def test_the_tables_tell_what_the_cast_tells(lockside, rule_set, on):
    edition = edition_on(rule_set, on)
    in_order = [HOUSES[name].as_cast() for name in lockside.rows()]
    told_by_hand = compute_facts(cast.fact_log(*in_order), edition, on)
    pd.testing.assert_frame_equal(compute_facts(lockside.city_facts().fact_log, edition, on), told_by_hand)


def test_a_new_import_makes_a_new_fact_store_and_leaves_the_old_one(own_lockside):
    before = own_lockside.city_facts()
    own_lockside.learn(PLUM_COURT, Records(events=told("fire_accident 2024-06-29")))
    after = own_lockside.city_facts()
    row = own_lockside.rows()["Plum Court"]
    assert after.version != before.version
    assert row in after.fact_log.events["fire_accident"][0]
    assert row not in before.fact_log.events["fire_accident"][0]


def test_an_import_in_another_ones_place_makes_a_new_fact_store_though_sqlite_gives_its_id_again(own_lockside):
    seen = []
    for minute, kind in enumerate(("fire_accident", "lead_given")):
        number = own_lockside.learn(PLUM_COURT, Records(events=((kind, ON),)), minute)
        city_facts, row = own_lockside.city_facts(), own_lockside.rows()["Plum Court"]
        seen.append((number, {name for name, (building, _) in city_facts.fact_log.events.items() if row in building}))
        with writing(own_lockside.engine, SYSTEM) as session:
            session.execute(delete(Event).where(Event.import_id == number))
            session.execute(delete(Import).where(Import.id == number))
            city = session.scalars(select(City).where(City.code == CITY)).one()
            log_change(session, city.id, "undo", city_facts.buildings["id"][[row]].tolist())
    assert seen == [(seen[0][0], {"fire_accident"}), (seen[0][0], {"lead_given"})]


def test_the_fact_store_is_of_the_whole_town_whoever_asks_first(own_lockside, tmp_path, monkeypatch):
    with own_lockside.looked_at() as (session, city):
        session.expunge_all()
    with reading(own_lockside.engine, own_lockside.scope_of(SOUTH)) as session:
        asked_by_the_south = load_city_facts(session, city, "WGS84")
    monkeypatch.setattr(fact_store, "VAR", tmp_path / "elsewhere")
    assert_same(asked_by_the_south, own_lockside.city_facts())


def test_buildings_without_a_place_stand_last_and_are_rated(lockside):
    day, rows = lockside.snapshot(), lockside.rows()
    assert day.city_facts.n_on_map == len(CAST) - len(FAR_FIRST)
    assert sorted(list(rows)[day.city_facts.n_on_map :]) == sorted(house.name for house in FAR_FIRST)
    assert len(day.places) == day.city_facts.n_on_map
    assert [day.editions["baoan"].grades[day.grades["baoan"][rows[house.name]]].code for house in FAR_FIRST] == [
        "five",
        "two",
    ]


def test_the_placed_are_sorted_by_the_key_of_their_place(lockside):
    columns, placed = lockside.city_facts().buildings, lockside.city_facts().n_on_map
    lonlat = np.array([HOUSES[name].lonlat for name in list(lockside.rows())[:placed]]).T
    assert (np.diff(columns["key"][:placed]) > 0).all()
    np.testing.assert_array_equal(columns["key"][:placed], morton.keys(*lonlat))
    np.testing.assert_array_equal((columns["x"][:placed], columns["y"][:placed]), morton.unit_xy(*lonlat))


def test_on_another_ground_places_are_shifted_and_the_facts_are_the_same(lockside):
    plain, shifted = lockside.city_facts(), lockside.city_facts(datum="GCJ02")
    row = lockside.rows()["Plum Court"]
    moved = shifted.rows_of(plain.buildings["id"][row : row + 1])[0]
    assert 0 < abs(shifted.buildings["x"][moved] - plain.buildings["x"][row]) < 0.01 / 360
    assert len(shifted.fact_log.open_periods.building) == len(plain.fact_log.open_periods.building)


def test_a_reopened_hazard_is_two_open_periods(lockside):
    fire = [period for period in open_periods_of(lockside, "Mill Yard") if period[0] == "fire"]
    assert fire == [
        ("fire", date(2024, 1, 10), date(2024, 2, 1), date(2024, 1, 10)),
        ("fire", date(2024, 5, 1), None, None),
    ]


def test_a_hazard_reopened_on_the_day_it_was_resolved_stands_open(lockside):
    hygiene = [period for period in open_periods_of(lockside, "Mill Yard") if period[0] == "hygiene"]
    assert hygiene == [
        ("hygiene", date(2024, 3, 1), date(2024, 4, 10), None),
        ("hygiene", date(2024, 4, 10), date(2024, 6, 10), date(2024, 4, 12)),
    ]


steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 6)), max_size=7)


@settings(max_examples=40)
@given(lives=st.lists(steps, min_size=1, max_size=20))
def test_open_periods_are_what_reading_the_steps_one_by_one_gives(lives):
    lives = [[("found", 0), *sorted(life, key=lambda step: step[1])] for life in lives]
    dated = [tuple((step, ON + timedelta(day)) for step, day in life) for life in lives]
    hazards = pd.DataFrame({"id": 7 * np.arange(len(lives)), "building_id": np.arange(len(lives))[::-1]})
    hazards = hazards.assign(group="fire", severity=SEVERITIES[0], found_on=pd.Timestamp(ON), due_on=pd.NaT)
    rows = [(7 * number, step, day) for number, life in enumerate(dated) for step, day in life]
    table = pd.DataFrame(rows, columns=["hazard_id", "step", "day"])
    made = fact_tables.open_periods(hazards, table, np.arange(len(lives)))
    found = sorted(
        zip(made["building"].tolist(), made["opened"].tolist(), made["closed"].tolist(), strict=True), key=str
    )
    stood = (
        (len(lives) - 1 - number, period.found, period.closed)
        for number, life in enumerate(dated)
        for period in Loop("fire", "low", None, life).open_periods()
    )
    assert found == sorted(stood, key=str)


def test_what_a_later_row_corrects_is_not_in_the_fact_store(lockside):
    city_facts, row = lockside.city_facts(), lockside.rows()["Mended Cottage"]
    kinds = {kind for kind, (building, _) in city_facts.fact_log.events.items() if row in building}
    assert kinds == {kind for kind, _ in MENDED_COTTAGE.records.events}
    assert city_facts.visits["day"][city_facts.visits["building"] == row].tolist() == [date(2024, 4, 2)]
    assert open_periods_of(lockside, "Mended Cottage") == [("fire", date(2024, 4, 2), date(2024, 4, 2), None)]


def test_of_a_dozen_check_lists_asked_on_one_day_the_last_made_counts(own_lockside):
    with writing(own_lockside.engine, SYSTEM) as session:
        city = session.scalars(select(City).where(City.code == CITY)).one()
        house = session.scalars(
            select(Building).where(Building.city_id == city.id, Building.code == NEVER_HOUSE.code)
        ).one()
        for number in range(12):
            answers = {"checklist_id": _list(session, city, number), "answers": "1" if number == 11 else "0"}
            same = {"city_id": city.id, "building_id": house.id, "import_id": house.import_id}
            session.add(Inspection(**same, **answers, day=ON, recorded_on=ON))
        log_change(session, city.id, "import", {house.id})
    edition = edition_on("qishuyan", ON)
    clean = compute_facts(own_lockside.city_facts().fact_log, edition, ON)["clean"]
    assert clean[own_lockside.rows()["Never House"]] == 1


def _list(session, city: City, number: int) -> int:
    row = Checklist(city_id=city.id, code=f"list {number}", items=["clean"])
    session.add(row)
    session.flush()
    return row.id


def test_a_town_of_which_nothing_is_known_but_its_buildings_has_a_fact_store(own_lockside):
    with writing(own_lockside.engine, SYSTEM) as session:
        for table in (HazardStep, Event):
            session.execute(delete(table))
        session.execute(delete(Inspection).where(Inspection.corrects_id.is_not(None)))
        session.execute(delete(Inspection))
        log_change(session, session.scalars(select(City.id).where(City.code == CITY)).one(), "undo", None)
    day = own_lockside.snapshot()
    assert (day.grades["baoan"] == -1).all()
    assert day.size == len(CAST)


def test_one_buildings_fact_store_is_its_part_of_the_towns(lockside):
    city_facts = lockside.city_facts()
    row = lockside.rows()["Mill Yard"]
    alone = city_facts.fact_log_of(row)
    assert alone.buildings == 1
    assert len(alone.open_periods.building) == len(MILL_YARD.records.loops) * 2
    for rule_set in RULE_SETS:
        edition = edition_on(rule_set, ON)
        of_all = compute_facts(city_facts.fact_log, edition, ON).iloc[[row]].reset_index(drop=True)
        pd.testing.assert_frame_equal(compute_facts(alone, edition, ON), of_all)


def test_an_earlier_store_of_a_city_is_removed_and_others_are_kept(own_lockside, tmp_path, monkeypatch):
    monkeypatch.setattr(fact_store, "VAR", tmp_path)
    first = own_lockside.city_facts().version
    own_lockside.city_facts("GCJ02")
    own_lockside.learn(PLUM_COURT, Records(events=told("fire_accident 2024-06-29")))
    now = store(own_lockside.city_facts(), "WGS84").version
    folders = [store_folder(city, of, "WGS84") for city, of in ((CITY, CityVersion(9, "c0")), (f"{CITY}-east", first))]
    old = store_folder(CITY, CityVersion(1, "d0"), "WGS84")
    for folder in (*folders, old):
        folder.mkdir()
    utime(old, (0, 0))
    with own_lockside.looked_at() as (session, city):
        remove_older(session, city, "WGS84")
    kept = {store_folder(CITY, now, "WGS84"), store_folder(CITY, first, "GCJ02"), *folders}
    assert {path for path in (tmp_path / "facts").iterdir() if path.is_dir()} == kept


@pytest.mark.parametrize("part", ["buildings", "visits", "open_periods", "vacancies"])
def test_a_store_that_another_process_is_removing_is_passed_over(own_lockside, tmp_path, monkeypatch, part):
    monkeypatch.setattr(fact_store, "VAR", tmp_path)
    made = own_lockside.city_facts()
    folder = store_folder(CITY, made.version, "WGS84")
    (folder / f"{part}.arrays").unlink()
    with own_lockside.looked_at() as (session, city):
        assert fact_store.nearest_stored(session, city, "WGS84") is None
