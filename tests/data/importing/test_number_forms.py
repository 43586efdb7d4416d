"""How a column writes its numbers is told from its texts, and asked where two ways of reading give two numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importing.mapping.builder import Match, built
from data.importing.mapping.guess_columns import guessed, sample_of
from data.importing.mapping.number_forms import (
    AS_PROGRAMS_WRITE,
    FORMS,
    NumberForm,
    forms_of,
    number_field,
    preset_units,
    units_in,
)
from data.importing.reading.tables import SourceTable

HOMES = number_field("building", "homes")
LON = number_field("building", "lon")


def sample(**columns):
    frame = pd.DataFrame(columns)
    return sample_of(SourceTable("csv", "0" * 64, frame, np.arange(1, len(frame) + 1)))


@pytest.mark.parametrize(
    ("texts", "units", "forms"),
    [
        (["1200", "35"], (), [AS_PROGRAMS_WRITE]),
        (["1,200", "35"], (), [NumberForm((".",), ",")]),
        (["1,200", "1,350"], (), [NumberForm((".",), ",")]),
        (["1,000", "2,000"], (), [NumberForm((".",), ","), NumberForm((",",))]),
        (["1.000", "35"], (), [AS_PROGRAMS_WRITE, NumberForm((",",), ".")]),
        (["1 200", "1 200 000"], (), [NumberForm((".",), " ")]),
        (["1’200"], (), [NumberForm((".",), "'")]),
        (["35户", "1,200户"], ("户",), [NumberForm((".",), ",", ("户",))]),
        (["none", "-"], (), []),
    ],
)
def test_the_forms_of_whole_numbers_are_those_that_read_the_most_and_differ(texts, units, forms):
    assert list(forms_of(texts, HOMES, units)) == forms


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["113,921", "-0,5"], NumberForm((",",))),
        (["113.921", "0.123"], AS_PROGRAMS_WRITE),
        (["113,921", "113.9"], NumberForm((",", "."))),
    ],
)
def test_degrees_have_no_thousands(texts, form):
    assert forms_of(texts, LON, ()) == (form,)


@pytest.mark.parametrize(
    ("texts", "units"),
    [
        (["35户", "12 户", "7"], ("户",)),
        (["约35套", "40户"], ("约", "套", "户")),
        (["35 m²"], ("m2",)),
        (["12%"], ("%",)),
        (["3万", "2k", "1.5 million", "4千户"], ()),
        (["12-14", ">50", "1/2", "2024-05-01", "3+2"], ()),
        ([f"{n}{unit}" for n, unit in enumerate("abcdefghi")], ()),
        (["9" * 500_000 + "户"], ()),
    ],
)
def test_units_are_the_words_beside_the_digits_and_never_what_makes_a_number_larger(texts, units):
    assert units_in(texts) == units


def test_of_two_units_none_is_taken_off_unasked():
    assert preset_units(("户",)) == ("户",) and preset_units(("m", "ft")) == ()


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=20), st.sampled_from(FORMS[:-1]))
def test_whatever_form_numbers_are_written_in_is_among_those_offered_or_gives_the_same(numbers, form):
    texts = [f"{number:,}".replace(",", form.thousands) for number in numbers]
    readings = [[one.read(text, HOMES) for text in texts] for one in forms_of(texts, HOMES, ())]
    assert numbers in readings


def test_a_comma_far_below_the_rows_looked_at_is_found():
    texts = ["35"] * 500 + ["1,200"]
    assert sample(UNITS=texts).number_texts("UNITS") == ("35", "1,200")


def test_columns_of_numbers_with_commas_and_units_are_guessed_like_others():
    table = sample(
        CODE=["B1", "B2"], Homes=["1,200", "35户"], Longitude=["113,95", "113,96"], Latitude=["22,5", "22,6"]
    )
    columns = guessed("building", table, (113.7, 22.4, 114.2, 22.9))
    assert columns == {"code": "CODE", "homes": "Homes", "lon": "Longitude", "lat": "Latitude"}


def test_what_was_said_of_numbers_stands_in_the_mapping_and_is_read_so():
    table = sample(CODE=["B1"], Homes=["1.200 户"], Lon=["113,95"], Lat=["22.5"])
    numbers = {"homes": NumberForm((",",), ".", ("户",)), "lon": NumberForm((",", ".")), "lat": AS_PROGRAMS_WRITE}
    matches = {"code": "CODE", "homes": "Homes", "lon": "Lon", "lat": "Lat"}
    text, mapping = built(Match("m", "M", "demo", "building", matches, numbers=numbers), table)
    assert 'homes = { column = "Homes", decimal = ",", thousands = ".", strip = ["户"] }' in text
    assert 'lon = { column = "Lon", decimal = [",", "."] }' in text and 'lat = { column = "Lat" }' in text
    homes = mapping.blocks["building"].fields["homes"]
    assert (homes.decimal, homes.thousands, homes.strip) == ((",",), ".", ("户",))
