"""Sessions of a page without a browser: websockets that speak Streamlit's protobuf, many at once in one thread."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.benchmarks.server import Server
from tests.sessions import COOKIE
from tests.trust.served_district import FAULT_OF_OURS, GAVE_UP, HANGS_S, OK, Answer

MAP = "component_instance"  # what the map page is not whole without


@dataclass
class Run:
    """What is told of one run of the map page."""

    has_map: bool = False
    has_error: bool = False
    is_over: bool = False

    def hear(self, told: ForwardMsg) -> None:
        """A run that was broken off for a later one is followed by that one's end."""
        element = told.delta.new_element
        kind = element.WhichOneof("type")
        self.has_map |= kind == MAP
        self.has_error |= kind == "exception" or (kind == "alert" and element.alert.format == Alert.ERROR)
        if told.WhichOneof("type") == "script_finished":
            self.has_error |= told.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR
            self.is_over = told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN

    @property
    def status(self) -> int:
        return OK if self.has_map and not self.has_error else FAULT_OF_OURS


@dataclass(frozen=True)
class PageSession:
    """A tab of one who is signed in."""

    socket: ClientConnection

    async def run(self, query: str) -> Answer:
        """Runs the map page at an address until it has finished; FAULT_OF_OURS where it is no whole map page."""
        start, run = perf_counter(), Run()
        message = BackMsg()
        message.rerun_script.query_string = query
        try:
            async with asyncio.timeout(HANGS_S):
                await self.socket.send(message.SerializeToString())
                while not run.is_over:
                    run.hear(ForwardMsg.FromString(await self.socket.recv()))
        except (OSError, TimeoutError, WebSocketException):
            return Answer(GAVE_UP, perf_counter() - start)
        return Answer(run.status, perf_counter() - start)

    async def heard_until(self, kind: str) -> list[ForwardMsg]:
        """All that is told up to the first message of a kind."""
        heard = [ForwardMsg.FromString(await self.socket.recv())]
        while heard[-1].WhichOneof("type") != kind:
            heard.append(ForwardMsg.FromString(await self.socket.recv()))
        return heard


@asynccontextmanager
async def page_session(server: Server, token: str) -> AsyncIterator[PageSession]:
    """Closed at the end of the block, as a closed tab is."""
    async with connect(
        server.address.replace("http", "ws") + "/_stcore/stream",
        origin=server.address,
        additional_headers={"Cookie": f"{COOKIE}={token}"},
        subprotocols=["streamlit", "PLACEHOLDER"],
        max_size=None,
        open_timeout=HANGS_S,
        ping_interval=None,
    ) as socket:
        yield PageSession(socket)


async def opened_at_once(server: Server, tokens: Sequence[str], query: str = "") -> list[Answer]:
    """Opens a page for each token, all at once, runs it, and closes all when the last one has finished."""
    all_run = asyncio.Barrier(len(tokens))

    async def one(token: str) -> Answer:
        async with page_session(server, token) as page:
            answer = await page.run(query)
            await all_run.wait()
            return answer

    return list(await asyncio.gather(*(one(token) for token in tokens)))
