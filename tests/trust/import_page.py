"""A file handed in on the import page without a browser: by the page's socket and the address it names for uploads."""

import asyncio
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLs, UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from tests.benchmarks.server import Server
from tests.sessions import COOKIE
from tests.trust.page_sessions import PageSession, page_session
from tests.trust.served_district import HANGS_S

PAGE = "imports"
REFUSED = "refused"


async def hand_in(server: Server, token: str, file: Path) -> str:
    """REFUSED where the page says in an error why the file is not taken; otherwise what it says instead."""
    async with page_session(server, token) as page:
        shown = await _run(page, None)
        session = next(one.new_session.initialize.session_id for one in shown if one.HasField("new_session"))
        boxes = [one.delta.new_element.file_uploader.id for one in shown if _kind(one) == "file_uploader"]
        place = await _place_for(page, session, file.name)
        content = await asyncio.to_thread(file.read_bytes)
        await asyncio.to_thread(_send, server.address, place.upload_url, token, file.name, content)
        given = UploadedFileInfo(name=file.name, size=len(content), file_id=place.file_id, file_urls=place)
        shown = await _run(page, (boxes[0], given))
    return outcome(shown)


def outcome(shown: list[ForwardMsg]) -> str:
    errors = [
        one.delta.new_element.alert.body
        for one in shown
        if _kind(one) == "alert" and one.delta.new_element.alert.format == Alert.ERROR
    ]
    named = [body for body in errors if body.count("\n") == 1 and body.endswith(("。", "."))]
    return REFUSED if len(errors) == len(named) == 1 else f"{len(errors)} errors"


def _kind(told: ForwardMsg) -> str | None:
    return told.delta.new_element.WhichOneof("type")


async def _run(page: PageSession, given: tuple[str, UploadedFileInfo] | None) -> list[ForwardMsg]:
    """All that is told in one run of the page. given: a box and the file in it."""
    message = BackMsg()
    message.rerun_script.page_name = PAGE
    if given:
        box = message.rerun_script.widget_states.widgets.add(id=given[0])
        box.file_uploader_state_value.uploaded_file_info.append(given[1])
    message.rerun_script.query_string = ""
    await page.socket.send(message.SerializeToString())
    return await page.heard_until("script_finished")


async def _place_for(page: PageSession, session: str, name: str) -> FileURLs:
    message = BackMsg()
    asked = message.file_urls_request
    asked.request_id, asked.session_id = uuid4().hex, session
    asked.file_names.append(name)
    await page.socket.send(message.SerializeToString())
    return (await page.heard_until("file_urls_response"))[-1].file_urls_response.file_urls[0]


def _send(site: str, place: str, token: str, name: str, content: bytes) -> None:
    """As a form with one file."""
    edge = uuid4().hex
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    same_twice = _xsrf_token(site)
    headers = {
        "Cookie": f"{COOKIE}={token}; {XSRF_COOKIE_NAME}={same_twice}",
        "X-Xsrftoken": same_twice,
        "Origin": site,
        "Content-Type": f"multipart/form-data; boundary={edge}",
    }
    body = head + content + f"\r\n--{edge}--\r\n".encode()
    urlopen(Request(site + place, data=body, headers=headers, method="PUT"), timeout=HANGS_S).close()


def _xsrf_token(site: str) -> str:
    """What Streamlit gives a browser and asks for again with a file."""
    with urlopen(f"{site}/_stcore/health", timeout=HANGS_S) as answer:
        return SimpleCookie(answer.headers["Set-Cookie"])[XSRF_COOKIE_NAME].value
