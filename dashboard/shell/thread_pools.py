"""Who waits for whom: each kind of request has threads of its own, so that a rush on one leaves the others alone.

What names no pool takes one of the forty threads every Starlette server has: exports, account pages, files.
"""

from collections.abc import Callable
from functools import wraps

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

TILES = CapacityLimiter(12)  # numpy and gzip let go of the interpreter for a while; more threads make none sooner
SESSIONS = CapacityLimiter(8)  # reads one row; every other request begins with it
SEARCHES = CapacityLimiter(4)
DOOR = CapacityLimiter(4)  # sign-in and passwords: they wait for hashes and for other writers, and tiles for them


def in_pool(pool: CapacityLimiter, answer: Callable[[Request], Response]) -> Callable:
    """The route, answered by a thread of the pool; it keeps what marks it, such as its permission."""

    @wraps(answer)
    async def route(request: Request) -> Response:
        return await run_sync(answer, request, limiter=pool)

    return route
