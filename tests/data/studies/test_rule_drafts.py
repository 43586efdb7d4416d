"""Drafts of rules: kept by those who may, put in force by administrators for days that nobody has graded yet."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from data.access.errors import FactsWithheld
from data.access.fact_rights import withheld_facts
from data.access.roles import SYSTEM, AccessScope
from data.audit.trail import Actor
from data.city import city_metadata, queries
from data.city.rulebooks import rulebook, rules_version
from data.db.engine import reading, writing
from data.db.models.accounts import AuditEntry
from data.studies.errors import DraftRefused
from data.studies.rule_drafts import edition_seen_by, keep_draft, kept_drafts, publish, published
from scoring.errors import WrongRule
from scoring.rulebook.editions import edition_from, edition_on, rule_sets
from scoring.rulebook.figures import with_figures
from tests.data.lockside import ON, SOUTH
from tests.data.town_hall import CITY, Town

LAST = date(2024, 6, 2)
ADMINISTRATOR, LEADER, POLICE = (AccessScope(role, areas=None) for role in ("administrator", "leader", "police"))
WANG = Actor("wang", "administrator", "10.0.0.7")
TEXT = edition_on("qishuyan", ON).text
MILDER = with_figures(TEXT, {("criterion", 0, "points"): Decimal(-2)})
OF_THE_BUILDING = edition_seen_by(LEADER, edition_on("qishuyan", ON)).text


def last_day(town: Town) -> date:
    with town.looked_at() as (session, city):
        return city_metadata.first_and_last_day(session, city)[1]


def put_in_force(town: Town, scope: AccessScope = ADMINISTRATOR, text: str = MILDER, day: date | None = None, **more):
    edition = edition_from(text, more.pop("rule_set", "qishuyan"), day or last_day(town) + timedelta(1))
    with writing(town.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, CITY)
        publish(session, scope, WANG, city, edition, more.pop("reason", "Fewer points for a case"), **more)
    return edition


def keep(town: Town, scope: AccessScope = LEADER, name: str = "Milder", text: str = OF_THE_BUILDING) -> None:
    with writing(town.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, CITY)
        keep_draft(session, scope, WANG, city, "qishuyan", name, text)


def entries(town: Town) -> list[tuple[str, dict]]:
    with reading(town.engine, SYSTEM) as session:
        rows = session.execute(select(AuditEntry.action, AuditEntry.details).order_by(AuditEntry.id))
        return [tuple(row) for row in rows]


def test_a_draft_is_kept_with_its_text_and_by_whom(own_lockside):
    keep(own_lockside)
    keep(own_lockside, name="Milder still")
    with own_lockside.looked_at() as (session, city):
        drafts = kept_drafts(session, LEADER, city)
        assert [(one.name, one.kept_by, one.text) for one in drafts] == [
            ("Milder still", "wang", OF_THE_BUILDING),
            ("Milder", "wang", OF_THE_BUILDING),
        ]
        assert kept_drafts(session, POLICE, city) == []
    assert [action for action, _ in entries(own_lockside)] == ["draft_kept", "draft_kept"]


@pytest.mark.parametrize("text", [TEXT, MILDER, TEXT.replace('label = { zh = "刑事案件"', 'label = { zh = "环境卫生"')])
def test_a_draft_that_reads_what_its_author_may_not_see_is_refused_and_leaves_nothing(own_lockside, text):
    with pytest.raises(FactsWithheld, match="criminal_cases, public_order_cases, leads_solved_case, leads_given"):
        keep(own_lockside, text=text)
    with own_lockside.looked_at() as (session, city):
        assert kept_drafts(session, LEADER, city) == []
    assert entries(own_lockside) == []
    keep(own_lockside, ADMINISTRATOR, text=text)


def test_what_an_author_begins_with_is_the_edition_without_what_is_withheld():
    for rule_set in rule_sets():
        edition = edition_on(rule_set, ON)
        seen = edition_seen_by(LEADER, edition)
        assert withheld_facts(LEADER, seen) == ()
        assert seen.required == edition.required
        hidden = {fact.name for fact in withheld_facts(LEADER, edition)}
        for kept, every in ((seen.criteria, edition.criteria), (seen.caps, edition.caps)):
            assert list(kept) == [one for one in every if not hidden & {need.fact for need in one.needs}]
        assert edition_seen_by(ADMINISTRATOR, edition) is edition


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_draft_without_a_fitting_name_is_refused(own_lockside, name):
    with pytest.raises(DraftRefused) as refused:
        keep(own_lockside, name=name)
    assert refused.value.key == "draft_name"


def test_a_draft_that_is_no_rule_file_is_refused_in_the_words_of_the_file_and_leaves_nothing(own_lockside):
    broken = with_figures(TEXT, {("band", 1, "below"): Decimal(5)})
    with pytest.raises(WrongRule, match="does not rise above"):
        keep(own_lockside, text=broken)
    with own_lockside.looked_at() as (session, city):
        assert kept_drafts(session, LEADER, city) == []
    assert entries(own_lockside) == []


def test_a_published_edition_grades_from_its_day_on(own_lockside):
    with own_lockside.looked_at() as (session, city):
        before = rules_version(session, city)
    edition = put_in_force(own_lockside)
    with own_lockside.looked_at() as (session, city):
        rules = rulebook(session, city)
        assert rules.on("qishuyan", edition.in_force).sha256 == edition.sha256
        assert rules.on("qishuyan", edition.in_force - timedelta(1)).sha256 == edition_on("qishuyan", ON).sha256
        assert rules.on("baoan", edition.in_force) == edition_on("baoan", ON)
        assert rules_version(session, city) != before
        assert [(one.reason, one.published_by) for one in published(session, city)] == [
            ("Fewer points for a case", "wang")
        ]
    assert entries(own_lockside) == [
        (
            "rules_published",
            {
                "city": CITY,
                "rule_set": "qishuyan",
                "in_force": edition.in_force.isoformat(),
                "reason": "Fewer points for a case",
                "sha256": edition.sha256,
            },
        )
    ]


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"scope": LEADER}, "draft_right"),
        ({"scope": POLICE}, "draft_right"),
        ({"reason": "  "}, "draft_reason"),
        ({"day": date(2024, 1, 1)}, "draft_day"),
    ],
)
def test_an_edition_is_refused_without_right_reason_or_a_day_to_come(own_lockside, asked, key):
    with pytest.raises(DraftRefused) as refused:
        put_in_force(own_lockside, **asked)
    assert refused.value.key == key
    assert entries(own_lockside) == []


def test_the_last_day_is_graded_already_and_the_next_is_not(own_lockside):
    last = last_day(own_lockside)
    with pytest.raises(DraftRefused, match=f"up to {last} are graded already"):
        put_in_force(own_lockside, day=last)
    put_in_force(own_lockside, day=last + timedelta(1))


def test_an_administrator_of_a_street_puts_no_rules_in_force_for_the_city(own_lockside):
    of_a_street = AccessScope("administrator", areas=(own_lockside.area("street", SOUTH),))
    with pytest.raises(DraftRefused) as refused:
        put_in_force(own_lockside, scope=of_a_street)
    assert refused.value.key == "draft_part"


def test_pressing_twice_publishes_once(own_lockside):
    put_in_force(own_lockside)
    with pytest.raises(DraftRefused) as refused:
        put_in_force(own_lockside)
    assert refused.value.key == "draft_twice"


def test_an_edition_that_grades_by_who_lives_there_needs_it_too_whatever_its_text_leaves_out(own_lockside):
    lines = edition_on("qishuyan_as_published", ON).text.splitlines()
    silent = "\n".join(line for line in lines if not line.startswith(("warning", "police_only")))
    renamed = TEXT.replace('answer = "clean"', 'answer = "listed_persons"')
    for text, rule_set in ((silent, "qishuyan_as_published"), (renamed, "qishuyan")):
        assert edition_from(text, rule_set, date.max).warning is None
        with pytest.raises(DraftRefused) as refused:
            put_in_force(own_lockside, text=text, rule_set=rule_set)
        assert refused.value.key == "draft_warning"
        put_in_force(own_lockside, text=text, rule_set=rule_set, knowingly=True)


def test_an_edition_with_a_warning_is_put_in_force_knowingly_or_not_at_all(own_lockside):
    text = edition_on("qishuyan_as_published", ON).text
    with pytest.raises(DraftRefused) as refused:
        put_in_force(own_lockside, text=text, rule_set="qishuyan_as_published")
    assert refused.value.key == "draft_warning"
    put_in_force(own_lockside, text=text, rule_set="qishuyan_as_published", knowingly=True)


def test_a_rule_set_keeps_its_grades(own_lockside):
    renamed = TEXT.replace('"star"', '"best"').replace("star = { officer", "best = { officer")
    with pytest.raises(WrongRule, match="the grades of a rule set stay as they began"):
        put_in_force(own_lockside, text=renamed)


def times(town: Town, action: str) -> int:
    return [done for done, _ in entries(town)].count(action)


def test_a_draft_is_saved_once_however_often_its_form_is_sent(own_lockside):
    with writing(own_lockside.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, CITY)
        of_whom = (session, ADMINISTRATOR, WANG, city, "qishuyan")
        ids = {keep_draft(*of_whom, "Milder", MILDER, form="a form").id for _ in range(4)}
        another = keep_draft(*of_whom, "Stricter", MILDER, form="a form").id
        shown_anew = keep_draft(*of_whom, "Milder", MILDER, form="another form").id
    assert len(ids | {another, shown_anew}) == 3
    assert len(ids) == 1
    assert times(own_lockside, "draft_kept") == 3


def test_an_edition_is_put_in_force_once_however_often_its_form_is_sent(own_lockside):
    for _ in range(4):
        put_in_force(own_lockside, form="a form")
    assert times(own_lockside, "rules_published") == 1
    with pytest.raises(DraftRefused, match="published already"):
        put_in_force(own_lockside, form="another form")
