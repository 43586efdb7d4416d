"""The Content-Security-Policy is strict, and only the map's frame may run what is written into it."""

import re

from dashboard.auth.content_security import INDEX, policy_for
from tests.dashboard.demonstration import ROOT


def directives(path: str) -> dict[str, list[str]]:
    parts = (part.split() for part in policy_for(path).split(";"))
    return {name: sources for name, *sources in parts}


def test_a_page_runs_scripts_of_this_address_and_the_one_it_comes_with():
    for path in ("/", "/accounts", "/sign-in", "/map/tiles/1/0/0.mvt", "/media/x", "/nowhere"):
        own, wasm, *known = directives(path)["script-src"]
        assert (own, wasm) == ("'self'", "'wasm-unsafe-eval'")
        assert all(re.fullmatch("'sha256-[A-Za-z0-9+/]{43}='", one) for one in known)
        assert len(known) == INDEX.read_text().count("<script>")


def test_what_is_not_named_comes_from_this_address_alone():
    for path in ("/", "/component/streamlit_folium.st_folium/index.html"):
        found = directives(path)
        assert (
            found["default-src"] == found["base-uri"] == found["form-action"] == found["frame-ancestors"] == ["'self'"]
        )
        assert found["object-src"] == ["'none'"]
        assert "connect-src" not in found


def test_only_the_maps_frame_evaluates_and_shows_the_pictures_of_a_tile_service(monkeypatch):
    monkeypatch.setenv("CREDIT_MAP_TILES", "https://{s}.tiles.example/{z}/{x}/{y}.png")
    frame, page = directives("/component/x"), directives("/")
    assert "'unsafe-eval'" in frame["script-src"]
    assert "https://*.tiles.example" in frame["img-src"]
    assert not {"'unsafe-eval'", "'unsafe-inline'"} & set(page["script-src"])
    assert page["img-src"] == ["'self'", "data:", "blob:"]


def test_no_page_of_ours_holds_a_script_or_a_handler():
    for template in (ROOT / "dashboard").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]* src=)|\son\w+=|javascript:", text), template.name
