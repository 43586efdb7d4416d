"""Who is to come by when: the sentences of tests/cases/due.toml, and the same of many buildings."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.planning.due import ROLE_UNKNOWN, due_by_role, last_counted, never_visited
from scoring.planning.intervals import intervals_of, published_intervals
from scoring.rulebook.editions import edition_on

CASES = tomllib.loads((Path(__file__).parents[2] / "cases" / "due.toml").read_text(encoding="utf-8"))["case"]
DAY = date(2026, 3, 10)
RED = intervals_of(edition_on("qishuyan", DAY))
VISITS = st.lists(st.tuples(st.integers(0, 4), st.dates(date(2020, 1, 1), DAY), st.integers(-1, 1)), max_size=20)


def intervals_in(case):
    edition = edition_on(case["rule_set"], DAY)
    if "counts_also_for" in case:
        edition = replace(edition, visit_counts_also_for=case["counts_also_for"])
    return edition, intervals_of(edition, published_intervals(case["published"]) if "published" in case else None)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_each_sentence_of_the_cases(case):
    edition, every = intervals_in(case)
    role = [every.roles.index(who) if who in every.roles else ROLE_UNKNOWN for _, who in case["visits"]]
    day = np.array([day for day, _ in case["visits"]], "datetime64[D]")
    last = last_counted(np.zeros(len(day), np.int64), day, np.array(role, np.int64), 1, every)
    grade = np.array([edition.position(case["grade"]) if "grade" in case else -1])
    due = due_by_role(last, grade, every, case.get("on", DAY))[0]
    told = {role: day.item() for role, day in zip(every.roles, due, strict=True) if not np.isnat(day)}
    assert told == case["due"]
    assert never_visited(last).item() == case.get("never_visited", False)


@given(VISITS)
def test_the_last_visit_that_counts_is_as_in_plain_loops(visits):
    building, day, role = (np.array(column) for column in zip(*visits, strict=True)) if visits else (np.array([]),) * 3
    last = last_counted(building.astype(int), day.astype("datetime64[D]"), role.astype(int), 5, RED)
    for row in range(5):
        for need, name in enumerate(RED.roles):
            counting = [on for at, on, came in visits if at == row and (came == ROLE_UNKNOWN or RED.counts[came, need])]
            assert last[row, need].item() == max(counting, default=None), name


@given(VISITS, st.integers(0, 4), st.integers(0, 1))
def test_a_visit_more_brings_no_due_day_forward_and_an_assistants_leaves_the_officers_alone(visits, row, role):
    def due(of):
        building, day, came = zip(*of, strict=True)
        days = np.array(day, "datetime64[D]")
        return due_by_role(
            last_counted(np.array(building), days, np.array(came), 5, RED), np.zeros(5, int), RED, DAY - timedelta(9999)
        )

    before = due([(row, date(2019, 1, 1), ROLE_UNKNOWN), *visits])
    after = due([(row, date(2019, 1, 1), ROLE_UNKNOWN), *visits, (row, DAY, role)])
    assert (after >= before).all()
    if RED.roles[role] == "assistant":
        officer = RED.roles.index("officer")
        np.testing.assert_array_equal(after[:, officer], before[:, officer])


def test_a_whole_city_is_answered_at_once():
    n = 175_700
    rows = np.arange(n)
    last = last_counted(rows, np.full(n, "2026-03-01", "datetime64[D]"), rows % 2, n, RED)
    due = due_by_role(last, rows % 4, RED, DAY)
    assert due.shape == (n, 2) and due.dtype == "datetime64[D]"
    assert np.isnat(due[rows % 4 != 0, RED.roles.index("assistant")]).all()
