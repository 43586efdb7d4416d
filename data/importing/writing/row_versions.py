"""What a row of master data was before an import changed it in place, stored so that the import can be undone."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Table, bindparam, select, update
from sqlalchemy.orm import Session

from data.db.engine import insert_columns
from data.db.models.imports import EarlierRow
from data.db.tables import table_of


def keep_earlier(session: Session, import_id: int, table: Table, rows: Mapping[int, Mapping[str, Any]]) -> None:
    """rows: by id, the present values of the columns that are about to change."""
    if not rows:
        return
    columns: dict[str, list] = {
        "import_id": [import_id] * len(rows),
        "table_name": [table.name] * len(rows),
        "row_id": list(rows),
        "earlier_import_id": [row.get("import_id") for row in rows.values()],
        "before": [{name: _to_json(value) for name, value in row.items()} for row in rows.values()],
    }
    insert_columns(session, table_of(EarlierRow), columns)


def restore_rows(session: Session, import_id: int, table: Table) -> None:
    """Restores the rows of a table as they were before the import."""
    question = select(EarlierRow.row_id, EarlierRow.before)
    question = question.where(EarlierRow.import_id == import_id, EarlierRow.table_name == table.name)
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for id_, before in session.execute(question):
        earlier = {f"was_{name}": _from_json(value) for name, value in before.items()} | {"row_id": id_}
        by_columns.setdefault(tuple(before), []).append(earlier)
    for columns, rows in by_columns.items():
        parameters: dict[str, BindParameter] = {name: bindparam(f"was_{name}") for name in columns}
        session.execute(update(table).where(table.c.id == bindparam("row_id")).values(parameters), rows)


def _to_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _from_json(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"hex"}:
        return bytes.fromhex(value["hex"])
    return date.fromisoformat(value["day"]) if isinstance(value, dict) and value.keys() == {"day"} else value
