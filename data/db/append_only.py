"""Tables whose rows the database itself will not let anyone change or remove."""

from sqlalchemy import DDL, Table, event

REASON = "Rows of {table} are only ever added."
SQLITE = (
    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{reason}'); END",
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{reason}'); END",
    # INSERT OR REPLACE removes a row without asking the trigger above.
    "CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN NEW.id <= (SELECT max(id) FROM {table}) "
    "BEGIN SELECT RAISE(ABORT, '{reason}'); END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '{reason}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
)
STATEMENTS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def append_only_statements(name: str, dialect: str) -> tuple[str, ...]:
    """What makes a table refuse UPDATE and DELETE with an IntegrityError, in SQL."""
    reason = REASON.format(table=name)
    return tuple(statement.format(table=name, reason=reason) for statement in STATEMENTS[dialect])


def append_only(table: Table) -> None:
    """Creates the table with what makes it refuse UPDATE and DELETE."""
    for dialect in STATEMENTS:
        for statement in append_only_statements(table.name, dialect):
            _after_create(table, statement, dialect)


def with_row(table: Table, values: str) -> None:
    """Creates the table with a first row in it; values: as SQL writes them."""
    _after_create(table, f"INSERT INTO {table.name} VALUES ({values})")


def _after_create(table: Table, statement: str, dialect: str | None = None) -> None:
    event.listen(table, "after_create", DDL(statement.replace("%", "%%")).execute_if(dialect=dialect))
