"""Opening the database: SQLite out of the box, another SQLAlchemy URL by CREDIT_MAP_DATABASE."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache, lru_cache
from pathlib import Path
from random import uniform
from threading import Lock
from time import monotonic, sleep
from typing import Any

from sqlalchemy import (
    URL,
    ColumnDefault,
    Connection,
    Date,
    Dialect,
    Engine,
    Table,
    create_engine,
    event,
    insert,
    text,
)
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.types import TypeEngine

from data.access.roles import PUBLIC, AccessScope
from data.db import row_security, schema_version, sqlite_files, writer_queue
from data.db.building_search import many_added
from data.db.refusals import PRIMARY_CODE, refusal_of, refusal_of_file, refuse_in_sentences
from data.settings import settings, sqlite_address

CACHE = "cache_size=-8192"  # 8 MB: each connection has its own, and there may be as many as MOST_CONNECTIONS
WRITERS_CACHE = "cache_size=-65536"  # 64 MB: with less, a large import writes the same index pages again and again
KEPT_CONNECTIONS = 20
MOST_CONNECTIONS = 90  # more than the threads of all pools, see dashboard.shell.thread_pools; PostgreSQL allows 100
ONE_SNAPSHOT = {"postgresql": {"isolation_level": "REPEATABLE READ"}}  # SQLite's transactions are so already
SCOPE = "access_scope"
SECONDS_BETWEEN_TRIES = (0.001, 0.008)  # drawn at random, so that writers do not retry in step
BUSY_MS = 60_000
PERSONS_PATIENCE_S = 10  # how long a page waits for other writers before it says that it is busy
RETRY_AFTER_S = 30  # by when whoever was told so should try again
LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code
ROWS_AT_ONCE = 20_000  # keeps one statement's parameters within a few megabytes


def open_database(url: str | None = None, to_restore: bool = False) -> Engine:
    """An engine on `url` with every table of this version, created where there is none.

    to_restore: a backup is to fill it, so that backups beside it are no sign of a loss.
    Raises DatabaseOutdated or DatabaseTooNew where the tables are another version's, DatabaseRefused where the file
    is no database.
    """
    engine = connect_database(url, to_restore)
    schema_version.create_or_check(engine)
    return engine


def connect_database(url: str | None = None, to_restore: bool = False) -> Engine:
    """An engine on `url`, whatever tables it has. SQLite files get WAL, foreign keys and a long busy timeout."""
    address = sqlite_files.address(url or settings().database_url)
    if address.get_backend_name() == "sqlite" and address.database:
        file = Path(address.database)
        try:
            _check_or_create(file, to_restore)
        except OSError as error:
            raise refusal_of_file(error, file) or error from error
    return _engine(address)


def _check_or_create(file: Path, to_restore: bool) -> None:
    if file.exists():
        sqlite_files.check(file)
        return
    backups = settings().folder / "backups"  # what `migrate` makes of a database in this folder
    sqlite_files.check_place(file, None if to_restore or file.parent != backups.parent else backups)
    sqlite_files.create(file, _make_empty)


def address_of(engine: Engine) -> str:
    """The address by which `open_database` opens the same database, in another process too."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        return sqlite_address(Path(engine.url.database))
    return engine.url.render_as_string(hide_password=False)


def _make_empty(file: Path) -> None:
    """A database without tables, which is no empty file: its head says what it is."""
    file.touch()
    engine = _engine(URL.create("sqlite", database=str(file)))
    engine.connect().close()
    engine.dispose()


def _engine(address: URL) -> Engine:
    engine = create_engine(
        address,
        hide_parameters=True,  # or an error would write values of rows into the log
        pool_size=KEPT_CONNECTIONS,
        max_overflow=MOST_CONNECTIONS - KEPT_CONNECTIONS,
        pool_timeout=PERSONS_PATIENCE_S,
    )
    refuse_in_sentences(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", _open_existing)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_existing(_dialect, _record, arguments: list, options: dict[str, Any]) -> None:
    """A file that went missing under a running server must not be made again, empty, by its next connection."""
    if arguments[0] != ":memory:":
        arguments[0], options["uri"] = sqlite_files.existing(Path(arguments[0])), True


def _prepare_sqlite(connection, _record) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    # Of two who change the same new file to WAL, SQLite refuses one at once, whatever its busy timeout.
    if not _within(BUSY_MS / 1000, lambda: _unless_busy(connection, "PRAGMA journal_mode=WAL")):
        connection.execute("PRAGMA journal_mode=WAL")
    for pragma in ("synchronous=FULL", "foreign_keys=ON", CACHE):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A read that later wants to write fails at once and ignores busy_timeout, so writers say so first.
    if connection.get_execution_options().get("writing", False):
        _begin_immediate(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    """Begins a write transaction; raises OperationalError after waiting as long as busy_timeout or `patience_s` says.

    SQLite's own busy handler retries ever more rarely; here only the head of the line waits, see writer_queue.
    """
    patience_ms = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        patience_s = connection.get_execution_options().get("patience_s", patience_ms / 1000)
        # On the driver, as SQLAlchemy would take SQLITE_BUSY for a broken connection.
        driver = sqlite_driver(connection.connection)
        if not _within(patience_s, lambda: _unless_busy(driver, "BEGIN IMMEDIATE")):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience_ms}")


def _within(seconds: float, attempt: Callable[[], bool]) -> bool:
    """Whether an attempt succeeded within so long, tried again and again."""
    end = monotonic() + seconds
    while monotonic() < end:
        if attempt():
            return True
        sleep(uniform(*SECONDS_BETWEEN_TRIES))
    return False


def _unless_busy(driver: sqlite3.Connection, statement: str) -> bool:
    """Executes a statement that needs a lock; whether the lock was free."""
    try:
        driver.execute(statement)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & PRIMARY_CODE != sqlite3.SQLITE_BUSY:
            raise refusal_of(error, _file_of(driver)) or error from None
        return False
    return True


def _file_of(driver: sqlite3.Connection) -> Path | None:
    file = driver.execute("PRAGMA database_list").fetchone()[2]
    return Path(file) if file else None


def sqlite_driver(connection: PoolProxiedConnection) -> sqlite3.Connection:
    """The driver's own connection behind a pooled one of SQLite."""
    driver = connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def sqlite_file(engine: Engine) -> Path:
    """The file of a SQLite database."""
    assert engine.url.database
    return Path(engine.url.database)


def data_version(engine: Engine) -> int | None:
    """Another number after anything was written, by whatever process; None where the database cannot tell."""
    if engine.dialect.name != "sqlite":
        return None
    connection, lock = _version_connection(engine)
    with lock:
        return connection.execute("PRAGMA data_version").fetchone()[0]


@lru_cache(maxsize=8)
def _version_connection(engine: Engine) -> tuple[sqlite3.Connection, Lock]:
    """A connection that never writes: SQLite tells it, and only it, whether others have."""
    return sqlite3.connect(sqlite_files.existing(sqlite_file(engine)), uri=True, check_same_thread=False), Lock()


@contextmanager
def reading(engine: Engine, scope: AccessScope) -> Iterator[Session]:
    """A read-only session on one snapshot of the tables, that of its first query.

    scope: what PostgreSQL's row-level security lets through, see data.db.row_security.
    """
    with Session(engine.execution_options(**ONE_SNAPSHOT.get(engine.dialect.name, {}))) as session:
        _bind_scope(session, scope)
        yield session


@contextmanager
def writing(engine: Engine, scope: AccessScope, patience_s: float = BUSY_MS / 1000) -> Iterator[Session]:
    """A session in one transaction: committed when the block ends, rolled back when it fails.

    Who asks first writes first. patience_s: how long to wait for other writers of SQLite, such as a large import; then
    OperationalError is raised, see is_busy. No connection is held meanwhile.
    """
    end = monotonic() + patience_s
    with _turn(engine, patience_s):
        writer = engine.connect().execution_options(writing=True, patience_s=max(0.0, end - monotonic()))
        with writer as connection, _writers_cache(connection), Session(bind=connection) as session:
            _bind_scope(session, scope)
            with session.begin():
                yield session


def _turn(engine: Engine, patience_s: float) -> AbstractContextManager[None]:
    if engine.dialect.name != "sqlite":
        return nullcontext()  # there writers of different rows do not wait for each other
    return writer_queue.turn(sqlite_file(engine), patience_s)


@contextmanager
def _writers_cache(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = sqlite_driver(connection.connection)
    driver.execute(f"PRAGMA {WRITERS_CACHE}")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA {CACHE}")


def is_busy(error: BaseException) -> bool:
    """Whether nothing is wrong but that others are at it: a write waited in vain, or every connection is taken."""
    if isinstance(error, NoConnectionFree):
        return True
    if not isinstance(error, OperationalError):
        return False
    if isinstance(error.orig, sqlite3.OperationalError):
        return error.orig.sqlite_errorcode & PRIMARY_CODE == sqlite3.SQLITE_BUSY
    return getattr(error.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE


def _bind_scope(session: Session, scope: AccessScope) -> None:
    """Each transaction of the session begins by telling PostgreSQL its access scope."""
    session.info[SCOPE] = scope
    if session.get_bind().dialect.name == "postgresql":
        event.listen(
            session, "after_begin", lambda _, __, connection: row_security.set_session_settings(connection, scope)
        )


@contextmanager
def as_scope(session: Session, scope: AccessScope) -> Iterator[None]:
    """Runs the session under another access scope until the block ends, on the same snapshot of the tables.

    For what is cached once for all users; the rows must not reach the user the session was opened for.
    """
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    before = session.info.get(SCOPE, PUBLIC)  # blocks may be nested
    session.info[SCOPE] = scope
    row_security.set_session_settings(session.connection(), scope)
    try:
        yield
    finally:
        session.info[SCOPE] = before
        with suppress(InternalError):  # the transaction has failed: nothing can be read in it any more
            row_security.set_session_settings(session.connection(), before)


def insert_columns(session: Session, table: Table, columns: Mapping[str, Sequence]) -> None:
    """Adds rows given as equally long columns of plain Python values, in batches.

    The rows go straight to the driver: with millions of them SQLAlchemy's own insert takes three times as long.
    """
    connection = session.connection()
    values = dict(columns)
    if unknown := set(values) - set(table.columns.keys()):
        raise KeyError(f"The table {table.name} has no column {', '.join(sorted(unknown))}.")
    length = len(next(iter(values.values())))
    for column in table.columns:
        if isinstance(column.default, ColumnDefault) and column.default.is_scalar and column.name not in values:
            values[column.name] = [column.default.arg] * length
    compiled = insert(table).compile(dialect=connection.dialect, column_keys=list(values))
    names = compiled.positiontup or list(values)
    processors = {name: _processor(table.c[name].type, connection.dialect) for name in names}
    with many_added(connection, table.name, length):
        for start in range(0, length, ROWS_AT_ONCE):
            parts = [_processed(values[name][start : start + ROWS_AT_ONCE], processors[name]) for name in names]
            rows = zip(*parts, strict=True)
            batch = list(rows) if compiled.positional else [dict(zip(names, row, strict=True)) for row in rows]
            if batch:
                connection.exec_driver_sql(str(compiled), batch)


def _processor(kind: TypeEngine, dialect: Dialect) -> Callable[[Any], Any] | None:
    """What converts a value for the driver; None where nothing needs converting."""
    processor = kind.dialect_impl(dialect).bind_processor(dialect)
    return cache(processor) if processor and isinstance(kind, Date) else processor  # the same days come again and again


def _processed(values: Sequence, processor: Callable[[Any], Any] | None) -> Sequence:
    return values if processor is None else [processor(value) for value in values]


def reserved_ids(session: Session, table: Table, rows: int) -> list[int]:
    """Ids for rows that this transaction is about to insert, so that others of its rows can name them."""
    if session.get_bind().dialect.name == "postgresql":
        numbers = text(f"SELECT nextval(pg_get_serial_sequence('{table.name}', 'id')) FROM generate_series(1, :rows)")
        return list(session.scalars(numbers, {"rows": rows}))
    last = session.execute(text(f"SELECT coalesce(max(id), 0) FROM {table.name}")).scalar_one()
    return list(range(last + 1, last + 1 + rows))


def continue_counting(session: Session, table: Table) -> None:
    """After rows were inserted with their own ids: sets PostgreSQL's sequence to the highest."""
    if session.get_bind().dialect.name == "postgresql":
        name = table.name
        session.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT coalesce(max(id), 1) FROM {name}))")
        )
