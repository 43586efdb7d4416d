"""Texts and values: what is written out can be read in again, and nothing else passes for a value."""

from datetime import date
from unittest.mock import patch
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importing.checking.days import EARLIEST, Clock
from data.importing.checking.texts import normalised
from data.importing.checking.values import holds, read_values, taken_as_written
from data.importing.mapping.fields import DEGREES, TARGETS, Field
from data.importing.mapping.source import Condition, Source

ON = date(2024, 6, 30)
CLOCK = Clock(ON, ZoneInfo("Asia/Shanghai"))
DAY = TARGETS["inspection"].fields["day"]
HOMES = TARGETS["building"].fields["homes"]
COLUMN = Source(column="it")


def _read(texts, field, source=COLUMN):
    values, faults = read_values(pd.DataFrame({"it": texts}, dtype=str), source, field, CLOCK)
    return values.tolist(), [fault and fault.reason for fault in faults.tolist()]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_every_finite_number_comes_back_exactly(numbers):
    assert _read([repr(number) for number in numbers], DEGREES) == (numbers, [None] * len(numbers))


@given(st.dates(EARLIEST, ON), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%Y年%m月%d日", "%Y-%m-%dT%H:%M:%S"]))
def test_every_past_day_comes_back_in_every_form(day, form):
    assert _read([day.strftime(form)], DAY, Source(column="it", dates=(form,))) == ([day], [None])


@given(st.lists(st.one_of(st.integers(0, 2**31 - 1).map(str), st.text(max_size=12))))
def test_a_whole_number_is_a_number_of_homes_or_a_fault_but_never_a_guess(texts):
    values, reasons = _read(texts, HOMES)
    for text, value, reason in zip(texts, values, reasons, strict=True):
        if reason is None and value is not None:
            assert float(text) == value
        else:
            assert value is None and (reason is not None or not text.strip())


NEARLY_PLAIN = st.text(st.sampled_from("aZ09 ._=+,'-/#：号\u200b\u3000\u00e9\ue000\x07Ａ无"), max_size=9)
TEXT_FIELDS = [TARGETS["building"].fields["code"], TARGETS["building"].fields["name"], Field("text", True, longest=4)]


@given(NEARLY_PLAIN, st.sampled_from(TEXT_FIELDS), st.sets(st.sampled_from(["", "无", "0", "9", "-", "a"])))
def test_a_text_taken_as_written_is_what_a_closer_look_gives_too(text, field, missing):
    source = Source(column="it", missing=frozenset(missing))
    if taken_as_written(source, field)(text):
        with patch("data.importing.checking.values.taken_as_written", return_value=None):
            assert _read([text], field, source) == ([text], [None])


@pytest.mark.parametrize("text", ["西街12号", "No. 5 West Street", "440306001-2", "A"])
def test_most_texts_are_taken_as_written(text):
    assert taken_as_written(COLUMN, TARGETS["building"].fields["name"])(text)


@pytest.mark.parametrize("text", ["１２.５.1", "1,000", "0x1f", "1_000", "12 homes", "--1"])
def test_what_python_or_excel_might_take_for_a_number_is_none(text):
    assert _read([text], HOMES) == ([None], ["number_unreadable"])


def test_a_value_table_turns_their_words_into_ours_and_missing_ones_into_nothing():
    source = Source(column="it", missing=frozenset({"", "N/A"}), values={"是": "true", "否": "false"})
    field = TARGETS["building"].fields["group_rental"]
    assert _read(["是", "否", "N/A", " 是 "], field, source) == ([True, False, None, True], [None] * 4)


def test_words_are_known_with_signs_nobody_sees_in_full_width_and_as_the_float_a_program_made_of_them():
    source = Source(column="it", missing=frozenset({"", "-", "0"}), values={"是": "true", "2": "false"})
    field = TARGETS["building"].fields["group_rental"]
    texts = ["是\u200b", "\ufeff是", "２", "2.0", '="2"', "－", "\u200b", "0.0", "是的"]
    values, reasons = _read(texts, field, source)
    assert values == [True, True, False, False, False, None, None, None, None]
    assert reasons == [None] * 8 + ["value_unknown"]


def test_the_first_form_that_fits_reads_a_day_and_an_iso_day_always_does():
    source = Source(column="it", dates=("%d/%m/%Y", "%m/%d/%Y"))
    days, _ = _read(["03/02/2024", "02/28/2024", "2024-02-03"], DAY, source)
    assert days == [date(2024, 2, 3), date(2024, 2, 28), date(2024, 2, 3)]


def test_parts_of_a_key_are_joined_and_a_missing_part_leaves_none():
    key = Source(parts=(Source(column="it", normalise="slug"), Source(constant="7")), join="/", prefix="V")
    values, faults = read_values(pd.DataFrame({"it": ["3 Mill  Rd.", ""]}), key, TARGETS["area"].fields["code"], CLOCK)
    assert values.tolist() == ["V3-MILL-RD/7", None]
    assert faults[1].reason == "value_missing"


@given(st.text())
def test_normalising_twice_is_normalising_once(text):
    for how in ("upper_spaces", "slug"):
        assert normalised(normalised(text, how), how) == normalised(text, how)


def test_conditions_ask_in_four_ways():
    frame = pd.DataFrame({"it": ["", "N/A", "Plum Court", "Court"]})
    missing = frozenset({"", "N/A"})

    def asked(**way):
        return np.flatnonzero(holds(frame, Condition("it", **way), missing)).tolist()

    assert asked(missing=True) == [0, 1] and asked(missing=False) == [2, 3]
    assert asked(equals=("Court", "N/A")) == [1, 3]
    assert asked(contains="Court") == [2, 3]
    assert asked(matches="^C") == [3]


def test_a_condition_is_true_of_what_looks_the_same():
    frame = pd.DataFrame({"it": ["已整改\u200b", "ＮＯ", '="NO"', "1.0", "Ｎ／Ａ", "NOT"]})
    asked = {
        way: holds(frame, Condition("it", **{way: value}), frozenset({"", "N/A"}))
        for way, value in {
            "equals": ("已整改", "NO", "1"),
            "contains": "NO",
            "matches": "^(NO|1)$",
            "missing": True,
        }.items()
    }
    assert {way: np.flatnonzero(rows).tolist() for way, rows in asked.items()} == {
        "equals": [0, 1, 2, 3],
        "contains": [1, 2, 5],
        "matches": [1, 2, 3],
        "missing": [4],
    }
