"""Answers that are numbers: scores out of a hundred, counts, areas; and what nobody could say."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from data.access.roles import SYSTEM
from data.city.answer_text import answer_table
from data.city.fact_tables import facts_from_tables
from data.db.engine import reading
from data.db.models.city import Building, City, Inspection
from data.importing.errors import WrongMapping
from data.importing.mapping.parser import read_mapping
from scoring.grading.facts import NOT_APPLICABLE, NOT_KNOWN, compute_facts
from scoring.rulebook.parser import edition_from
from tests.data.riverton import CAST, ON, PLUM, QUIET_VISIT, VISITS, reasons, sentence
from tests.scoring.rule_texts import SMALL_RULE

WIDE = """items = { stairs = "stairs", doors = "doors" }
most = 100
decimals = 1
not_known = ["?"]
"""
NUMERIC = VISITS.replace('items = { stairs = "stairs", doors = "doors" }\n', WIDE)


def visit(number: int, stairs: str, doors: str) -> dict[str, str]:
    return QUIET_VISIT | {"id": str(number), "day": f"2024-01-{number:02d}", "stairs": stairs, "doors": doors}


def texts(desk) -> list[str]:
    return [row.answers for row in desk.rows(Inspection)]


def test_the_digits_and_the_hundreds_of_a_score_come_in(desk):
    desk.buildings(*CAST)
    outcome = desk.visits(visit(1, "87", "9"), visit(2, "9", "N/A"), visit(3, "?", "100.0"), mapping=NUMERIC)
    assert outcome.faults == []
    assert texts(desk) == ["=87;9", "=9;-", "=?;100"]


@pytest.mark.parametrize("wrong", ["101", "87.25", "-1", "many", "", "1e2", "nan", "８７", "9999999999"])
def test_what_is_no_number_within_bounds_is_set_aside_with_the_bounds(desk, wrong):
    desk.buildings(*CAST)
    outcome = desk.visits(visit(1, wrong, "9"), visit(2, "100", "0.5"), mapping=NUMERIC)
    assert reasons(outcome) == ["answer_unknown"]
    assert "which is no number from 0 to 100 with at most 1 decimals" in sentence(outcome)
    assert texts(desk) == ["=100;0.5"]


def test_a_number_where_answers_are_digits_is_told_of_the_key(desk):
    desk.buildings(*CAST)
    outcome = desk.visits(QUIET_VISIT | {"stairs": "87"})
    assert "an answer is one digit; where answers are numbers, say how high they go with 'most'" in sentence(outcome)


def test_what_nobody_could_say_is_kept_apart_from_what_does_not_apply(desk):
    desk.buildings(*CAST)
    mapping = VISITS.replace('not_applicable = ["N/A"]', 'not_applicable = ["N/A"]\nnot_known = ["unclear"]')
    desk.visits(visit(1, "unclear", "N/A"), mapping=mapping)
    assert texts(desk) == ["?-"]


def test_words_may_stand_for_numbers(desk):
    desk.buildings(*CAST)
    words = NUMERIC.replace("most = 100\n", 'most = 100\nvalues = { good = "80", poor = "20.5" }\n')
    desk.visits(visit(1, "good", "poor"), visit(2, "81", "good"), mapping=words)
    assert texts(desk) == ["=80;20.5", "=81;80"]


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("most = 100", "most = 1000000", "'most' must be at most 999999, not 1000000"),
        ("most = 100", "most = 0", "'most' must be a whole number of at least 1"),
        ("decimals = 1", "decimals = 4", "'decimals' must be at most 3, not 4"),
        ("most = 100\n", "", "'decimals' is for answers that are numbers"),
        ('["?"]', '["?", "N/A"]', "'N/A' stands in not_applicable and in not_known; choose one"),
        ("most = 100", 'most = 100\nvalues = { good = "101" }', "'good' must stand for a number from 0 to 100"),
    ],
)
def test_a_wrong_mapping_is_refused_when_it_is_read(tmp_path: Path, right, wrong, words):
    file = tmp_path / "riverton_visits.toml"
    assert NUMERIC.count(right) == 1
    file.write_text(NUMERIC.replace(right, wrong), encoding="utf-8")
    with pytest.raises(WrongMapping, match=r"riverton_visits\.toml") as refused:
        read_mapping(file)
    assert words in str(refused.value)


@pytest.mark.parametrize(("count", "fits"), [(81, True), (300, True), (301, False)])
def test_a_check_list_has_up_to_300_items(tmp_path: Path, count, fits):
    items = ", ".join(f'i{number} = "c{number}"' for number in range(count))
    text = VISITS.replace('items = { stairs = "stairs", doors = "doors" }', f"items = {{ {items} }}")
    file = tmp_path / "riverton_visits.toml"
    file.write_text(text, encoding="utf-8")
    if fits:
        assert len(read_mapping(file).blocks["inspection"].answers.items) == count
    else:
        with pytest.raises(WrongMapping, match="a check-list has 1 to 300 items, not 301"):
            read_mapping(file)


def test_answers_of_three_hundred_items_come_in_whole(desk):
    desk.buildings(*CAST)
    columns = {f"c{number}": str(number % 10) for number in range(300)}
    items = ", ".join(f'i{number} = "c{number}"' for number in range(300))
    text = VISITS.replace('items = { stairs = "stairs", doors = "doors" }', f"items = {{ {items} }}")
    desk.visits(QUIET_VISIT | columns, mapping=text)
    assert texts(desk) == ["0123456789" * 30]


def test_numbers_reach_the_facts_of_a_rule_as_they_were_written(desk):
    rule = SMALL_RULE.replace('code = "swept"', 'code = "stairs"').replace('code = "painted"', 'code = "doors"')
    rule = rule.replace("best_answer = 1", "best_answer = 100")
    desk.buildings(*CAST)
    desk.visits(visit(1, "87.5", "N/A"), mapping=NUMERIC)
    with reading(desk.engine, SYSTEM) as session:
        city = session.scalars(select(City)).one()
        facts = facts_from_tables(session, city, "WGS84")
        ids = {row.code: row.id for row in desk.rows(Building)}
    edition = edition_from(rule, "small", date(2020, 1, 1))
    table = compute_facts(facts.fact_log, edition, ON)
    row = facts.rows_of(np.array([ids[PLUM["code"]]]))[0]
    assert (table["stairs"][row], table["doors"][row]) == (87.5, NOT_APPLICABLE)


def test_short_and_wide_texts_of_one_check_list_are_read_side_by_side():
    table = answer_table(["1-", "=250;?", "?0", "=0.5;7"], 2)
    assert table.tolist() == [[1, NOT_APPLICABLE], [250, NOT_KNOWN], [NOT_KNOWN, 0], [0.5, 7]]
    assert answer_table(["1-", "?9"], 2).dtype == np.int8
    assert answer_table(["=1;255", "=3;-"], 2).dtype == np.int32
    assert answer_table([], 2).shape == (0, 2)


def test_the_published_file_of_scores_comes_in(desk, tmp_path: Path):
    """A file of one column of scores of one and of two digits."""
    file = tmp_path / "visits.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        rows = [[PLUM["code"], "2015-01-01", "86"], [PLUM["code"], "2015-01-02", "9"]]
        csv.writer(opened).writerows([["CODE", "DAY", "SCORE"], *rows])
    mapping = """
title = "Riverton: scores"
city = "riverton"
files = "visits*.csv"
format = "csv"
source = "score"

[building]
existing = true
code = { column = "CODE" }

[inspection]
key = { parts = [{ column = "CODE" }, { column = "DAY" }] }
day = { column = "DAY" }

[inspection.answers]
checklist = "scores"
items = { score = "SCORE" }
most = 100
"""
    desk.buildings(*CAST)
    assert desk.hand_in(mapping, file).faults == []
    assert texts(desk) == ["=86", "=9"]
