"""The index of buildings by every three signs of their code, name and address: SQLite's own full text search.

Triggers keep it up to date, whatever writes buildings. It narrows a search down; the search itself says what it finds.
PostgreSQL has no such index here: under row-level security its planner may use none for a LIKE.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import DDL, Connection, Select, Table, column, event, select, table

TABLE = "building_search"
TABLES = frozenset({TABLE, *(f"{TABLE}_{part}" for part in ("config", "data", "docsize", "idx"))})  # made with it
SHORTEST = 3  # signs; anything shorter is in no index of three
INDEXED = "buildings"
MANY = 1_000  # from so many rows on, one statement at the end is faster: a sixth of the time for a district

_COLUMNS = "rowid, code, name, address"
_ADD = f"INSERT INTO {TABLE} ({_COLUMNS}) VALUES (new.id, new.code, new.name, new.address)"
_REMOVE = f"INSERT INTO {TABLE} ({TABLE}, {_COLUMNS}) VALUES ('delete', old.id, old.code, old.name, old.address)"
_DIFFERS = " OR ".join(f"old.{column} IS NOT new.{column}" for column in ("id", "code", "name", "address"))
_ADDED = f"CREATE TRIGGER {TABLE}_added AFTER INSERT ON {INDEXED} BEGIN {_ADD}; END"
STATEMENTS = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5 "
    f"(code, name, address, content='{INDEXED}', content_rowid='id', tokenize='trigram')",
    _ADDED,
    f"CREATE TRIGGER {TABLE}_removed AFTER DELETE ON {INDEXED} BEGIN {_REMOVE}; END",
    f"CREATE TRIGGER {TABLE}_changed AFTER UPDATE ON {INDEXED} WHEN {_DIFFERS} BEGIN {_REMOVE}; {_ADD}; END",
)
REBUILD = f"INSERT INTO {TABLE} ({TABLE}) VALUES ('rebuild')"


def indexed(buildings: Table) -> None:
    """Creates the table of buildings with its index."""
    for statement in STATEMENTS:
        event.listen(buildings, "after_create", DDL(statement).execute_if(dialect="sqlite"))


def candidates(dialect: str, words: str) -> Select | None:
    """Ids of all buildings whose code begins with `words`, or whose name or address holds it, and perhaps of some more.

    None where the index does not help: every building may be one.
    """
    if dialect != "sqlite" or len(words) < SHORTEST or "\0" in words:
        return None
    phrase = '"' + words.replace('"', '""') + '"'
    asked = f"({{name address}} : {phrase}) OR (code : ^ {phrase})"
    return select(column("rowid")).select_from(table(TABLE)).where(column(TABLE).op("MATCH")(asked))


@contextmanager
def many_added(connection: Connection, name: str, rows: int) -> Iterator[None]:
    """Rows that are added to the table `name` within the block come into the index together."""
    if name != INDEXED or rows < MANY or connection.dialect.name != "sqlite":
        yield
        return
    last = connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {INDEXED}").scalar_one()
    connection.exec_driver_sql(f"DROP TRIGGER {TABLE}_added")
    yield
    connection.exec_driver_sql(
        f"INSERT INTO {TABLE} ({_COLUMNS}) SELECT id, code, name, address FROM {INDEXED} WHERE id > ?", (last,)
    )
    connection.exec_driver_sql(_ADDED)
