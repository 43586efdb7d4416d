"""Credit records come out of the tables as the scoring room takes them, and Bozhou's figures with them."""

import tomllib
from datetime import date
from pathlib import Path

import numpy as np
from sqlalchemy import select

from data.access.roles import SYSTEM
from data.city import queries
from data.city.building_report import building_report
from data.city.changes import log_change
from data.city.credit_records import credit_counts, records_of
from data.db.engine import writing
from data.db.models.city import CreditRecord, CreditRecordStep, Home, HomeState, Import, Project
from scoring.studies.credit_records import LEVEL_CODES, RECOGNISED, RECORDED
from tests.data.lockside import PLUM_COURT
from tests.data.town_hall import CITY, Town

BOZHOU = tomllib.loads((Path(__file__).parents[2] / "cases" / "published.toml").read_text(encoding="utf-8"))[
    "bozhou_records"
]
RECORDED_ON, RECOGNISED_ON = date(2023, 1, 1), date(2023, 2, 1)


def write_bozhou(town: Town, house: str) -> None:
    """The 110 records of the source, at so many homes of a new project in the house as there are households."""
    enterprises, households = BOZHOU["subjects_by_kind"].values()
    with writing(town.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, CITY)
        building = queries.building_by_code(session, SYSTEM, city, house)
        of_import = {"import_id": session.scalars(select(Import.id).where(Import.city_id == city.id)).first()}
        place = {"name": "Plum Homes", "operator": "", "address": "", "lon": 113.9, "lat": 22.55}
        project = Project(city_id=city.id, code="plum", **place, **of_import)
        session.add(project)
        session.flush()
        plain = {"rooms": 2, "area_m2": 50.0, "floor": 3, "rent_yuan_month": 900, "lift": True, "barrier_free": False}
        at = {"project_id": project.id, "building_id": building.id}
        homes = [Home(code=f"{number}", **at, **plain, **of_import) for number in range(households)]
        session.add_all(homes)
        session.flush()
        since = {"day": RECORDED_ON, "recorded_on": RECORDED_ON}
        session.add_all(HomeState(home_id=home.id, state="let", **since, **of_import) for home in homes)
        levels = [level for level, number in BOZHOU["by_level"].items() for _ in range(number)]
        for number, level in enumerate(levels):
            subject = number % BOZHOU["subjects"]  # some have two records
            its = {"kind": "household", "home_id": homes[subject - enterprises].id}
            if subject < enterprises:
                its = {"kind": "enterprise", "project_id": project.id}
            record = CreditRecord(city_id=city.id, subject=f"S{subject}", level=level, **its, **of_import)
            session.add(record)
            session.flush()
            for step, day in (("recorded", RECORDED_ON), ("recognised", RECOGNISED_ON)):
                session.add(CreditRecordStep(record_id=record.id, step=step, day=day, recorded_on=day, **of_import))
        session.flush()
        log_change(session, city.id, "import", None)  # or the town's stored facts would be taken for these


def test_bozhous_records_come_out_of_the_tables_as_it_published_them(own_lockside):
    write_bozhou(own_lockside, PLUM_COURT.code)
    city_facts = own_lockside.city_facts()
    with own_lockside.looked_at() as (session, city):
        card = building_report(session, SYSTEM, city, city_facts, PLUM_COURT.code, RECOGNISED_ON)
    by_state = sum(counts.by_state for counts in card.credit.values())
    assert dict(zip(LEVEL_CODES, by_state[RECOGNISED].tolist(), strict=True)) == BOZHOU["by_level"]
    assert by_state.sum() == BOZHOU["records"] == 110
    assert {kind: counts.subjects for kind, counts in card.credit.items()} == BOZHOU["subjects_by_kind"]


def test_on_the_eve_of_their_recognition_all_of_them_are_recorded_only(own_lockside):
    write_bozhou(own_lockside, PLUM_COURT.code)
    with own_lockside.looked_at() as (session, city):
        building = queries.building_by_code(session, SYSTEM, city, PLUM_COURT.code)
        eve = date(2023, 1, 31)
        records = records_of(queries.credit_records_of_building(session, SYSTEM, building, eve))
    assert np.isnat(records.recognised).all()
    assert sum(counts.by_state[RECORDED].sum() for counts in credit_counts(records, eve).values()) == 110
