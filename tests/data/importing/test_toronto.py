"""The real city, brought in by mapping files alone. Skips where the reference folder is not beside the project."""

from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import func, select

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.city.published_scores import verification
from data.db.engine import open_database, reading
from data.db.models.city import Area, Building, Hazard, HazardStep, Inspection, RejectedRow
from data.importing.mapping.choose_mapping import allotted, mappings_named
from data.importing.writing.run import import_file

TORONTO = Path(__file__).resolve().parents[4] / "shared" / "toronto"
ON = date(2024, 1, 1)
pytestmark = pytest.mark.skipif(not TORONTO.is_dir(), reason="../shared/toronto, the real city's files, is not there")


def _take_in(engine):
    files = [*sorted(TORONTO.glob("*.csv")), *sorted(TORONTO.glob("*.geojson"))]
    pairs = allotted(mappings_named("toronto_2017"), files)
    return {
        mapping.name.rpartition("_")[2]: import_file(engine, SYSTEM, mapping, file, ON, actor=COMMAND_LINE)
        for mapping, file in pairs
    }


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('toronto')}/city.sqlite")
    return engine, _take_in(engine)


def _told(outcome):
    return {table: (tally.new, tally.changed, tally.unchanged) for table, tally in outcome.tallies.items()}


def _count(engine, question):
    with reading(engine, SYSTEM) as session:
        return session.scalar(select(func.count()).select_from(question.subquery()))


def test_every_published_score_and_result_is_ours_too(city):
    with reading(city[0], SYSTEM) as session:
        found = verification(session, SYSTEM, "toronto")
    assert found.sentence() == "11,760 of 11,760 scores and results agree"


def test_every_row_is_read_and_none_is_set_aside(city):
    engine, outcomes = city
    assert {name: (outcome.read, len(outcome.faults)) for name, outcome in outcomes.items()} == {
        "wards": (25, 0),
        "neighbourhoods": (140, 0),
        "evaluations": (11_760, 0),
        "fire": (23_914, 0),
    }
    assert _count(engine, select(RejectedRow.id)) == 0
    assert _told(outcomes["evaluations"]) == {"buildings": (3_513, 0, 0), "inspections": (11_760, 0, 0)}


def test_buildings_without_a_place_or_made_in_error_are_kept_off_the_map(city):
    engine, outcomes = city
    assert sorted(outcomes["evaluations"].off_map.values()) == [1, 89]
    kept_off = Building.off_map.is_not(None)
    visits = select(Building.off_map, func.count()).join(Inspection).where(kept_off, Inspection.answers.is_not(None))
    with reading(engine, SYSTEM) as session:
        kept = session.execute(select(Building.lon, Building.key).where(kept_off)).all()
        by_reason = {why.rpartition(" / ")[2]: n for why, n in session.execute(visits.group_by(Building.off_map))}
    assert [tuple(row) for row in kept] == [(None, None)] * 91
    assert by_reason == {"No place in the source": 231, "Created in error, says the source": 7}


def test_the_evaluation_with_no_item_scored_is_kept_with_every_answer_open(city):
    with reading(city[0], SYSTEM) as session:
        question = select(Inspection.answers, Inspection.published_score).where(Inspection.published_score == 0)
        assert session.execute(question).all() == [("-" * 20, 0)]


def test_every_building_with_a_place_has_its_ward_and_neighbourhood(city):
    placed = select(Building.id).where(Building.key.is_not(None))
    assert _count(city[0], placed) == 3_513 + 1_386 - 91
    assert _count(city[0], placed.where(Building.community_id.is_(None))) == 0
    assert _count(city[0], select(Building.id).where(Building.district_id.is_(None))) == 0
    with reading(city[0], SYSTEM) as session:
        levels = Counter(session.scalars(select(Area.level)))
    assert levels == {"district": 25, "community": 140}


def test_every_fire_row_is_a_hazard_or_a_clean_visit(city):
    engine, outcomes = city
    source = pd.read_csv(next(TORONTO.glob("highrise*.csv")), dtype=str, keep_default_na=False)
    violations = int((source["violations.violationDescription"] != "").sum())
    days = source["inspections.OpenedDate"].str[:10]
    visits = len(pd.DataFrame({"address": source["propertyAddress"], "day": days}).drop_duplicates())
    assert (violations, visits) == (17_800, 9_317)
    assert _told(outcomes["fire"]) == {
        "buildings": (1_386, 0, 0),
        "inspections": (visits, 0, 0),
        "hazards": (violations, 0, 0),
    }
    assert _count(engine, select(Hazard.id).where(Hazard.inspection_id.is_not(None))) == violations
    assert _count(engine, select(HazardStep.id).where(HazardStep.step == "resolved")) == violations


def test_addresses_that_are_evaluated_buildings_are_those_buildings(city):
    with reading(city[0], SYSTEM) as session:
        fire = select(Hazard.building_id).union(select(Inspection.building_id).where(Inspection.checklist_id.is_(None)))
        codes = session.scalars(select(Building.code).where(Building.id.in_(fire))).all()
    assert Counter(code.startswith("FIRE-") for code in codes) == {True: 1_386, False: 1_268}


def test_a_second_time_nothing_changes(city):
    engine, first = city
    for name, outcome in _take_in(engine).items():
        again = {table: (0, 0, new) for table, (new, _, _) in _told(first[name]).items()}
        assert _told(outcome) == again
