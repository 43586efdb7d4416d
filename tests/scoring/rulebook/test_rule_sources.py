"""The rule files against the documents they quote and the results a city published; skipped where those are not."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.grading.facts import NOT_APPLICABLE
from scoring.grading.rating import rate
from scoring.rulebook.editions import edition_on
from scoring.studies.credit_records import scale

SHARED = Path(__file__).parents[4] / "shared"
needs_sources = pytest.mark.skipif(not (SHARED / "sources").is_dir(), reason="the source documents are not here")
needs_toronto = pytest.mark.skipif(not (SHARED / "toronto").is_dir(), reason="Toronto's evaluations are not here")
DAY = date(2020, 1, 1)


@needs_sources
@pytest.mark.parametrize(
    ("rule_set", "file"),
    [
        ("qishuyan", "qishuyan-shenzhen"),
        ("qishuyan_as_published", "qishuyan-shenzhen"),
        ("baoan", "baoan"),
        ("teda", "teda"),
    ],
)
def test_every_quote_stands_in_its_source(rule_set: str, file: str) -> None:
    edition = edition_on(rule_set, DAY)
    source = "".join((SHARED / "sources" / f"{file}.txt").read_text(encoding="utf-8").split())
    quotes = [one.quote for one in (*edition.criteria, *edition.bands, *edition.caps, *edition.left_out)]
    quotes += [edition.start_quote] if edition.start_quote else []
    quotes += [text.zh for grade in edition.grades for text in (grade.sign, grade.visits) if text]
    assert [quote for quote in quotes if "".join(quote.split()) not in source] == []


@needs_sources
def test_every_quote_of_the_credit_levels_stands_in_its_source() -> None:
    source = (SHARED / "sources" / "bozhou.txt").read_text(encoding="utf-8")
    quotes = [scale().quote, scale().life_quote, *(level.quote for level in scale().levels)]
    assert [quote for quote in quotes if quote not in source] == []


@needs_toronto
def test_every_published_result_of_toronto_is_given_exactly() -> None:
    published = pd.read_csv(SHARED / "toronto" / "evaluations_2017-2023.csv")
    edition = edition_on("toronto", DAY)
    facts = published[[item.code for item in edition.checklist]].fillna(NOT_APPLICABLE).astype(float)
    rating = rate(facts, edition)
    words = np.array([grade.published for grade in edition.grades])
    assert len(published) == 11_760
    assert (rating.score != published["SCORE"]).sum() == 0
    assert (words[rating.grade] != published["RESULTS_OF_SCORE"]).sum() == 0
