"""One selection on every page: a study counts what its address chooses, and says what of it is left out."""

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.cache import city_cache
from dashboard.cache.ratings import grades_in_force
from dashboard.i18n import translator
from data.access.roles import SYSTEM
from data.city.filters import Filters, Moved
from scoring.studies.grade_changes import WORSE, directions
from tests.dashboard.conftest import pointed_at
from tests.dashboard.demonstration import ON, Demonstration
from tests.dashboard.page_runs import page_run
from tests.sessions import token_of

t = translator("zh")
SINCE = date(2026, 5, 31)


@pytest.fixture(scope="module")
def district(tmp_path_factory) -> Iterator[Demonstration]:
    with pointed_at(tmp_path_factory.getbasetemp()) as demonstration:
        yield demonstration


@pytest.fixture
def study(district, monkeypatch) -> Callable[..., AppTest]:
    def run(name: str, chosen: dict | None = None, **query: str) -> AppTest:
        token = token_of(city_cache.database(), "leader", "demo")
        shown = page_run(monkeypatch, name, token, query, chosen or {})
        assert not shown.exception
        return shown

    return run


def said(app: AppTest) -> str:
    kinds = ("markdown", "caption", "warning", "info", "success", "html")
    return "\n".join(str(getattr(one, "value", one)) for kind in kinds for one in app.get(kind))


def chips(app: AppTest) -> list[str]:
    return [button.label for button in app.button if str(button.key).startswith("chip-")]


def selected(filters: Filters) -> np.ndarray:
    context = city_cache.city_context(SYSTEM, "demo")
    return city_cache.selected_buildings(SYSTEM, "demo", context.version, ON, filters)


def way() -> np.ndarray:
    context = city_cache.city_context(SYSTEM, "demo")
    return directions(*(grades_in_force(context.city_facts, context.rules, "qishuyan", day) for day in (SINCE, ON)))


def test_a_study_counts_the_buildings_the_filters_of_its_address_leave(study):
    shown = study("changes", qishuyan="red", group_rental="0")
    red = selected(Filters(grades=(("qishuyan", ("red",)),), group_rental=False))
    assert f"<b>{int(red.sum()):,}</b>" in said(shown)
    assert len(chips(shown)) == 2
    next(one for one in shown.button if str(one.key) == "chip-qishuyan-red").click().run()
    assert dict(shown.query_params) == {"group_rental": "0"}
    assert f"<b>{int(selected(Filters(group_rental=False)).sum()):,}</b>" in said(shown)


def test_a_chosen_flow_stands_in_the_address_and_narrows_what_is_beside_the_diagram(study):
    worse = int((way() == WORSE).sum())
    assert worse > 0
    shown = study("changes", moved=f"qishuyan:{SINCE}:worse")
    assert t("changes.chosen", what=f"三色分类自{SINCE}起降级", n=f"{worse:,}") in said(shown)
    assert f"<b>{int(selected(Filters()).sum()):,}</b>" in said(shown)
    assert len(chips(shown)) == 1
    next(one for one in shown.button if one.key == "flow-off").click().run()
    assert dict(shown.query_params) == {}


def test_a_direction_chosen_on_the_page_of_changes_is_a_filter_of_its_address(study):
    shown = study("changes")
    shown.button_group(key="changes_direction").set_value("worse").run()
    assert dict(shown.query_params) == {"moved": f"qishuyan:{SINCE}:worse"}


def test_the_map_shows_those_that_moved_and_their_chip(study):
    moved = selected(Filters(moved=Moved("qishuyan", SINCE, direction="worse")))
    assert (moved == (way() == WORSE)).all()
    shown = study("city", moved=f"qishuyan:{SINCE}:worse")
    assert f"<b>{int(moved.sum()):,}</b>" in said(shown)
    assert len(chips(shown)) == 1


def test_the_days_compared_stand_in_the_address(study):
    shown = study("changes", day="2026-04-30", **{"from": "2026-02-28"})
    assert [one.value for one in shown.date_input] == [date(2026, 2, 28), date(2026, 4, 30)]
    shown.date_input[0].set_value(date(2026, 3, 31)).run()
    assert dict(shown.query_params) == {"day": "2026-04-30", "from": "2026-03-31"}


def test_what_a_study_does_not_use_is_said_and_not_used(study):
    shown = study("quality", area="", qishuyan="red", day="2026-04-30")
    assert "本页不采用的条件：三色分类：" in said(shown) and "2026-04-30" in said(shown)
    assert chips(shown) == []


def test_a_page_gone_to_by_the_menu_keeps_the_selection(study):
    carried = {"carried-view": {"group_rental": "1"}, "carried-arrived": True, "carried-page": "fairness"}
    shown = study("fairness", carried)
    assert chips(shown) == [t("control.group_rental")]
    shown = study("city", carried | {"carried-page": "city"})
    assert chips(shown) == [t("control.group_rental")]


@pytest.mark.parametrize("name", ["changes", "sandbox", "fairness", "quality"])
def test_every_study_says_first_what_it_comes_to(study, name):
    shown = study(name)
    boxes = [html.proto.body for html in shown.get("html") if "class='conclusion'" in html.proto.body]
    assert len(boxes) == 1 and "class='first'" in boxes[0]
    first_html = next(html.proto.body for html in shown.main.get("html"))
    assert "class='conclusion'" in first_html


def test_a_study_leaves_the_sidebar_empty(study):
    assert study("changes").sidebar.children == {}


def test_a_row_of_the_table_of_flows_stands_for_the_flow_of_its_grades(study):
    context = city_cache.city_context(SYSTEM, "demo")
    red_to_yellow = selected(Filters(moved=Moved("qishuyan", SINCE, before="red", after="yellow")))
    shown = study("changes", moved=f"qishuyan:{SINCE}:red>yellow")
    before, after = (t.of(context.editions["qishuyan"].grades[place].name) for place in (0, 1))
    flows = next(one.value for one in shown.dataframe if list(one.value.columns)[-1] == t("changes.houses"))
    row = flows[(flows.iloc[:, 0] == before) & (flows.iloc[:, 1] == after)]
    assert row.iloc[:, 2].tolist() == ([int(red_to_yellow.sum())] if red_to_yellow.any() else [])
    assert int(flows.iloc[:, 2].sum()) == int(selected(Filters()).sum())
