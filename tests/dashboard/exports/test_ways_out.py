"""No table, chart or file leaves a page but through a route that asks for a right and leaves an entry in the trail.

What stands on a screen can be written down, photographed or taken from the browser; no code hinders that.
"""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Route

from dashboard.charts.style import PLOTLY_CONFIG
from dashboard.server import ROUTES
from tests.dashboard.demonstration import ROOT

HANDS_OVER = "Content-Disposition"
# What Streamlit would offer for saving, or lay below /media, where nobody is asked for a right.
UNGUARDED = {"download_button", "image", "audio", "video", "pdf", "pyplot", "graphviz_chart", "mermaid_chart"}
# Charts with a menu of their own, in which the figure and its numbers can be saved.
SAVEABLE = {"line_chart", "bar_chart", "area_chart", "scatter_chart", "altair_chart", "vega_lite_chart"}
SAVEABLE |= {"echarts_chart", "pydeck_chart"}
TABLES = {"dataframe", "data_editor", "table"}
FILES_MADE = {"to_csv", "to_excel", "to_json", "to_file", "to_parquet", "to_html"}


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "dashboard").rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Each call with the last word of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2], node


def handing_over() -> list[tuple[Path, ast.Module]]:
    """The modules that answer with a file to be saved."""
    return [(path, tree) for path, tree in trees() if HANDS_OVER in path.read_text(encoding="utf-8")]


def test_no_page_hands_over_what_no_route_has_checked():
    ways = UNGUARDED | SAVEABLE | FILES_MADE
    found = [(path.name, name, call.lineno) for path, tree in trees() for name, call in calls(tree) if name in ways]
    assert found == []


def test_every_module_that_answers_with_a_file_leaves_an_entry_in_the_trail():
    assert len(handing_over()) == 5
    assert [path.name for path, tree in handing_over() if "record" not in {name for name, _ in calls(tree)}] == []


def test_every_route_of_such_a_module_asks_for_a_right():
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path, _ in handing_over()}
    routes = [route for module in modules for route in __import__(module, fromlist=["ROUTES"]).ROUTES]
    assert {route.path for route in routes} <= {route.path for route in ROUTES if isinstance(route, Route)}
    assert [route.path for route in routes if not hasattr(route.endpoint, "permission")] == []


def test_tables_offer_neither_a_file_nor_a_copy():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["client"]["disableDataExport"] is True


def test_every_table_is_drawn_by_the_one_module_that_speaks_for_all_of_them():
    drawn = {
        path.name for path, tree in trees() for name, _ in calls(tree) if name in ("dataframe", "data_editor", "table")
    }
    assert drawn == {"tables.py"}


def test_no_chart_has_a_menu_to_be_saved_from():
    assert PLOTLY_CONFIG["displayModeBar"] is False
    charts = [(path, call) for path, tree in trees() for name, call in calls(tree) if name == "plotly_chart"]
    assert len(charts) > 5
    settings = [{named.arg: ast.unparse(named.value) for named in call.keywords} for _, call in charts]
    assert [named for named in settings if named.get("config") != "PLOTLY_CONFIG"] == []


@pytest.mark.parametrize("module", [path.relative_to(ROOT) for path, _ in handing_over()], ids=str)
def test_the_entry_is_made_before_the_answer(module):
    """In the order of the code: whoever is refused by the trail gets no file."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        entries = [call.lineno for name, call in calls(function) if name == "record"]
        files = [node.lineno for node in ast.walk(function) if isinstance(node, ast.Return) and node.value]
        if entries:
            assert entries[0] < max(files)
