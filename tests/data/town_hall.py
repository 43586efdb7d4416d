"""Puts the cast of Lockside into tables, beside Otherbank (对岸): a town of one building, of which nobody must hear."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import shapely
from sqlalchemy import Engine, Select, delete, or_, select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM, AccessScope
from data.city import queries
from data.city.changes import log_change
from data.city.city_facts import CityFacts
from data.city.fact_store import load_city_facts
from data.city.grade_history import History, write_history
from data.city.rating_runs import RunCounts
from data.city.snapshots import Snapshot, snapshot_on
from data.db.engine import open_database, reading, writing
from data.db.models.city import (
    LEVELS,
    Area,
    AreaExpectation,
    Base,
    Building,
    Checklist,
    City,
    CreditRecordStep,
    Event,
    Hazard,
    HazardStep,
    Home,
    HomeState,
    Import,
    Inspection,
    Project,
    Rating,
    RatingCorrection,
    RejectedRow,
)
from data.db.models.city import CreditRecord as CreditRow
from data.db.models.planning import Officer, OfficerLeave, Plan, PlanLeftOut, PlanOfficer, PlanOverride, PlanStop
from geo.morton import keys
from scoring.grading.facts import NOT_APPLICABLE
from scoring.rulebook.editions import Rulebook
from tests.data.lockside import (
    CAST,
    FOUR,
    HARBOUR_ROW,
    LANTERN_HALL,
    MIXED,
    ON,
    RULE_SETS,
    TORONTO,
    CreditRecord,
    House,
    Records,
)

CITY = "lockside"
FILES = Rulebook()
TAKEN_IN = datetime(2024, 7, 1, 8, 30)
NOBODY = AccessScope("police", areas=())
Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True)
class Town:
    """The database that holds Lockside."""

    engine: Engine

    @contextmanager
    def looked_at(self) -> Iterator[tuple[Session, City]]:
        with reading(self.engine, SYSTEM) as session:
            yield session, session.scalars(select(City).where(City.code == CITY)).one()

    def city_facts(self, datum: str = "WGS84") -> CityFacts:
        with self.looked_at() as (session, city):
            return load_city_facts(session, city, datum)

    def snapshot(self, on: date = ON) -> Snapshot:
        return snapshot_on(self.city_facts(), Rulebook(), RULE_SETS, on)

    def grade(
        self, rule_set: str, on: date, rules: Rulebook = FILES, report: Callable = lambda *_: None
    ) -> tuple[History, RunCounts]:
        """Writes its history of grades up to `on`."""
        city_facts = self.city_facts()
        with reading(self.engine, SYSTEM) as session:
            city = queries.city_by_code(session, SYSTEM, CITY)
            session.expunge_all()
        return write_history(self.engine, city, city_facts, rules, rule_set, on, report)

    def area(self, level: str, name: str) -> int:
        with self.looked_at() as (session, city):
            code = select(Area.id).where(Area.city_id == city.id, Area.level == level, Area.code == name)
            return session.scalars(code).one()

    def scope_of(self, street: str) -> AccessScope:
        return AccessScope("police", areas=(self.area("street", street),))

    def rows(self) -> dict[str, int]:
        """The row of each house in the fact store, by name."""
        with self.looked_at() as (session, city):
            ids = dict(session.execute(select(Building.id, Building.name).where(Building.city_id == city.id)).all())
        return {ids[building]: row for row, building in enumerate(self.city_facts().buildings["id"].tolist())}

    def copied(self, folder: Path) -> "Town":
        """A town of its own with the same rows, in an SQLite file of the folder."""
        file = folder / "lockside.sqlite"
        with closing(sqlite3.connect(self.engine.url.database)) as connection:
            connection.execute("VACUUM INTO ?", (str(file),))
        return Town(open_database(f"sqlite:///{file}"))

    def learn(self, house: House, records: Records, minute: int = 0) -> int:
        """Takes in something more about a house at a minute of the next day; returns the id of the import."""
        with writing(self.engine, SYSTEM) as session:
            city = session.scalars(select(City).where(City.code == CITY)).one()
            run = added(session, _import(city, TAKEN_IN + timedelta(days=1, minutes=minute)))
            building = session.scalars(select(Building).where(Building.city_id == city.id, Building.code == house.code))
            house_row = building.one()
            _write(session, house_row, records, _lists(session, city), run, {})
            log_change(session, city.id, "import", {house_row.id})
            return run.id


def settle(engine: Engine) -> Town:
    """Writes both towns into an empty database."""
    with writing(engine, SYSTEM) as session:
        _settle(session, CITY, "闸口", CAST)
        _settle(session, "otherbank", "对岸", (HARBOUR_ROW, LANTERN_HALL))
    return Town(engine)


def added(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def _import(city: City, finished_at: datetime) -> Import:
    return Import(city_id=city.id, mapping="by hand", file_name="", sha256="0" * 64, finished_at=finished_at, counts={})


def _settle(session: Session, code: str, name: str, houses: Sequence[House]) -> None:
    city = added(
        session,
        City(
            code=code,
            names={"zh": name, "en": code.capitalize()},
            bounds=[113.8, 22.4, 114.0, 22.6],
            levels={level: {"zh": level, "en": level} for level in LEVELS},
            rule_sets=list(RULE_SETS),
        ),
    )
    run = added(session, _import(city, TAKEN_IN))
    session.add(RejectedRow(import_id=run.id, row_number=1, reason="no code", sentence="No code.", row={}))
    areas = _areas(session, city, run)
    lists = _lists(session, city)
    project = added(
        session,
        Project(
            city_id=city.id,
            code="lanterns",
            name="灯笼苑",
            operator="Lockside Homes",
            address="1 Lock Street",
            lon=113.92,
            lat=22.55,
            import_id=run.id,
        ),
    )
    for house in houses:
        building = added(session, _building(house, city, areas, run))
        earlier: Mapping[str, list[int]] = {}
        for records in (*house.drafts, house.records):
            earlier = _write(session, building, records, lists, run, earlier)
        _homes(session, building, house, project, run)
    log_change(session, city.id, "import", None)


def _areas(session: Session, city: City, run: Import) -> dict[tuple[str, str], int]:
    """Ids by level and code; nobody lives in the east."""
    ids: dict[tuple[str, str], int] = {}
    for name in ("town", "north", "south", "east"):
        parent = None
        for level in LEVELS[:1] if name == "town" else LEVELS[1:]:
            area = Area(
                city_id=city.id,
                level=level,
                code=name,
                name=f"{name}-{level}",
                name_en=None,
                parent_id=parent or ids.get(("district", "town")),
                import_id=run.id,
                outline=shapely.to_wkb(shapely.box(113.9, 22.55, 113.93, 22.57)),
            )
            parent = ids[level, name] = added(session, area).id
            thought = {"buildings": 40, "source": "address register", "day": date(2022, 1, 1)}
            session.add(AreaExpectation(city_id=city.id, area_id=area.id, import_id=run.id, **thought))
    return ids


def _lists(session: Session, city: City) -> dict[tuple[str, ...], int]:
    """Ids by items."""
    known = session.scalars(select(Checklist).where(Checklist.city_id == city.id)).all()
    if not known:
        lists = {"four": FOUR, "toronto": TORONTO, "police": tuple(MIXED), "never used": FOUR[:2]}
        new = (Checklist(city_id=city.id, code=code, items=list(items)) for code, items in lists.items())
        known = [added(session, row) for row in new]
    return {tuple(row.items): row.id for row in known}


def _building(house: House, city: City, areas: Mapping[tuple[str, str], int], run: Import) -> Building:
    lon, lat = house.lonlat or (None, None)
    inside = {f"{level}_id": areas[level, house.street] for level in LEVELS[1:]} if house.street else {}
    if house.street:
        inside["district_id"] = areas["district", "town"]
    return Building(
        city_id=city.id,
        code=house.code,
        name=house.name,
        address=f"1 {house.name} Lane",
        lon=lon,
        lat=lat,
        key=int(keys(lon, lat)) if house.lonlat else None,
        off_map=house.off_map,
        homes=12,
        floors=6,
        built=1998,
        use=house.use,
        group_rental=house.group_rental,
        import_id=run.id,
        **inside,
    )


def _write(
    session: Session,
    building: Building,
    records: Records,
    lists: Mapping[tuple[str, ...], int],
    run: Import,
    earlier: Mapping[str, list[int]],
) -> Mapping[str, list[int]]:
    """Adds rows that correct the earlier ones in their places; returns their ids by table."""
    same = {"building_id": building.id, "city_id": building.city_id, "import_id": run.id}
    rows: dict[str, list] = {
        "events": [Event(**same, kind=kind, day=day, recorded_on=day) for kind, day in records.events],
        "visits": [
            Inspection(
                **same,
                day=day,
                recorded_on=day,
                inspector="A1",
                checklist_id=lists.get(tuple(answers)),
                answers="".join("-" if one == NOT_APPLICABLE else str(one) for one in answers.values()) or None,
            )
            for day, answers in records.visits
        ],
        "loops": [
            Hazard(
                **same,
                group=loop.group,
                category=loop.group,
                severity=loop.severity,
                found_on=loop.steps[0][1],
                due_on=loop.due,
            )
            for loop in records.loops
        ],
    }
    for kind, some in rows.items():
        for place, row in enumerate(some):
            row.corrects_id = earlier[kind][place] if kind in earlier else None
            added(session, row)
    for loop, hazard in zip(records.loops, rows["loops"], strict=True):
        for step, day in loop.steps:
            life = HazardStep(hazard_id=hazard.id, step=step, day=day, recorded_on=day, import_id=run.id)
            added(session, life)
    return {kind: [row.id for row in some] for kind, some in rows.items()}


def _homes(session: Session, building: Building, house: House, project: Project, run: Import) -> None:
    homes = []
    for number, turns in enumerate(house.public_homes):
        home = added(
            session,
            Home(
                project_id=project.id,
                building_id=building.id,
                code=f"{number + 1:03}",
                rooms=2,
                area_m2=50.0,
                floor=3,
                rent_yuan_month=900,
                lift=True,
                barrier_free=False,
                import_id=run.id,
            ),
        )
        for state, day in turns:
            added(session, HomeState(home_id=home.id, state=state, day=day, recorded_on=day, import_id=run.id))
        homes.append(home.id)
    for record in house.credit:
        earlier = None
        for level, steps in filter(None, (record.draft, (record.level, record.steps))):
            earlier = _credit_record(session, record, level, steps, homes, project, run, earlier)


def _credit_record(
    session: Session,
    record: CreditRecord,
    level: str,
    steps: Sequence[tuple[str, date]],
    homes: Sequence[int],
    project: Project,
    run: Import,
    earlier: int | None,
) -> int:
    is_enterprise = record.home is None
    row = CreditRow(
        city_id=project.city_id,
        project_id=project.id if is_enterprise else None,
        home_id=None if is_enterprise else homes[record.home],
        kind="enterprise" if is_enterprise else "household",
        subject=record.subject,
        level=level,
        corrects_id=earlier,
        import_id=run.id,
    )
    added(session, row)
    for step, day in steps:
        added(session, CreditRecordStep(record_id=row.id, step=step, day=day, recorded_on=day, import_id=run.id))
    return row.id


def keep_only(town: Town, street: str | None) -> None:
    """Leaves what belongs to the buildings of one street of Lockside, or to no building at all."""
    with writing(town.engine, SYSTEM) as session:
        city = select(City.id).where(City.code == CITY)
        kept = select(Building.id).where(Building.city_id.in_(city))
        areas = select(Area.id).where(Area.code == street, Area.city_id.in_(city))
        kept = kept.where(Building.street_id.in_(areas)) if street else kept.where(Building.id < 0)
        homes, hazards = (select(model.id).where(model.building_id.not_in(kept)) for model in (Home, Hazard))
        projects = select(Project.id).where(
            Project.id.not_in(select(Home.project_id).where(Home.building_id.in_(kept)))
        )
        credit = or_(CreditRow.home_id.in_(homes), CreditRow.project_id.in_(projects))
        of_credit = CreditRecordStep.record_id.in_(select(CreditRow.id).where(credit))
        session.execute(delete(CreditRecordStep).where(of_credit))
        session.execute(delete(CreditRow).where(credit))
        session.execute(delete(HomeState).where(HomeState.home_id.in_(homes)))
        session.execute(delete(HazardStep).where(HazardStep.hazard_id.in_(hazards)))
        for model in (Home, Hazard, Event, Inspection, RatingCorrection, Rating):
            session.execute(delete(model).where(model.building_id.not_in(kept)))
        session.execute(delete(Project).where(Project.id.not_in(select(Home.project_id))))
        session.execute(delete(RejectedRow))
        _keep_plans_of(session, kept, areas)
        session.execute(delete(Building).where(Building.id.not_in(kept)))
        for level in reversed(LEVELS):
            inhabited = select(getattr(Building, f"{level}_id")).where(getattr(Building, f"{level}_id").is_not(None))
            empty = select(Area.id).where(Area.level == level, Area.id.not_in(inhabited))
            session.execute(delete(AreaExpectation).where(AreaExpectation.area_id.in_(empty)))
            session.execute(delete(Plan).where(Plan.area_id.in_(empty)))
            session.execute(delete(Area).where(Area.level == level, Area.id.not_in(inhabited)))
        log_change(session, session.scalars(city).one(), "undo", None)


def _keep_plans_of(session: Session, buildings: Select, areas: Select) -> None:
    """Of plans what is about these buildings, and what is about officers of these areas."""
    for model in (PlanOverride, PlanLeftOut, PlanStop):
        session.execute(delete(model).where(model.building_id.not_in(buildings)))
    others = select(Officer.id).where(Officer.area_id.not_in(areas))
    for model in (PlanOfficer, OfficerLeave):
        session.execute(delete(model).where(model.officer_id.in_(others)))
    session.execute(delete(Officer).where(Officer.id.in_(others)))
