"""What is told beside a grade never gives back what is withheld: not by a total, not by a rest, not over two days."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from data.access.fact_rights import EVENT_FAMILY, FAMILIES, can_see_some, scores_withheld_facts, withheld_facts
from data.access.roles import ROLES, SYSTEM, AccessScope
from data.city import queries
from data.city.building_report import Explained, explained
from data.city.seen_facts import fact_log_seen_by
from data.city.snapshots import scores_seen_by
from data.db.models.city import HAZARD_GROUPS
from scoring.grading.reasons import WITHHELD
from scoring.rulebook.editions import editions, rule_sets
from scoring.rulebook.model import Edition
from tests.cast import Building, Hazard, fact_log
from tests.data.lockside import CAST, ON

SHIPPED = [edition for rule_set in rule_sets() for edition in editions(rule_set)]
GROUPS = {"department": ("fire",)}
READERS = [AccessScope(role, areas=None, hazard_groups=GROUPS.get(role)) for role in ROLES]
OTHERS = [reader for reader in READERS if not reader.can("cases")]
TENANTS = next(family.items for family in FAMILIES if family.name == "tenants")
EVENTS_READ = [
    (edition, kind)
    for edition in SHIPPED
    for kind in EVENT_FAMILY
    if any(fact.kind == "events" and kind in fact.of for fact in edition.facts.values())
]
HOUSES = [house.as_cast() for house in CAST]


def by_role(reader: AccessScope) -> str:
    return reader.role


def by_name(thing: Edition | Building | str) -> str:
    if isinstance(thing, str):
        return thing
    return thing.rule_set if isinstance(thing, Edition) else thing.name


def told(shown: Explained) -> tuple:
    """Everything told beside the grade, but for the advice."""
    rating = shown.rating
    return shown.reasons, *(repr(one.tolist()) for one in (rating.score, rating.points, rating.caps_apply))


def with_event(house: Building, kind: str, day: date) -> Building:
    return replace(house, events={**house.events, kind: [*house.events.get(kind, ()), day]})


def explained_on(reader: AccessScope, house: Building, edition: Edition, on: date = ON) -> Explained:
    return explained(reader, fact_log(house), edition, on)


@pytest.mark.parametrize("edition", SHIPPED, ids=by_name)
@pytest.mark.parametrize("house", HOUSES, ids=by_name)
def test_the_grade_is_the_same_for_everybody(house, edition):
    grades = {int(explained_on(reader, house, edition).rating.grade[0]) for reader in (SYSTEM, *READERS)}
    assert len(grades) == 1


@pytest.mark.parametrize("edition", SHIPPED, ids=by_name)
@pytest.mark.parametrize("house", HOUSES, ids=by_name)
def test_who_has_every_right_is_told_everything(house, edition):
    police = AccessScope("police", areas=None)
    assert told(explained_on(police, house, edition)) == told(explained_on(SYSTEM, house, edition))
    assert not explained_on(police, house, edition).withholds


@pytest.mark.parametrize("reader", OTHERS, ids=by_role)
@pytest.mark.parametrize(
    ("edition", "kind"), EVENTS_READ, ids=lambda one: one if isinstance(one, str) else by_name(one)
)
def test_two_days_running_a_card_gives_no_event_away_beyond_the_grade(edition, kind, reader):
    yesterday, today = ON, ON + timedelta(1)
    for house in HOUSES:
        quiet, struck = (explained_on(reader, one, edition, today) for one in (house, with_event(house, kind, today)))
        assert told(struck) == told(quiet)
        assert explained_on(reader, with_event(house, kind, today), edition, yesterday).reasons == (
            explained_on(reader, house, edition, yesterday).reasons
        )
        if struck.rating.grade[0] == quiet.rating.grade[0]:
            assert repr(struck.advice) == repr(quiet.advice)
        else:
            assert None in (struck.advice, quiet.advice)


@pytest.mark.parametrize("reader", OTHERS, ids=by_role)
@pytest.mark.parametrize("edition", [one for one in SHIPPED if one.rule_set == "qishuyan_as_published"], ids=by_name)
def test_what_is_known_of_the_tenants_changes_nothing_that_is_told(edition, reader):
    well_kept = {"registers_tenants": 1, "security_doors": 1, "good_neighbours": 1, "clean": 1}
    asked = [dict.fromkeys(TENANTS, number) for number in (0, 1, 3)]
    houses = [Building("b", inspections=[(ON, well_kept), (ON, tenants)]) for tenants in asked]
    assert len({int(explained_on(SYSTEM, house, edition).rating.score[0]) for house in houses}) == 3
    assert len({repr(told(explained_on(reader, house, edition))) for house in houses}) == 1


@pytest.mark.parametrize("group", HAZARD_GROUPS)
@pytest.mark.parametrize("edition", SHIPPED, ids=by_name)
def test_a_department_is_told_of_no_hazard_of_another_group(edition, group):
    fire = next(reader for reader in READERS if reader.role == "department")
    house = HOUSES[2]
    found = replace(house, hazards=[Hazard(ON - timedelta(40), group, "high", due=ON - timedelta(20))])
    shown, plain = (explained_on(fire, one, edition) for one in (found, house))
    reads_it = any(fact.kind == "hazards" and group in (fact.of or HAZARD_GROUPS) for fact in edition.facts.values())
    is_told = group == "fire" and reads_it and shown.rating.grade[0] >= 0
    assert (shown.reasons != plain.reasons) == is_told


@pytest.mark.parametrize("reader", READERS, ids=by_role)
@pytest.mark.parametrize("edition", SHIPPED, ids=by_name)
@pytest.mark.parametrize("house", HOUSES, ids=by_name)
def test_no_reason_is_read_from_what_its_reader_may_not_see(house, edition, reader):
    shown = explained_on(reader, house, edition)
    hidden = {edition.facts[one.name].label for one in withheld_facts(reader, edition) if not can_see_some(reader, one)}
    for reason in shown.reasons:
        assert not any(label.zh in reason.label.zh or label.en in reason.label.en for label in hidden), reason.label
    for window in shown.advice.windows if shown.advice else ():
        assert can_see_some(reader, edition.facts[window.need.fact])
    for cap in shown.advice.blocking_caps if shown.advice else ():
        assert not {need.fact for need in cap.needs} & {one.name for one in withheld_facts(reader, edition)}


@pytest.mark.parametrize("reader", OTHERS, ids=by_role)
@pytest.mark.parametrize("edition", SHIPPED, ids=by_name)
def test_that_something_is_withheld_is_said_of_every_building_alike_and_once(edition, reader):
    for house in HOUSES:
        shown = explained_on(reader, house, edition)
        if shown.rating.grade[0] >= 0:
            assert shown.reasons.count(WITHHELD) == shown.withholds


@pytest.mark.parametrize("reader", OTHERS, ids=by_role)
def test_the_total_that_is_shown_is_that_of_the_reasons_that_are_shown(reader):
    for edition in (one for one in SHIPPED if scores_withheld_facts(reader, one)):
        for house in HOUSES:
            shown = explained_on(reader, house, edition)
            if shown.rating.grade[0] >= 0:
                assert sum(reason.points or 0 for reason in shown.reasons) == shown.rating.score[0]
                assert "band" not in [reason.kind for reason in shown.reasons]


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("leader", "逾期未整改的隐患"),
        ("police", "逾期未整改的隐患、影响恶劣的刑事、治安案件、消防安全事故、重大违法违规经营行为"),
    ],
)
def test_a_cap_over_several_facts_is_named_by_those_its_reader_may_see(role, names):
    baoan = editions("baoan")[0]
    answers = {item.code: 1 for item in baoan.checklist}
    late = [Hazard(ON - timedelta(40), "fire", "low", due=ON - timedelta(20)) for _ in range(2)]
    house = Building("b", {"fire_accident": [ON]}, [(ON, answers)], late)
    reasons = explained_on(AccessScope(role, areas=None), house, baoan).reasons
    assert [one.label.zh for one in reasons if (one.kind, one.grade) == ("cap", "one")] == [names]


def test_the_log_of_one_with_every_right_is_the_log(lockside):
    known = lockside.city_facts().fact_log
    seen = fact_log_seen_by(AccessScope("police", areas=None), known)
    assert seen.events == known.events
    assert seen.checklists == known.checklists
    assert seen.open_periods is known.open_periods


@pytest.mark.parametrize("reader", READERS, ids=by_role)
def test_the_scores_of_a_day_are_those_of_the_cards(lockside, reader):
    day, rows = lockside.snapshot(), lockside.rows()
    scores = scores_seen_by(reader, day)
    for house in CAST:
        for rule_set, edition in day.editions.items():
            shown = explained(reader, day.city_facts.fact_log_of(rows[house.name]), edition, ON)
            np.testing.assert_array_equal(scores[rule_set][rows[house.name]], shown.rating.score[0])


@pytest.mark.parametrize("reader", [one for one in OTHERS if not one.is_row_filtered], ids=by_role)
def test_the_visits_of_a_card_hold_no_answer_about_tenants(lockside, reader):
    with lockside.looked_at() as (session, city):
        house = queries.building_by_code(session, SYSTEM, city, "plum-court")
        police, other = (queries.building_history(session, scope, house, ON) for scope in (SYSTEM, reader))
    asked, kept = (frame[frame["kind"] == "visit"]["what"].tolist() for frame in (police, other))
    assert asked[0] == "0", "Somebody asked whether the occupants are mixed."
    assert kept == ["", *asked[1:]]
