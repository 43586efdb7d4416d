"""Writing records: what is new is added, master data that changed is brought up to date, the rest is left alone."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import BindParameter, Select, Table, bindparam, select, update
from sqlalchemy.orm import Session

from data.city.endings import buildings_once_in
from data.db.engine import ROWS_AT_ONCE, insert_columns, reserved_ids
from data.db.models.city import Area, Building, City, Event, GroundFeature, Hazard, Home, HomeState, Inspection, Project
from data.db.models.planning import Officer
from data.db.tables import table_of
from data.importing.checking.records import Records
from data.importing.writing.row_versions import keep_earlier

Advance = Callable[[int], None]
MASTERS = (Area, Building, Project, Home, Officer)  # changed in place
Key = str | tuple[str, str]  # of a row of master data: its code; of areas and homes (level or project, code)


@dataclass
class Tally:
    """How many of a table's records were new, changed and unchanged."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.new + other.new, self.changed + other.changed, self.unchanged + other.unchanged)


@dataclass
class Writer:
    """Writes one file, inside its transaction. ids: table → the id of each row's record, -1 none; int64 (rows,).

    touched: ids of the buildings that something was written about. stored: table → what was there of it beforehand,
    see `stored_rows`. labels: table → the source keys this file has given out.
    """

    session: Session
    city: City
    import_id: int
    on: date
    advance: Advance
    ids: dict[str, np.ndarray] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)
    stored: dict[str, tuple[dict, dict]] = field(default_factory=dict)
    labels: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def insert(self, table: Table, columns: Mapping[str, Iterable], counted: bool = True) -> list[int]:
        """Adds rows in batches, so that the progress shown moves; their ids. counted: whether they are records."""
        whole = {name: list(values) for name, values in columns.items()}
        length = len(next(iter(whole.values())))
        whole["id"] = reserved_ids(self.session, table, length)
        for start in range(0, length, ROWS_AT_ONCE):
            batch = {name: values[start : start + ROWS_AT_ONCE] for name, values in whole.items()}
            insert_columns(self.session, table, batch)
            self.advance(len(batch["id"]) if counted else 0)
        return whole["id"]

    def ids_of_refs(self, records: Records, rows: np.ndarray) -> dict[str, list]:
        """The foreign keys of some rows: column → ids."""
        return {f"{name}_id": self.ids[name][rows].tolist() for name in records.refs}


def write_master(writer: Writer, records: Records, good: np.ndarray) -> Tally:
    """Areas, buildings, projects, homes or officers; leaves the id of every row's record in `writer.ids`."""
    rows = records.first_rows(good)
    table = table_of(records.target.model)
    columns = {name: values[rows].tolist() for name, values in records.values.items()}
    columns |= writer.ids_of_refs(records, rows)
    ids_by_key, current = stored_rows(writer, records)
    ids = np.array([ids_by_key.get(key, -1) for key in records.key[rows].tolist()], np.int64)
    new, existing = np.flatnonzero(ids < 0), np.flatnonzero(ids >= 0)
    added = _insert_new(writer, records, table, columns, new)
    ids_by_key = ids_by_key | dict(zip(records.key[rows[new]].tolist(), added, strict=True))
    changed = _changed(columns, current, records.key[rows], existing)
    keys = records.key[rows]
    keep_stored(writer, records, {int(ids[row]): current[keys[row]] for row in changed})
    _update(writer, table, columns, ids, changed)
    writer.advance(len(existing))
    writer.ids[records.target.name] = np.array([ids_by_key.get(key, -1) for key in records.key.tolist()], np.int64)
    written = [*new.tolist(), *changed]
    model = records.target.model
    if model in (Building, Home) or ("ended_on" in columns and changed):
        about = writer.ids[records.target.name][rows[written]].tolist()
        writer.touched.update(buildings_about(writer.session, model, about))
    if model is Home and "building_id" in columns:  # a home may have moved: the building it left is touched too
        place = list(columns).index("building_id")
        writer.touched.update(current[keys[row]][place] for row in changed)
    return Tally(len(new), len(changed), len(existing) - len(changed))


def stored_rows(writer: Writer, records: Records) -> tuple[dict, dict]:
    """The rows stored before the file's own: natural key → id, and natural key → the values of the columns that the
    file fills and import_id. Read once."""
    name = records.target.name
    if name not in writer.stored:
        writer.stored[name] = _current(writer, records, _filled_columns(records))
    return writer.stored[name]


def stored_ids(writer: Writer, name: str) -> dict:
    """Natural key → id of the rows of a table that `stored_rows` has read."""
    return writer.stored[name][0]


def _current(writer: Writer, records: Records, columns: list[str]) -> tuple[dict, dict]:
    model = records.target.model
    named = [getattr(model, name) for name in columns]
    question = in_city(writer, model, select(model.id, *key_columns(model), *named, model.import_id))
    width = len(key_columns(model))
    ids: dict = {}
    values: dict = {}
    # By the connection, as rows of columns need nothing of what a session does for objects.
    for row in writer.session.connection().execute(question):
        key = row[1] if width == 1 else tuple(row[1 : 1 + width])
        ids[key] = row[0]
        if columns:
            values[key] = tuple(row[1 + width :])
    return ids, values


def keep_stored(writer: Writer, records: Records, earlier: dict[int, tuple]) -> None:
    """earlier: by the id of a row that is about to change, what `stored_rows` has of it."""
    names = [*_filled_columns(records), "import_id"]
    rows = {id_: dict(zip(names, values, strict=True)) for id_, values in earlier.items()}
    keep_earlier(writer.session, writer.import_id, table_of(records.target.model), rows)


def _filled_columns(records: Records) -> list[str]:
    return [*records.values, *(f"{ref}_id" for ref in records.refs)]


def in_city(writer: Writer, model: Any, question: Select) -> Select:
    if model is Home:
        return question.join(Project).where(Project.city_id == writer.city.id)
    return question.where(model.city_id == writer.city.id)


def key_columns(model: Any) -> tuple:
    return {
        Area: (Area.level, Area.code),
        Building: (Building.code,),
        Project: (Project.code,),
        Home: (Project.code, Home.code),
        Officer: (Officer.code,),
    }[model]


def _insert_new(writer: Writer, records: Records, table: Table, columns: dict[str, list], new: np.ndarray) -> list[int]:
    """The ids of the new records."""
    if not len(new):
        return []
    inserted = {name: [values[row] for row in new.tolist()] for name, values in columns.items()}
    if records.target.model is not Home:
        inserted["city_id"] = [writer.city.id] * len(new)
    return writer.insert(table, inserted | {"import_id": [writer.import_id] * len(new)})


def _changed(columns: dict[str, list], current: dict, keys: np.ndarray, existing: np.ndarray) -> list[int]:
    """The rows whose values differ from those stored under their key."""
    rows = list(zip(*columns.values(), strict=True))
    return [row for row in existing.tolist() if rows[row] != current[keys[row]][:-1]]


def _update(writer: Writer, table: Table, columns: dict[str, list], ids: np.ndarray, changed: list[int]) -> None:
    if not changed:
        return
    values: dict[str, BindParameter] = {name: bindparam(f"new_{name}") for name in columns}
    statement = update(table).where(table.c.id == bindparam("row_id")).values(**values, import_id=writer.import_id)
    new = [
        {"row_id": int(ids[row]), **{f"new_{name}": column[row] for name, column in columns.items()}} for row in changed
    ]
    writer.session.execute(statement, new)


def write_ground(writer: Writer, records: Records, good: np.ndarray) -> Tally:
    """What lies under the city is always added: of each kind the latest import's is drawn, see data.city.ground."""
    rows = records.first_rows(good)
    if len(rows):
        columns = {name: values[rows].tolist() for name, values in records.values.items()}
        same = {"city_id": [writer.city.id] * len(rows), "import_id": [writer.import_id] * len(rows)}
        writer.insert(table_of(GroundFeature), columns | same)
    return Tally(new=len(rows))


def write_home_states(writer: Writer, records: Records, good: np.ndarray) -> Tally:
    """States of homes: one that differs from the state a file gave for that home and day is added as a new row.

    One that was recorded singly since then is thereby kept, until a file says something new.
    """
    rows = records.first_rows(good)
    homes, days = writer.ids["home"][rows].tolist(), records.values["day"][rows].tolist()
    states = records.values["state"][rows].tolist()
    question = select(HomeState.home_id, HomeState.day, HomeState.state).join(Home).join(Project)
    in_city = question.where(Project.city_id == writer.city.id, HomeState.import_id.is_not(None)).order_by(HomeState.id)
    stored = {(home, day): state for home, day, state in writer.session.execute(in_city)}
    before = [stored.get(key) for key in zip(homes, days, strict=True)]
    added = [row for row, state in enumerate(states) if before[row] != state]
    if added:
        every: dict[str, list] = {"home_id": homes, "day": days, "state": states}
        columns = {name: [values[row] for row in added] for name, values in every.items()}
        same: dict[str, list] = {"recorded_on": [writer.on] * len(added), "import_id": [writer.import_id] * len(added)}
        writer.insert(table_of(HomeState), columns | same)
        writer.touched.update(buildings_with(writer.session, Home, columns["home_id"]))
    changed = sum(before[row] is not None for row in added)
    return Tally(len(added) - changed, changed, len(rows) - len(added))


def buildings_about(session: Session, model: Any, ids: Sequence[int]) -> Iterable[int]:
    """The buildings of which something counts otherwise once these rows of master data end, or stand again."""
    if model is Building:
        return ids
    if model is Officer:
        return ()
    if model is Area:
        return buildings_once_in(session, ids)
    if model is Project:
        return session.scalars(select(Home.building_id).where(Home.project_id.in_(list(ids))).distinct())
    return buildings_with(session, Home, ids)


def buildings_with(
    session: Session, model: type[Home | Event | Inspection | Hazard], ids: Iterable[int]
) -> Iterator[int]:
    """The buildings of some rows that name one."""
    wanted = list(set(ids))
    for start in range(0, len(wanted), ROWS_AT_ONCE):
        part = wanted[start : start + ROWS_AT_ONCE]
        yield from session.scalars(select(model.building_id).where(model.id.in_(part)).distinct())
