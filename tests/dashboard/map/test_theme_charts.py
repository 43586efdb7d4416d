"""The charts beside the map are about what the map shows, and all of them about the number on the first card."""

import json
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.cache import city_cache
from dashboard.i18n import translator
from data.access.roles import SYSTEM
from data.city.filters import Filters
from tests.dashboard.conftest import pointed_at
from tests.dashboard.demonstration import ON, Demonstration
from tests.dashboard.page_runs import page_run
from tests.sessions import token_of

t = translator("zh")


@pytest.fixture(scope="module")
def district(tmp_path_factory) -> Iterator[Demonstration]:
    with pointed_at(tmp_path_factory.getbasetemp()) as demonstration:
        yield demonstration


@pytest.fixture
def city(district, monkeypatch) -> Callable[..., AppTest]:
    def run(**query: str) -> AppTest:
        shown = page_run(monkeypatch, "city", token_of(city_cache.database(), "administrator"), query)
        assert not shown.exception
        return shown

    return run


def charts(app: AppTest) -> dict[str, int]:
    """Title → the sum of all bars."""
    drawn = [json.loads(chart.proto.json) for chart in app.get("bidi_component")]
    return {chart["title"]: sum(part["count"] for bar in chart["bars"] for part in bar["parts"]) for chart in drawn}


def captions(app: AppTest) -> str:
    return "\n".join(one.value for one in app.caption)


def day_and_rows(**filters):
    version = city_cache.city_context(SYSTEM, "demo").version
    day = city_cache.snapshot(SYSTEM, "demo", version, ON)
    return day, city_cache.selected_buildings(SYSTEM, "demo", version, ON, Filters(**filters))


def test_beside_a_map_of_hazards_stand_hazards_by_group_and_the_buildings_that_have_them(city):
    shown, (day, rows) = city(show="hazards"), day_and_rows()
    open_ = day.hazards["open"].sum(axis=1)
    with_hazards, hazards = int((open_ > 0).sum()), int(open_.sum())
    assert charts(shown)[t("chart.hazards_by_group")] == hazards
    assert charts(shown)[t("chart.hazards_by_use")] == with_hazards
    caption = t("chart.caption_hazards", day=ON, n=f"{rows.sum():,}", m=f"{with_hazards:,}", k=f"{hazards:,}")
    assert caption in captions(shown)
    assert f"<b>{rows.sum():,}</b>" in "".join(html.proto.body for html in shown.get("html"))


def test_a_hazard_group_that_is_chosen_is_the_only_one_counted(city):
    shown, (day, _) = city(show="hazards", hazard="fire", state="ever"), day_and_rows()
    fire = day.hazards["ever"][:, 2]
    assert charts(shown)[t("chart.hazards_by_group")] == int(fire.sum())
    assert charts(shown)[t("chart.hazards_by_use")] == int((fire > 0).sum())


def test_beside_a_map_of_vacant_homes_stand_the_homes(city):
    shown, (day, _) = city(show="vacant"), day_and_rows()
    assert charts(shown)[t("chart.vacant_by_use")] == int(day.vacant.sum())


def test_beside_a_map_of_density_stand_the_buildings_of_each_area(city):
    shown, (_, rows) = city(show="density", group_rental="0"), day_and_rows(group_rental=False)
    level = t("level.street")
    by_area = next(count for title, count in charts(shown).items() if title.startswith(f"各{level}"))
    assert by_area == charts(shown)[t("chart.buildings_by_use")] == int(rows.sum())
    assert t("chart.caption_density", day=ON, n=f"{rows.sum():,}") in captions(shown)


def test_one_grade_alone_is_counted_and_not_drawn_as_a_hundred_per_cent(city):
    shown, (_, rows) = city(qishuyan="red"), day_and_rows(grades=(("qishuyan", ("red",)),))
    assert charts(shown)[t("chart.buildings_by_use")] == int(rows.sum())
    assert t("chart.by_use") not in charts(shown)
