"""One selection: what is clicked on the legend, a bar or a chip is a filter of the sidebar and of the address."""

from types import SimpleNamespace

import pytest

from dashboard.i18n import translator
from dashboard.look import bars
from dashboard.map import selection
from dashboard.map.selection import FILTERS, PENDING

EVERY_FILTER = {
    "qishuyan": "red,unrated",
    "hazard": "fire",
    "state": "overdue",
    "unvisited": "90",
    "group_rental": "0",
    "vacant": "1",
    "moved": "qishuyan:2026-05-31:red>yellow",
}


def chips(app) -> list[str]:
    return [button.label for button in app.main.button if str(button.key).startswith("chip-")]


def address(app) -> dict[str, str]:
    return {name: value for name, value in dict(app.query_params).items() if name not in ("lang", "tab")}


def choose(app, name, value, alone=False):
    app.session_state[PENDING] = (name, value, alone)
    return app.run()


def test_every_filter_of_a_view_is_a_chip(page, choices):
    area = next(code for code in choices.areas if code.startswith("street:"))
    app = page(lang="en", area=area, **EVERY_FILTER)
    t = translator("en")
    street, *rest = chips(app)
    assert street
    assert rest == [
        "Colour classes: Priority (red)",
        f"Colour classes: {t('grade.unrated')}",
        t("hazard.fire"),
        "Hazards: Overdue",
        "Last visit: 90 days or more",
        t("control.no_group_rental"),
        t("control.vacant"),
        "Colour classes since 2026-05-31…",
    ]


def test_a_view_of_everything_has_no_chip(page):
    assert chips(page(lang="en")) == []


@pytest.mark.parametrize("name", EVERY_FILTER)
def test_a_chip_is_taken_off_by_a_click_and_its_filter_with_it(page, name):
    app = page(**EVERY_FILTER)
    next(button for button in app.main.button if str(button.key).startswith(f"chip-{name}-")).click().run()
    left = EVERY_FILTER | {name: "unrated" if name == "qishuyan" else ""}
    assert address(app) == {name: value for name, value in left.items() if value}


@pytest.mark.parametrize(("name", "value"), [("qishuyan", "red"), ("state", "overdue"), ("vacant", "1")])
def test_what_is_clicked_twice_is_as_before(page, name, value):
    app = page()
    assert address(choose(app, name, value)) == {name: value}
    assert address(choose(app, name, value)) == {}


def test_a_second_class_of_the_legend_is_shown_beside_the_first(page):
    assert address(choose(page(qishuyan="red"), "qishuyan", "yellow")) == {"qishuyan": "red,yellow"}


def test_an_area_clicked_in_a_chart_takes_the_place_of_the_one_it_lies_in(page, choices):
    street = next(code for code in choices.areas if code.startswith("street:"))
    community = next(code for code in choices.areas if code.startswith("community:"))
    assert address(choose(page(area=street), "area", community, alone=True)) == {"area": community}


@pytest.mark.parametrize(
    ("name", "value"),
    [("qishuyan", "purple"), ("area", "street:nowhere"), ("state", "'"), ("day", "2020-01-01"), ("city", "x"),
     ("colour", "red"), ("qishuyan", ""), ("", ""), ("vacant", "yes")],
)  # fmt: skip
def test_a_click_on_what_the_city_does_not_offer_is_passed_over(page, name, value):
    app = choose(page(state="open"), name, value)
    assert address(app) == {"state": "open"}
    assert not app.exception


BARS = [("qishuyan", "red"), ("qishuyan", "yellow")]


@pytest.mark.parametrize(
    ("sent", "chosen"),
    [
        ({"bar": 1}, ("qishuyan", "yellow", False)),
        ({"bar": None}, None),
        ({"bar": 2}, None),
        ({"bar": -1}, None),
        ({"bar": "0"}, None),
        ({"bar": True}, None),
        ({}, None),
        ("x", None),
    ],
)
def test_a_bar_chooses_what_it_stands_for_and_nothing_else_is_taken_for_one(monkeypatch, sent, chosen):
    state = {"by-grade": sent}
    for module in (selection, bars):
        monkeypatch.setattr(module, "st", SimpleNamespace(session_state=state))
    selection.on_bar("by-grade", BARS)()
    assert state.get(PENDING) == chosen


def test_every_filter_but_grades_and_areas_can_be_chosen_by_its_name():
    assert set(FILTERS) == {"area", *EVERY_FILTER} - {"qishuyan"}
