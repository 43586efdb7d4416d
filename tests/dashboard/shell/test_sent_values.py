"""Whatever a browser sends for a box: it is the box's, or the box is as it began, and no page ends in a fault."""

import json
from collections.abc import Callable, Iterator
from datetime import date

import pandas as pd
import pytest
from google.protobuf.json_format import ParseDict
from streamlit.elements.widgets.number_input import NumberInputSerde
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import Serialized, WStates
from streamlit.testing.v1 import AppTest

from dashboard.cache import city_cache
from dashboard.look.choices import _lines
from dashboard.shell.navigation import PAGES
from dashboard.shell.sent_values import guard_sent_values
from dashboard.studies.sandbox.editor import _is_edit_of, _value
from tests.dashboard.page_runs import page_run
from tests.data.town_hall import CITY
from tests.sessions import token_of

SENT = {  # of each kind of value that Streamlit knows one, as its JSON
    "text": {"stringValue": "x" * 5_000},
    "table": {"stringValue": json.dumps({"selection": {"rows": "x"}, "edited_rows": {"99": 1}, "added_rows": [{}]})},
    "number": {"doubleValue": 1e300},
    "no number": {"doubleValue": "NaN"},
    "whole": {"intValue": -1},
    "tick": {"boolValue": True},
    "texts": {"stringArrayValue": {"data": ["x", "", "y" * 5_000]}},
    "numbers": {"doubleArrayValue": {"data": [1e300, "NaN"]}},
    "broken JSON": {"jsonValue": "{"},
    "deep JSON": {"jsonValue": "[" * 100_000},
    "bytes": {"bytesValue": "AAAA"},
}
READ = {"string_value": str, "double_value": float, "bool_value": bool, "string_array_value": list}


@pytest.fixture(autouse=True)
def guarded(monkeypatch) -> None:
    monkeypatch.setattr(WStates, "__getitem__", WStates.__getitem__)
    guard_sent_values()


def states_of(kind: str, sent: dict, deserializer: Callable) -> WStates:
    states = WStates()
    states.set_widget_metadata(WidgetMetadata("box", deserializer, lambda value: value, kind))
    states.set_widget_from_proto(ParseDict({"id": "box"} | sent, WidgetState()))
    return states


@pytest.mark.parametrize("sent", SENT)
@pytest.mark.parametrize("kind", READ)
def test_a_value_of_another_kind_is_passed_over_and_one_of_its_kind_is_not(kind, sent):
    states = states_of(kind, SENT[sent], lambda value: "as it began" if value is None else value)
    value = states["box"]
    of_its_kind = isinstance(value, READ[kind]) and value != "as it began" if kind != "string_array_value" else None
    fits = {
        "string_value": sent in ("text", "table"),
        "double_value": sent in ("number", "no number", "whole"),
        "bool_value": sent == "tick",
        "string_array_value": sent == "texts",
    }[kind]
    assert (value != "as it began") == fits
    assert of_its_kind in (None, fits) or sent == "whole"
    assert states["box"] is value or value != value


@pytest.mark.parametrize("sent", ["number", "no number", "whole"])
def test_a_number_no_box_can_hold_is_passed_over(sent):
    serde = NumberInputSerde(3, NumberInput.INT, 1, 50)
    assert states_of("double_value", SENT[sent], serde.deserialize)["box"] == 3


def test_a_box_that_was_emptied_is_empty():
    assert states_of("string_value", {}, lambda value: value)["box"] is None


def test_what_was_sent_for_a_box_nobody_knows_is_not_there():
    states = WStates()
    states.states["box"] = Serialized(ParseDict({"id": "box", "stringValue": "x"}, WidgetState()))
    assert states.get("box") is None


@pytest.mark.parametrize("chosen", ["x", 3, None, {"a": 1}, ["x", None, 99, -99, [1]]])
def test_rows_that_a_table_does_not_have_are_not_chosen(chosen):
    assert _lines(chosen, 3) == []
    assert _lines([2, "x", 0], 3) == [2, 0]


@pytest.mark.parametrize(
    ("edit", "fits"),
    [
        (None, True),
        ({"edited_rows": {0: {"points": 3}}, "added_rows": [], "deleted_rows": []}, True),
        ({"edited_rows": {9: {"points": 3}}, "added_rows": [], "deleted_rows": []}, False),
        ({"edited_rows": {0: {"nowhere": 3}}, "added_rows": [], "deleted_rows": []}, False),
        ({"edited_rows": {0: 3}, "added_rows": [], "deleted_rows": []}, False),
        ({"edited_rows": {}, "added_rows": [{}], "deleted_rows": []}, False),
        ({"edited_rows": {}, "added_rows": [], "deleted_rows": [0]}, False),
    ],
)
def test_an_edit_changes_cells_of_its_table_alone(edit, fits):
    assert _is_edit_of(edit, pd.DataFrame({"what": ["a"], "points": [1.0]})) == fits


@pytest.mark.parametrize("cell", [float("nan"), float("inf"), float("-inf"), None])
def test_a_figure_that_is_no_number_is_silence(cell):
    assert _value(cell) is None


def ids(app: AppTest) -> Iterator[str]:
    """Of every box, table and chart of a page."""
    for element in app._tree:
        if number := getattr(getattr(element, "proto", None), "id", ""):
            yield number


@pytest.mark.parametrize("sent", SENT)
@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_no_page_ends_in_a_fault_whatever_is_sent_for_its_boxes(two_towns, monkeypatch, name, sent):
    query = {"city": CITY, "lang": "en"}
    page = page_run(monkeypatch, name, token_of(city_cache.database(), "administrator"), query)
    assert not page.exception
    boxes = list(dict.fromkeys(ids(page)))
    assert boxes
    page._run(WidgetStates(widgets=[ParseDict({"id": box} | SENT[sent], WidgetState()) for box in boxes]))
    assert not page.exception, [one.value for one in page.exception]


def test_a_day_is_still_a_day():
    from streamlit.elements.widgets.time_widgets import DateInputSerde, _DateInputValues

    began = date(2024, 1, 2)
    serde = DateInputSerde(_DateInputValues.from_raw_values(began, None, None))
    assert states_of("string_array_value", {"stringArrayValue": {"data": ["x"]}}, serde.deserialize)["box"] == began
