"""A table without a row is a sentence of ours."""

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n import LANGUAGES, translator

DASHBOARD = Path(__file__).resolve().parents[3] / "dashboard"


def page(rows: int) -> None:
    import pandas as pd

    from dashboard.look.choices import row_by_id
    from dashboard.look.tables import draw_table

    table = pd.DataFrame({"a": range(rows)})
    draw_table(table)
    row_by_id(table, list(range(rows)), "rows")


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_there_is_no_row_the_page_says_so_in_its_language(language):
    app = AppTest.from_function(page, args=(0,), default_timeout=120)
    app.query_params["lang"] = language
    app.run()
    assert not app.exception and not app.dataframe
    assert [one.value for one in app.caption] == [translator(language)("shell.no_records")] * 2


def test_where_there_are_rows_they_are_shown():
    app = AppTest.from_function(page, args=(2,), default_timeout=120).run()
    assert len(app.dataframe) == 2 and not app.caption


def test_no_other_module_draws_a_table_that_could_be_empty():
    drawing = {
        path.relative_to(DASHBOARD).as_posix()
        for path in DASHBOARD.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "dataframe"
    }
    assert drawing == {"look/tables.py"}
