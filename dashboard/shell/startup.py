"""What happens once when the server starts: answers leave without delay, files may be opened, a city is."""

import gc
import importlib
import logging
import resource
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dashboard.cache import city_cache
from dashboard.cache.city_state import Builder
from dashboard.view.view_state import view_of
from data.access.roles import SYSTEM
from data.db.models.city import City
from geo.morton import unit_xy
from geo.point_tiles import tile

FIRST_ZOOMS = range(9, 14)  # at which a city is first shown, by its size and the window's
TAKE_LONG = (
    "plotly.graph_objects",
    "data.studies.backtest_frames",
    "data.studies.data_quality",
    "scoring.studies.backtest",
)
OPENED = threading.Event()  # the first city has been opened, or the first that can be
log = logging.getLogger("credit_map")


@asynccontextmanager
async def lifespan(_app) -> AsyncIterator[None]:
    set_tcp_nodelay()
    allow_many_files()
    city_cache.new_builder = Builder  # the database is not opened here: over a damaged one the pages say so
    threading.Thread(target=_make_ready, daemon=True).start()
    yield


def _make_ready() -> None:
    open_first_city()
    import_what_takes_long()


def import_what_takes_long() -> None:
    """Without this the first visitor of a study looked at an empty page for as long.

    No module of a page is among them: what declares a component of Streamlit must be imported by a page that runs.
    """
    for name in TAKE_LONG:
        importlib.import_module(name)


def set_tcp_nodelay() -> None:
    """Sets TCP_NODELAY on the listening sockets; the connections they accept inherit it.

    Streamlit makes its socket without naming the protocol, so asyncio does not recognise it as TCP and leaves Nagle's
    algorithm on. Each answer's body then waits some 40 ms for the browser to acknowledge its head.
    """
    for candidate in gc.get_objects():
        if isinstance(candidate, socket.socket) and listens(candidate):
            candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def allow_many_files() -> None:
    """As many open files as the system lets this process have: each open page needs four, and many begin with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def listens(connection: socket.socket) -> bool:
    if connection.fileno() < 0 or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    return bool(connection.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def open_first_city() -> None:
    """So that the first user does not wait for facts, ratings of the last day and sums of the first view.

    Where one city cannot be opened, the next one is: the others are not to be missed for it.
    """
    try:
        cities = city_cache.cities(SYSTEM)
    except Exception:  # whatever it is, nobody is sent here before it went well once
        log.exception("no city could be looked for; it is tried again whenever /health is asked")
        return
    if not cities or any(_is_opened(city) for city in cities):
        OPENED.set()


def _is_opened(city: City) -> bool:
    try:
        view, _ = view_of({"city": city.code}, city_cache.city_context(SYSTEM, city.code).options)
        layer = city_cache.point_layer(SYSTEM, view)
        west, south, east, north = city.bounds
        layer.counts_in_view(west, south, east, north)
        x, y = unit_xy((west + east) / 2, (south + north) / 2)
        for zoom in FIRST_ZOOMS:
            tile(layer, zoom, int(x * 2**zoom), int(y * 2**zoom))
    except Exception:  # as above
        log.exception("the city %s could not be opened; it is tried again whenever /health is asked", city.code)
        return False
    return True
