"""A form sent twice, one after the other or at once, is recorded once; and of two who correct a row one is quicker."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from secrets import token_hex
from threading import Barrier

import pytest
from sqlalchemy import select

from data.access.roles import SYSTEM
from data.audit.trail import Actor
from data.db.engine import writing
from data.db.models.city import Building, Hazard, Inspection
from data.records.commands import HazardStepTaken, Visit
from data.records.desk import Desk
from data.records.errors import RecordRefused
from data.records.keys import LONGEST_KEY, SHORTEST_KEY, Recorded
from data.records.subjects import hazard_of
from data.records.writing import record
from tests.data.lockside import FOUR, ON
from tests.data.records.clerk import ALL_GOOD, EARLIER, JUNE, LI, south_command

AT_ONCE = 6


def at_once(deeds: list[Callable[[], Recorded]]) -> list[Recorded | RecordRefused]:
    """What each was told, all having begun at the same moment."""
    together = Barrier(len(deeds))

    def done(deed: Callable[[], Recorded]) -> Recorded | RecordRefused:
        together.wait()
        try:
            return deed()
        except RecordRefused as refused:
            return refused

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(done, deeds))


@pytest.mark.parametrize("kind", ["visit", "visit_with_a_hazard", "hazard", "step", "event", "home_state"])
def test_the_second_time_a_form_is_told_what_it_became_and_writes_nothing(clerk, kind):
    command, key = south_command(clerk, kind), f"a form about a {kind}"
    first = clerk.record(command, key=key)
    before = clerk.counts()
    clerk_of_tomorrow = clerk.record(command, key=key, on=JUNE.replace(year=2025))
    assert clerk_of_tomorrow == replace(first, repeated=True)
    assert clerk.counts() == before


def test_forms_sent_at_the_same_moment_are_recorded_once(clerk):
    command, before = south_command(clerk, "visit_with_a_hazard"), clerk.counts()
    told = at_once([lambda: clerk.record(command, key="pressed six times")] * AT_ONCE)
    after = clerk.counts()
    assert sorted(one.repeated for one in told) == [False] + [True] * (AT_ONCE - 1)
    assert len({(one.id, one.version) for one in told}) == 1
    assert (after["inspections"] - before["inspections"], after["hazards"] - before["hazards"]) == (1, 1)
    assert after["audit_entries"] - before["audit_entries"] == after["changes"] - before["changes"] == 1


def test_a_correction_sent_at_the_same_moment_is_no_quarrel_with_itself(clerk):
    house = clerk.building("plum-court")
    first = clerk.record(Visit(house, JUNE)).id
    again = Visit(house, EARLIER, corrects=first)
    told = at_once([lambda: clerk.record(again, key="a correction, six times")] * AT_ONCE)
    assert len({one.id for one in told}) == 1


def test_of_those_who_correct_the_same_row_one_is_quicker_and_the_others_are_told(clerk):
    house = clerk.building("plum-court")
    first = clerk.record(Visit(house, JUNE)).id
    before = clerk.counts()
    told = at_once([lambda: clerk.record(Visit(house, EARLIER, corrects=first))] * AT_ONCE)
    refused = [one for one in told if isinstance(one, RecordRefused)]
    assert len(refused) == AT_ONCE - 1
    assert {str(one) for one in refused} == {"Somebody else has corrected this already; look at it as it stands now."}
    assert clerk.counts()["inspections"] == before["inspections"] + 1


def test_of_those_who_close_the_same_hazard_one_is_quicker_and_the_others_are_told(clerk):
    hazard = clerk.hazard()
    told = at_once([lambda: clerk.record(HazardStepTaken(hazard, "resolved", JUNE))] * AT_ONCE)
    assert sum(isinstance(one, RecordRefused) for one in told) == AT_ONCE - 1
    assert [step for step, _ in clerk.steps(hazard)] == ["found", "resolved"]


def test_two_hazards_are_locked_in_one_order_so_that_nobody_waits_in_a_circle(clerk, monkeypatch):
    lowest, one, other = clerk.hazard("mill-yard"), clerk.hazard("mill-yard"), clerk.hazard("shut-gate")
    wrong = [clerk.record(HazardStepTaken(hazard, "taken_up", JUNE)).id for hazard in (one, other)]
    locked: list[int] = []

    def noted(desk: Desk, hazard_id: int) -> Hazard:
        locked.append(hazard_id)
        return hazard_of(desk, hazard_id)

    monkeypatch.setattr("data.records.hazards.hazard_of", noted)
    clerk.record(HazardStepTaken(other, "resolved", JUNE, corrects=wrong[0]))
    assert locked == [one, other]
    locked.clear()
    clerk.record(HazardStepTaken(lowest, "resolved", JUNE, corrects=wrong[1]))
    assert locked == [lowest, other]


def test_whoever_changes_a_hazard_keeps_it_from_others_but_not_its_building(clerk):
    engine, house, hazard = clerk.town.engine, clerk.building("mill-yard"), clerk.hazard("mill-yard")
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one writer in at a time, whatever is locked.")

    def is_free(model: type[Building | Hazard], row_id: int) -> bool:
        with writing(engine, SYSTEM) as session:
            question = select(model.id).where(model.id == row_id)
            return session.scalar(question.with_for_update(skip_locked=True)) == row_id

    with clerk.town.looked_at() as (_, city), writing(engine, SYSTEM) as session:
        hazard_of(Desk(session, SYSTEM, city, ON), hazard)
        assert not is_free(Hazard, hazard)
        assert is_free(Building, house)
    assert is_free(Hazard, hazard)


@pytest.mark.parametrize(
    "another",
    [
        {"answers": ALL_GOOD | {FOUR[0]: 0}},
        {"answers": ALL_GOOD | {FOUR[0]: None}},
        {"inspector": "A8"},
        {"day": EARLIER},
        {"hazards": ()},
    ],
    ids=str,
)
def test_a_form_that_says_something_else_is_refused(clerk, another):
    command, key = south_command(clerk, "visit_with_a_hazard"), token_hex(16)
    clerk.record(command, key=key)
    before = clerk.counts()
    with pytest.raises(RecordRefused, match="said something else"):
        clerk.record(replace(command, **another), key=key)
    assert clerk.counts() == before


def test_the_same_words_from_another_account_or_about_another_city_are_another_form(clerk):
    command, key = south_command(clerk, "visit"), token_hex(16)
    clerk.record(command, key=key)
    for other in ({"actor": Actor("mei", "police")}, {"city": "otherbank"}):
        with pytest.raises(RecordRefused, match="said something else"):
            clerk.record(command, key=key, **other)


def test_the_order_of_answers_does_not_make_another_form(clerk):
    command, key = south_command(clerk, "visit"), token_hex(16)
    first = clerk.record(command, key=key)
    assert clerk.record(replace(command, answers=dict(reversed(ALL_GOOD.items()))), key=key).id == first.id


def test_a_form_that_was_refused_may_be_put_right_and_sent_again(clerk):
    house, key = clerk.building("mill-yard"), token_hex(16)
    with pytest.raises(RecordRefused):
        clerk.record(Visit(house, JUNE.replace(year=2030)), key=key)
    assert not clerk.record(Visit(house, JUNE), key=key).repeated


BAD_KEYS = ["", "x" * (SHORTEST_KEY - 1), "x" * (LONGEST_KEY + 1), "\0" * 20, "鍵" * 20, "\n" * 20]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_that_could_be_drawn_twice_or_not_be_kept_is_refused(clerk, key):
    with pytest.raises(RecordRefused, match="open the form anew"):
        record(clerk.town.engine, SYSTEM, LI, "lockside", Visit(1, JUNE), key=key, on=ON)
    for fits in (SHORTEST_KEY, LONGEST_KEY):
        assert clerk.record(Visit(clerk.building("mill-yard"), JUNE), key=token_hex(32)[:fits]).id


def test_what_fails_in_the_middle_leaves_nothing_and_its_key_free(clerk, monkeypatch):
    command, key, before = south_command(clerk, "visit_with_a_hazard"), token_hex(16), clerk.counts()

    def fails(*_: object) -> None:
        raise KeyboardInterrupt

    for last_step in ("trail.record", "log_change", "keep_key"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(f"data.records.writing.{last_step}", fails)
            clerk.record(command, key=key)
        assert clerk.counts() == before
    assert clerk.row(Inspection, clerk.record(command, key=key).id).day == JUNE
