"""What is known on a day: windows, latest answers, hazards."""

from datetime import date

import numpy as np
import pytest

from scoring.errors import WrongFacts
from scoring.grading.facts import (
    NOT_APPLICABLE,
    NOT_KNOWN,
    ChecklistAnswers,
    FactLog,
    OpenPeriods,
    compute_facts,
    first_day_out,
    in_window,
    months_before,
)
from scoring.rulebook.editions import edition_from, edition_on
from scoring.rulebook.model import Edition
from tests.cast import HARBOUR_ROW, LANTERN_HOUSE, LOCKED_YARD, PLUM_COURT, SOME_DAY, Building, Hazard, fact_log
from tests.scoring.rule_texts import SMALL_RULE

QISHUYAN = edition_on("qishuyan", SOME_DAY)


def days(*written: str) -> np.ndarray:
    return np.array(written, "datetime64[D]")


def edition_with(fact: str, months: str = "") -> Edition:
    """The small rule with one more fact and a cap that reads it."""
    cap = f'[[cap]]\ngrade = "bad"\nfact = "seen"\nat_least = 1\nquote = "q"\n{months}\n'
    label = 'label = { zh = "见", en = "Seen" }'
    return edition_from(f'{SMALL_RULE}\n[[fact]]\nname = "seen"\n{label}\n{fact}\n{cap}', "small", date(2000, 1, 1))


def seen(building: Building, fact: str, on: date, months: str = "") -> float:
    edition = edition_with(fact, months)
    return compute_facts(fact_log(building), edition, on)[edition.needs[-1].column].item()


@pytest.mark.parametrize(
    ("on", "months", "expected"),
    [
        (date(2010, 6, 30), 6, date(2009, 12, 30)),
        (date(2010, 7, 1), 6, date(2010, 1, 1)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2023, 3, 31), 1, date(2023, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2024, 1, 15), 1, date(2023, 12, 15)),
        (date(2024, 12, 31), 12, date(2023, 12, 31)),
    ],
)
def test_months_go_back_to_the_same_day_or_the_last(on: date, months: int, expected: date) -> None:
    assert months_before(on, months) == expected


def test_the_cast_has_its_facts_in_one_row_each() -> None:
    facts = compute_facts(fact_log(PLUM_COURT, HARBOUR_ROW, LANTERN_HOUSE, LOCKED_YARD), QISHUYAN, SOME_DAY)
    assert list(facts.columns) == [need.column for need in QISHUYAN.needs]
    assert facts["criminal_cases:6m"].tolist() == [0, 2, 0, 0]
    assert facts["leads_given:12m"].tolist() == [0, 0, 1, 0]
    assert facts["clean"].tolist()[:3] == [1, 1, 1]
    assert facts.loc[3, ["registers_tenants", "security_doors", "good_neighbours", "clean"]].isna().all()


def test_a_column_is_named_for_its_fact_and_window() -> None:
    assert {"criminal_cases:6m", "criminal_cases:12m", "clean"} <= {need.column for need in QISHUYAN.needs}


def test_without_a_window_events_count_for_ever() -> None:
    building = Building("old", events={"fire_accident": [date(1969, 7, 20), date(2024, 1, 1), date(2024, 1, 2)]})
    assert seen(building, 'events = ["fire_accident"]', date(2024, 1, 1)) == 2


def test_events_of_several_kinds_are_added_up() -> None:
    building = Building("two", events={"lead_given": [SOME_DAY], "lead_solved_case": [SOME_DAY]})
    assert seen(building, 'events = ["lead_given", "lead_solved_case"]', SOME_DAY, "months = 1") == 2


def test_hazards_may_be_asked_for_by_group_and_severity() -> None:
    found = date(2024, 1, 10)
    building = Building(
        "h", hazards=[Hazard(found, "fire", "high"), Hazard(found, "fire", "low"), Hazard(found, "hygiene", "high")]
    )
    assert seen(building, 'hazards = "open"', found) == 3
    assert seen(building, 'hazards = "open"\ngroups = ["fire"]', found) == 2
    assert seen(building, 'hazards = "open"\nseverities = ["high"]', found) == 2
    assert seen(building, 'hazards = "open"\ngroups = ["fire", "safety"]\nseverities = ["high"]', found) == 1


def test_hazards_found_count_in_their_window_though_mended() -> None:
    building = Building("h", hazards=[Hazard(date(2023, 12, 31), closed=date(2024, 1, 2))])
    assert seen(building, 'hazards = "found"', date(2024, 6, 30), "months = 6") == 1
    assert seen(building, 'hazards = "found"', date(2024, 7, 1), "months = 6") == 0
    assert seen(building, 'hazards = "found"', date(2024, 7, 1)) == 1


@pytest.mark.parametrize(("months", "expected"), [("months = 6", [1, 0, 1]), ("", [1, 1, 2])])
def test_inspections_are_counted_in_their_window_or_ever(months: str, expected: list[int]) -> None:
    clean = {"clean": NOT_APPLICABLE}
    near, far, two_lists = (
        Building("near", inspections=[(date(2024, 1, 1), clean)]),
        Building("far", inspections=[(date(2023, 12, 30), clean)]),
        Building("two lists", inspections=[(date(2023, 12, 30), clean), (date(2024, 6, 30), {"swept": 0})]),
    )
    assert [seen(one, "inspections = true", date(2024, 6, 30), months) for one in (near, far, two_lists)] == expected


def test_where_there_never_was_an_inspection_their_number_is_not_known() -> None:
    later = Building("later", inspections=[(date(2024, 7, 1), {"clean": 1})])
    assert np.isnan(seen(later, "inspections = true", date(2024, 6, 30)))
    assert np.isnan(seen(later, "inspections = true", date(2024, 6, 30), "months = 6"))
    assert seen(later, "inspections = true", date(2024, 7, 1)) == 1


def test_a_hazard_is_late_once_it_is_transferred_and_past_its_due_day() -> None:
    hazard = Hazard(date(2024, 6, 1), due=date(2024, 6, 16), transferred=date(2024, 6, 10), closed=date(2024, 6, 20))
    days_late = [seen(Building("h", hazards=[hazard]), 'hazards = "late"', date(2024, 6, day)) for day in range(1, 31)]
    assert [day for day, late in enumerate(days_late, 1) if late] == [17, 18, 19]


@pytest.mark.parametrize("months", [1, 5, 6, 12, 13])
def test_the_first_day_out_of_a_window_is_the_day_after_its_last_day_in_it(months: int) -> None:
    events = np.arange("2023-12-25", "2024-04-05", dtype="datetime64[D]")
    out = first_day_out(events, months)
    for event, first in zip(events, out, strict=True):
        assert in_window(np.array([event]), (first - 1).item(), months).all()
        assert not in_window(np.array([event]), first.item(), months).any()


def test_inspections_are_brought_into_order() -> None:
    checks = ChecklistAnswers(
        ("a",),
        np.array([1, 0, 1], np.int32),
        days("2024-03-01", "2024-01-01", "2024-02-01"),
        np.array([[3], [1], [2]], np.uint8),
    )
    assert checks.building.tolist() == [0, 1, 1]
    assert checks.answers[:, 0].tolist() == [1, 2, 3]
    assert checks.latest(3, date(2024, 2, 15)).tolist() == [0, 1, -1]


def test_of_two_inspections_on_one_day_the_later_given_counts() -> None:
    checks = ChecklistAnswers(
        ("a",), np.array([1, 1, 0]), days("2024-01-01", "2024-01-01", "2024-01-01"), np.array([[1], [2], [3]], np.uint8)
    )
    assert checks.answers[checks.latest(2, date(2024, 1, 1)), 0].tolist() == [3, 2]


def test_of_many_inspections_on_one_day_the_last_given_counts() -> None:
    building = np.random.default_rng(1).integers(0, 10, 2_560)
    answers = (np.arange(2_560) // 10).astype(np.uint8)[:, None]
    checks = ChecklistAnswers(("a",), building, np.full(2_560, days("2024-01-01")), answers)
    last = [answers[building == row, 0][-1] for row in range(10)]
    assert checks.answers[checks.latest(10, date(2024, 1, 1)), 0].tolist() == last


def test_an_item_on_two_check_lists_takes_the_later_answer() -> None:
    one = ChecklistAnswers(
        ("clean",), np.array([0, 1]), days("2024-01-01", "2024-03-01"), np.array([[0], [0]], np.uint8)
    )
    two = ChecklistAnswers(
        ("clean",), np.array([0, 1]), days("2024-02-01", "2024-02-01"), np.array([[1], [1]], np.uint8)
    )
    for checks in ((one, two), (two, one)):
        facts = compute_facts(FactLog(2, {}, checks, OpenPeriods.none()), QISHUYAN, date(2024, 4, 1))
        assert facts["clean"].tolist() == [1, 0]


def test_an_item_on_two_check_lists_of_one_day_takes_the_second_list() -> None:
    lists = [ChecklistAnswers(("clean",), np.array([0]), days("2024-01-01"), np.array([[d]], np.uint8)) for d in (0, 1)]
    facts = compute_facts(FactLog(1, {}, tuple(lists), OpenPeriods.none()), QISHUYAN, date(2024, 4, 1))
    assert facts["clean"].tolist() == [1]


def test_does_not_apply_is_not_the_same_as_not_known() -> None:
    building = Building("n/a", inspections=[(SOME_DAY, {"clean": NOT_APPLICABLE})])
    facts = compute_facts(fact_log(building), QISHUYAN, SOME_DAY)
    assert facts["clean"].item() == NOT_APPLICABLE
    assert np.isnan(facts["security_doors"].item())


@pytest.mark.parametrize("field", ["built", "floors", "homes"])
def test_a_field_of_the_building_is_a_fact_and_may_be_not_known(field: str) -> None:
    one, other = Building("b", fields={field: 1987}), Building("b")
    edition = edition_with(f'building = "{field}"')
    assert compute_facts(fact_log(one), edition, SOME_DAY)["seen"].item() == 1987
    assert np.isnan(compute_facts(fact_log(other), edition, SOME_DAY)["seen"].item())


def test_what_nobody_could_say_is_not_known_though_it_was_known_before() -> None:
    building = Building("n/k", inspections=[(date(2010, 1, 1), {"clean": 1}), (SOME_DAY, {"clean": NOT_KNOWN})])
    assert np.isnan(compute_facts(fact_log(building), QISHUYAN, SOME_DAY)["clean"].item())
    assert compute_facts(fact_log(building), QISHUYAN, date(2010, 2, 1))["clean"].item() == 1


def test_a_measure_is_the_number_it_was() -> None:
    building = Building("m", inspections=[(SOME_DAY, {"damp": 255.125, "floor": 255, "other": NOT_APPLICABLE})])
    assert [seen(building, f'answer = "{item}"', SOME_DAY) for item in ("damp", "floor", "other")] == [255.125, 255, -1]


def test_a_fact_store_of_nothing_has_no_rows() -> None:
    assert compute_facts(fact_log(), QISHUYAN, SOME_DAY).shape == (0, len(QISHUYAN.needs))


def test_a_row_number_past_the_last_building_is_refused() -> None:
    with pytest.raises(WrongFacts, match="Row numbers must lie in 0 to 1, not 0 to 2"):
        FactLog(2, {"criminal_case": (np.array([0, 2]), days("2024-01-01", "2024-01-01"))}, (), OpenPeriods.none())


def test_an_unknown_hazard_group_is_refused() -> None:
    with pytest.raises(WrongFacts, match="not one of counter_terrorism, public_order"):
        fact_log(Building("h", hazards=[Hazard(SOME_DAY, "noise")]))


def test_answers_of_another_width_than_the_items_are_refused() -> None:
    with pytest.raises(WrongFacts, match="2 items"):
        ChecklistAnswers(("a", "b"), np.array([0]), days("2024-01-01"), np.zeros((1, 3), np.uint8))
