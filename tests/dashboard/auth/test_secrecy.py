"""Role by page and file: no case, accident, lead or tenant comes out beside the grade, on one day or on two."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.cache import city_cache
from dashboard.cache.ratings import rated
from dashboard.exports.download_route import FORMATS
from dashboard.i18n import LANGUAGES, translator
from dashboard.look.plain_text import as_text
from dashboard.shell.navigation import PAGES
from dashboard.studies.fairness.comparison import _facts_of_published
from data.access.fact_rights import EVENT_FAMILY, FAMILIES, withheld_facts
from data.access.roles import ROLES, SYSTEM, AccessScope
from data.audit.trail import Actor
from data.city import queries
from data.city.building_report import Explained, explained
from data.db.engine import open_database, reading, writing
from data.db.models.rules import PublishedEdition, RuleDraft
from data.studies.rule_drafts import keep_draft
from scoring.rulebook.editions import editions, rule_sets
from tests.dashboard.conftest import pointed_at
from tests.dashboard.demonstration import ON, Demonstration
from tests.dashboard.exports.test_exports import read_rows
from tests.dashboard.page_runs import page_run
from tests.data.access.test_fact_rights import MADE_UP
from tests.data.lockside import ON as LOCKSIDE_ON
from tests.data.town_hall import settle
from tests.sessions import token_of

WANG = Actor("wang", "administrator", "10.0.0.7")
SHIPPED = [edition for rule_set in rule_sets() for edition in editions(rule_set)]
OTHERS = [role for role in ROLES if not AccessScope(role).can("cases")]
STREET = "street_office"
TENANTS = next(family.items for family in FAMILIES if family.name == "tenants")
# Names of facts only, and never what a rule's quote or the sign at the door says: those are public texts.
WITHHELD_NAMES = {
    language: {
        *(translator(language).of(fact.label) for one in SHIPPED for fact in withheld_facts(AccessScope(STREET), one)),
        *(translator(language)(f"event.{kind}") for kind in EVENT_FAMILY),
    }
    - {translator(language).of(fact.label) for one in SHIPPED for fact in one.facts.values() if fact.kind == "hazards"}
    for language in LANGUAGES
}
SIGNS = [grade.sign for edition in SHIPPED for grade in edition.grades if grade.sign]


@pytest.fixture(scope="module")
def district(tmp_path_factory) -> Iterator[Demonstration]:
    """Opened once: what these tests write is taken out again."""
    with pointed_at(tmp_path_factory.getbasetemp()) as demonstration:
        yield demonstration


@pytest.fixture
def opened(district, monkeypatch) -> Callable[..., AppTest]:
    """A page as it stands after one run: `opened("changes", "street_office", lang="en")`."""

    def run(name: str, role: str, **query: str) -> AppTest:
        groups = ("fire",) if role == "department" else None
        return page_run(monkeypatch, name, token_of(city_cache.database(), role, hazard_groups=groups), query)

    return run


def said(app: AppTest) -> str:
    """Everything a page says, tables too, but for public texts and a rule file that can be written in."""
    kinds = ("markdown", "caption", "warning", "info", "error", "success", "html", "code", "title")
    texts = [str(getattr(one, "value", one)) for kind in kinds for one in app.get(kind)]
    texts += [one.value.to_csv() for one in app.dataframe]
    texts += [str(box.options) for box in app.selectbox] + [str(radio.options) for radio in app.radio]
    text = re.sub(r"<q>.*?</q>", "", "\n".join(texts), flags=re.DOTALL)
    for sign in SIGNS:
        text = text.replace(sign.zh, "").replace(sign.en, "")
    return text


def names_in(text: str, language: str) -> set[str]:
    return {name for name in WITHHELD_NAMES[language] if name in text}


@dataclass(frozen=True)
class Struck:
    """A building at which a criminal case happened on a day, which its grade does not show."""

    code: str
    day: date


@pytest.fixture(scope="module")
def struck(district) -> Struck:
    facts = city_cache.city_context(SYSTEM, "demo").city_facts
    cases = district.rows(
        "SELECT buildings.id, buildings.code, events.day FROM events JOIN buildings ON buildings.id = building_id"
        " WHERE kind = 'criminal_case' AND day > '2026-02-01' AND day < ? ORDER BY events.day DESC",
        f"{ON}",
    )
    for id_, code, day in ((id_, code, date.fromisoformat(day)) for id_, code, day in cases):
        log = facts.fact_log_of(int(facts.rows_of(np.array([id_]))[0]))
        before, after = (_of_qishuyan(log, one) for one in (day - timedelta(1), day))
        same_grade = 0 <= before.rating.grade[0] == after.rating.grade[0]
        if same_grade and after.rating.score[0] == before.rating.score[0] - 3:
            return Struck(code, day)
    raise AssertionError("The district has no such building.")


def _of_qishuyan(log, on: date) -> Explained:
    edition = city_cache.city_context(SYSTEM, "demo").rules.on("qishuyan", on)
    return explained(SYSTEM, log, edition, on)


def card(opened, role: str, struck: Struck, day: date, language: str = "zh") -> str:
    text = said(opened("city", role, building=struck.code, day=f"{day}", lang=language))
    return text[text.index(struck.code) :] if struck.code in text else text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ROLES)
def test_a_card_names_what_is_withheld_to_those_alone_who_may_see_it(opened, struck, role, language):
    told = names_in(card(opened, role, struck, struck.day, language), language)
    assert bool(told) == (role not in OTHERS), told


@pytest.mark.parametrize("role", ["leader", STREET, "grid_officer"])
def test_a_card_on_two_days_running_does_not_tell_the_case_between_them(opened, struck, role):
    """The attack: what changed on the card of a named building from yesterday to today?"""
    plain = re.compile(r"\d{4}-\d\d-\d\d|<b class=\\?'days[^<]*</b>")  # days, and how far off they are
    yesterday, today = (
        plain.sub("", card(opened, role, struck, day)) for day in (struck.day - timedelta(1), struck.day)
    )
    assert "reasons" in today
    assert today[today.index("reasons") :] == yesterday[yesterday.index("reasons") :]
    assert re.findall(r"得分\S?\d[^<]*", today) == re.findall(r"得分\S?\d[^<]*", yesterday) != []


def test_the_same_two_days_tell_the_police(opened, struck):
    yesterday, today = (card(opened, "police", struck, day) for day in (struck.day - timedelta(1), struck.day))
    assert re.findall(r"得分\S?\d[^<]*", today) != re.findall(r"得分\S?\d[^<]*", yesterday)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page_name", [page.name for page in PAGES if page.name != "city"])
@pytest.mark.parametrize("role", OTHERS)
def test_no_page_names_what_is_withheld(opened, role, page_name, language):
    page = next(page for page in PAGES if page.name == page_name)
    if not AccessScope(role).can(page.permission):
        return
    shown = opened(page_name, role, lang=language)
    assert not shown.exception
    assert not names_in(said(shown), language)


def test_the_causes_name_cases_to_the_police_and_lump_them_for_others(opened):
    for language in LANGUAGES:
        t = translator(language)
        police, street = (said(opened("changes", role, lang=language)) for role in ("police", STREET))
        assert names_in(police, language)
        assert t("causes.withheld") not in police
        assert t("causes.withheld") in street


def test_the_outcome_cases_is_offered_to_the_police_alone(opened):
    offered = {
        role: opened("backtest", role, lang="en").button_group(key="backtest_outcome").options
        for role in ("police", STREET)
    }
    cases = translator("en")("backtest.outcome_cases")
    assert cases in str(offered["police"])
    assert cases not in str(offered[STREET])


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("role", ["leader", STREET, "police"])
def test_exports_of_two_days_running_tell_the_case_to_the_police_alone(visit, struck, tmp_path, role, form):
    browser, scores = visit(role), []
    for day in (struck.day - timedelta(1), struck.day):
        answer = browser.get(f"/export/demo.{form}?day={day}&lang=en")
        row = next(row for row in read_rows(answer, form, tmp_path) if struck.code in row.values())
        scores.append({key: value for key, value in row.items() if "score" in key.lower()})
    assert len(scores[0]) == 3 and all(scores)
    assert (scores[0] == scores[1]) == (role != "police")
    assert any("may see" in key or key.endswith("_seen") for key in scores[0]) == (role != "police")


def made_up(source: str) -> str:
    """A rule text that counts what `source` says and calls it clean surroundings; it has qishuyan's grades."""
    codes = [grade.code for grade in editions("qishuyan")[0].grades]
    grades = "".join(f'[[grade]]\ncode = "{code}"\nname = {{ zh = "{code}", en = "{code}" }}\n' for code in codes)
    visits = "".join(f"{code} = {{ officer = 10 }}\n" for code in codes)
    text = re.sub(r"(\[\[grade\]\].*?)(?=\[\[fact\]\])", lambda _: grades, MADE_UP, flags=re.DOTALL)
    text = re.sub(r"\[inspect_every_days\].*", lambda _: f"[inspect_every_days]\n{visits}", text, flags=re.DOTALL)
    return text.replace('"low"', '"red"').replace('"high"', '"star"').replace("SOURCE", source)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "source",
    [
        'events = ["criminal_case"]',
        'events = ["criminal_case"]\npolice_only = false',
        'answer = "listed_persons"',
        'answer = "listed_persons"\npolice_only = false',
    ],
)
def test_a_leaders_own_text_gets_no_house_by_what_is_withheld(opened, language, source):
    """The attack: a text that calls a case "clean surroundings" and grades every house by it."""
    t = translator(language)
    shown = opened("sandbox", "leader", lang=language)
    shown.text_area[0].set_value(made_up(source))
    next(one for one in shown.button if one.label == t("sandbox.use_text")).click().run()
    assert [one.value for one in shown.error] == [
        {
            "zh": "这份规则用到您无权查看的事项（harmless），请删去用到这些事项的条目。",
            "en": "This text reads facts your account may not see (harmless); take out what reads them.",
        }[language]
    ]


def test_the_same_text_without_it_is_rated(opened):
    shown = opened("sandbox", "leader", lang="en")
    shown.text_area[0].set_value(made_up('answer = "clean"'))
    next(one for one in shown.button if one.label == translator("en")("sandbox.use_text")).click().run()
    assert not shown.exception and not shown.error


def test_a_draft_that_others_kept_is_refused_to_a_leader_as_well(opened):
    edition = city_cache.city_context(SYSTEM, "demo").editions["qishuyan"]
    with writing(city_cache.database(), SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, "demo")
        keep_draft(session, SYSTEM, WANG, city, "qishuyan", "All of it", edition.text)
    try:
        shown = opened("sandbox", "leader", lang="en")
        start = next(box for box in shown.selectbox if box.label == translator("en")("sandbox.start"))
        start.select(next(option for option in start.options if "All of it" in option)).run()
        refusal = as_text("This text reads facts your account may not see (criminal_cases")
        assert refusal in shown.error[0].value
        assert "changes" not in said(shown)
    finally:
        with writing(city_cache.database(), SYSTEM) as session:
            session.query(RuleDraft).delete()


def test_a_rating_for_a_leader_is_blind_even_where_nobody_refuses_the_text(district):
    """The second lock: a page that forgot to refuse would still be given nothing."""
    facts = city_cache.city_context(SYSTEM, "demo").city_facts
    for edition in SHIPPED:
        day = max(edition.in_force, ON)
        leader, police = (rated(AccessScope(role, areas=None), facts, edition, day) for role in ("leader", "police"))
        for need in edition.needs:
            hidden = edition.facts[need.fact] in withheld_facts(AccessScope("leader"), edition)
            counted = np.nan_to_num(leader.facts[need.column].to_numpy())
            assert not hidden or set(counted.tolist()) <= {0.0, -1.0}, need
        assert withheld_facts(AccessScope("leader"), edition) or (leader is police)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_on_tenants_is_published_knowingly_or_not_at_all_though_it_carries_no_warning(opened, language):
    t = translator(language)
    shown = opened("sandbox", "administrator", lang=language)
    shown.text_area[0].set_value(made_up('answer = "listed_persons"'))
    next(one for one in shown.button if one.label == t("sandbox.use_text")).click().run()
    assert t("sandbox.persons") in [one.value for one in shown.warning]
    next(one for one in shown.text_area if one.label == t("sandbox.reason")).set_value("To try")
    next(one for one in shown.button if one.label == t("sandbox.publish")).click().run()
    refused = "This edition carries a warning or grades a building by who lives there; confirm that it was read."
    assert {"zh": "这一版带有提示，或按居住人员评定楼栋，请先确认已阅读。", "en": refused}[language] in said(shown)
    with reading(city_cache.database(), SYSTEM) as session:
        assert session.query(PublishedEdition).count() == 0


@pytest.mark.parametrize("role", ["leader", STREET, "police"])
def test_the_edition_on_tenants_is_studied_by_assumption_alone_where_answers_are_withheld(tmp_path, role):
    published = next(edition for edition in SHIPPED if edition.rule_set == "qishuyan_as_published")
    town = settle(open_database(f"sqlite:///{tmp_path / 'town.sqlite'}"))
    context = SimpleNamespace(city_facts=town.city_facts())
    study = SimpleNamespace(scope=AccessScope(role, areas=None), context=context)
    facts = _facts_of_published(study, published, LOCKSIDE_ON)
    assert facts["mixed_occupants"].isna().all() == (role != "police")
    assert not facts["clean"].isna().all()
