"""The administrator's page of the audit trail, in both languages."""

import ast
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.admin.audit import table as audit_table
from dashboard.auth import request_user
from dashboard.auth.request_user import CurrentUser
from dashboard.i18n import sentences, translator
from dashboard.look.timestamps import BEIJING
from data.access.roles import ROLES, SYSTEM, AccessScope
from data.access.sessions import AuthSession
from data.audit.trail import COMMAND_LINE, Actor, record
from data.audit.verify import SENTENCES
from data.db.engine import open_database, writing
from tests.dashboard.demonstration import ROOT

LI = Actor("li", "police", "10.0.0.7")
LANGUAGES = ("zh", "en")
ENTRIES = 120
Open = Callable[..., AppTest]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "trail.sqlite"


@pytest.fixture
def open_page(file, monkeypatch) -> Open:
    """`open_page("administrator", lang="en")`: the page after one run, over a trail of 120 entries."""
    engine = open_database(f"sqlite:///{file}")
    with writing(engine, SYSTEM) as session:
        for number in range(ENTRIES - 1):
            record(session, LI, "export", {"rows": number, "filters": {"area": "河湾"}})
        record(session, COMMAND_LINE, "add_account", {"name": "<b>wang</b>"})
    monkeypatch.setattr(audit_table, "database", lambda: engine)

    def opened(role: str = "administrator", **query: str) -> AppTest:
        scope = AccessScope(role, areas=None)
        user = CurrentUser(AuthSession(1, 1, "wang", scope), Actor("wang", role, "10.0.0.8"))
        monkeypatch.setattr(request_user, "current_user", lambda request=None: user)
        page = AppTest.from_file(ROOT / "dashboard" / "admin" / "audit" / "page.py", default_timeout=120)
        for name, value in query.items():
            page.query_params[name] = value
        return page.run()

    return opened


def tamper(file, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for statement in (*(f"DROP TRIGGER {name}" for (name,) in triggers), *statements):
            connection.execute(statement)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_latest_entries_stand_first_with_who_when_what_and_from_where(open_page, file, language):
    page, t = open_page(lang=language), translator(language)
    assert not page.exception
    table = page.dataframe[0].value
    assert table[t("audit.number")].tolist() == list(range(ENTRIES, ENTRIES - audit_table.ON_A_PAGE, -1))
    first, second = table.iloc[0], table.iloc[1]
    assert first[t("audit.account")] == t("audit.machine")
    assert first[t("audit.action")] == t("action.add_account")
    assert second[t("audit.account")] == "li"
    assert second[t("auth.role")] == t("role.police")
    assert second[t("audit.address")] == "10.0.0.7"
    assert second[t("audit.details")] == (
        f'{t.pair(t("detail.rows"), ENTRIES - 2)} · {t.pair(t("detail.filters"), """{"area": "河湾"}""")}'
    )
    at = datetime.fromisoformat(first[t("audit.at")]).replace(tzinfo=BEIJING).astimezone(UTC)
    assert at == last_written(file).replace(microsecond=0)


def test_pages_can_be_turned_and_a_filter_leads_back_to_what_there_is(open_page):
    page, t = open_page(lang="en"), translator("en")
    page.number_input(key="audit-page").set_value(3).run()
    assert page.dataframe[0].value[t("audit.number")].tolist() == list(range(20, 0, -1))
    page.selectbox(key="audit-account").set_value("").run()
    assert page.dataframe[0].value[t("audit.number")].tolist() == [ENTRIES]
    page.selectbox(key="audit-account").set_value("li").run()
    page.selectbox(key="audit-action").set_value("add_account").run()
    assert not page.exception
    assert t("audit.nothing") in [one.value for one in page.info]


def last_written(file) -> datetime:
    """When the last entry was written, in UTC."""
    with closing(sqlite3.connect(file)) as connection:
        (at,) = connection.execute("SELECT at FROM audit_entries ORDER BY id DESC LIMIT 1").fetchone()
    return datetime.fromisoformat(at).replace(tzinfo=UTC)


def test_days_are_those_of_the_citys_zone(open_page, file):
    page, t = open_page(lang="en"), translator("en")
    today = last_written(file).astimezone(BEIJING).date()
    page.date_input(key="audit-days").set_value((today, today)).run()
    assert len(page.dataframe[0].value) == audit_table.ON_A_PAGE
    before = today - timedelta(days=1)
    page.date_input(key="audit-days").set_value((before, before)).run()
    assert t("audit.nothing") in [one.value for one in page.info]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_trail_is_told_with_its_last_hash(open_page, file, language):
    page = open_page(lang=language)
    page.button[0].click().run()
    assert [one.value for one in page.success] == [translator(language)("audit.whole", n=ENTRIES)]
    with closing(sqlite3.connect(file)) as connection:
        head = connection.execute("SELECT sha256 FROM audit_head").fetchone()[0]
    assert [one.value for one in page.code] == [head]


@pytest.mark.parametrize(
    ("statement", "kind", "entry"),
    [
        ("UPDATE audit_entries SET account = 'wang' WHERE id = 7", "changed", 7),
        ("DELETE FROM audit_entries WHERE id = 7", "missing", 7),
        ("DELETE FROM audit_entries WHERE id >= 119", "cut_off", 119),
        ("DELETE FROM audit_head", "no_head", 120),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_with_the_trail_is_told(open_page, file, language, statement, kind, entry):
    page = open_page(lang=language)
    tamper(file, statement)
    page.button[0].click().run()
    assert [one.value for one in page.error] == [translator(language)(f"audit.fault_{kind}", entry=entry)]
    assert not page.success


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_nobody_else_opens_the_page(open_page, role):
    page = open_page(role)
    assert len(page.exception) == 1
    assert not page.dataframe
    assert not page.button


def test_every_deed_that_is_recorded_and_every_fault_has_its_words():
    calls = (
        node
        for room in ("data", "dashboard")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and re.fullmatch(r"(trail\.)?record", ast.unparse(node.func))
    )
    deeds = {
        one.value
        for call in calls
        if len(call.args) == 4
        for one in ast.walk(call.args[2])
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }
    assert {"export", "import", "sign_in", "enable_account"} <= deeds
    known = sentences("zh").keys()
    assert {f"action.{deed}" for deed in deeds} - known == set()
    assert {f"audit.fault_{kind}" for kind in SENTENCES} - known == set()
