"""Every kind of fact is recorded whole, and counts; a correction counts in place of what it corrects."""

from datetime import date

import pytest

from data.access.roles import SYSTEM
from data.audit.verify import verify
from data.city import queries
from data.db.models.city import Event, Hazard, HazardStep, HomeState, Inspection
from data.records.commands import (
    EventHappened,
    EventWithdrawn,
    FoundHazard,
    HazardFound,
    HazardStepTaken,
    HazardWithdrawn,
    HomeStateSet,
    Visit,
    VisitWithdrawn,
)
from data.records.errors import RecordRefused
from tests.data.every_query import plain
from tests.data.lockside import FOUR, ON
from tests.data.records.clerk import ALL_GOOD, EARLIER, JUNE, LOCKED_EXIT, Clerk, south_command


def counted(clerk: Clerk, query, building: int) -> list[tuple]:
    """The rows of a building that a query answers with, but for the building itself."""
    frame = clerk.asked(query)
    return plain(frame[frame["building_id"] == building].drop(columns="building_id"))


# each kind


def test_a_visit_is_kept_with_its_answers_in_the_order_of_the_check_list_and_with_what_it_found(clerk):
    house = clerk.building("plum-court")
    answers = {item: None if item == FOUR[2] else int(item != FOUR[1]) for item in reversed(FOUR)}
    exit_ = FoundHazard(**LOCKED_EXIT, due_on=date(2024, 7, 5))
    visit = clerk.row(Inspection, clerk.record(Visit(house, JUNE, "four", answers, "A7", (exit_,))).id)
    assert visit.answers == "10-" + "1" * (len(FOUR) - 3)
    assert (visit.building_id, visit.day, visit.recorded_on, visit.inspector) == (house, JUNE, ON, "A7")
    assert (visit.import_id, visit.source_key, visit.corrects_id) == (None, None, None)
    (hazard,) = (row for row in counted(clerk, queries.hazards, house) if row[1:3] == ("fire", "exit_locked"))
    assert clerk.row(Hazard, hazard[0]).inspection_id == visit.id
    assert clerk.row(Hazard, hazard[0]).due_on == date(2024, 7, 5)
    assert clerk.steps(hazard[0]) == [("found", JUNE)]


def test_a_visit_without_a_check_list_says_that_somebody_came(clerk):
    visit = clerk.row(Inspection, clerk.record(Visit(clerk.building("never-house"), JUNE)).id)
    assert (visit.checklist_id, visit.answers, visit.inspector) == (None, None, None)


def test_a_hazard_is_kept_with_its_finding_and_then_with_its_steps(clerk):
    house = clerk.building("plum-court")
    found = clerk.record(HazardFound(house, **LOCKED_EXIT, found_on=EARLIER)).id
    step = clerk.record(HazardStepTaken(found, "transferred", JUNE, "fire brigade")).id
    assert clerk.row(HazardStep, step).department == "fire brigade"
    assert clerk.row(HazardStep, step).recorded_on == ON
    assert clerk.steps(found) == [("found", EARLIER), ("transferred", JUNE)]
    assert found in clerk.asked(queries.hazards)["id"].tolist()


def test_an_event_and_the_state_of_a_home_are_kept(clerk):
    house, home = clerk.building("shut-gate"), clerk.home()
    event = clerk.row(Event, clerk.record(EventHappened(house, "fire_accident", JUNE)).id)
    assert (event.kind, event.day, event.recorded_on, event.import_id) == ("fire_accident", JUNE, ON, None)
    state = clerk.row(HomeState, clerk.record(HomeStateSet(home, "under_repair", JUNE)).id)
    assert (state.home_id, state.state, state.day, state.import_id) == (home, "under_repair", JUNE, None)


# corrections


def test_a_corrected_visit_counts_once_and_where_it_belongs(clerk):
    wrong, right = clerk.building("mill-yard"), clerk.building("shut-gate")
    before = [counted(clerk, queries.inspections, house) for house in (wrong, right)]
    first = clerk.record(Visit(wrong, JUNE, "four", ALL_GOOD, "A7")).id
    second = clerk.record(Visit(right, EARLIER, "four", ALL_GOOD | {FOUR[0]: 0}, "A7", corrects=first)).id
    after = [counted(clerk, queries.inspections, house) for house in (wrong, right)]
    assert after[0] == before[0]
    assert len(after[1]) == len(before[1]) + 1
    assert clerk.row(Inspection, second).corrects_id == first
    assert clerk.row(Inspection, first).answers == "1" * len(FOUR)
    assert clerk.last_change() == ("visit", {wrong, right})


def test_a_corrected_event_counts_once_and_where_it_belongs(clerk):
    wrong, right = clerk.building("mill-yard"), clerk.building("maple-tower")
    first = clerk.record(EventHappened(wrong, "criminal_case", JUNE)).id
    clerk.record(EventHappened(right, "public_order_case", EARLIER, corrects=first))
    assert counted(clerk, queries.events, wrong) == []
    assert [kind for kind, _ in counted(clerk, queries.events, right)] == ["public_order_case"]
    assert clerk.last_change() == ("event", {wrong, right})


def test_a_corrected_hazard_takes_its_steps_along_and_leaves_the_visit_of_the_other_building(clerk):
    wrong, right = clerk.building("plum-court"), clerk.building("shut-gate")
    clerk.record(Visit(wrong, EARLIER, hazards=(FoundHazard(**LOCKED_EXIT),)))
    found = max(row[0] for row in counted(clerk, queries.hazards, wrong))
    clerk.record(HazardStepTaken(found, "taken_up", JUNE, "fire brigade"), on=date(2024, 6, 25))
    said = LOCKED_EXIT | {"severity": "high"}
    here = clerk.record(HazardFound(wrong, **said, found_on=EARLIER, corrects=found)).id
    assert clerk.row(Hazard, here).inspection_id == clerk.row(Hazard, found).inspection_id is not None
    there = clerk.record(HazardFound(right, **said, found_on=date(2024, 6, 9), corrects=here)).id
    assert clerk.last_change() == ("hazard", {wrong, right})
    assert clerk.row(Hazard, there).inspection_id is None
    assert clerk.steps(there) == [("found", date(2024, 6, 9)), ("taken_up", JUNE)]
    known = clerk.asked(queries.hazard_steps)
    assert known[known["hazard_id"].isin([found, here])].empty
    with clerk.town.looked_at() as (session, _):
        (step,) = (one for one in session.query(HazardStep).filter_by(hazard_id=there) if one.step == "taken_up")
        assert (step.department, step.recorded_on) == ("fire brigade", date(2024, 6, 25))


def test_the_categories_of_a_source_may_stay_when_its_hazard_is_corrected(clerk):
    house = clerk.building("harbour-row")
    ((found, group, category, *_),) = counted(clerk, queries.hazards, house)
    assert category == "public_order"  # which the catalogue does not know
    with pytest.raises(RecordRefused, match="is none of gambling_den"):
        clerk.record(HazardFound(house, group, category, "low", date(2024, 1, 31)))
    clerk.record(HazardFound(house, group, category, "low", date(2024, 1, 31), corrects=found))
    ((_, _, _, severity, *_),) = counted(clerk, queries.hazards, house)
    assert severity == "low"


def test_a_step_noted_on_a_wrong_day_is_corrected_by_writing_its_hazard_anew(clerk):
    hazard = clerk.hazard()
    clerk.record(HazardStepTaken(hazard, "transferred", date(2024, 6, 5)))
    wrong = clerk.record(HazardStepTaken(hazard, "resolved", date(2024, 6, 8))).id
    clerk.record(HazardStepTaken(hazard, "verified", date(2024, 6, 12)))
    right = clerk.record(HazardStepTaken(hazard, "resolved", date(2024, 6, 7), corrects=wrong)).id
    new = clerk.successor(hazard)
    assert clerk.row(HazardStep, right).hazard_id == new.id
    steps = ["found 1", "transferred 5", "resolved 7", "verified 12"]
    assert [f"{step} {day.day}" for step, day in clerk.steps(new.id)] == steps
    assert [step for step, _ in clerk.steps(hazard)] == ["found", "transferred", "resolved", "verified"]
    assert new.id in clerk.asked(queries.hazards)["id"].tolist()


def test_a_step_noted_at_another_hazard_by_mistake_moves_to_the_right_one(clerk):
    meant, other = clerk.hazard("shut-gate"), clerk.hazard("mill-yard")
    wrong = clerk.record(HazardStepTaken(other, "resolved", JUNE)).id
    moved = clerk.record(HazardStepTaken(meant, "resolved", JUNE, corrects=wrong)).id
    assert clerk.row(HazardStep, moved).hazard_id == meant
    assert [step for step, _ in clerk.steps(meant)] == ["found", "resolved"]
    assert [step for step, _ in clerk.steps(clerk.successor(other).id)] == ["found"]
    assert clerk.last_change() == ("hazard", {clerk.building("shut-gate"), clerk.building("mill-yard")})


def test_a_state_of_the_same_home_and_day_counts_in_place_of_the_earlier_one(clerk):
    def vacant() -> int:
        with clerk.town.looked_at() as (session, city):
            house = queries.building_by_code(session, SYSTEM, city, "lantern-hall")
            return queries.homes_of_building(session, SYSTEM, house, ON).get("vacant", 0)

    home = clerk.home()
    clerk.record(HomeStateSet(home, "vacant", ON))
    before = vacant()
    clerk.record(HomeStateSet(home, "let", ON))
    assert vacant() == before - 1


def test_what_was_corrected_is_not_corrected_again_nor_gets_a_step(clerk):
    house = clerk.building("plum-court")
    visit = clerk.record(Visit(house, JUNE)).id
    event = clerk.record(EventHappened(house, "lead_given", JUNE)).id
    hazard = clerk.hazard("plum-court")
    step = clerk.record(HazardStepTaken(hazard, "taken_up", JUNE)).id
    late = [
        Visit(house, EARLIER, corrects=visit),
        EventHappened(house, "lead_given", EARLIER, corrects=event),
        HazardFound(house, **LOCKED_EXIT, found_on=EARLIER, corrects=hazard),
    ]
    for command in late:
        clerk.record(command)
    late += [HazardStepTaken(hazard, "resolved", JUNE), HazardStepTaken(hazard, "resolved", JUNE, corrects=step)]
    before = clerk.counts()
    for command in late:
        with pytest.raises(RecordRefused, match="has corrected this already"):
            clerk.record(command)
    assert clerk.counts() == before


# withdrawals


@pytest.mark.parametrize(
    "query", [queries.inspections, queries.hazards, queries.events], ids=["visit", "hazard", "event"]
)
def test_a_withdrawn_fact_counts_no_more_and_stays_in_the_tables(clerk, query):
    house = clerk.building("plum-court")
    facts = {
        queries.inspections: (Inspection, Visit(house, JUNE, inspector="A7"), VisitWithdrawn),
        queries.hazards: (Hazard, HazardFound(house, **LOCKED_EXIT, found_on=EARLIER), HazardWithdrawn),
        queries.events: (Event, EventHappened(house, "fire_accident", JUNE), EventWithdrawn),
    }
    model, command, withdrawal = facts[query]
    before = counted(clerk, query, house)
    fact = clerk.record(command).id
    assert len(counted(clerk, query, house)) == len(before) + 1
    void = clerk.row(model, clerk.record(withdrawal(fact)).id)
    assert counted(clerk, query, house) == before
    assert (void.void, void.corrects_id, void.building_id, void.import_id) == (True, fact, house, None)
    assert clerk.row(model, fact).void is None
    steps = clerk.asked(queries.hazard_steps)
    assert not steps["hazard_id"].isin([fact, void.id]).any() or model is not Hazard
    for again, said in ((fact, "corrected this already"), (void.id, "is not there, or not yours")):
        with pytest.raises(RecordRefused, match=said):
            clerk.record(withdrawal(again))


# what goes with it

MORE_ROWS = {
    "visit": {"inspections": 1},
    "visit_with_a_hazard": {"inspections": 1, "hazards": 1, "hazard_steps": 1},
    "hazard": {"hazards": 1, "hazard_steps": 1},
    "step": {"hazard_steps": 1},
    "event": {"events": 1},
    "home_state": {"home_states": 1},
    "visit_withdrawn": {"inspections": 1},
    "hazard_withdrawn": {"hazards": 1},
    "event_withdrawn": {"events": 1},
}
ALWAYS = {"audit_entries": 1, "changes": 1, "changed_buildings": 1, "record_keys": 1}


@pytest.mark.parametrize("kind", MORE_ROWS)
def test_a_fact_adds_its_rows_an_entry_of_the_trail_one_of_the_change_log_and_its_key(clerk, kind):
    command = south_command(clerk, kind)
    before, version = clerk.counts(), clerk.version()
    recorded = clerk.record(command)
    after = clerk.counts()
    assert {name: after[name] - n for name, n in before.items() if after[name] != n} == MORE_ROWS[kind] | ALWAYS
    assert recorded.version == clerk.version() != version
    assert recorded.version.number == version.number + 1
    assert not recorded.repeated
    logged, touched = clerk.last_change()
    withdrawn = kind.removesuffix("_withdrawn")
    assert logged == {"visit_with_a_hazard": "visit", "step": "hazard"}.get(kind, withdrawn)
    code = "lantern-hall" if kind == "home_state" else "mill-yard"
    assert touched == {clerk.building(code)}
    entry = clerk.last_entry()
    action = {"visit_with_a_hazard": "visit", "home_state": "home"}.get(kind, withdrawn)
    verb = "record" if withdrawn == kind else "withdraw"
    assert (entry.action, entry.account, entry.address) == (f"{verb}_{action}", "li", "10.0.0.7")
    corrected = {} if withdrawn == kind else {"corrects": command.withdraws}
    assert entry.details == {"city": "lockside", "building": code, "record": recorded.id} | corrected
    with clerk.town.looked_at() as (session, _):
        assert verify(session).fault is None


def test_the_trail_says_what_was_corrected(clerk):
    first = clerk.record(Visit(clerk.building("plum-court"), JUNE)).id
    clerk.record(Visit(clerk.building("plum-court"), EARLIER, corrects=first))
    assert clerk.last_entry().details["corrects"] == first
