"""The quarter ahead and what came of plans, on the planning page: who sees them, what is said first, side by side."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import delete, select
from streamlit.testing.v1 import AppTest

from dashboard.cache import city_cache
from dashboard.i18n import translator
from data.access.roles import SYSTEM
from data.db.engine import reading, writing
from data.db.models.planning import Plan, PlanLeftOut, PlanOfficer, PlanStop
from data.planning.outlook import QUARTER_WEEKS
from tests.dashboard.demonstration import ON
from tests.dashboard.operations.test_planning_page import MONDAY, codes, made, said
from tests.dashboard.page_runs import page_run
from tests.sessions import token_of

t, zh = translator("en"), translator("zh")


@pytest.fixture
def planning(district, monkeypatch) -> Iterator[Callable[..., AppTest]]:
    """The page turned to a view as a role sees it; no plan is left behind for other tests."""

    def opened(role: str, view: str, area: str = "", *scope: str, lang: str = "en", **chosen: object) -> AppTest:
        token = token_of(city_cache.database(), role, *scope)
        query = {"city": "demo", "lang": lang} | ({"area": area} if area else {})
        return page_run(monkeypatch, "planning", token, query, {"planning_view": view} | chosen)

    yield opened
    with writing(city_cache.database(), SYSTEM) as session:
        for model in (PlanStop, PlanLeftOut, PlanOfficer, Plan):
            session.execute(delete(model))


def tables(page: AppTest) -> list:
    return [one.value for one in page.dataframe]


def late(weeks) -> np.ndarray:
    """By week, of all grades together."""
    return weeks[[column for column in weeks if column.startswith("Late: ")]].sum(axis=1).to_numpy()


def test_the_forecast_says_first_when_the_backlog_is_gone_and_then_by_grade_and_week(planning):
    page = planning("police", "forecast", codes("street")[0])
    assert not page.exception
    assert f"In the 13 weeks from {MONDAY}" in said(page)
    weeks, _ = tables(page)
    assert len(weeks) == QUARTER_WEEKS
    assert weeks["Visits"].sum() > 0
    assert (weeks["Hours"] <= weeks["Hours there are"] + 1).all()
    assert f"{late(weeks)[-1]:,}" in said(page)


def test_more_minutes_stand_beside_things_as_they_are_and_leave_fewer_late(planning):
    page = planning("leader", "forecast", codes("street")[0], forecast_minutes=240, forecast_officers=2)
    assert not page.exception
    as_it_is, otherwise, _ = tables(page)
    assert late(otherwise).sum() < late(as_it_is).sum()
    assert f"({late(as_it_is)[-1]:,} as it is)" in said(page)


def test_nothing_changed_is_reckoned_once(planning):
    page = planning("police", "forecast", codes("street")[0], forecast_officers=0)
    assert len(tables(page)) == 2
    assert "Otherwise" not in said(page)


def test_the_next_officer_is_put_where_one_more_spares_most(planning):
    page = planning("police", "forecast", codes("street")[0])
    spared = tables(page)[-1]["Weeks of lateness spared"].to_numpy()
    assert len(spared) and (spared > 0).all() and (np.diff(spared) <= 0).all()


def test_a_street_office_sees_the_forecast_of_its_own_street_whatever_it_asks_for(planning):
    own, other = codes("street")[:2]
    of_own, of_other = (tables(planning("police", "forecast", area))[0] for area in (own, other))
    assert not of_own.equals(of_other)
    for asked in ("", other, codes("district")[0]):
        page = planning("street_office", "forecast", asked, f"demo/{own}")
        assert t("forecast.not_whole") in said(page) or tables(page)[0].equals(of_own)


@pytest.mark.parametrize("view", ["forecast", "outcomes"])
def test_both_views_speak_chinese(planning, view):
    page = planning("police", view, codes("street")[0], lang="zh")
    assert not page.exception
    assert f"{MONDAY}起的13周" in said(page) or "没有计划过的日子" in said(page)


def test_where_no_plan_has_a_day_that_is_past_it_says_so(planning):
    page = planning("police", "outcomes", codes("street")[0])
    assert "No plan has a day between" in said(page)
    assert not tables(page)


def test_of_a_plan_that_is_past_it_says_what_was_made_with_its_interval_by_area_and_officer(planning):
    area = codes("street")[0]
    made(planning("police", "week", area, planning_week=MONDAY - timedelta(14)))
    page = planning("police", "outcomes", area)
    assert not page.exception
    by_area, by_officer = tables(page)
    with reading(city_cache.database(), SYSTEM) as session:
        stops = session.scalars(select(PlanStop.day)).all()
    assert max(stops) <= ON
    assert by_area["Planned"].sum() == by_officer["Planned"].sum() == len(stops) > 0
    assert f"{len(stops):,} visits were planned" in said(page)
    assert by_area["On time"].str.fullmatch(r"–|[\d.]+% \([\d.]+%–[\d.]+%\)").all()


def test_who_looks_up_their_own_grid_is_told_of_no_officer(planning):
    area = codes("street")[0]
    made(planning("police", "week", area, planning_week=MONDAY - timedelta(14)))
    page = planning("grid_officer", "outcomes", "", f"demo/{area}")
    assert not page.exception
    assert not [one for one in tables(page) if "Officer" in one]
