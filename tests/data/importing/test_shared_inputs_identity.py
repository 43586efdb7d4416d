"""The small inputs that once failed and lie beside the project. Skips where that folder is not there."""

import csv
from datetime import date

import pytest

from data.db.models.city import Event, Inspection
from tests.data.importing.shared_inputs import FAILING, beside
from tests.data.importing.test_endings import VOID, WHOLE, days
from tests.data.importing.test_identity import hand_in, matched, told
from tests.data.riverton import PLUM, VISITS

pytestmark = beside

OCTOBERS_END, NOVEMBERS_END = date(2026, 10, 31), date(2026, 11, 30)


@pytest.fixture
def anytown(desk):
    desk.buildings(*(PLUM | {"code": code} for code in ("B1", "B2", "B3", "in")))
    return desk


def rows(name: str) -> list[dict[str, str]]:
    with (FAILING / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_b34_cases_handed_in_twice_on_the_page_count_once(anytown):
    first = matched(anytown, rows("b34-cases-2026-10"), title="first", on=OCTOBERS_END)
    again = matched(anytown, rows("b34-cases-2026-10"), title="second", file="again.csv", on=OCTOBERS_END)
    assert (told(first, "events"), told(again, "events"), anytown.count(Event)) == ((2, 0, 0), (0, 0, 2), 2)
    assert again.seen_before.import_id == first.import_id


def test_b31_visits_whose_numbers_begin_anew_are_kept_apart(anytown):
    october, november = (rows(f"b31-numbers-begin-anew-{month}") for month in ("october", "november"))
    for title, month in (("october", october), ("november", november)):
        assert told(matched(anytown, month, "inspection", title=title, on=NOVEMBERS_END)) == (3, 0, 0)
    assert anytown.count(Inspection) == 6


def test_b31_a_mapping_that_takes_the_number_for_a_key_asks(anytown):
    mapping = VISITS.split("[inspection.answers]")[0].replace('published_score = { column = "score" }', "")
    for ours, theirs in {'"id"': '"序号"', '"building"': '"楼栋编号"', '"day"': '"巡查日期"'}.items():
        mapping = mapping.replace(f"column = {ours}", f"column = {theirs}")
    assert told(hand_in(anytown, rows("b31-numbers-begin-anew-october"), mapping, on=NOVEMBERS_END)) == (3, 0, 0)
    asked = hand_in(anytown, rows("b31-numbers-begin-anew-november"), mapping, on=NOVEMBERS_END)
    assert (asked.repeated, anytown.count(Inspection)) == (3, 3)


@pytest.mark.parametrize(("file", "mapping"), [("b10-visits-one-void", VOID), ("b10-visits-one-deleted", WHOLE)])
def test_b10_a_visit_that_is_void_or_deleted_counts_no_more(anytown, file, mapping):
    mapping = mapping.split("[hazard]")[0].replace('stairs = "stairs", ', "")
    mapping = mapping.replace('published_score = { column = "score" }\n', "")
    hand_in(anytown, rows("b10-visits-first"), mapping)
    hand_in(anytown, rows(file), mapping, name="b.csv", end_missing=True)
    assert days(anytown) == ["2024-01-05"]
