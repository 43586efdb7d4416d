"""Streamlit's scripts are sent packed to those who can unpack them, and are the same bytes to everybody."""

import gzip
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.file_util import get_static_dir

from dashboard.shell.packed_files import PACKED, PackedFiles, encodings_accepted, pack

SCRIPT = "let here = 1;\n" * 200
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.fixture
def packed(tmp_path) -> Path:
    source = tmp_path / "source"
    (source / "js").mkdir(parents=True)
    (source / "js" / "app.js").write_text(SCRIPT, encoding="utf-8")
    (source / "js" / "tiny.js").write_text("1", encoding="utf-8")
    (source / "font.woff2").write_bytes(b"\0" * 5000)
    assert pack(source, tmp_path / "packed") == 1
    return tmp_path / "packed"


@pytest.fixture
def browser(packed) -> TestClient:
    async def unpacked(_request):
        return PlainTextResponse("as it is")

    return TestClient(PackedFiles(Starlette(routes=[Route("/{path:path}", unpacked)]), packed))


def sent(browser, path, accepted, method="GET"):
    """The kind of packing and the body as it came, not unpacked by the client."""
    with browser.stream(method, path, headers={"Accept-Encoding": accepted}) as answer:
        return answer.headers.get("content-encoding"), b"".join(answer.iter_raw())


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip, deflate", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("BR", "br")],
)
def test_a_script_is_sent_packed_as_the_browser_takes_it(browser, accepted, encoding):
    kind, body = sent(browser, "/static/js/app.js", accepted)
    assert (kind, UNPACK[encoding](body).decode()) == (encoding, SCRIPT)


def test_what_is_kept_between_is_told_apart_by_its_packing_and_kept_for_long(browser):
    answer = browser.get("/static/js/app.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("accepted", ["", "identity", "br;q=0, gzip;q=0.000"])
def test_who_cannot_unpack_is_sent_the_script_itself(browser, accepted):
    assert sent(browser, "/static/js/app.js", accepted) == (None, b"as it is")


@pytest.mark.parametrize(
    "path", ["/static/js/tiny.js", "/static/font.woff2", "/static/js/none.js", "/js/app.js", "/static/js/app.js.br"]
)
def test_whatever_is_not_packed_is_left_to_the_server(browser, path):
    assert sent(browser, path, "br, gzip") == (None, b"as it is")


def test_nothing_is_answered_to_a_form_sent_to_a_script(browser):
    answer = browser.post("/static/js/app.js", headers={"Accept-Encoding": "br"})
    assert (answer.status_code, answer.headers.get("content-encoding")) == (405, None)


@given(st.text(st.sampled_from("brgzip;,=q0.1* ")))
def test_no_header_breaks_the_answer(header):
    assert encodings_accepted(f"{header},br") >= {"br"}


def test_the_set_up_has_packed_every_script_of_this_streamlit():
    source = Path(get_static_dir()) / "static"
    scripts = [one for one in source.rglob("*.js") if one.stat().st_size > 100_000]
    assert len(scripts) > 10
    for script in scripts:
        packed = PACKED / script.relative_to(source)
        assert brotli.decompress(packed.with_name(f"{packed.name}.br").read_bytes()) == script.read_bytes()
