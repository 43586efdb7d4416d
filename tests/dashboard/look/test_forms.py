"""A form that makes something makes it once: what is sent late from one that has been replaced is not read."""

import ast

from streamlit.testing.v1 import AppTest

from tests.dashboard.demonstration import ROOT

MAKES = {"keep_draft", "publish", "add_account"}


def a_form() -> None:
    import streamlit as st

    from dashboard.look.forms import form_done, form_key

    form = form_key("save")
    with st.form(form):
        name = st.text_input("Name")
        submitted = st.form_submit_button("Save")
    if submitted:
        saves = st.session_state.setdefault("saves", [])
        saves.append((form, name))
        if name != "wrong":
            form_done("save")
            st.rerun()


def test_a_form_that_was_sent_four_times_quickly_is_read_once():
    page = AppTest.from_function(a_form).run()
    page.text_input[0].set_value("Milder")
    page.button[0].set_value(True)
    sent = page._tree.get_widget_states()
    for _ in range(4):
        page._run(sent)
    assert [name for _, name in page.session_state["saves"]] == ["Milder"]


def test_a_form_that_was_refused_keeps_its_key_and_one_that_made_something_gets_another():
    page = AppTest.from_function(a_form).run()
    for name in ("wrong", "Milder", "Stricter"):
        page.text_input[0].set_value(name)
        page.button[0].click().run()
    keys = [form for form, _ in page.session_state["saves"]]
    assert keys[0] == keys[1] != keys[2]


def test_every_form_that_makes_something_hands_its_key_on():
    calls = [
        (path.name, call)
        for path in sorted((ROOT / "dashboard").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MAKES
    ]
    assert {call.func.id for _, call in calls} == MAKES
    # add_account takes it among the ways to sign in, see _add
    assert [name for name, call in calls if not any(one.arg in ("form", None) for one in call.keywords)] == []
