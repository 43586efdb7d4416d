"""Which version of the tables a database has: created whole where it is empty, refused where it is another."""

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import ProgrammingError

from data.db.models import Base
from data.errors import DataError

REVISIONS = tuple(map(str, range(1, 15)))  # of data/db/migrations/versions, oldest first
HEAD = REVISIONS[-1]
VERSION_TABLE = "alembic_version"
CREATE_VERSION = (
    f"CREATE TABLE {VERSION_TABLE} "
    f"(version_num VARCHAR(32) NOT NULL, CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY (version_num))"
)


class TablesMissing(DataError):
    """Tables are missing, and the role of this address may not make them."""


class DatabaseOutdated(DataError):
    """The tables are those of an earlier version of the program."""


class DatabaseTooNew(DataError):
    """The tables are those of a later version of the program."""


def stored_revision(connection: Connection) -> str | None:
    """The revision of the tables; "" for tables from before there were revisions, None where there are none.

    Raises DatabaseTooNew.
    """
    names = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in names:
        return "" if names & Base.metadata.tables.keys() else None
    revision = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar_one()
    if revision not in REVISIONS:
        raise DatabaseTooNew(
            "The database is of version {revision}, and this program knows versions up to {head}; update the program.",
            revision=revision,
            head=HEAD,
        )
    return revision


def create_or_check(engine: Engine) -> None:
    """Creates all tables in an empty database. Raises DatabaseOutdated, DatabaseTooNew or TablesMissing."""
    with engine.connect() as connection:
        revision = stored_revision(connection)
    if revision is None:
        _create(engine)
    elif revision != HEAD:
        raise DatabaseOutdated(
            "The database is of version {revision}, and this program needs version {head}; run `python -m data "
            "migrate` as the owner of its tables, which makes a backup first.",
            revision=revision or "0",
            head=HEAD,
        )


def _create(engine: Engine) -> None:
    """Takes the write lock first and looks again, as another process may have created them meanwhile."""
    try:
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            if stored_revision(connection) is None:
                Base.metadata.create_all(connection)
                connection.exec_driver_sql(CREATE_VERSION)
                connection.exec_driver_sql(f"INSERT INTO {VERSION_TABLE} VALUES ('{HEAD}')")
    except ProgrammingError as error:
        raise TablesMissing(
            "The database has no tables yet; run {role} as their owner.",
            role=f"`python -m data protect {engine.url.username}`",
        ) from error
