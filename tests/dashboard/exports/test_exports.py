"""Exports through the route: only for who may, only what that one sees, and never without an entry in the trail."""

import asyncio
import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import unquote

import geopandas
import openpyxl
import pyogrio
import pytest
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient

from dashboard.auth import request_user
from dashboard.auth.request_user import CurrentUser
from dashboard.exports import download_route
from dashboard.exports.download_route import FORMATS, MadeFile
from dashboard.i18n import translator
from data.access.roles import PUBLIC, ROLES, AccessScope
from data.access.sessions import AuthSession
from data.audit.trail import Actor
from data.demo.names import DISTRICT
from scoring.rulebook.editions import edition_on
from tests.dashboard.demonstration import ON, Demonstration

ADDRESS = "10.0.0.7"
RED = edition_on("qishuyan", ON).grades[0].name
CODE = translator("en")("card.code")
MEDIA_TYPES = {
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}
Ask = Callable[..., object]


@pytest.fixture
def ask(district, monkeypatch) -> Ask:
    """`ask("/export/demo.csv", scope)`: the answer to one who is signed in as `li`; a leader unless told."""
    client = TestClient(Starlette(routes=download_route.ROUTES))

    def asked(address: str, scope: AccessScope | None = None, **headers: str):
        scope = scope or AccessScope("leader", areas=None)
        user = CurrentUser(AuthSession(1, 1, "li", scope), Actor("li", scope.role, ADDRESS))
        monkeypatch.setattr(request_user, "current_user", lambda request=None: user)
        return client.get(address, headers=headers)

    return asked


def trail(district: Demonstration) -> list[tuple]:
    rows = district.rows("SELECT account, role, address, action, details FROM audit_entries ORDER BY id")
    return [(*row[:4], json.loads(row[4])) for row in rows]


def csv_rows(answer) -> tuple[str, list[dict[str, str]]]:
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        about, table = (archive.read(name).decode("utf-8-sig") for name in archive.namelist())
    return about, list(csv.DictReader(io.StringIO(table, newline="")))


def codes(district: Demonstration, where: str = "1", *values: object) -> set[str]:
    return {row[0] for row in district.rows(f"SELECT code FROM buildings WHERE {where}", *values)}


def read_rows(answer, form: str, tmp_path) -> list[dict]:
    """The rows in a file of any format, by their headings or keys."""
    assert answer.status_code == 200
    if form == "csv":
        return csv_rows(answer)[1]
    if form == "xlsx":
        heading, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
        return [dict(zip(heading, row, strict=True)) for row in rows]
    if form == "geojson":
        return [one["properties"] for one in answer.json()["features"]]
    path = tmp_path / "export.gpkg"
    path.write_bytes(answer.content)
    return geopandas.read_file(f"GPKG:{path}", layer="buildings").drop(columns="geometry").to_dict("records")


def told(answer, form: str, tmp_path) -> tuple[list[str], str]:
    """The codes in a file of any format, and all it says of itself."""
    codes_found = [row[CODE if form in ("csv", "xlsx") else "code"] for row in read_rows(answer, form, tmp_path)]
    if form == "csv":
        return codes_found, csv_rows(answer)[0]
    if form == "xlsx":
        return codes_found, str(list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[1].values))
    if form == "geojson":
        return codes_found, str(answer.json()["about"])
    return codes_found, str(pyogrio.read_dataframe(tmp_path / "export.gpkg", layer="about").to_dict())


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_holds_the_chosen_buildings_and_says_what_it_is(ask, district, tmp_path, form):
    graded = district.graded("qishuyan")
    red = {code for id_, code in district.rows("SELECT id, code FROM buildings") if graded[id_] == "red"}
    answer = ask(f"/export/demo.{form}?qishuyan=red&lang=en")
    found, about = told(answer, form, tmp_path)
    assert len(found) == len(set(found)) == len(red) > 10
    assert set(found) == red
    t = translator("en")
    for part in (
        str(ON),
        t("shell.invented"),
        "Invented data",
        f"Colour classes: {RED.en}",
        f"{len(red):,}",
        "li · leader",
    ):
        assert part in about, part
    assert "Qishuyan Public Security Branch" in about
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == MEDIA_TYPES[form]
    assert answer.headers["content-encoding"] == ("gzip" if form == "geojson" else "identity")  # never squeezed twice


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_is_entered_in_the_trail_with_who_what_and_from_where(ask, district, form):
    before = trail(district)
    ask(f"/export/demo.{form}?hazard=fire&state=overdue&show=baoan&lang=en&v=3")
    rows = ask("/export/demo.geojson?hazard=fire&state=overdue").json()["features"]
    *same, entry, _ = trail(district)
    assert same == before
    filters = {"hazard": "fire", "state": "overdue"}
    details = {"format": form, "city": "demo", "day": str(ON), "filters": filters, "rows": len(rows)}
    assert entry == ("li", "leader", ADDRESS, "export", details)


def test_the_entry_stands_before_the_first_byte_leaves(ask, district, monkeypatch):
    seen = []

    def stream(export, t):
        seen.append(len(trail(district)))
        yield b"x"

    monkeypatch.setitem(FORMATS, "csv", download_route.Format("zip", "application/zip", stream=stream))
    before = len(trail(district))
    assert ask("/export/demo.csv").content == b"x"
    assert seen == [before + 1]


def test_without_an_entry_nothing_leaves(ask, monkeypatch):
    def full(*_):
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(download_route, "record", full)
    with pytest.raises(OperationalError):
        ask("/export/demo.csv?lang=en")


@pytest.mark.parametrize("form", FORMATS)
def test_who_may_not_export_is_refused_and_leaves_no_entry(ask, district, form):
    before = trail(district)
    answer = ask(f"/export/demo.{form}", PUBLIC)
    assert answer.status_code == 403
    assert trail(district) == before


@pytest.mark.parametrize(
    "address",
    [
        "/export/atlantis.csv",
        "/export/demo.pdf",
        "/export/demo.csv?qishuyan=purple",
        "/export/demo.csv?area=street:nowhere",
        "/export/demo.csv?day=tomorrow",
        "/export/demo.csv?day=1066-10-14",
    ],
)
def test_what_is_not_there_is_refused_with_one_sentence_and_never_passed_over(ask, district, address):
    before = trail(district)
    answer = ask(address)
    assert answer.status_code == 404
    assert "\n" not in answer.json()["mistake"]
    assert trail(district) == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("whole", [True, False])
def test_each_role_takes_along_its_own_rows_and_columns(ask, district, role, whole):
    street = district.rows("SELECT id FROM areas WHERE level = 'street' ORDER BY id")[0][0]
    groups = ("fire",) if role == "department" else None
    scope = AccessScope(role, areas=None if whole else (street,), hazard_groups=groups)
    where = "1" if whole else f"street_id = {street}"
    if role == "department":
        where += " AND id IN (SELECT building_id FROM hazards WHERE hazard_group = 'fire')"
    if role == "operator":
        where += " AND id IN (SELECT building_id FROM homes)"
    wanted = codes(district, where)
    about, rows = csv_rows(ask("/export/demo.csv?lang=en", scope))
    assert {row[CODE] for row in rows} == wanted
    assert 0 < len(wanted) < len(codes(district)) or (whole and role not in ("department", "operator"))
    assert ("Vacant public homes" in rows[0]) == (role != "department")
    assert translator("en")(f"role.{role}") in about
    assert ("the whole city" in about) == whole


def test_a_viewer_of_one_street_cannot_name_another(ask, district):
    streets = district.rows("SELECT id, code FROM areas WHERE level = 'street' ORDER BY id")
    mine, other = streets[0], streets[1]
    scope = AccessScope("police", areas=(mine[0],))
    assert ask(f"/export/demo.csv?area=street:{other[1]}", scope).status_code == 404
    _, rows = csv_rows(ask(f"/export/demo.csv?area=street:{mine[1]}&lang=en", scope))
    assert {row[CODE] for row in rows} == codes(district, "street_id = ?", mine[0])


def test_a_departments_hazards_are_its_own_groups(ask, district):
    _, mine = csv_rows(ask("/export/demo.csv?lang=en", AccessScope("department", areas=None, hazard_groups=("fire",))))
    _, everybodys = csv_rows(ask("/export/demo.csv?lang=en&hazard=fire&state=ever"))
    assert {row[CODE] for row in mine} == {row[CODE] for row in everybodys}
    ours, all_ = (sum(int(row["Open hazards"]) for row in rows) for rows in (mine, everybodys))
    assert 0 < ours < all_


def test_the_file_is_named_after_the_city_and_the_day_in_any_script(ask):
    said = ask("/export/demo.xlsx?qishuyan=red").headers["content-disposition"]
    plain, wide = said.removeprefix("attachment; ").split("; ")
    assert plain == f'filename="demo-{ON}.xlsx"'
    assert unquote(wide.removeprefix("filename*=UTF-8''")) == f"{DISTRICT[0]}-{ON}.xlsx"
    assert said.isascii()


def test_headings_and_values_come_in_the_language_of_the_page(ask):
    about, rows = csv_rows(ask("/export/demo.csv?qishuyan=red"))
    assert {row["三色分类等级"] for row in rows} == {RED.zh}
    assert f"三色分类为{RED.zh}" in about
    with zipfile.ZipFile(io.BytesIO(ask("/export/demo.csv?qishuyan=red").content)) as archive:
        assert archive.namelist() == ["说明.txt", "数据.csv"]


def test_geojson_is_squeezed_for_who_takes_it_so(ask):
    plain = ask("/export/demo.geojson?qishuyan=red", **{"accept-encoding": "identity"})
    squeezed = ask("/export/demo.geojson?qishuyan=red", **{"accept-encoding": "gzip"})
    assert plain.headers["content-encoding"] == "identity"
    assert squeezed.headers["content-encoding"] == "gzip"
    assert squeezed.json()["features"] == plain.json()["features"]
    assert int(squeezed.num_bytes_downloaded) < len(plain.content) / 4


@pytest.mark.parametrize("form", FORMATS)
def test_filters_that_leave_nothing_give_an_empty_file(ask, tmp_path, form):
    found, about = told(ask(f"/export/demo.{form}?qishuyan=green&unvisited=never&lang=en"), form, tmp_path)
    assert found == []
    assert translator("en")("control.never") in about


def test_a_made_file_is_removed_when_it_is_sent(ask, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert int(ask("/export/demo.gpkg?qishuyan=red").headers["content-length"]) > 1_000
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("gone", ["before", "while it is made", "while it is sent"])
def test_a_made_file_is_removed_when_the_client_goes_away(tmp_path, monkeypatch, gone):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = []

    def make(path):
        made.append(path)
        path.write_bytes(b"x" * 1_000_000)
        if gone == "while it is made":
            raise OSError("No space left on device")

    async def receive():
        if gone != "before":
            await asyncio.Event().wait()  # it stays
        return {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.body":
            raise OSError("gone")

    scope = {"type": "http", "asgi": {"spec_version": "2.3" if gone == "before" else "2.4"}}
    sent = MadeFile("export", make, "text/plain", {})(scope, receive, send)
    with suppress(OSError, ClientDisconnect), ThreadPoolExecutor(1) as apart:  # the browser's loop may run in this one
        apart.submit(asyncio.run, sent).result()
    assert len(made) == 1
    assert list(tmp_path.iterdir()) == []
