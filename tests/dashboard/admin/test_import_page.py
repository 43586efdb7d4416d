"""The import page without a browser: from a file handed in to its undoing."""

import csv
import io
import json
import sqlite3
import threading
from contextlib import closing

import pytest
import streamlit as st
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from dashboard.admin.imports import upload_store
from dashboard.cache import background_jobs as jobs
from dashboard.cache import city_cache
from dashboard.cache.background_jobs import Jobs, StopAsked
from dashboard.i18n import translator
from data.errors import DataError
from data.importing.reading.sandboxed_reader import read_apart
from data.importing.writing.run import import_file
from tests.dashboard.demonstration import ROOT
from tests.sessions import COOKIE, token_of

PAGE = ROOT / "dashboard" / "admin" / "imports" / "page.py"
HEADING = ["统一地址编码", "楼栋名称", "房屋用途", "经度", "纬度"]


@pytest.fixture
def own_district(district, tmp_path, monkeypatch):
    """A copy of the district to import into, and the pages pointed at it."""
    file = tmp_path / "district.sqlite"
    with closing(sqlite3.connect(district.file)) as source, closing(sqlite3.connect(file)) as copy:
        source.backup(copy)
    monkeypatch.setenv("CREDIT_MAP_DATABASE", f"sqlite:///{file}")
    monkeypatch.setattr("data.city.fact_store.VAR", tmp_path)
    monkeypatch.setattr(upload_store, "FOLDER", tmp_path / "uploads")
    monkeypatch.setattr(jobs.JOBS, "_jobs", {})
    st.cache_resource.clear()
    st.cache_data.clear()
    return file


def sign_in(monkeypatch, role: str, *areas: str) -> str:
    token = token_of(city_cache.database(), role, *areas)
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: {COOKIE: token}))
    return token


def opened(language: str = "en") -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=120)
    page.query_params["lang"] = language
    return page.run()


def rows_of(file, question: str) -> list[tuple]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(question).fetchall()


def a_file(file, buildings: int = 3, wrong: int = 1) -> bytes:
    """New buildings beside ones that are there, in GB18030; the last ones without a place."""
    ((lon, lat),) = rows_of(file, "SELECT lon, lat FROM buildings WHERE lon IS NOT NULL LIMIT 1")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADING)
    for number in range(buildings):
        place = ["", ""] if number >= buildings - wrong else [lon, lat]
        writer.writerow([f"99000700100100100000{number:05d}7", f"新楼 {number}", "公寓", *place])
    return text.getvalue().encode("gb18030")


def finished(page: AppTest) -> AppTest:
    """The page once the work beside it is done."""
    for job in list(jobs.JOBS._jobs.values()):
        assert job.over.wait(600)
    return page.run()


def press(page: AppTest, label: str) -> AppTest:
    (button,) = [one for one in page.button if one.label == label]
    return button.click().run()


def handed_in(file, data: bytes | None = None, language: str = "en", name: str = "楼栋.csv") -> AppTest:
    page = opened(language)
    return page.file_uploader[0].set_value((name, data or a_file(file), "text/csv")).run()


def said(page: AppTest) -> str:
    parts = [
        element.value for kind in ("markdown", "caption", "error", "info", "success") for element in page.get(kind)
    ]
    return "\n".join([*parts, *(html.proto.body for html in page.get("html"))])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_is_matched_checked_imported_and_undone(own_district, monkeypatch, language):
    sign_in(monkeypatch, "administrator")
    t = translator(language)
    before = rows_of(own_district, "SELECT count(*) FROM buildings")
    page = handed_in(own_district, language=language)
    assert not page.exception
    chosen = {box.label: box.value for box in page.selectbox}
    assert (chosen[t("imports.slot_code") + " *"], chosen[t("imports.slot_lon")]) == ("统一地址编码", "经度")
    page = finished(press(page, t("imports.check")))
    assert t("imports.would", rows="3", aside="1") in said(page)
    assert t("imports.reason_place_missing") in said(page)
    assert rows_of(own_district, "SELECT count(*) FROM buildings") == before
    page = finished(press(page, t("imports.import", n="2")))
    assert t("imports.done", rows="3", aside="1", n=2) in said(page) and "/imports/2/set-aside.csv" in said(page)
    assert rows_of(own_district, "SELECT count(*) FROM buildings") == [(before[0][0] + 2,)]
    assert rows_of(own_district, "SELECT name, made_by FROM saved_mappings") == [("demo_building", "administrator")]
    page.segmented_control[0].set_value("past").run()
    press(page, t("imports.undo"))
    page = finished(press(page, t("imports.undo_yes")))
    assert not page.exception and t("imports.was_undone") in said(page)
    assert rows_of(own_district, "SELECT count(*) FROM buildings") == before
    actions = [action for (action,) in rows_of(own_district, "SELECT action FROM audit_entries ORDER BY id")]
    assert actions[-2:] == ["import", "undo_import"]


def test_the_map_and_the_history_of_grades_follow_an_import(own_district, monkeypatch):
    sign_in(monkeypatch, "administrator")
    page = finished(press(handed_in(own_district), "Check"))
    finished(press(page, "Import (2 records)"))
    new = "SELECT id FROM buildings WHERE import_id = 2"
    rated = f"SELECT count(DISTINCT building_id) FROM ratings WHERE building_id IN ({new})"
    histories = list((own_district.parent / "facts").rglob("history-*"))
    assert len(histories) >= 2
    assert rows_of(own_district, rated) in ([(0,)], [(2,)])


def test_pressing_import_twice_imports_once(own_district, monkeypatch):
    sign_in(monkeypatch, "administrator")
    page = finished(press(handed_in(own_district), "Check"))
    (button,) = [one for one in page.button if one.label == "Import (2 records)"]
    key, begin = page.session_state["import_key"], jobs.JOBS.begin
    begun = []
    monkeypatch.setattr(jobs.JOBS, "begin", lambda *asked: begun.append(asked) or begin(*asked))
    button.click().run()
    asked = next(one for one in begun if one[0] == key)
    assert begin(*asked) is begin(*asked)  # a press while it runs finds the job that is there
    finished(page)
    jobs.JOBS._jobs.clear()  # a press after the server was started anew: the database knows the form
    begin(*asked).over.wait(60)
    assert rows_of(own_district, "SELECT count(*) FROM imports") == [(2,)]


def test_a_bad_file_is_a_sentence_on_the_page(own_district, monkeypatch):
    sign_in(monkeypatch, "administrator")
    page = handed_in(own_district, b"PK\x03\x04 cut off", name="a *b* <x>.xlsx")
    assert not page.exception
    assert "nothing was written" in said(page) and "the workbook is damaged" in said(page)
    assert "<x>" not in said(page)
    assert not [one for one in page.button if one.label == "Check"]


def test_what_cannot_be_left_out_is_asked_for(own_district, monkeypatch):
    sign_in(monkeypatch, "administrator")
    page = handed_in(own_district, b"a,b\n1,2\n")
    assert "Please choose a column for: Code." in said(page)


def test_who_may_not_import_gets_neither_page_nor_file(own_district, monkeypatch, visit):
    sign_in(monkeypatch, "police")
    assert not opened().file_uploader
    assert visit("police").get("/imports/1/set-aside.csv").status_code in (403, 404)


def test_the_rows_set_aside_come_back_as_a_file_that_no_spreadsheet_runs(own_district, monkeypatch):
    from starlette.requests import Request

    from dashboard.admin.imports.rejected_rows_route import ROUTES
    from dashboard.auth.request_user import current_user

    token = sign_in(monkeypatch, "administrator")
    heading, *rows = a_file(own_district).decode("gb18030").splitlines()
    data = "\n".join([heading, *rows]).replace("新楼 2", "=1+1").encode()
    page = finished(press(handed_in(own_district, data), "Check"))
    finished(press(page, "Import (2 records)"))
    (route,) = ROUTES

    def answer(number: int, cookie: str):
        headers = [(b"cookie", f"{COOKIE}={cookie}".encode())]
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "query_string": b"",
            "headers": headers,
            "scheme": "http",
        }
        return route.endpoint(Request(scope | {"path_params": {"number": str(number)}, "client": ("127.0.0.1", 1)}))

    assert current_user and answer(2, "nobody").status_code == 401
    assert answer(1, token).status_code == answer(99, token).status_code == 404
    got = answer(2, token)
    (row,) = csv.DictReader(io.StringIO(got.body.decode("utf-8-sig")))
    assert row["楼栋名称"] == "'=1+1" and row["set aside: reason"] == "place_missing"
    taken = rows_of(own_district, "SELECT account, details FROM audit_entries WHERE action = 'rejected_rows_taken'")
    assert [(who, json.loads(what)) for who, what in taken] == [("administrator", {"import": 2})]
    other = token_of(city_cache.database(), "administrator", "demo/street:990001001")
    assert answer(2, other).status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_check_says_what_would_not_come_in_and_what_not_onto_the_map(own_district, monkeypatch, language):
    sign_in(monkeypatch, "administrator")
    t = translator(language)
    heading, *good = a_file(own_district, buildings=20, wrong=0).decode("gb18030").splitlines()
    _, name, use, lon, lat = good[0].split(",")
    far, nowhere = f"{float(lon) + 5},{lat}", ","
    rows = [f"9900070010010010000099{n},{name},{use},{at},a,b" for n, at in enumerate((far, far, nowhere), 1)]
    data = "\n".join([f"{heading},*备注*,<i>", *(f"{row},c,d" for row in good), *rows])
    page = finished(press(handed_in(own_district, data.encode(), language), t("imports.check")))
    assert not page.exception
    assert t("imports.unread", n="2", names="\\*备注\\*" + t.listed(["", "\\<i>"])) in said(page)
    counted = [
        f"<tr><td>{t(f'imports.reason_{reason}')}</td><td>{n}</td><td>{t('imports.not_taken')}</td></tr>"
        for reason, n in (("place_missing", 1), ("place_outside", 2))
    ]
    assert all(row in said(page) for row in counted)
    assert t("imports.not_on_map", n="3") in said(page)
    table = page.dataframe[0].value
    assert table[t("imports.row_number")].tolist() == [21, 22, 23]
    assert table["*备注*"].tolist() == ["a"] * 3
    assert t("imports.rejected_places", n="2", of="3", drawn="2") in said(page)


def test_a_file_to_fill_in_comes_to_who_may_import_and_stands_in_the_trail(own_district, monkeypatch, visit):
    sign_in(monkeypatch, "administrator")
    page = opened()
    links = [html.proto.body for html in page.get("html")]
    assert '/imports/template/demo/building.xlsx"' in "".join(links)
    answer = visit("administrator").get("/imports/template/demo/hazard.csv")
    assert answer.status_code == 200 and answer.content.decode("utf-8-sig").startswith("隐患编号,统一地址编码,")
    assert answer.headers["cache-control"] == "no-store"
    taken = rows_of(own_district, "SELECT details FROM audit_entries WHERE action = 'template_taken'")
    assert [json.loads(what) for (what,) in taken] == [{"city": "demo", "target": "hazard", "format": "csv"}]
    for wrong in ("atlantis/hazard.csv", "demo/area.csv", "demo/hazard.exe"):
        assert visit("administrator").get(f"/imports/template/{wrong}").status_code == 404
    assert visit("administrator", "demo/street:990001001").get("/imports/template/demo/hazard.csv").status_code == 404
    assert visit("police").get("/imports/template/demo/hazard.csv").status_code == 403


def test_stop_drops_what_was_begun_and_nothing_is_half_there(own_district, monkeypatch):
    sign_in(monkeypatch, "administrator")
    page = finished(press(handed_in(own_district), "Check"))
    held = threading.Event()

    def slow(*asked):
        held.wait(120)
        return read_apart(*asked)

    monkeypatch.setattr(
        "dashboard.admin.imports.run.import_file", lambda *args, **more: import_file(*args, **more, read=slow)
    )
    press(page, "Import (2 records)")
    key = page.session_state["import_key"]
    jobs.JOBS._jobs[key].stop.set()
    held.set()
    page = finished(page)
    assert "Stopped; nothing was written." in said(page)
    assert rows_of(own_district, "SELECT count(*) FROM imports") == [(1,)]
    page = press(page, "Start again")
    assert page.session_state["import_key"] != key


def cases(file, *days: str) -> bytes:
    ((code,),) = rows_of(file, "SELECT code FROM buildings WHERE lon IS NOT NULL LIMIT 1")
    rows = [f"AJ-{number},{code},火灾,{day}" for number, day in enumerate(days, 1)]
    return "\n".join(["案件编号,楼栋编码,案件类型,案发日期", *rows]).encode()


def taken_in(page: AppTest, n: int) -> AppTest:
    return finished(press(finished(press(page, "Check")), f"Import ({n} {'record' if n == 1 else 'records'})"))


def test_a_file_matched_twice_is_said_to_have_come_and_brings_nothing(own_district, monkeypatch):
    sign_in(monkeypatch, "administrator")
    data = cases(own_district, "2026-01-01", "2026-01-02")
    taken_in(handed_in(own_district, data, name="案件.csv"), 2)
    page = finished(press(handed_in(own_district, data, name="cases.csv"), "Check"))
    assert not page.exception and "The same bytes came as import 2 on 20" in said(page)
    assert "There is nothing new to import." in said(page)
    assert not [one for one in page.button if one.label.startswith("Import")]


@pytest.mark.parametrize(("answer", "events"), [("corrections", 1), ("others", 2)])
def test_whether_a_key_that_repeats_is_a_correction_is_asked(own_district, monkeypatch, answer, events):
    sign_in(monkeypatch, "administrator")
    taken_in(handed_in(own_district, cases(own_district, "2026-01-01")), 1)
    page = finished(press(handed_in(own_district, cases(own_district, "2026-02-01")), "Check"))
    assert "1 row replaces an earlier one with other content" in "\n".join(one.value for one in page.warning)
    assert "There is nothing new to import." in said(page) and page.radio[0].value == "ask"
    page = finished(page.radio[0].set_value(answer).run())
    finished(press(page, "Import (1 record)"))
    valid = (
        "FROM events WHERE source_key LIKE 'event:AJ-1%' AND id NOT IN"
        " (SELECT corrects_id FROM events WHERE corrects_id IS NOT NULL)"
    )
    assert rows_of(own_district, f"SELECT count(*), max(day) {valid}") == [(events, "2026-02-01")]


def test_more_than_a_tenth_missing_from_a_whole_list_is_asked_about(own_district, monkeypatch):
    sign_in(monkeypatch, "administrator")
    days = [f"2026-01-0{number}" for number in (1, 2, 3)]
    taken_in(handed_in(own_district, cases(own_district, *days)), 3)
    ((name, text),) = rows_of(own_district, "SELECT name, text FROM saved_mappings")
    with closing(sqlite3.connect(own_district)) as connection, connection:
        whole = text.replace("[event]\n", "[event]\nwhole_list = true\n")
        connection.execute("UPDATE saved_mappings SET text = ?", (whole,))
    page = handed_in(own_district, cases(own_district, *days[:2]))
    page = page.selectbox[0].set_value(page.selectbox[0].options[-1]).run()
    page = finished(press(page, "Check"))
    assert "1 of 3 is missing from this whole list" in "\n".join(one.value for one in page.warning), name
    page = finished(page.checkbox[0].check().run())
    assert "Cases and events: 1 ended and counts no more." in said(page)
    finished(press(page, "Import (1 record)"))
    assert rows_of(own_district, "SELECT source_key FROM events WHERE void") == [("event:AJ-3#2",)]


def test_a_job_is_only_its_owners():
    jobs = Jobs()
    jobs.begin("key", "wang", "demo", lambda report: 7).over.wait(60)
    assert jobs.of("key", "wang").result == 7
    assert jobs.of("key", "li") is None and jobs.of("other", "wang") is None


@pytest.mark.parametrize(
    ("raised", "state"), [(StopAsked(), "stopped"), (DataError("no."), "refused"), (ValueError("bug"), "failed")]
)
def test_a_job_says_how_it_ended(raised, state):
    def work(report):
        report("buildings", 1, 2)
        raise raised

    job = Jobs().begin("key", "wang", "demo", work)
    assert job.over.wait(60)
    assert (job.state, job.share) == (state, 0.5)
    assert (str(job.mistake) == "no.") == (state == "refused") and bool(job.error_number) == (state == "failed")


def test_uploads_lie_under_names_of_ours_and_go_after_a_day(tmp_path, monkeypatch):
    monkeypatch.setattr(upload_store, "FOLDER", tmp_path)
    kept = upload_store.keep("../../etc/x<script>.csv", b"1")
    assert kept.name == "x_script_.csv" and kept.path.parent == tmp_path and len(kept.path.name) == 32
    assert kept.path.stat().st_mode & 0o077 == 0
    later = kept.path.stat().st_mtime + 25 * 3600
    monkeypatch.setattr(upload_store.time, "time", lambda: later)
    upload_store.remove_old()
    assert not kept.path.exists()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_whose_days_do_not_tell_their_order_is_checked_only_once_somebody_has_said_it(
    own_district, monkeypatch, language
):
    sign_in(monkeypatch, "administrator")
    t = translator(language)
    ((code,),) = rows_of(own_district, "SELECT code FROM buildings LIMIT 1")
    visits = f"编号,楼栋编码,巡查日期\n1,{code},05/01/2024\n".encode()
    page = handed_in(own_district, visits, language, "巡查.csv")
    assert not page.exception
    assert t("imports.choose_day_order") in said(page)
    assert t("imports.check") not in [button.label for button in page.button]
    (box,) = [one for one in page.selectbox if one.label == t("imports.day_order")]
    page = finished(press(box.set_value("day_first").run(), t("imports.check")))
    assert t("imports.would", rows="1", aside="0") in said(page)
