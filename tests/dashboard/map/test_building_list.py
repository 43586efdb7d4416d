"""The list beside the map: a page of the buildings chosen at a time, in an order of one's own."""

import pytest

from dashboard.i18n import translator


@pytest.fixture
def listed(page):
    """The map's page with the list beside the map."""

    def show(**query):
        app = page(**query)
        app.session_state["panel"] = "list"
        return app.run()

    return show


def table(app):
    return app.main.dataframe[0].value


def caption(app) -> str:
    return next(one.value for one in app.main.caption if "buildings" in one.value.lower())


def order_by(app, order):
    next(box for box in app.main.selectbox if box.label == translator("en")("list.order")).set_value(order)
    return app.run()


def test_a_page_holds_fifty_buildings_and_says_of_how_many(listed):
    app = listed(lang="en")
    assert len(table(app)) == 50
    assert caption(app).startswith("Buildings 1–50 of ")


def test_the_next_page_goes_on_where_the_first_ends(listed):
    app = listed(lang="en")
    first = table(app)["Building"].tolist()
    app.session_state["list_page"] = 2
    app.run()
    assert caption(app).startswith("Buildings 51–100 of ")
    assert not set(table(app)["Building"]) & set(first)


def test_a_page_that_filters_have_left_without_buildings_is_the_first_again(listed):
    app = listed(lang="en")
    app.session_state["list_page"] = 10_000
    app.run()
    assert caption(app).startswith("Buildings 1–50 of ")


def test_another_order_begins_with_other_buildings(listed):
    app = order_by(listed(lang="en"), "hazards")
    overdue = table(app)["Overdue"].tolist()
    assert overdue == sorted(overdue, reverse=True)
    assert overdue[0] > 0


def test_what_is_filtered_out_is_not_listed(listed):
    app = listed(lang="en", qishuyan="red")
    assert set(table(app)["Colour classes"]) == {"Priority (red)"}


def test_where_nothing_is_left_the_list_says_so(listed):
    app = listed(lang="en", qishuyan="star", state="overdue", unvisited="never")
    assert not app.main.dataframe
    assert translator("en")("map.nothing_selected") in [one.value for one in (*app.main.info, *app.main.warning)]


@pytest.mark.parametrize("asked", [0, -3, "x", None])
def test_a_page_that_is_none_is_the_first(listed, asked):
    app = listed(lang="en")
    app.session_state["list_page"] = asked
    app.run()
    assert not app.exception
    assert caption(app).startswith("Buildings 1–50 of ")
