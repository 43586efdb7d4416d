"""The pages on changes, drafts and fairness: what they count is what the rules give, of the visitor's own buildings."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.cache import city_cache, shared_results
from dashboard.i18n import LANGUAGES, translator
from dashboard.studies.fairness.comparison import ASSUMPTIONS
from dashboard.studies.sandbox import rule_file_route
from data.access.roles import SYSTEM
from data.city import queries
from data.db.engine import reading, writing
from data.db.models.rules import PublishedEdition, RuleDraft
from scoring.grading.facts import compute_facts
from scoring.grading.rating import rate
from scoring.rulebook.editions import edition_from
from scoring.rulebook.figures import with_figures
from scoring.studies.grade_changes import BETTER, WORSE, directions, steps, without
from tests.dashboard.conftest import pointed_at
from tests.dashboard.demonstration import ON, Demonstration
from tests.dashboard.page_runs import page_run
from tests.sessions import token_of

STRICT = {("criterion", 4, "points", "no"): Decimal(-6), ("inspect_every_days", "red", "officer"): Decimal(5)}


@pytest.fixture(scope="module")
def district(tmp_path_factory) -> Iterator[Demonstration]:
    """Opened once: what these tests write is taken out again."""
    with pointed_at(tmp_path_factory.getbasetemp()) as demonstration:
        yield demonstration


@pytest.fixture
def study(district, monkeypatch) -> Callable[..., AppTest]:
    """A page as it stands after one run: `study("changes", "leader", "demo", lang="en")`."""

    def run(name: str, role: str, *areas: str, **query: str) -> AppTest:
        return page_run(monkeypatch, name, token_of(city_cache.database(), role, *areas), query)

    return run


def said(app: AppTest) -> str:
    kinds = ("markdown", "caption", "warning", "info", "error", "success", "html", "code")
    return "\n".join(str(getattr(one, "value", one)) for kind in kinds for one in app.get(kind))


def rating(day: date, changes=None):
    opened = city_cache.city_context(SYSTEM, "demo")
    edition = opened.rules.on("qishuyan", day)
    if changes:
        edition = edition_from(with_figures(edition.text, changes), "qishuyan", edition.in_force)
    return rate(compute_facts(opened.city_facts.fact_log, edition, day), edition)


def moved(before, after, rows=slice(None)) -> tuple[str, str]:
    way = directions(before, after)[rows]
    return f"<b>{int((way == WORSE).sum()):,}</b>", f"<b>{int((way == BETTER).sum()):,}</b>"


def rows_of(street: str) -> np.ndarray:
    opened = city_cache.city_context(SYSTEM, "demo")
    return opened.city_facts.buildings["street"] == opened.options.areas[f"street:{street}"]


def a_street(district: Demonstration) -> str:
    return district.rows("SELECT code FROM areas WHERE level = 'street' ORDER BY code LIMIT 1")[0][0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["changes", "sandbox", "fairness"])
def test_a_study_says_in_two_sentences_what_it_shows_and_how_it_can_mislead(study, name, language):
    shown = study(name, "leader", "demo", lang=language)
    assert not shown.exception
    t = translator(language)
    assert t(f"{name}.shows") in said(shown) and t(f"{name}.misleads") in said(shown)
    assert t("shell.invented") in said(shown)


def test_the_changes_are_those_of_rating_both_days(study):
    shown = study("changes", "leader", "demo")
    first, last = (one.value for one in shown.date_input)
    assert (first, last) == (date(2026, 5, 31), ON)
    for figure in moved(rating(first).grade, rating(last).grade):
        assert figure in said(shown)


def test_a_street_office_studies_its_own_buildings_only(study, district):
    street = a_street(district)
    shown = study("changes", "street_office", f"demo/street:{street}")
    rows = rows_of(street)
    for figure in moved(rating(date(2026, 5, 31)).grade, rating(ON).grade, rows):
        assert figure in said(shown)
    assert f"<b>{int(rows.sum()):,}</b>" in said(shown)


def test_days_in_the_wrong_order_are_told(study):
    shown = study("changes", "leader", "demo", lang="en")
    shown.date_input[0].set_value(ON).run()
    assert not shown.exception
    assert translator("en")("changes.in_order") in said(shown)


def test_the_sandbox_begins_with_the_rules_in_force_and_nobody_moves(study):
    shown = study("sandbox", "leader", "demo", lang="en")
    assert not shown.exception
    assert translator("en")("sandbox.no_difference") in said(shown)
    assert said(shown).count("<b>0</b>") >= 2


def test_a_text_of_ones_own_is_rated_at_once(study):
    shown = study("sandbox", "administrator", lang="en")
    opened = city_cache.city_context(SYSTEM, "demo")
    strict = with_figures(opened.editions["qishuyan"].text, STRICT)
    shown.text_area[0].set_value(strict)
    next(one for one in shown.button if one.label == translator("en")("sandbox.use_text")).click().run()
    assert not shown.exception
    for figure in moved(rating(ON).grade, rating(ON, STRICT).grade):
        assert figure in said(shown)


def test_a_text_that_is_no_rule_file_is_refused_in_the_words_of_the_file(study):
    shown = study("sandbox", "leader", "demo", lang="en")
    shown.text_area[0].set_value(shown.text_area[0].value.replace("below = 7", "below = 5"))
    next(one for one in shown.button if one.label == translator("en")("sandbox.use_text")).click().run()
    assert "'below' 5 does not rise above 6; put the bands in rising order" in said(shown)


def test_a_draft_is_kept_and_offered_to_start_from(study):
    shown = study("sandbox", "leader", "demo", lang="en")
    name = next(one for one in shown.text_input if one.label == translator("en")("sandbox.name"))
    name.set_value("Strict doors")
    next(one for one in shown.button if one.label == translator("en")("sandbox.keep")).click().run()
    assert not shown.exception
    assert translator("en")("sandbox.kept_done") in said(shown)
    start = next(box for box in shown.selectbox if box.label == translator("en")("sandbox.start"))
    assert any("Strict doors" in option for option in start.options)
    with writing(city_cache.database(), SYSTEM) as session:
        assert session.query(RuleDraft).filter_by(name="Strict doors").delete() == 1


def test_only_an_administrator_is_offered_to_publish_and_is_told_of_a_day_too_early(study):
    t = translator("en")
    leader = study("sandbox", "leader", "demo", lang="en")
    assert t("sandbox.publish_who") in said(leader)
    assert t("sandbox.publish") not in [one.label for one in leader.button]
    shown = study("sandbox", "administrator", lang="en")
    next(one for one in shown.date_input if one.label == t("sandbox.from_day")).set_value(ON)
    next(one for one in shown.text_area if one.label == t("sandbox.reason")).set_value("To try")
    next(one for one in shown.button if one.label == t("sandbox.publish")).click().run()
    assert f"Days up to {ON} are graded already and stay so; choose a later day." in said(shown)
    with reading(city_cache.database(), SYSTEM) as session:
        assert session.query(PublishedEdition).count() == 0


def test_an_administrator_publishes_from_a_day_with_a_reason(study):
    t = translator("en")
    shown = study("sandbox", "administrator", lang="en")
    next(one for one in shown.text_area if one.label == t("sandbox.reason")).set_value("Council of 30 June")
    next(one for one in shown.button if one.label == t("sandbox.publish")).click().run()
    assert t("sandbox.published_done") in said(shown)
    with writing(city_cache.database(), SYSTEM) as session:
        row = session.query(PublishedEdition).one()
        assert (row.rule_set, row.in_force, row.reason) == ("qishuyan", ON + timedelta(1), "Council of 30 June")
        city = queries.city_by_code(session, SYSTEM, "demo")
        assert row.city_id == city.id
        session.delete(row)


def test_the_rule_that_moves_most_stands_open_with_whom_it_moves(study):
    shown = study("fairness", "administrator", lang="en")
    now = rating(ON)
    grades = [without(now, step) for step in steps(now.edition)]
    heaviest = max(grades, key=lambda grade: int(np.isin(directions(grade, now.grade), (WORSE, BETTER)).sum()))
    for figure in moved(heaviest, now.grade):
        assert figure in said(shown)


def test_the_edition_on_tenants_is_shown_under_an_assumption_that_is_told(study):
    t = translator("en")
    shown = study("fairness", "administrator", lang="en")
    shown.button_group(key="fairness_part").set_value("editions").run()
    assert not shown.exception
    assert "Nothing recorded is at hand of: Listed persons" in said(shown)
    listed = t("fairness.assume_listed")
    shown.radio[0].set_value(next(one for one in ASSUMPTIONS if one.name == "listed")).run()
    assert listed in shown.radio[0].options
    opened = city_cache.city_context(SYSTEM, "demo")
    published = opened.rules.on("qishuyan_as_published", ON)
    facts = compute_facts(opened.city_facts.fact_log, published, ON)
    assumed = {name: float(name == "listed_persons") for name in facts if facts[name].isna().all()}
    assert len(assumed) == 4
    for figure in moved(rating(ON).grade, rate(facts.fillna(assumed), published).grade):
        assert figure in said(shown)


def test_a_comparison_that_is_gone_is_told_to_be_made_anew():
    with pytest.raises(shared_results.ComparisonGone, match="open the page again"):
        shared_results.load_changes("0" * 24)


def test_the_map_of_moves_holds_those_who_moved_and_for_a_street_its_own_only(visit, district):
    street = a_street(district)
    way = directions(rating(date(2026, 5, 31)).grade, rating(ON).grade)
    opened = city_cache.city_context(SYSTEM, "demo")
    box = ",".join(map(str, opened.bounds))
    address = f"/map/counts?city=demo&box={box}&moves={shared_results.store_changes(way)}"
    drawn = np.arange(len(way)) < opened.city_facts.n_on_map
    for who, rows in ((("leader", "demo"), drawn), (("leader", f"demo/street:{street}"), drawn & rows_of(street))):
        counts = visit(*who).get(address).json()["counts"]
        assert (counts["c0"], counts["c1"]) == (int((way[rows] == WORSE).sum()), int((way[rows] == BETTER).sum()))
    assert visit("leader", "demo").get(f"/map/counts?city=demo&box={box}&moves=gone").status_code == 404


def test_a_draft_can_be_taken_along_as_a_rule_file_and_the_trail_says_so(district, visit):
    text = city_cache.city_context(SYSTEM, "demo").editions["qishuyan"].text
    key = shared_results.store_text(text)
    answer = visit("leader", "demo").get(f"/rules/{key}.toml?rule_set=qishuyan")
    assert answer.text == text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="qishuyan.toml"'
    taken = district.rows("SELECT account, action, details FROM audit_entries ORDER BY id DESC LIMIT 1")
    details = {"rule_set": "qishuyan", "sha256": hashlib.sha256(text.encode()).hexdigest()}
    assert [(*who, json.loads(what)) for *who, what in taken] == [("leader-demo", "draft_taken", details)]
    assert visit("leader", "demo").get("/rules/gone.toml").status_code == 404
    assert visit("police", "demo").get(f"/rules/{key}.toml").status_code == 403


def test_no_draft_leaves_without_an_entry(visit, monkeypatch):
    def no_trail(*_):
        raise RuntimeError("the trail has no head")

    key = shared_results.store_text("title = 'a draft'")
    monkeypatch.setattr(rule_file_route, "record", no_trail)
    answer = visit("leader", "demo").get(f"/rules/{key}.toml")
    assert answer.status_code == 500 and "a draft" not in answer.text
