"""No name turns, isolates or steers the text around it, wherever names are shown."""

import json
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.dialects import sqlite

from dashboard.admin.audit.table import _details
from dashboard.charts.distribution import grade_shares
from dashboard.charts.flow import grade_flow
from dashboard.charts.style import without_markup
from dashboard.i18n import translator
from dashboard.look.choices import distinct_labels
from dashboard.look.palette import CHANGED
from dashboard.look.plain_text import as_html, as_text
from data.db.models.city import Area, Building, City
from data.db.shown_text import ShownNames, ShownText
from data.db.tables import table_of
from data.importing.checking.texts import text_value
from data.importing.mapping.builder import quoted
from data.importing.mapping.fields import TARGETS
from scoring.rulebook.fact import Text
from scoring.turning_signs import TURNING, in_one_direction

SIGNS = "".join(
    map(chr, (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x1B, 0x9B, 0x07, 0x7F))
)
NAMES = st.text(st.sampled_from(f"{SIGNS}ab \n<花園&1שלא"), max_size=30)
NAME = TARGETS["building"].fields["name"]


def turns(shown: str) -> list[str]:
    """Signs by which Unicode has a text change direction, and controls."""
    classes = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    marks = [one for one in shown if unicodedata.bidirectional(one) in classes or one in "\u200e\u200f\u061c"]
    return marks + [one for one in shown if unicodedata.category(one) == "Cc" and one not in "\n\t\r\x85"]


@pytest.mark.parametrize("sign", SIGNS)
def test_each_of_the_signs_is_one_and_is_taken_out(sign):
    assert turns(sign) and TURNING.fullmatch(sign)
    assert in_one_direction(f"a{sign}b") == "ab"


def test_letters_joiners_and_pictures_stay():
    for name in ("花园", "שלום", "ك\u200cك", "👩\u200d🚒", "a\tb\nc", "Ünï"):
        assert in_one_direction(name) == name


@given(NAMES)
def test_no_place_that_shows_a_name_lets_it_turn_its_neighbours(name):
    t = translator("en")
    labels = [distinct_labels([name, f"{name}\u202e"], str)(one) for one in (name, f"{name}\u202e")]
    both = Text(name, name)
    shown = [as_text(name), as_html(name), *labels, both.zh, t.of(both), _details({"file": name, name: [name]}, {}, t)]
    assert [turns(one) for one in shown] == [[]] * len(shown)
    assert (
        labels[0] != labels[1] or name == f"{name}\u202e" or in_one_direction(name) == in_one_direction(f"{name}\u202e")
    )
    assert in_one_direction(in_one_direction(name)) == in_one_direction(name)


@given(NAMES)
def test_a_database_takes_and_gives_names_without_them(name):
    dialect = sqlite.dialect()
    for process in (ShownText(80).bind_processor(dialect), ShownText(80).result_processor(dialect, None)):
        assert not turns(process(name) or "")
    assert not turns(str(ShownNames().process_result_value({"zh": name, "a": {"en": name}}, dialect)["a"]["en"]))


def test_names_that_an_earlier_version_stored_are_read_without_them():
    engine = create_engine("sqlite://")
    areas = table_of(Area)
    areas.create(engine)
    with engine.begin() as connection:
        columns = "id, city_id, level, code, name, outline, import_id"
        connection.execute(text(f"INSERT INTO areas ({columns}) VALUES (1, 1, 'street', 'S', 'a\u202eb', x'00', 1)"))
        assert connection.execute(areas.select()).one().name == "ab"


def test_every_column_of_names_is_such_a_column():
    for model, names in ((Building, ("name", "address")), (Area, ("name", "name_en")), (City, ("names", "levels"))):
        for name in names:
            assert isinstance(table_of(model).c[name].type, ShownText | ShownNames)


@given(st.text(st.sampled_from("ab花\u202e\u2066\u200e"), max_size=30))
def test_an_import_takes_names_without_them(name):
    assert text_value(name, NAME) == in_one_direction(name)


@given(NAMES)
def test_the_text_of_a_mapping_names_a_column_exactly_and_turns_nothing(name):
    import tomllib

    line = f"column = {quoted(name)}"
    assert not turns(line) and tomllib.loads(line) == {"column": name}


def test_a_name_in_a_chart_turns_nothing():
    name = "a\u202eb"
    flow = without_markup(grade_flow(np.ones((2, 2), int), [name, "red"], list(CHANGED), ("before", "after"), name))
    assert "\u202e" not in str(flow.to_plotly_json()).encode().decode("unicode_escape", "ignore")
    assert not turns(flow.layout.title.text)


def test_a_name_in_bars_turns_nothing():
    name = "a\u202eb"
    chart = grade_shares(np.ones((1, 2), int), [name], [name, "red"], list(CHANGED), name)
    assert not turns(json.dumps(chart.settings(), ensure_ascii=False))
