"""How the tables changed, by Alembic: a file a revision in versions/, its number in data.db.schema_version.

Databases from before there were revisions have some or all of the tables of the first three, so these make what is
missing.
"""

import re
from pathlib import Path

import sqlalchemy as sa
from alembic import command, op
from alembic.config import Config

from data.db.schema_version import stored_revision

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade(engine: sa.Engine) -> None:
    """Runs the revisions that are missing, all of them or none. Raises DatabaseTooNew."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        stored_revision(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def create_missing(name: str, *columns: sa.schema.SchemaItem) -> bool:
    """Creates a table that is not there; whether it was created."""
    if sa.inspect(op.get_bind()).has_table(name):
        return False
    op.create_table(name, *columns)
    return True


def drop_not_null(table: str, column: str) -> None:
    """Lets a column stay empty, without writing the table anew: it may hold millions of rows.

    Raises RuntimeError where that did not come about, so that the whole migration is taken back.
    """
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column(table, column, nullable=True)
        return
    _rewrite(table, rf"(\b{column} \w+) NOT NULL", r"\1")
    if _columns(table)[column][1]:
        raise RuntimeError(
            f"{table}.{column} still has to be filled in; this SQLite does not let its schema be changed."
        )


def widen_to_float(table: str, column: str) -> None:
    """Lets a column of whole numbers hold fractions; what it holds stays. As `drop_not_null` in all else."""
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column(table, column, type_=sa.Double())
        return
    _rewrite(table, rf"\b{column} INTEGER\b", f"{column} DOUBLE")
    if _columns(table)[column][0] != "DOUBLE":
        raise RuntimeError(f"{table}.{column} takes no fractions; this SQLite does not let its schema be changed.")


def _columns(table: str) -> dict[str, tuple[str, bool]]:
    """Type and whether it must be filled in, by column."""
    rows = op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})")
    return {name: (type_, bool(not_null)) for _, name, type_, not_null, *_ in rows}


def _rewrite(table: str, pattern: str, replacement: str) -> None:
    """Changes the text of a table of SQLite in place, as https://sqlite.org/lang_altertable.html has it."""
    connection, of_table = op.get_bind(), {"table": table}
    text = connection.execute(sa.text("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = :table"), of_table)
    changed, places = re.subn(pattern, replacement, text.scalar_one())
    if places != 1:
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.execute(
        sa.text("UPDATE sqlite_schema SET sql = :sql WHERE type = 'table' AND name = :table"),
        of_table | {"sql": changed},
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")  # whoever has read the old text reads again
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
