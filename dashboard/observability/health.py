"""Whether the server is ready, for whoever asks; its figures, for administrators and machines that hold the token."""

import hmac
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from time import monotonic

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.auth.request_user import CurrentUser, guarded
from dashboard.cache.city_cache import database
from dashboard.observability.metrics import REGISTRY
from dashboard.shell.startup import open_first_city
from dashboard.view.basemap import basemap
from data.access.roles import SYSTEM
from data.city import city_metadata, queries
from data.city.fact_store import city_facts_folder
from data.city.grade_history import history_folder
from data.city.rulebooks import rulebook
from data.db.engine import reading
from data.errors import DataError
from data.settings import PROJECT, VAR, settings
from scoring.errors import ScoringError

LEAST_DISK = 200 * 2**20  # bytes; below this an import may fail in the middle
SECONDS_KEPT = 2  # whoever asks without end is told what was found just before
SHORTEST_TOKEN = 32  # characters
STILL_READY = frozenset({"database_locked", "history_missing"})  # the map can be read meanwhile
log = logging.getLogger("credit_map")


def reasons() -> Iterator[str]:
    """Short words for what is amiss, the gravest first."""
    try:
        engine = database()
        with reading(engine, SYSTEM) as session:
            cities = queries.cities(session, SYSTEM)
            yield from _unprepared(session, cities[0]) if cities else ("no_city",)
        if engine.dialect.name == "sqlite":
            yield from _sqlite_refusal(engine)
    except (SQLAlchemyError, DataError, OSError):
        log.exception("the database cannot be reached")
        yield "database_unreachable"
    if shutil.disk_usage(VAR if VAR.exists() else PROJECT).free < LEAST_DISK:
        yield "low_disk_space"


def _unprepared(session, city) -> Iterator[str]:
    version = city_metadata.version(session, city)
    folder = city_facts_folder(session, city, version, basemap().datum)
    if not folder.exists():
        _prepare()
        yield "being_prepared"
        return
    _, last = city_metadata.first_and_last_day(session, city)
    try:
        rules = rulebook(session, city)
        histories = [history_folder(folder, rules, name, last) for name in city.rule_sets]
    except ScoringError:
        return
    if not all(history.exists() for history in histories):
        yield "history_missing"


_preparing = threading.Lock()


def _prepare() -> None:
    """Opens the first city in the background: visitors are sent elsewhere until it is open, and would not open it."""

    def once() -> None:
        with _preparing:
            open_first_city()

    if not _preparing.locked():
        threading.Thread(target=once, daemon=True).start()


def _sqlite_refusal(engine: Engine) -> Iterator[str]:
    """Whether a write could begin now; none is made."""
    try:
        with closing(sqlite3.connect(engine.url.database, timeout=0.5, isolation_level=None)) as connection:
            connection.execute("DELETE FROM cities WHERE false")  # a mere BEGIN is not refused where writing is
    except sqlite3.OperationalError as error:
        yield "database_locked" if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY else "database_read_only"


class _Kept:
    """What was found, for a moment, so that asking often costs nothing."""

    def __init__(self, find: Callable[[], Iterator[str]]) -> None:
        self.find, self.lock = find, threading.Lock()
        self.until, self.found = 0.0, ()

    def now(self) -> tuple[str, ...]:
        with self.lock:
            if monotonic() >= self.until:
                self.found = tuple(self.find())
                self.until = monotonic() + SECONDS_KEPT
            return self.found


kept = _Kept(reasons)


def health(_: Request) -> Response:
    """200 when visitors may be sent here, 503 when not; `reasons` says why, or what else is amiss."""
    found = kept.now()
    ready = STILL_READY.issuperset(found)
    answer = {"ready": ready, "reasons": list(found)}
    return JSONResponse(answer, status_code=200 if ready else 503, headers={"Cache-Control": "no-store"})


def figures(_request: Request, _visitor: CurrentUser | None) -> Response:
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def metrics(request: Request) -> Response:
    return figures(request, None) if _holds_the_token(request) else _for_accounts(request)


_for_accounts = guarded("metrics", figures)
metrics.permission = _for_accounts.permission


def _holds_the_token(request: Request) -> bool:
    """Whether the request carries CREDIT_MAP_METRICS_TOKEN; one shorter than 32 characters opens nothing."""
    token = settings().metrics_token
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(given.encode(), token.encode())
    return kind.lower() == "bearer" and len(token) >= SHORTEST_TOKEN and same


ROUTES = [Route("/health", health), Route("/metrics", metrics)]
