"""Numbers as people write them: what is clear is read, what is not needs a key, and nothing is read two ways."""

from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importing.checking.days import Clock
from data.importing.checking.values import read_values
from data.importing.mapping.fields import DEGREES, TARGETS
from data.importing.mapping.source import Source

CLOCK = Clock(date(2024, 6, 30), ZoneInfo("Asia/Shanghai"))
HOMES = TARGETS["building"].fields["homes"]
FLOOR = TARGETS["home"].fields["floor"]
COMMA = {"decimal": (",",)}
GERMAN = {"decimal": (",",), "thousands": "."}
SWISS = {"thousands": "'"}
FRENCH = {"decimal": (",",), "thousands": " "}
ENGLISH = {"thousands": ","}


def read(text, field=DEGREES, **said):
    values, faults = read_values(pd.DataFrame({"it": [text]}, dtype=str), Source(column="it", **said), field, CLOCK)
    assert (values[0] is None) != (faults[0] is None)
    return values[0] if faults[0] is None else faults[0].reason


@given(
    st.decimals(-(10**9), 10**9, places=3, allow_nan=False), st.sampled_from([COMMA, GERMAN, SWISS, FRENCH, ENGLISH])
)
def test_every_number_comes_back_from_the_signs_the_mapping_names(number, said):
    point, between = said.get("decimal", (".",))[0], said.get("thousands", "")
    english = f"{number:,.3f}"
    text = english.replace(",", "\0").replace(".", point).replace("\0", between)
    assert read(text, **said) == float(number)
    assert read(f"{number:.3f}".replace(".", point), **said) == float(number)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,200", {}),
        ("1.200", COMMA),
        ("113.85", COMMA),
        ("1,20", ENGLISH),
        ("1,2000", ENGLISH),
        (",200", ENGLISH),
        ("12,34,567", ENGLISH),
        ("1.234.567", {}),
        ("1.234,5", COMMA),
        ("1,234.5", GERMAN),
        ("1,5,2", COMMA),
        ("1 200", {}),
        ("95%", {}),
        ("10户", {}),
        ("%", {"strip": ("%",)}),
        ("10户%", {"strip": ("户",)}),
        ("about 10", {"strip": ("户",)}),
        ("0x1f", {}),
        ("1_000", {}),
    ],
)
def test_what_the_mapping_does_not_say_is_not_read(text, said):
    assert read(text, **said) == "number_unreadable"


@pytest.mark.parametrize(
    ("text", "said", "number"),
    [
        ("１０", {}, 10),
        ("１１３．８５", {}, 113.85),
        ("−5", {}, -5),
        ("10.0", {}, 10),
        ("1e2", {}, 100),
        ('="12"', {}, 12),
        ("12\u200b", {}, 12),
        ("113,85", {"decimal": (",", ".")}, 113.85),
        ("113.85", {"decimal": (",", ".")}, 113.85),
        ("10户", {"strip": ("户",)}, 10),
        ("95 %", {"strip": ("%",)}, 95),
        ("９５％", {"strip": ("%",)}, 95),
        ("58.5㎡", {"strip": ("m²", "㎡")}, 58.5),
        ("¥1,200元", {"strip": ("¥", "元"), "thousands": ","}, 1200),
        ("12万", {"strip": ("户", "万")}, 12),
        ("1’234", SWISS, 1234),
        ("1\u202f234,5", FRENCH, 1234.5),
    ],
)
def test_what_is_clear_or_named_is_read(text, said, number):
    assert read(text, **said) == number


def test_a_whole_number_stays_whole_and_within_its_bounds():
    assert read("1,200户", HOMES, strip=("户",), thousands=",") == 1200
    assert read("3A", FLOOR, strip=("A",)) == 3
    assert read("10.5", HOMES) == "number_unreadable"
    assert read("-5", HOMES) == "number_out_of_range"
    assert read("1e999", HOMES) == "number_not_finite"


@given(st.text(max_size=12), st.sampled_from([{}, COMMA, GERMAN, SWISS, FRENCH, ENGLISH, {"strip": ("%", "户")}]))
def test_any_text_is_a_finite_number_or_a_fault(text, said):
    values, faults = read_values(pd.DataFrame({"it": [text]}, dtype=str), Source(column="it", **said), DEGREES, CLOCK)
    if values[0] is not None:
        assert faults[0] is None and abs(values[0]) < float("inf")
    else:
        assert faults[0] is not None or not text.strip() or text.strip().startswith("=")
