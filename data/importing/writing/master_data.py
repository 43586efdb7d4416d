"""Writing records: what is new is added, master data that changed is brought up to date, the rest is left alone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from sqlalchemy import Select, Table, bindparam, select, update
from sqlalchemy.orm import Session

from data.db.engine import ROWS_AT_ONCE, insert_columns
from data.db.models.city import Area, Building, City, Home, HomeState, Project
from data.importing.checking.records import Records
from data.importing.writing.row_versions import keep_earlier

Advance = Callable[[int], None]


@dataclass
class Tally:
    """How many of a table's records were new, changed and unchanged."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass
class Writer:
    """One file's writing, inside its transaction. ids: table → the id of each row's record, -1 none; int64 (rows,)."""

    session: Session
    city: City
    import_id: int
    on: date
    advance: Advance
    ids: dict[str, np.ndarray] = field(default_factory=dict)

    def insert(self, table: Table, columns: Mapping[str, Iterable], counted: bool = True) -> None:
        """Adds rows in batches, so that the progress shown moves. counted: whether they are records themselves."""
        whole = {name: list(values) for name, values in columns.items()}
        length = len(next(iter(whole.values())))
        for start in range(0, length, ROWS_AT_ONCE):
            batch = {name: values[start : start + ROWS_AT_ONCE] for name, values in whole.items()}
            insert_columns(self.session, table, batch)
            self.advance(len(batch[next(iter(batch))]) if counted else 0)

    def ids_of_refs(self, records: Records, rows: np.ndarray) -> dict[str, list]:
        """The foreign keys of some rows: column → ids."""
        return {f"{name}_id": self.ids[name][rows].tolist() for name in records.refs}


def write_master(writer: Writer, records: Records, good: np.ndarray) -> Tally:
    """Areas, buildings, projects or homes; leaves the id of every row's record in `writer.ids`."""
    rows = records.first_rows(good)
    table = records.target.model.__table__
    columns = {name: values[rows].tolist() for name, values in records.values.items()}
    columns |= writer.ids_of_refs(records, rows)
    known, standing = _standing(writer, records, list(columns))
    ids = np.array([known.get(key, -1) for key in records.key[rows].tolist()], np.int64)
    fresh, there = np.flatnonzero(ids < 0), np.flatnonzero(ids >= 0)
    _insert_new(writer, records, table, columns, fresh)
    changed = _changed(columns, standing, records.key[rows], there)
    keys = records.key[rows]
    _keep_earlier(writer, table, list(columns), {int(ids[row]): standing[keys[row]] for row in changed})
    _update(writer, table, columns, ids, changed)
    writer.advance(len(there))
    if len(fresh):
        known, _ = _standing(writer, records, [])
    writer.ids[records.target.name] = np.array([known.get(key, -1) for key in records.key.tolist()], np.int64)
    return Tally(len(fresh), len(changed), len(there) - len(changed))


def _standing(writer: Writer, records: Records, columns: list[str]) -> tuple[dict, dict]:
    """What is there: natural key → id, and natural key → the values of `columns` and import_id."""
    model = records.target.model
    question: Select = select(
        model.id, *_key_columns(records), *(getattr(model, name) for name in columns), model.import_id
    )
    if model is Home:
        question = question.join(Project).where(Project.city_id == writer.city.id)
    else:
        question = question.where(model.city_id == writer.city.id)
    width = len(_key_columns(records))
    ids, values = {}, {}
    for row in writer.session.execute(question):
        key = row[1] if width == 1 else tuple(row[1 : 1 + width])
        ids[key] = row[0]
        values[key] = tuple(row[1 + width :])
    return ids, values


def _keep_earlier(writer: Writer, table: Table, columns: list[str], was: dict[int, tuple]) -> None:
    """was: by the id of a row that is about to change, its values of `columns` and its import."""
    rows = {id_: dict(zip([*columns, "import_id"], values, strict=True)) for id_, values in was.items()}
    keep_earlier(writer.session, writer.import_id, table, rows)


def _key_columns(records: Records) -> tuple:
    return {
        Area: (Area.level, Area.code),
        Building: (Building.code,),
        Project: (Project.code,),
        Home: (Project.code, Home.code),
    }[records.target.model]


def _insert_new(writer: Writer, records: Records, table: Table, columns: dict[str, list], fresh: np.ndarray) -> None:
    if not len(fresh):
        return
    new = {name: [values[row] for row in fresh.tolist()] for name, values in columns.items()}
    if records.target.model is not Home:
        new["city_id"] = [writer.city.id] * len(fresh)
    writer.insert(table, new | {"import_id": [writer.import_id] * len(fresh)})


def _changed(columns: dict[str, list], standing: dict, keys: np.ndarray, there: np.ndarray) -> list[int]:
    """The rows whose values differ from what stands under their key."""
    rows = list(zip(*columns.values(), strict=True))
    return [row for row in there.tolist() if rows[row] != standing[keys[row]][:-1]]


def _update(writer: Writer, table: Table, columns: dict[str, list], ids: np.ndarray, changed: list[int]) -> None:
    if not changed:
        return
    values = {name: bindparam(f"new_{name}") for name in columns}
    statement = update(table).where(table.c.id == bindparam("row_id")).values(**values, import_id=writer.import_id)
    new = [
        {"row_id": int(ids[row]), **{f"new_{name}": column[row] for name, column in columns.items()}} for row in changed
    ]
    writer.session.execute(statement, new)


def write_home_states(writer: Writer, records: Records, good: np.ndarray) -> Tally:
    """States of homes: one that differs from what stands for that home and day is added after it, never over it."""
    rows = records.first_rows(good)
    homes, days = writer.ids["home"][rows].tolist(), records.values["day"][rows].tolist()
    states = records.values["state"][rows].tolist()
    question = select(HomeState.home_id, HomeState.day, HomeState.state).join(Home).join(Project)
    in_city = question.where(Project.city_id == writer.city.id).order_by(HomeState.id)
    standing = {(home, day): state for home, day, state in writer.session.execute(in_city)}
    before = [standing.get(key) for key in zip(homes, days, strict=True)]
    added = [row for row, state in enumerate(states) if before[row] != state]
    if added:
        columns = {"home_id": homes, "day": days, "state": states}
        columns = {name: [values[row] for row in added] for name, values in columns.items()}
        same = {"recorded_on": [writer.on] * len(added), "import_id": [writer.import_id] * len(added)}
        writer.insert(HomeState.__table__, columns | same)
    changed = sum(before[row] is not None for row in added)
    return Tally(len(added) - changed, changed, len(rows) - len(added))
