"""What is chosen on a screen is known by its id, never by its label."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.look.choices import distinct_labels
from tests.dashboard.demonstration import ROOT

CHOICES = {"selectbox", "multiselect", "radio", "pills", "segmented_control", "select_slider"}
OURS = {"t", "study.t", "label_of"}  # give words of ours, which differ


@given(st.lists(st.sampled_from(("a", "a · 1", "a · 1 · 2", "b"))))
def test_no_two_options_ever_have_the_same_label(names):
    label = distinct_labels(range(len(names)), names.__getitem__)
    shown = [label(number) for number in range(len(names))]
    assert len(set(shown)) == len(shown)
    assert all(one.startswith(name) for one, name in zip(shown, names, strict=True))


def test_labels_that_differ_stay_as_they_are():
    assert [distinct_labels("ab", str.upper)(one) for one in "ab"] == ["A", "B"]


def two_sessions_of_one_minute() -> None:
    import streamlit as st

    from dashboard.look.choices import select_by_id

    st.text(f"ends {select_by_id('Session', [7, 9], lambda _: 'mei · 09:12 · 10.0.0.7')}")


@pytest.mark.parametrize("clicked", [7, 9])
def test_of_two_sessions_begun_in_one_minute_the_one_that_was_clicked_is_chosen(clicked):
    page = AppTest.from_function(two_sessions_of_one_minute).run()
    page.selectbox[0].set_value(clicked).run()
    assert page.text[0].value == f"ends {clicked}"


def one_more_meanwhile() -> None:
    import streamlit as st

    from dashboard.look.choices import select_by_id

    offered = st.session_state.get("offered", [7])
    chosen = select_by_id("Session", offered, lambda _: "mei · 09:12", index=None, key="session")
    if st.button("End"):
        st.text(f"ends {chosen}")


def test_where_another_of_the_same_label_came_in_the_moment_of_the_click_nothing_is_chosen():
    page = AppTest.from_function(one_more_meanwhile).run()
    page.selectbox[0].set_value(7).run()
    page.session_state["offered"] = [9, 7]
    page.button[0].click().run()
    assert page.text[0].value in ("ends None", "ends 7")


def choices() -> list[tuple[str, ast.expr | None, set[str]]]:
    """Where a choice is offered, what labels it, and which names of that module are labels made distinct."""
    found = []
    for path in sorted((ROOT / "dashboard").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        distinct = {
            target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and is_made_distinct(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in CHOICES:
                named = {one.arg: one.value for one in call.keywords}
                found.append((f"{path.relative_to(ROOT)}:{call.lineno}", named.get("format_func"), distinct))
    return found


def is_made_distinct(labelling: ast.expr) -> bool:
    return isinstance(labelling, ast.Call) and ast.unparse(labelling.func) == "distinct_labels"


def is_word_of_ours(label: ast.expr) -> bool:
    """A text of dashboard/i18n for each option, or the name of a language: these differ."""
    if isinstance(label, ast.IfExp):
        return is_word_of_ours(label.body) and is_word_of_ours(label.orelse)
    if isinstance(label, ast.Call):
        return ast.unparse(label.func) in OURS
    return ast.unparse(label).startswith("LANGUAGES[")


def takes_names_of_the_data(labelling: ast.expr | None, distinct: set[str] = frozenset()) -> bool:
    """Whether labels may be equal: neither made distinct, nor a word of ours for each option."""
    if isinstance(labelling, ast.Name):
        return labelling.id not in distinct
    if isinstance(labelling, ast.Lambda):
        return not is_word_of_ours(labelling.body)
    return labelling is None or not is_made_distinct(labelling)


def test_each_choice_whose_labels_come_from_the_data_has_them_made_distinct():
    found = choices()
    assert len(found) > 15
    assert [where for where, labelling, distinct in found if takes_names_of_the_data(labelling, distinct)] == []


def test_no_table_but_the_one_that_knows_its_rows_by_their_ids_lets_a_row_be_chosen():
    """Streamlit hands a chosen row over as its place in the table, which is another's once the table has changed."""
    calls = [
        (str(path.relative_to(ROOT)), call)
        for path in sorted((ROOT / "dashboard").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and any(one.arg == "on_select" for one in call.keywords)
        if not ast.unparse(call.func).endswith("plotly_chart")
    ]
    assert [path for path, _ in calls] == ["dashboard/look/choices.py"]


def test_a_plain_box_of_names_of_the_data_would_be_found():
    assert takes_names_of_the_data(None)
    for wrong in ("str", "names.get", "name_of", "lambda one: one.name", "lambda one: as_text(cities[one])"):
        assert takes_names_of_the_data(ast.parse(wrong, mode="eval").body)
    assert not takes_names_of_the_data(ast.parse("name_of", mode="eval").body, {"name_of"})
    for right in ("lambda one: t(f'role.{one}')", "distinct_labels(names, names.get)"):
        assert not takes_names_of_the_data(ast.parse(right, mode="eval").body)


def test_nothing_chosen_is_looked_up_by_what_it_is_called():
    """No page keeps what it offers in a table by label: such a table knows one of two equals."""
    found = [
        f"{path.relative_to(ROOT)}: {node.id}"
        for path in sorted((ROOT / "dashboard").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and re.fullmatch(r"(?:\w+_)?by_(?:name|label|title|text)", node.id)
    ]
    assert found == []


def test_each_form_of_the_account_pages_names_what_it_acts_on_by_its_id():
    """next: an address; username: for the browser's store of passwords, read by nobody here."""
    hidden = [
        (path.name, *re.search(r'name="(\w+)".*?value="{{ (.+?) }}"', field).groups())
        for path in sorted((ROOT / "dashboard" / "auth" / "templates").glob("*.html"))
        for field in re.findall(r'<input type="hidden".*?>', path.read_text(encoding="utf-8"))
    ]
    assert ("account.html", "session", "one.id") in hidden
    assert [one for one in hidden if one[1] not in ("next", "username") and not one[2].endswith(".id")] == []
    choosers = re.compile(r"<select|<option|<datalist|type=.radio|type=.checkbox")
    assert not [path for path in (ROOT / "dashboard").rglob("*.html") if choosers.search(path.read_text("utf-8"))]


ROWS = """
import pandas as pd
import streamlit as st
from dashboard.look.choices import row_by_id
ids = st.session_state.get("order", ["S1", "S2"])
st.text(f"row {row_by_id(pd.DataFrame({'name': ['South', 'South']}), ids, 'table')}")
st.text(sorted(key for key in st.session_state if key.startswith("table-")))
"""


def test_a_table_in_another_order_is_another_table_with_nothing_chosen():
    page = AppTest.from_string(ROWS).run()
    keys = page.text[1].value
    page.session_state["order"] = ["S2", "S1"]
    page.run()
    assert page.text[0].value == "row None"
    assert page.text[1].value != keys


def test_ids_are_what_tells_equal_labels_apart():
    label = distinct_labels([3, 5], lambda _: "South")
    assert [label(3), label(5)] == ["South · 3", "South · 5"]
