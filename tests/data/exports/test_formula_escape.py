"""No spreadsheet takes an exported text for a formula, typed on whatever keyboard, and every text comes back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.exports.formula_escape import plain_cell, safe_cell
from tests.data.exports.test_files import Sample, csv_of, workbook_of

RUN = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n", "\0")
starts = st.sampled_from(RUN)
texts = st.builds(str.__add__, starts, st.text(max_size=12))


@pytest.mark.parametrize("start", RUN)
def test_every_start_of_a_formula_is_made_plain(start):
    assert safe_cell(f"{start}SUM(1)") == f"'{start}SUM(1)"
    assert safe_cell(start) == f"'{start}"


@pytest.mark.parametrize("text", ["河湾路1号", "A=1", "1-2", "a@b", "-79.4", "+8", "-5", "", " =1", "\u2212"])
def test_what_no_spreadsheet_runs_stays_as_it_is(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize("text", ["-79.4.1", "-1+1", "+1 ", "-", "-x", "--1", "\uff0d79.4", "-1\n"])
def test_what_only_begins_like_a_number_is_no_number(text):
    assert safe_cell(text) == f"'{text}"


@given(texts)
def test_every_dangerous_text_is_made_plain_once_and_comes_back(text):
    safe = safe_cell(text)
    assert safe == text or not safe.startswith(RUN)
    assert plain_cell(safe) == text if safe != text else float(text) is not None
    assert safe_cell(plain_cell(safe)) == safe


@settings(max_examples=40)
@given(st.lists(texts, min_size=1, max_size=5))
def test_no_cell_of_a_csv_or_a_workbook_begins_with_one(given_texts):
    sample = Sample([(text, text, (None, None), None, None) for text in given_texts])
    _, (_, *rows) = csv_of(sample)
    data = workbook_of(sample).worksheets[0]
    cells = [cell for row in rows for cell in row[:2]]
    cells += [cell.value or "" for row in data.iter_rows(min_row=2, max_col=2) for cell in row]
    assert not [cell for cell in cells if cell.startswith(RUN) and safe_cell(cell) != cell]
