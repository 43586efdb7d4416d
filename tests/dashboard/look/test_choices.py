"""What is chosen on a screen is known by its id, never by its label."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.look.choices import distinct_labels
from tests.dashboard.demonstration import ROOT

CHOICES = {"selectbox", "multiselect", "radio", "pills", "segmented_control", "select_slider"}
OURS = {"t", "study", "LANGUAGES", "label_of"}  # words of ours, which differ


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


def format_functions() -> list[tuple[str, ast.expr | None]]:
    found = []
    for path in sorted((ROOT / "dashboard").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in CHOICES:
                named = {one.arg: one.value for one in call.keywords}
                found.append((f"{path.relative_to(ROOT)}:{call.lineno}", named.get("format_func")))
    return found


def takes_names_of_the_data(labelling: ast.expr | None) -> bool:
    """Whether labels may be equal: neither made distinct, nor a word of ours for each option."""
    if labelling is None or isinstance(labelling, ast.Name):  # a name: `name_of`, made distinct where it is made
        return labelling is None
    if isinstance(labelling, ast.Call):
        return ast.unparse(labelling.func) != "distinct_labels"
    if isinstance(labelling, ast.Attribute):
        return True
    names = {node.id for node in ast.walk(labelling) if isinstance(node, ast.Name)}
    taken = {
        argument.arg for node in ast.walk(labelling) if isinstance(node, ast.Lambda) for argument in node.args.args
    }
    return not names - taken <= OURS


def test_each_choice_whose_labels_come_from_the_data_has_them_made_distinct():
    found = format_functions()
    assert len(found) > 15
    assert [where for where, labelling in found if takes_names_of_the_data(labelling)] == []


def test_ids_are_what_tells_equal_labels_apart():
    label = distinct_labels([3, 5], lambda _: "South")
    assert [label(3), label(5)] == ["South · 3", "South · 5"]
