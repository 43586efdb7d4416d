"""Tables whose rows the database itself will not let anyone change or remove."""

from sqlalchemy import DDL, Table, event

REASON = "Rows of {table} are only ever added."
SQLITE = {
    "no_update": "BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{reason}'); END",
    "no_delete": "BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{reason}'); END",
    # INSERT OR REPLACE removes a row without asking the trigger above.
    "no_replace": "BEFORE INSERT ON {table} WHEN NEW.id <= (SELECT max(id) FROM {table}) "
    "BEGIN SELECT RAISE(ABORT, '{reason}'); END",
}
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '{reason}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
)


def append_only(table: Table) -> None:
    """Creates the table with triggers that refuse UPDATE and DELETE with an IntegrityError."""
    values = {"table": table.name, "reason": REASON.format(table=table.name)}
    for name, rest in SQLITE.items():
        _after_create(table, f"CREATE TRIGGER {table.name}_{name} {rest.format(**values)}", "sqlite")
    for statement in POSTGRESQL:
        _after_create(table, statement.format(**values), "postgresql")


def with_row(table: Table, values: str) -> None:
    """Creates the table with a first row in it; values: as SQL writes them."""
    _after_create(table, f"INSERT INTO {table.name} VALUES ({values})")


def _after_create(table: Table, statement: str, dialect: str | None = None) -> None:
    event.listen(table, "after_create", DDL(statement.replace("%", "%%")).execute_if(dialect=dialect))
