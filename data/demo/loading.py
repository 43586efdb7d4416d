"""Loading the invented district into the database: all of it or nothing."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.city.changes import log_change
from data.db.engine import continue_counting, insert_columns, reading, writing
from data.db.models.city import (
    Area,
    AreaExpectation,
    Base,
    Building,
    Checklist,
    City,
    CreditRecord,
    CreditRecordStep,
    Event,
    GroundFeature,
    Hazard,
    HazardStep,
    Home,
    HomeState,
    Import,
    Inspection,
    Project,
)
from data.db.models.planning import Officer, OfficerLeave, Plan
from data.db.tables import table_of
from data.demo.credit_records import CreditHistories
from data.demo.district import SEED, District, Facts, district
from data.demo.hazards import HazardHistories
from data.demo.land import FULL_SIZE
from data.demo.names import DISTRICT, LEVEL_NAMES
from data.demo.officers import Staff
from data.errors import DataError

CITY = "demo"
RULE_SETS = ["qishuyan", "baoan", "teda"]  # the first is shown first
LICENCE = "Invented data: no person, place or event is real. 数据为虚构。"
REGISTER = "地址登记（虚构） / Address register (invented)"
ROWS_PER_REPORT = 100_000
Report = Callable[[str, int, int], None]
Row = (
    Area
    | AreaExpectation
    | Building
    | GroundFeature
    | Event
    | Inspection
    | Hazard
    | HazardStep
    | Project
    | Home
    | HomeState
    | CreditRecord
    | CreditRecordStep
    | Officer
    | OfficerLeave
)


class AlreadyLoaded(DataError):
    """The invented district is in this database."""


def load(
    engine: Engine,
    buildings: int = FULL_SIZE,
    seed: int = SEED,
    *,
    on: date,
    report: Report = lambda label, done, total: None,
    replace: bool = False,
) -> None:
    """Draws the district and adds it in one transaction; `report` is called with (label, rows done, rows in all).

    Raises AlreadyLoaded when it exists and is not to be replaced.
    """
    with reading(engine, SYSTEM) as session:
        _refuse_second(session, replace)
    report("drawing the district", 0, 1)
    drawn = district(buildings, seed, on=on)
    report("drawing the district", 1, 1)
    with writing(engine, SYSTEM) as session:
        _refuse_second(session, replace)
        if replace:
            _remove(session)
        _Loading(session, drawn, f"{buildings}-{seed}-{on}", report).run()


def _refuse_second(session: Session, replace: bool) -> None:
    if not replace and session.scalar(select(City.id).where(City.code == CITY)) is not None:
        raise AlreadyLoaded(
            "The city '{city}' is here already; ask for it to be replaced to have it drawn anew.", city=CITY
        )


class _Loading:
    """One run: ids are assigned beforehand, from the highest on, so that rows can refer to each other."""

    def __init__(self, session: Session, drawn: District, recipe: str, report: Report) -> None:
        self.session, self.drawn, self.report = session, drawn, report
        models: tuple[type[Row], ...] = (
            Area,
            AreaExpectation,
            Building,
            GroundFeature,
            Event,
            Inspection,
            Hazard,
            HazardStep,
            Project,
            Home,
            HomeState,
            CreditRecord,
            CreditRecordStep,
            Officer,
            OfficerLeave,
        )
        self.first: dict[type[Row], int] = {
            model: (session.scalar(select(func.max(model.id))) or 0) + 1 for model in models
        }
        self.done, self.total = 0, _row_count(drawn)
        self.city = self._insert_row(
            City,
            code=CITY,
            names=dict(zip(("zh", "en"), DISTRICT, strict=True)),
            bounds=drawn.bounds,
            levels=LEVEL_NAMES,
            rule_sets=RULE_SETS,
            invented=True,
            licence=LICENCE,
        )
        self.run_id = self._insert_row(
            Import,
            city_id=self.city,
            mapping=CITY,
            file_name="",
            sha256=hashlib.sha256(recipe.encode()).hexdigest(),
            finished_at=datetime.now(UTC).replace(tzinfo=None),
            counts={"read": self.total, "new": self.total, "changed": 0, "unchanged": 0, "set_aside": 0},
        )

    def run(self) -> None:
        self._areas()
        self._register()
        self._ground()
        self._buildings()
        if self.drawn.facts is not None:
            self._inspections(self.drawn.facts)
            self._events(self.drawn.facts.events)
            self._hazards(self.drawn.facts.hazard_histories)
        self._rentals()
        self._credit_records(self.drawn.rentals.credit)
        if self.drawn.staff is not None:
            self._officers(self.drawn.staff)
        for model in self.first:
            continue_counting(self.session, table_of(model))
        log_change(self.session, self.city, "demo", None)

    def _insert_row(self, model: type[Base], **values: object) -> int:
        table = table_of(model)
        return self.session.execute(insert(table).values(**values).returning(table.c.id)).scalar_one()

    def _add(self, model: type[Row], label: str, columns: Mapping[str, np.ndarray], of_city: bool = True) -> None:
        """Rows of a table, numbered from its first free id, in batches. Columns are equally long."""
        length = len(next(iter(columns.values())))
        fixed = {"import_id": self.run_id} | ({"city_id": self.city} if of_city else {})
        table = table_of(model)
        for start in range(0, length, ROWS_PER_REPORT):
            stop = min(start + ROWS_PER_REPORT, length)
            part = {name: _plain(column[start:stop]) for name, column in columns.items()}
            part |= {name: [value] * (stop - start) for name, value in fixed.items()}
            part["id"] = list(range(self.first[model] + start, self.first[model] + stop))
            insert_columns(self.session, table, part)
            self.done += stop - start
            self.report(label, self.done, self.total)

    def _id(self, model: type[Row], rows: np.ndarray) -> np.ndarray:
        """Ids of rows; None for row -1."""
        ids = rows.astype(np.int64) + self.first[model]
        if not (rows < 0).any():
            return ids
        with_none = ids.astype(object)
        with_none[rows < 0] = None
        return with_none

    def _areas(self) -> None:
        areas = self.drawn.areas
        columns = {name: areas[name].to_numpy() for name in ("level", "code", "name", "name_en")}
        columns["parent_id"] = self._id(Area, areas["parent"].to_numpy())
        self._add(Area, "areas", columns | {"outline": shapely.to_wkb(areas["outline"].to_numpy())})

    def _register(self) -> None:
        frame = self.drawn.register
        columns = {
            "area_id": self._id(Area, frame["area"].to_numpy()),
            "buildings": frame["buildings"].to_numpy(),
            "source": np.full(len(frame), REGISTER),
            "day": np.full(len(frame), np.datetime64(self.drawn.on, "D")),
        }
        self._add(AreaExpectation, "areas", columns)

    def _ground(self) -> None:
        frame = self.drawn.ground
        columns = {name: frame[name].to_numpy(object) for name in ("kind", "road_class", "name", "name_en")}
        self._add(GroundFeature, "areas", columns | {"geometry": shapely.to_wkb(frame["geometry"].to_numpy())})

    def _buildings(self) -> None:
        frame = self.drawn.buildings
        levels = ("district", "street", "community", "grid")
        columns = {name: frame[name].to_numpy() for name in frame if name not in levels}
        columns |= {f"{level}_id": self._id(Area, frame[level].to_numpy()) for level in levels}
        self._add(Building, "buildings", columns)

    def _inspections(self, facts: Facts) -> None:
        checklist = self._insert_row(Checklist, city_id=self.city, code=CITY, items=list(facts.items))
        frame = facts.inspections
        columns = {
            "building_id": self._id(Building, frame["building"].to_numpy()),
            "day": frame["day"].to_numpy(),
            "recorded_on": frame["recorded_on"].to_numpy(),
            "inspector": frame["inspector"].to_numpy(),
            "answers": facts.answers.view(f"S{len(facts.items)}").ravel(),
            "checklist_id": np.full(len(frame), checklist),
        }
        self._add(Inspection, "inspections", columns)

    def _events(self, frame: pd.DataFrame) -> None:
        columns = {name: frame[name].to_numpy() for name in ("kind", "day", "recorded_on")}
        self._add(Event, "events", columns | {"building_id": self._id(Building, frame["building"].to_numpy())})

    def _hazards(self, histories: HazardHistories) -> None:
        hazards, steps = histories.hazards, histories.steps
        columns = {name: hazards[name].to_numpy() for name in ("category", "severity", "found_on", "due_on")}
        columns["hazard_group"] = hazards["group"].to_numpy()
        columns["building_id"] = self._id(Building, hazards["building"].to_numpy())
        columns["inspection_id"] = self._id(Inspection, hazards["inspection"].to_numpy())
        self._add(Hazard, "hazards", columns)
        columns = {name: steps[name].to_numpy() for name in ("step", "day", "recorded_on", "department")}
        columns["hazard_id"] = self._id(Hazard, steps["hazard"].to_numpy())
        self._add(HazardStep, "steps of hazards", columns, of_city=False)

    def _rentals(self) -> None:
        rentals = self.drawn.rentals
        self._add(Project, "public rental", {name: rentals.projects[name].to_numpy() for name in rentals.projects})
        owners: dict[str, type[Row]] = {"project": Project, "building": Building}
        columns = {name: rentals.homes[name].to_numpy() for name in rentals.homes if name not in owners}
        columns |= {f"{name}_id": self._id(model, rentals.homes[name].to_numpy()) for name, model in owners.items()}
        self._add(Home, "public rental", columns, of_city=False)
        columns = {name: rentals.states[name].to_numpy() for name in ("state", "day", "recorded_on")}
        columns["home_id"] = self._id(Home, rentals.states["home"].to_numpy())
        self._add(HomeState, "public rental", columns, of_city=False)

    def _credit_records(self, histories: CreditHistories) -> None:
        records, steps = histories.records, histories.steps
        columns = {name: records[name].to_numpy() for name in ("kind", "subject", "level")}
        owners: dict[str, type[Row]] = {"project": Project, "home": Home}
        columns |= {f"{name}_id": self._id(model, records[name].to_numpy()) for name, model in owners.items()}
        self._add(CreditRecord, "credit records", columns)
        columns = {name: steps[name].to_numpy() for name in ("step", "day", "recorded_on")}
        columns["record_id"] = self._id(CreditRecord, steps["record"].to_numpy())
        self._add(CreditRecordStep, "credit records", columns, of_city=False)

    def _officers(self, staff: Staff) -> None:
        columns = {name: staff.officers[name].to_numpy() for name in staff.officers if name != "area"}
        columns["area_id"] = self._id(Area, staff.officers["area"].to_numpy())
        self._add(Officer, "officers", columns)
        columns = {name: staff.leave[name].to_numpy() for name in ("first_day", "last_day", "recorded_on")}
        columns["officer_id"] = self._id(Officer, staff.leave["officer"].to_numpy())
        self._add(OfficerLeave, "officers", columns, of_city=False)


def _plain(values: np.ndarray) -> list:
    """Plain Python values, as the driver takes them."""
    if values.dtype.kind == "S":
        return values.astype("U").tolist()
    return values.tolist()


def _row_count(drawn: District) -> int:
    rentals, facts = drawn.rentals, drawn.facts
    frames = [drawn.areas, drawn.register, drawn.ground, drawn.buildings]
    frames += [rentals.projects, rentals.homes, rentals.states, rentals.credit.records, rentals.credit.steps]
    if facts is not None:
        frames += [facts.inspections, facts.events, facts.hazard_histories.hazards, facts.hazard_histories.steps]
    if drawn.staff is not None:
        frames += [drawn.staff.officers, drawn.staff.leave]
    return sum(len(frame) for frame in frames)


def _remove(session: Session) -> None:
    """Everything of the invented district, narrower tables first."""
    city = select(City.id).where(City.code == CITY).scalar_subquery()
    runs = select(Import.id).where(Import.city_id == city)
    buildings = select(Building.id).where(Building.city_id == city)
    hazards = select(Hazard.id).where(Hazard.city_id == city)
    homes = select(Home.id).where(Home.building_id.in_(buildings))
    records = select(CreditRecord.id).where(CreditRecord.city_id == city)
    plans = select(Plan.id).where(Plan.city_id == city)
    officers = select(Officer.id).where(Officer.city_id == city)
    for table in reversed(Base.metadata.sorted_tables):
        if table.name == City.__tablename__:
            session.execute(delete(table).where(table.c.code == CITY))
        elif "city_id" in table.c:
            session.execute(delete(table).where(table.c.city_id == city))
        elif "plan_id" in table.c:
            session.execute(delete(table).where(table.c.plan_id.in_(plans)))
        elif "officer_id" in table.c:
            session.execute(delete(table).where(table.c.officer_id.in_(officers)))
        elif "hazard_id" in table.c:  # what was recorded singly has no import
            session.execute(delete(table).where(table.c.hazard_id.in_(hazards)))
        elif "record_id" in table.c:
            session.execute(delete(table).where(table.c.record_id.in_(records)))
        elif "home_id" in table.c:
            session.execute(delete(table).where(table.c.home_id.in_(homes)))
        elif "import_id" in table.c:
            session.execute(delete(table).where(table.c.import_id.in_(runs)))
        elif "building_id" in table.c:
            session.execute(delete(table).where(table.c.building_id.in_(buildings)))
