"""Whether the server is ready, for whoever asks; its figures, for administrators and machines that hold the token."""

import hmac
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from time import monotonic

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.auth.request_user import guarded, with_permission
from dashboard.cache.city_cache import city_states, database
from dashboard.observability.metrics import REGISTRY
from dashboard.shell.startup import OPENED, open_first_city
from dashboard.view.basemap import basemap
from data.access.roles import SYSTEM
from data.city import queries
from data.city.array_files import seems_whole
from data.city.fact_store import nearest_whole, store_folder
from data.city.grade_history import history_file
from data.city.rulebooks import editions_in_force, rulebook
from data.db.engine import reading, sqlite_file
from data.db.models.city import City
from data.db.refusals import DatabaseDamaged
from data.db.sqlite_files import existing
from data.errors import DataError
from data.settings import PROJECT, VAR, settings
from scoring.errors import ScoringError

LEAST_DISK = 200 * 2**20  # bytes; below this an import may fail in the middle
SECONDS_KEPT = 2  # asked again sooner, the same answer is given
SHORTEST_TOKEN = 32  # characters
STILL_READY = frozenset({"database_locked", "facts_being_made_again", "history_missing"})  # the map is shown meanwhile
log = logging.getLogger("credit_map")


def reasons() -> Iterator[str]:
    """Short words for what is amiss, the gravest first."""
    try:
        engine = database()
        with reading(engine, SYSTEM) as session:
            cities = queries.cities(session, SYSTEM)
            yield from _unprepared(session, cities) if cities else ("no_city",)
        if engine.dialect.name == "sqlite":
            yield from _sqlite_refusal(engine)
    except DatabaseDamaged as damaged:
        log.error("%s", damaged)
        yield "database_damaged"
    except (SQLAlchemyError, DataError, OSError):
        log.exception("the database cannot be reached")
        yield "database_unreachable"
    if shutil.disk_usage(VAR if VAR.exists() else PROJECT).free < LEAST_DISK:
        yield "low_disk_space"


def _unprepared(session: Session, cities: Sequence[City]) -> Iterator[str]:
    """What is shown lies in memory: damage on disk does not take it away, and is mended beside it.

    One city that cannot be opened keeps nobody from the others.
    """
    city = next((one for one in cities if city_states().is_open(one.code)), None)
    if city is None or not OPENED.is_set():
        _open_in_background()
        yield "being_prepared"
        return
    whole = nearest_whole(session, city, basemap().datum)
    if whole is None:
        city_states().have_prepared(city.code)
        yield "facts_being_made_again"
        return
    folder = store_folder(city.code, whole, basemap().datum)
    try:
        rules = rulebook(session, city)
        in_force = editions_in_force(rules, city.rule_sets, city_states().current(city.code).last_day)
        histories = [history_file(folder, rules, name) for name in in_force]
    except ScoringError:
        return
    if not all(seems_whole(history, folder.name) for history in histories):
        city_states().have_prepared(city.code)
        yield "history_missing"


_preparing = threading.Lock()


def _open_in_background() -> None:
    """Opens the first city in the background: no user is sent here until it is open, so none would open it."""

    def open_once() -> None:
        with _preparing:
            open_first_city()

    if not _preparing.locked():
        threading.Thread(target=open_once, daemon=True).start()


def _sqlite_refusal(engine: Engine) -> Iterator[str]:
    """Whether a write could begin now; none is made."""
    try:
        file = existing(sqlite_file(engine))
        with closing(sqlite3.connect(file, uri=True, timeout=0.5, isolation_level=None)) as connection:
            connection.execute("DELETE FROM cities WHERE false")  # a mere BEGIN is not refused where writing is
    except sqlite3.OperationalError as error:
        yield "database_locked" if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY else "database_read_only"


class _RecentReasons:
    """The reasons of a moment ago, so that asking often costs nothing."""

    def __init__(self, find: Callable[[], Iterator[str]]) -> None:
        self.find, self.lock = find, threading.Lock()
        self.until = 0.0
        self.reasons: tuple[str, ...] = ()

    def now(self) -> tuple[str, ...]:
        with self.lock:
            if monotonic() >= self.until:
                self.reasons = tuple(self.find())
                self.until = monotonic() + SECONDS_KEPT
            return self.reasons


recent_reasons = _RecentReasons(reasons)


def health(_: Request) -> Response:
    """200 when users may be sent here, 503 when not; `reasons` says why, or what else is amiss."""
    current = recent_reasons.now()
    ready = STILL_READY.issuperset(current)
    answer = {"ready": ready, "reasons": list(current)}
    return JSONResponse(answer, status_code=200 if ready else 503, headers={"Cache-Control": "no-store"})


def figures() -> Response:
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


_for_users = guarded("metrics", lambda request, user: figures())


def _for_machines_and_users(request: Request) -> Response:
    return figures() if _holds_the_token(request) else _for_users(request)


metrics = with_permission("metrics", _for_machines_and_users)


def _holds_the_token(request: Request) -> bool:
    """Whether the request carries CREDIT_MAP_METRICS_TOKEN; one shorter than 32 characters opens nothing."""
    token = settings().metrics_token
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(given.encode(), token.encode())
    return kind.lower() == "bearer" and len(token) >= SHORTEST_TOKEN and same


ROUTES = [Route("/health", health), Route("/metrics", metrics)]
