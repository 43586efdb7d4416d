"""What happens once when the server starts: answers leave without delay, and the first city is opened."""

import gc
import logging
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dashboard.cache import city_cache
from dashboard.cache.city_state import Builder
from data.access.roles import SYSTEM
from data.errors import DataError

log = logging.getLogger("credit_map")


@asynccontextmanager
async def lifespan(_app) -> AsyncIterator[None]:
    set_tcp_nodelay()
    city_cache.city_states().builder = Builder()
    threading.Thread(target=open_first_city, daemon=True).start()
    yield


def set_tcp_nodelay() -> None:
    """Sets TCP_NODELAY on the listening sockets; the connections they accept inherit it.

    Streamlit makes its socket without naming the protocol, so asyncio does not recognise it as TCP and leaves Nagle's
    algorithm on. Each answer's body then waits some 40 ms for the browser to acknowledge its head.
    """
    for candidate in gc.get_objects():
        if isinstance(candidate, socket.socket) and listens(candidate):
            candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def listens(connection: socket.socket) -> bool:
    if connection.fileno() < 0 or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return False
    return bool(connection.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def open_first_city() -> None:
    """So that the first user does not wait for the facts and the ratings of the last day."""
    try:
        for city in city_cache.cities(SYSTEM)[:1]:
            context = city_cache.city_context(SYSTEM, city.code)
            city_cache.snapshot(SYSTEM, city.code, context.version, context.options.last_day)
    except (DataError, OSError):
        log.exception("the first city could not be opened beforehand")
