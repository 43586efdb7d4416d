"""A browser that names what is another's — a draft, a job — gets nothing of it."""

import pytest
from google.protobuf.json_format import MessageToDict
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from dashboard.cache import city_cache, kept_input
from dashboard.cache.background_jobs import Jobs
from dashboard.i18n import translator
from data.access.roles import SYSTEM
from data.audit.trail import Actor
from data.db.engine import writing
from data.db.models.city import City
from data.studies.rule_drafts import keep_draft
from scoring.rulebook.editions import Rulebook
from tests.dashboard.page_runs import page_run
from tests.data.lockside import ON
from tests.data.town_hall import CITY
from tests.sessions import token_of

SECRET, OTHERBANK = "Zyxwv", "otherbank"
t = translator("en")


@pytest.fixture(scope="module")
def draft_id(two_towns) -> int:
    """Of a draft of Lockside."""
    with writing(two_towns.engine, SYSTEM) as session:
        city = session.query(City).where(City.code == CITY).one()
        text = Rulebook().on("qishuyan", ON).text
        draft = keep_draft(session, SYSTEM, Actor("root", "administrator"), city, "qishuyan", SECRET, text)
        return draft.id


def of_otherbank() -> str:
    return token_of(city_cache.database(), "administrator", OTHERBANK)


def everything(page: AppTest) -> str:
    return str([MessageToDict(one.proto) for one in page._tree if getattr(one, "proto", None) is not None])


def sent(page: AppTest, label: str, value: str) -> AppTest:
    """The page once a browser has sent that value for the box of that label."""
    box = next(one for one in page.selectbox if one.label == label)
    states = page._tree.get_widget_states()
    others = [one for one in states.widgets if one.id != box.proto.id]
    return page._run(WidgetStates(widgets=[*others, WidgetState(id=box.proto.id, string_value=value)]))


@pytest.mark.parametrize("named", ["draft-{id}", f"{SECRET}", f"Kept: {SECRET}"])
def test_a_draft_of_another_city_is_no_start_of_the_sandbox(draft_id, monkeypatch, named):
    query = {"city": OTHERBANK, "lang": "en"}
    page = page_run(monkeypatch, "sandbox", of_otherbank(), query, {f"sandbox_start_{OTHERBANK}": f"draft-{draft_id}"})
    assert not page.exception and SECRET not in everything(page)
    assert page.session_state[f"sandbox_start_{OTHERBANK}"] != f"draft-{draft_id}"
    page = sent(page, t("sandbox.start"), named.format(id=draft_id))
    assert not page.exception and SECRET not in everything(page).replace(named, "")


def test_its_own_city_has_it(draft_id, monkeypatch):
    token = token_of(city_cache.database(), "administrator", CITY)
    page = page_run(monkeypatch, "sandbox", token, {"city": CITY, "lang": "en"})
    assert not page.exception and SECRET in everything(page)


@pytest.mark.parametrize("name", ["../../../etc", "a/b", "..", "a\0b", "\n", "\u202e", "x" * 300, "CON", "%2e%2e"])
def test_what_an_account_is_called_leads_out_of_no_folder(name):
    folder = kept_input.Owner(1, name, 1).folder
    assert folder.resolve().parent == kept_input.FOLDER.resolve()


def test_a_job_is_no_other_accounts_whatever_key_it_names():
    jobs = Jobs()
    job = jobs.begin("key", "wang", CITY, lambda report: SECRET)
    assert job.over.wait(60)
    assert jobs.of("key", "wang") is job
    assert [jobs.of("key", name) for name in ("li", "", "Wang", "wang ")] == [None] * 4
