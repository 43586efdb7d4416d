"""What cannot be meant is refused with a sentence that names the cure, and nothing is written."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from data.db.models.city import HazardStep, Inspection
from data.records.commands import EventHappened, FoundHazard, HazardFound, HazardStepTaken, HomeStateSet, Visit
from data.records.errors import RecordRefused
from data.records.values import EARLIEST, LONGEST_REPAIR
from tests.data.lockside import FOUR, GOOD_TOWER, ON, TORONTO
from tests.data.records.clerk import ALL_GOOD, EARLIER, JUNE, LOCKED_EXIT, south_command

TOMORROW = ON + timedelta(days=1)
TOO_EARLY = EARLIEST - timedelta(days=1)
HAZARD = FoundHazard(**LOCKED_EXIT)
WRONG = [
    ("visit", {"day": TOMORROW}, "2024-07-01 lies ahead: today is 2024-06-30; correct the day."),
    ("visit", {"day": TOO_EARLY}, "1989-12-31 lies before 1990-01-01"),
    ("visit", {"checklist": "five"}, "'five' is none of four, toronto, police, never used"),
    ("visit", {"checklist": None}, "Answers belong to a check-list"),
    ("visit", {"answers": {}}, f"The check-list 'four' also asks {FOUR[0]}, {FOUR[1]}"),
    ("visit", {"answers": dict.fromkeys(FOUR[1:], 1)}, f"'four' also asks {FOUR[0]}; answer each item."),
    ("visit", {"answers": ALL_GOOD | {"roof": 1}}, "'four' does not ask roof; leave it out."),
    ("visit", {"answers": ALL_GOOD | {FOUR[3]: 2}}, f"'{FOUR[3]}' is answered with 0 to 1, or does not apply"),
    ("visit", {"answers": ALL_GOOD | {FOUR[3]: -1}}, f"'{FOUR[3]}' is answered with 0 to 1"),
    ("visit", {"checklist": "toronto", "answers": GOOD_TOWER | {TORONTO[0]: 6, "GRAFFITI": None}}, "with 0 to 5, or"),
    ("visit", {"inspector": ""}, "'' is no code of 1 to 20 characters"),
    ("visit", {"inspector": "x" * 21}, "is no code of 1 to 20 characters"),
    ("visit", {"inspector": "A\0"}, "'A\ufffd' is no code of"),
    ("visit", {"hazards": (replace(HAZARD, group="rumours"),)}, "'rumours' is none of counter_terrorism, public_order"),
    (
        "visit",
        {"hazards": (HAZARD, replace(HAZARD, due_on=EARLIER))},
        "The term 2024-06-10 must lie between",
    ),
    ("hazard", {"group": "hygiene"}, "'exit_locked' is none of"),
    ("hazard", {"category": "Blocked stairs"}, "'Blocked stairs' is none of"),
    ("hazard", {"severity": "awful"}, "'awful' is none of low, medium, high"),
    ("hazard", {"found_on": TOMORROW}, "lies ahead"),
    ("hazard", {"due_on": EARLIER + LONGEST_REPAIR + timedelta(days=1)}, "must lie between 2024-06-10 and 2034-06-18"),
    ("step", {"step": "found"}, "'found' is none of transferred, taken_up, mended_on_the_spot"),
    ("step", {"step": "forgotten"}, "'forgotten' is none of"),
    ("step", {"step": "reopened"}, "After 'found' on 2024-06-01 a hazard cannot be 'reopened' on 2024-06-20"),
    ("step", {"day": date(2024, 5, 31)}, "After 'transferred' on 2024-05-31 a hazard cannot be 'found' on 2024-06-01"),
    ("step", {"day": TOMORROW}, "lies ahead"),
    ("step", {"department": "x" * 41}, "is no code of 1 to 40 characters"),
    ("event", {"kind": "party"}, "'party' is none of bad_influence_case, criminal_case, fire_accident"),
    ("event", {"day": TOO_EARLY}, "lies before"),
    ("home_state", {"state": "sold"}, "'sold' is none of let, vacant, under_repair, reserved"),
    ("home_state", {"day": TOMORROW}, "lies ahead"),
]


@pytest.mark.parametrize(("kind", "wrong", "said"), WRONG, ids=lambda value: str(value)[:40])
def test_what_cannot_be_meant_is_refused(clerk, kind, wrong, said):
    command = replace(south_command(clerk, kind), **wrong)
    before = clerk.counts()
    with pytest.raises(RecordRefused) as refused:
        clerk.record(command)
    assert said in str(refused.value)
    assert clerk.counts() == before


def test_what_lies_at_the_edge_is_taken(clerk):
    house, last = clerk.building("mill-yard"), EARLIER + LONGEST_REPAIR
    for command in (
        Visit(house, ON, inspector="x" * 20),
        Visit(house, EARLIEST),
        HazardFound(house, **LOCKED_EXIT, found_on=EARLIER, due_on=EARLIER),
        HazardFound(house, **LOCKED_EXIT, found_on=EARLIER, due_on=last),
        HazardStepTaken(clerk.hazard(), "mended_on_the_spot", date(2024, 6, 1), "x" * 40),
        EventHappened(house, "lead_given", ON),
        HomeStateSet(clerk.home(), "reserved", ON),
    ):
        assert not clerk.record(command).repeated


def test_an_item_takes_the_answers_that_the_rules_of_the_city_can_read(clerk):
    tower = clerk.building("maple-tower")
    answers = dict.fromkeys(TORONTO, 5) | {"GRAFFITI": None}
    visit = clerk.row(Inspection, clerk.record(Visit(tower, JUNE, "toronto", answers)).id)
    assert set(visit.answers) == {"5", "-"}


def test_a_corrected_visit_brings_no_hazards(clerk):
    house = clerk.building("mill-yard")
    first = clerk.record(Visit(house, JUNE)).id
    with pytest.raises(RecordRefused, match="brings no hazards"):
        clerk.record(Visit(house, JUNE, hazards=(HAZARD,), corrects=first))


def test_a_hazard_is_not_found_after_what_was_done_about_it(clerk):
    hazard = clerk.hazard()
    clerk.record(HazardStepTaken(hazard, "resolved", EARLIER))
    with pytest.raises(RecordRefused, match="After 'resolved' on 2024-06-10 a hazard cannot be 'found' on 2024-06-20"):
        clerk.record(HazardFound(clerk.building("mill-yard"), **LOCKED_EXIT, found_on=JUNE, corrects=hazard))


def test_a_closed_hazard_is_verified_or_reopened_and_not_resolved_again(clerk):
    hazard = clerk.hazard()
    clerk.record(HazardStepTaken(hazard, "resolved", EARLIER))
    with pytest.raises(RecordRefused, match="After 'resolved' on 2024-06-10 a hazard cannot be 'resolved'"):
        clerk.record(HazardStepTaken(hazard, "resolved", JUNE))
    for step in ("verified", "reopened", "resolved"):
        clerk.record(HazardStepTaken(hazard, step, JUNE))
    assert [step for step, _ in clerk.steps(hazard)] == ["found", "resolved", "verified", "reopened", "resolved"]


def test_a_step_that_is_told_late_takes_its_place_if_the_others_allow_it(clerk):
    hazard = clerk.hazard()
    clerk.record(HazardStepTaken(hazard, "resolved", JUNE))
    clerk.record(HazardStepTaken(hazard, "transferred", EARLIER))
    with pytest.raises(RecordRefused, match="on 2024-06-05 a hazard cannot be 'transferred'"):
        clerk.record(HazardStepTaken(hazard, "mended_on_the_spot", date(2024, 6, 5)))
    assert [step for step, _ in clerk.steps(hazard)] == ["found", "transferred", "resolved"]


def test_the_finding_is_no_step_to_be_corrected_nor_a_step_that_others_need(clerk):
    hazard, other = clerk.hazard(), clerk.hazard()
    resolved = clerk.record(HazardStepTaken(hazard, "resolved", EARLIER)).id
    clerk.record(HazardStepTaken(hazard, "verified", JUNE))
    with pytest.raises(RecordRefused, match="After 'found' on 2024-06-01 a hazard cannot be 'verified'"):
        clerk.record(HazardStepTaken(other, "resolved", EARLIER, corrects=resolved))
    found = clerk.one(select(HazardStep.id).where(HazardStep.hazard_id == other, HazardStep.step == "found"))
    with pytest.raises(RecordRefused, match="This entry is not there"):
        clerk.record(HazardStepTaken(hazard, "resolved", EARLIER, corrects=found))
