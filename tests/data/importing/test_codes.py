"""Codes: whatever stands round one, it is the same building or a row set aside, and never a second one in silence."""

import sys
import unicodedata
from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.db.models.city import Area, Building, Event, Home, Inspection, Project
from data.importing.checking.codes import check_whole, normal_code, shortened_lengths
from data.importing.checking.days import Clock
from data.importing.checking.texts import INVISIBLE, Unfit, cell, plain
from data.importing.checking.values import read_values
from data.importing.mapping.fields import TARGETS
from data.importing.mapping.source import Source
from tests.data.importing.test_public_rental import FIRST, HOMES
from tests.data.riverton import (
    BUILDINGS,
    PLUM,
    QUIET_VISIT,
    STREETS,
    VISITS,
    reasons,
    sentence,
    square,
    write_csv,
    write_geojson,
)

CODE = TARGETS["building"].fields["code"]
CLOCK = Clock(date(2024, 6, 30), ZoneInfo("Asia/Shanghai"))
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u00ad\ufeff\u034f\u180e\ufe0f\U000e0041\u061c"
SPACES = " \u00a0\u3000\u2009\t"
codes = st.one_of(
    st.from_regex(r"[A-Z]{1,3}-[0-9]{1,6}", fullmatch=True),
    st.from_regex(r"[A-Z][0-9]{1,8}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{3,14}", fullmatch=True),
    st.from_regex(r"0[0-9]{2,8}", fullmatch=True),
    st.from_regex(r"楼[0-9]{1,4}号", fullmatch=True),
)


def wide(text):
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def within(code, sign, place):
    place %= len(code) + 1
    return code[:place] + sign + code[place:]


DECORATIONS = {
    "unseen signs": lambda code, n: within(within(code, UNSEEN[n % len(UNSEEN)], n), UNSEEN[-1 - n % 7], 0),
    "spaces round it": lambda code, n: SPACES[n % len(SPACES)] + code + SPACES[-1 - n % len(SPACES)],
    "full width": lambda code, _: wide(code),
    "one full-width sign": lambda code, n: wide(code[: n % len(code)]) + code[n % len(code) :],
    "text trick": lambda code, _: f'="{code}"',
    "text trick, spaced": lambda code, _: f' = "{code} " ',
    "apostrophe": lambda code, _: f"'{code}",
    "dash": lambda code, n: code.replace("-", "\u2010\u2011\u2013\u2014\u2212"[n % 5]),
    "float": lambda code, n: f"{code}.{'0' * (n % 4)}" if code.isdigit() and code[0] != "0" else code,
}
decorated = st.tuples(codes, st.lists(st.tuples(st.sampled_from(list(DECORATIONS)), st.integers(0, 50)), max_size=3))


def put_on(code, decorations):
    """A trick of a spreadsheet is the outermost: it writes the cell last."""
    outermost = ("apostrophe", "text trick", "text trick, spaced")
    kinds = dict(decorations)
    trick = next((name for name in outermost if name in kinds), None)
    if "float" in kinds:
        code = DECORATIONS["float"](code, kinds["float"])
    for name, number in kinds.items():
        if name not in (*outermost, "float"):
            code = DECORATIONS[name](code, number)
    return DECORATIONS[trick](code, kinds[trick]) if trick else code


def with_each_decoration(test):
    for name in DECORATIONS:
        for code in ("6301200042", "B-12"):
            test = example((code, [(name, 1)]))(test)
    return test


@with_each_decoration
@given(decorated)
def test_a_code_has_one_normal_form_whatever_is_put_round_it(drawn):
    code, decorations = drawn
    assert normal_code(cell(put_on(code, decorations))) == code


@given(st.text())
def test_the_normal_form_of_a_normal_form_is_itself(text):
    code = normal_code(text)
    assert normal_code(code) == code
    assert not INVISIBLE.search(code)


def test_every_format_sign_of_unicode_is_invisible():
    signs = (chr(point) for point in range(sys.maxunicode + 1))
    assert [hex(ord(sign)) for sign in signs if unicodedata.category(sign) == "Cf" and not INVISIBLE.match(sign)] == []
    assert not any(INVISIBLE.match(sign) for sign in "Aa0-_ é楼\u0301")
    assert plain("e\u200b\u0301") == "é"


@pytest.mark.parametrize("code", ["1.5", "12.10", "001.0", "A.0", "1.0.0", "5E3", "1E2", "=1+1", 'x="1"'])
def test_what_only_looks_like_a_float_or_a_trick_is_left_as_it_is(code):
    assert normal_code(cell(code)) == code
    check_whole(code, frozenset())


@pytest.mark.parametrize("code", ["4.4e17", "4.40306E+17", "4E+17", "18014398509481984.0", "9007199254740993.0"])
def test_a_code_that_a_float_cannot_hold_is_refused(code):
    with pytest.raises(Unfit):
        check_whole(normal_code(code), frozenset())


def test_a_code_with_signs_between_its_thousands_is_set_aside_but_not_a_key_of_parts(desk):
    desk.buildings(PLUM | {"code": "6301200042"})
    rows = [PLUM | {"code": code} for code in ("6,301,200,042", "６，３０１，２００，０４２", "630,1200042", "A,001")]
    assert reasons(desk.buildings(*rows)) == ["code_as_number", "code_as_number"]
    parts = 'code = { parts = [{ column = "homes" }, { column = "built" }], join = "," }'
    of_parts = BUILDINGS.replace('code = { column = "code" }', parts)
    assert desk.buildings(PLUM | {"homes": "12", "built": "998"}, mapping=of_parts.replace("built =", "#")).faults == []
    assert {one.code for one in desk.rows(Building)} == {"6301200042", "630,1200042", "A,001", "12,998"}


@pytest.mark.parametrize("code", ["'", "\u200b", '=""', "\u3000", "'\u200e"])
def test_a_code_of_which_nothing_is_left_is_missing(code):
    values, faults = read_values(pd.DataFrame({"it": [code]}, dtype=str), Source(column="it"), CODE, CLOCK)
    assert (values[0], faults[0].reason) == (None, "value_missing")


@pytest.mark.parametrize(
    ("codes", "lengths"),
    [
        (["1120024814982980", "1112883110407381"], set()),
        (["1120024814982980"], set()),
        (["1120024814982980", "1112883110407380"], {16}),
        ([f"11200248149{number:05d}" for number in range(500)], set()),
        ([f"11200248149{number:04d}0" for number in range(500)], {16}),
        (["440306001001001000"], {18}),
        ([f"4403060010010{number:05d}" for number in range(3000)], set()),
        (["440306001001001000", "1112883110407381", "1112883110407390"], {18}),
        (["4403060010010010000000000"], {25}),
        (["440306001001000", "A40306001001000000"], set()),
    ],
)
def test_noughts_at_the_end_are_laid_to_excel_only_where_numbering_does_not_explain_them(codes, lengths):
    assert shortened_lengths(codes) == lengths


WAYS = [f" {PLUM['code']}\u00a0", f'="{PLUM["code"]}"', f"'{PLUM['code']}", wide(PLUM["code"])]
WAYS += [within(PLUM["code"], sign, place) for place, sign in enumerate(UNSEEN)]


def test_a_building_written_in_any_way_is_the_building_that_is_there(desk):
    desk.buildings(PLUM)
    for way in WAYS:
        outcome = desk.buildings(PLUM | {"code": way})
        assert (outcome.faults, outcome.tallies["buildings"].unchanged) == ([], 1), repr(way)
    assert desk.count(Building) == 1


def test_a_building_written_in_two_ways_in_one_file_is_set_aside_the_second_time(desk):
    outcome = desk.buildings(PLUM, *(PLUM | {"code": way} for way in WAYS))
    assert reasons(outcome) == ["duplicate_code"] * len(WAYS)
    assert desk.count(Building) == 1


def test_a_code_that_a_program_kept_as_a_float_is_the_whole_number(desk):
    path = write_geojson(
        desk.folder / "streets.geojson", [{"code": 440306001001.0, "name": "Q"}], [square(113.85, 22.5)]
    )
    desk.buildings(PLUM)
    desk.hand_in(STREETS, path)
    assert [one.code for one in desk.rows(Area)] == ["440306001001"]
    stated = BUILDINGS + '\n[building.areas]\nstreet = { column = "street" }\n'
    assert desk.buildings(PLUM | {"street": "440306001001.0"}, mapping=stated).faults == []


def test_visits_find_their_building_and_their_own_earlier_row_in_any_way_of_writing(desk):
    desk.buildings(PLUM)
    desk.visits(QUIET_VISIT | {"id": "17"})
    for id_, building in (("17.0", PLUM["code"]), ("１７", f"{PLUM['code']}\u200b"), ("'17", PLUM["code"])):
        outcome = desk.visits(QUIET_VISIT | {"id": id_, "building": building})
        assert outcome.faults == [] and outcome.tallies["inspections"].unchanged == 1
    assert desk.count(Inspection) == 1


def test_codes_that_differ_in_capitals_alone_are_no_two_buildings_until_the_mapping_says_so(desk):
    outcome = desk.buildings(PLUM | {"code": "B1"}, PLUM | {"code": "b1"})
    assert reasons(outcome) == ["code_capitals"]
    assert "'b1' differs from 'B1' in its capitals alone" in sentence(outcome)
    assert reasons(desk.buildings(PLUM | {"code": "b1"})) == ["code_capitals"]
    assert desk.count(Building) == 1
    both = BUILDINGS.replace('code = { column = "code" }', 'code = { column = "code", case_matters = true }')
    assert desk.buildings(PLUM | {"code": "b1"}, mapping=both).faults == []
    assert desk.buildings(PLUM | {"code": "B1"}, PLUM | {"code": "b1"}).faults == []
    assert desk.count(Building) == 2


def test_a_visit_to_a_building_in_other_capitals_is_told_which_is_meant(desk):
    desk.buildings(PLUM | {"code": "B1"})
    outcome = desk.visits(QUIET_VISIT | {"building": "b1"})
    assert reasons(outcome) == ["building_unknown"]
    assert "There is no building 'b1', but 'B1' differs from it in its capitals alone" in sentence(outcome)


def test_areas_projects_and_homes_keep_to_the_same(desk):
    desk.buildings(PLUM)
    rows = [{"code": code, "name": "Quay"} for code in ("S1", "Ｓ\u200b1", "s1")]
    outcome = desk.hand_in(STREETS, write_geojson(desk.folder / "s.geojson", rows, [square(113.85, 22.5)] * 3))
    assert reasons(outcome) == ["duplicate_code", "code_capitals"]
    homes = [FIRST, FIRST | {"home": "１-101"}, FIRST | {"home": "1–101"}]
    homes += [FIRST | {"project": "p1", "home": "a"}, FIRST | {"project": "p1", "home": "A"}]
    homes += [FIRST | {"project": "P1", "home": "b"}]
    outcome = desk.hand_in(HOMES, write_csv(desk.folder / "homes.csv", homes))
    assert reasons(outcome) == ["duplicate_code", "duplicate_code", "code_capitals", "code_capitals"]
    assert (desk.count(Area), desk.count(Project), desk.count(Home)) == (1, 2, 2)


def test_a_building_whose_code_was_kept_before_there_was_a_normal_form_is_still_the_same(desk):
    desk.buildings(PLUM)
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE buildings SET code = 'Ｂ１\u200b'")
    outcome = desk.buildings(PLUM | {"code": "B1"})
    assert (outcome.faults, outcome.tallies["buildings"].unchanged) == ([], 1)
    assert desk.visits(QUIET_VISIT | {"building": "B1"}).faults == []
    assert desk.count(Building) == 1


def test_a_visit_whose_key_was_kept_before_there_was_a_normal_form_is_still_the_same(desk):
    desk.buildings(PLUM)
    desk.visits(QUIET_VISIT | {"id": "17"})
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE inspections SET source_key = 'visit:１７.0'")
    assert desk.visits(QUIET_VISIT | {"id": "17.0"}).tallies["inspections"].unchanged == 1
    assert desk.visits(QUIET_VISIT | {"id": "17", "score": "91"}).tallies["inspections"].changed == 1
    assert desk.visits(QUIET_VISIT | {"id": "17", "score": "91"}).tallies["inspections"].unchanged == 1


def test_an_inspector_written_in_two_ways_is_one(desk):
    desk.buildings(PLUM)
    mapping = VISITS.replace("published_score =", 'inspector = { column = "officer" }\npublished_score =')
    rows = [QUIET_VISIT | {"id": str(n), "officer": way} for n, way in enumerate(["W3", "Ｗ３", "W3\u200e", '="W3"'])]
    assert desk.visits(*rows, mapping=mapping).faults == []
    assert {one.inspector for one in desk.rows(Inspection)} == {"W3"}
    assert desk.count(Event) == 0
