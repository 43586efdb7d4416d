"""Nothing that an address, a file, a draft or the data says is read as Markdown."""

import ast
import re
from collections.abc import Iterator

import numpy as np

from dashboard.charts.flow import grade_flow
from dashboard.charts.style import without_markup
from dashboard.look import palette
from tests.dashboard.demonstration import ROOT

READS_MARKDOWN = {
    *("markdown", "warning", "info", "error", "success", "caption", "badge", "toast", "write", "metric", "spinner"),
    *("title", "header", "subheader", "expander", "tabs", "popover", "status", "button", "link_button", "checkbox"),
    *("toggle", "radio", "pills", "segmented_control", "selectbox", "multiselect", "text_input", "text_area"),
    *("number_input", "date_input", "file_uploader", "form_submit_button", "download_button", "slider"),
}
OPTIONS_READ = {"radio", "pills", "segmented_control"}
EMPHASISED = {  # sentences of ours with figures of ours in bold
    "'\\n'.join((f'- {sentence}' for sentence in verdict(result.backtest, t)))",
    "LANGUAGES[code].name",
    "label",  # of select_by_id, which is looked at where it is called
}
ALSO_READ = {"help", "delta"}
SCREENS = {"st", "left", "right", "middle", "box", "column", "columns", "card", "container", "where", "top"}


def said() -> Iterator[tuple[str, ast.expr]]:
    """Each text given to Streamlit where it reads Markdown, with where it stands."""
    for path in sorted((ROOT / "dashboard").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            if call.func.attr not in READS_MARKDOWN or ast.unparse(call.func.value).split("[")[0] not in SCREENS:
                continue
            where = f"{path.relative_to(ROOT)}:{call.lineno}"
            yield from ((where, text) for text in call.args[:1])
            yield from ((where, named.value) for named in call.keywords if named.arg in ALSO_READ)


def options_said() -> Iterator[tuple[str, ast.expr]]:
    """The text of each option where options are Markdown too."""
    for path in sorted((ROOT / "dashboard").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in OPTIONS_READ:
                texts = [named.value for named in call.keywords if named.arg == "format_func"]
                for text in (one.args[1] if isinstance(one, ast.Call) else one for one in texts):
                    yield f"{path.relative_to(ROOT)}:{call.lineno}", text.body if isinstance(text, ast.Lambda) else text


def is_ours(text: ast.expr) -> bool:
    """Whether a text holds nothing but words of ours and what went through `as_text`."""
    if isinstance(text, ast.Constant):
        return True
    if isinstance(text, ast.JoinedStr):
        return all(map(is_ours, text.values))
    if isinstance(text, ast.FormattedValue):
        return text.format_spec is not None or is_ours(text.value)  # a number or a day: no text takes a format
    if isinstance(text, ast.IfExp):
        return is_ours(text.body) and is_ours(text.orelse)
    if isinstance(text, ast.BinOp | ast.BoolOp):
        parts = text.values if isinstance(text, ast.BoolOp) else (text.left, text.right)
        return all(map(is_ours, parts))
    if isinstance(text, ast.List | ast.Tuple):
        return all(map(is_ours, text.elts))
    if isinstance(text, ast.ListComp | ast.GeneratorExp):
        return is_ours(text.elt)
    if not isinstance(text, ast.Call):
        return False
    name = ast.unparse(text.func)
    if name in ("as_text", "len"):
        return True
    if isinstance(text.func, ast.Attribute) and text.func.attr == "join":
        return all(map(is_ours, text.args))
    is_translated = name == "t" or name.endswith(".t") or name.startswith("translator(")
    return is_translated and all(is_ours(named.value) for named in text.keywords)


def test_every_value_on_the_screen_is_shown_as_text():
    found = [*said(), *options_said()]
    assert len(found) > 100
    values = [(where, ast.unparse(text)) for where, text in found if not is_ours(text)]
    assert [(where, text) for where, text in values if text not in EMPHASISED] == []


def test_every_chart_is_drawn_without_the_markup_of_names():
    charts = [
        ast.unparse(call.args[0])
        for path in sorted((ROOT / "dashboard").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "plotly_chart"
    ]
    assert len(charts) > 5
    assert [one for one in charts if not one.startswith("without_markup(")] == []


def test_a_name_in_a_chart_is_no_link():
    evil = "<a href='http://evil'>b</a>"
    flow = grade_flow(np.ones((2, 2), int), [evil, "red"], list(palette.CHANGED), ("before", "after"), "Flow")
    assert "<a" in str(flow.to_dict())
    drawn = str(without_markup(flow).to_dict())
    assert "<a" not in drawn
    assert "&lt;a href=" in drawn
    assert "<extra></extra>" in drawn


def test_bars_that_the_browser_draws_have_their_words_as_text():
    script = (ROOT / "dashboard" / "look" / "bars" / "bars.js").read_text(encoding="utf-8")
    assert "textContent" in script
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTML", script) == []
