"""What a row of master data was before an import changed it in place, kept so that the import can be undone."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from data.db.engine import insert_columns
from data.db.models.imports import EarlierRow


def keep_earlier(session: Session, import_id: int, table: Table, rows: Mapping[int, Mapping[str, Any]]) -> None:
    """rows: by id, the columns that are about to change as they stand."""
    if not rows:
        return
    columns = {
        "import_id": [import_id] * len(rows),
        "table_name": [table.name] * len(rows),
        "row_id": list(rows),
        "earlier_import_id": [row.get("import_id") for row in rows.values()],
        "before": [{name: _written(value) for name, value in row.items()} for row in rows.values()],
    }
    insert_columns(session, EarlierRow.__table__, columns)


def put_back(session: Session, import_id: int, table: Table) -> None:
    """Gives the rows of a table back what they held before the import."""
    question = select(EarlierRow.row_id, EarlierRow.before)
    question = question.where(EarlierRow.import_id == import_id, EarlierRow.table_name == table.name)
    rows = session.execute(question).all()
    if not rows:
        return
    columns = {name: bindparam(f"was_{name}") for name in rows[0].before}  # the same ones in every row
    statement = update(table).where(table.c.id == bindparam("row_id")).values(columns)
    was = ({f"was_{name}": _read(value) for name, value in before.items()} | {"row_id": id_} for id_, before in rows)
    session.execute(statement, list(was))


def _written(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _read(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) and value.keys() == {"hex"} else value
