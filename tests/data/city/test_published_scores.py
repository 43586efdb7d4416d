"""Published scores beside ours, on three invented buildings."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from data.__main__ import main
from data.access.roles import SYSTEM, AccessScope
from data.city.published_scores import NothingPublished, _wordings, agreement, verification
from data.db.engine import reading
from scoring.rulebook.editions import edition_on
from tests.data.riverton import BUILDINGS, CAST, HARBOUR, ON, PLUM, QUIET_VISIT

ITEMS = [item.code for item in edition_on("toronto", ON).checklist]
RULED = BUILDINGS.replace('["baoan"]', '["toronto"]')
VISITS = """
title = "Riverton: evaluations"
city = "riverton"
files = "visits*.csv"
format = "csv"

[building]
existing = true
code = { column = "building" }

[inspection]
key = { column = "id" }
day = { column = "day" }
published_score = { column = "score" }
published_result = { column = "result" }

[inspection.answers]
checklist = "riverton"
not_applicable = ["N/A"]

[inspection.answers.items]
""" + "\n".join(f'{item} = "{item}"' for item in ITEMS)
GOOD = dict.fromkeys(ITEMS, "5") | {"id": "1", "building": PLUM["code"], "day": "2020-01-02"}
GOOD |= {"score": "100", "result": "Evaluation needs to be conducted in 3 years"}
HALF = GOOD | dict.fromkeys(ITEMS[2:], "N/A") | {ITEMS[0]: "1", ITEMS[1]: "4", "id": "2"}
HALF |= {"building": HARBOUR["code"], "score": "50", "result": "Building Audit"}


@pytest.fixture
def ruled(desk, monkeypatch):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", str(desk.engine.url))
    desk.buildings(*CAST, mapping=RULED)
    return desk


def test_scores_and_results_that_agree_are_counted(ruled, capsys):
    ruled.visits(GOOD, HALF, mapping=VISITS)
    assert main(["verify", "riverton"]) == 0
    assert capsys.readouterr().out == "2 of 2 scores and results agree\n"


@pytest.mark.parametrize("change", [{"score": "51"}, {"result": "Evaluation needs to be conducted in 1 year"}])
def test_the_first_that_differ_are_listed_and_the_exit_code_is_1(ruled, capsys, change):
    ruled.visits(GOOD, HALF | change, mapping=VISITS)
    assert main(["verify", "riverton"]) == 1
    told = capsys.readouterr().out
    assert told.startswith("1 of 2 scores and results agree\n")
    assert HARBOUR["code"] in told and PLUM["code"] not in told


ONLY_SCORES = {"result": ""}
ONLY_RESULTS = {"score": ""}


@pytest.mark.parametrize(
    ("good", "half", "said", "code"),
    [
        (ONLY_SCORES, ONLY_SCORES, "2 of 2 scores agree", 0),
        (ONLY_RESULTS, ONLY_RESULTS, "2 of 2 results agree", 0),
        (ONLY_SCORES, ONLY_SCORES | {"score": "51"}, "1 of 2 scores agree", 1),
        (ONLY_RESULTS, ONLY_RESULTS | {"result": "Fine"}, "1 of 2 results agree", 1),
        (ONLY_SCORES, ONLY_RESULTS, "1 of 1 scores and 1 of 1 results agree", 0),
        ({}, ONLY_SCORES, "2 of 2 scores and 1 of 1 results agree", 0),
        ({}, ONLY_RESULTS | {"result": "Fine"}, "1 of 1 scores and 1 of 2 results agree", 1),
        ({"score": "99"}, ONLY_RESULTS, "0 of 1 scores and 2 of 2 results agree", 1),
    ],
)
def test_what_is_published_is_compared_each_by_itself(ruled, capsys, good, half, said, code):
    ruled.visits(GOOD | good, HALF | half, mapping=VISITS)
    assert main(["verify", "riverton"]) == code
    assert capsys.readouterr().out.startswith(f"{said}\n")


def test_a_published_decimal_is_not_rounded_away(ruled):
    ruled.visits(GOOD, HALF, mapping=VISITS)
    with ruled.engine.begin() as connection:
        connection.execute(text("UPDATE inspections SET published_score = 50.1 WHERE published_score = 50"))
    with reading(ruled.engine, SYSTEM) as session:
        assert verification(session, SYSTEM, "riverton").sentence() == "1 of 2 scores and results agree"


@given(st.decimals(0, 1000, places=4), st.integers(1, 10**7), st.integers(0, 10**9))
def test_scores_agree_when_they_are_equal_as_fractions(published, unit, total):
    for units in (total, round(Fraction(published) * unit)):
        said = agreement(pd.Series([float(published)]), pd.Series([np.float64(units) / unit]))
        assert said.tolist() == [Fraction(published) == Fraction(units, unit)]


def test_where_the_rules_have_no_official_wording_a_result_is_the_grade_by_code_or_name(ruled):
    grades = [replace(grade, published=None) for grade in edition_on("toronto", ON).grades]
    worst = grades[0]
    assert _wordings(worst) == {worst.code, worst.name.zh, worst.name.en}
    assert _wordings(replace(worst, published="Audit")) == {"Audit"}


def test_a_corrected_evaluation_counts_once_and_as_corrected(ruled):
    ruled.visits(GOOD | {"score": "99"}, mapping=VISITS)
    ruled.visits(GOOD, mapping=VISITS)
    with reading(ruled.engine, SYSTEM) as session:
        found = verification(session, SYSTEM, "riverton")
    assert found.sentence() == "1 of 1 scores and results agree"


def test_an_inspection_without_a_published_score_is_not_compared(ruled):
    from tests.data.riverton import VISITS as PLAIN

    ruled.visits(QUIET_VISIT | {"score": ""}, mapping=PLAIN)
    with reading(ruled.engine, SYSTEM) as session, pytest.raises(NothingPublished):
        verification(session, SYSTEM, "riverton")


def test_a_viewer_without_areas_verifies_nothing(ruled):
    ruled.visits(GOOD, mapping=VISITS)
    with reading(ruled.engine, SYSTEM) as session, pytest.raises(Exception, match="There is no city"):
        verification(session, AccessScope(role="officer", areas=()), "riverton")
