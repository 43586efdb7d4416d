"""The inspection plan on its page: who may ask for one, what it then says, and what it holds back."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select
from streamlit.testing.v1 import AppTest

from dashboard.cache import city_cache
from dashboard.cache.background_jobs import JOBS
from dashboard.i18n import translator
from data.access.roles import SYSTEM
from data.db.engine import reading, writing
from data.db.models.planning import Plan, PlanLeftOut, PlanOfficer, PlanStop
from data.planning.shown import UNANNOUNCED
from tests.dashboard.demonstration import ON
from tests.dashboard.page_runs import page_run
from tests.sessions import token_of

t = translator("en")
MONDAY = ON + timedelta(7 - ON.weekday())
PARTS = (PlanStop, PlanLeftOut, PlanOfficer)


@pytest.fixture
def planning(district, monkeypatch) -> Iterator[Callable[..., AppTest]]:
    """The page as a role sees it; no plan is left behind for other tests."""

    def opened(role: str, area: str = "", *scope: str, **chosen: str) -> AppTest:
        token = token_of(city_cache.database(), role, *scope)
        query = {"city": "demo", "lang": "en"} | ({"area": area} if area else {})
        return page_run(monkeypatch, "planning", token, query, chosen)

    yield opened
    with writing(city_cache.database(), SYSTEM) as session:
        for model in (*PARTS, Plan):
            session.execute(delete(model))


def codes(level: str) -> list[str]:
    options = city_cache.city_context(SYSTEM, "demo").options
    return [code for code in options.areas if code.startswith(f"{level}:")]


def said(page: AppTest) -> str:
    return " ".join(str(one.value) for one in (*page.markdown, *page.info, *page.caption, *page.error)) + " ".join(
        one.proto.body for one in page.get("html")
    )


def made(page: AppTest) -> AppTest:
    """The page once the plan that is asked for on it has been made."""
    next(one for one in page.button if one.label == t("planning.make")).click().run()
    job = JOBS._jobs[page.session_state["form-key-plan"]]
    job.over.wait()
    assert job.state == "done", (job.state, job.mistake, job.error_number)
    return page.run()


def rows(model, *conditions) -> int:
    with reading(city_cache.database(), SYSTEM) as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_police_make_the_plan_of_a_week_and_read_what_it_does_and_what_it_cannot(planning):
    page = planning("police", codes("street")[0])
    assert t("planning.none_yet", first=MONDAY, last=MONDAY + timedelta(6)) in said(page)
    page = made(page)
    stops, left = rows(PlanStop), rows(PlanLeftOut)
    assert stops and left
    assert f"{stops + left:,} visits are due or drawn" in said(page)
    assert f"can make {stops:,} of them" in said(page)
    assert not page.exception


def test_the_plan_of_a_week_is_replaced_by_the_next_and_kept(planning):
    page = made(planning("police", codes("community")[0]))
    page.number_input(key="planning_minutes").set_value(60)
    made(page.run())
    with reading(city_cache.database(), SYSTEM) as session:
        first, second = session.scalars(select(Plan).order_by(Plan.id))
        assert (first.replaces_id, second.replaces_id) == (None, first.id)
        assert set(session.scalars(select(PlanOfficer.minutes).where(PlanOfficer.plan_id == second.id))) == {60}


def test_a_visit_at_random_is_held_back_and_only_counted(planning):
    page = made(planning("administrator"))
    drawn = rows(PlanStop, PlanStop.kind.in_(UNANNOUNCED))
    assert drawn
    assert f"{drawn} of the visits" in said(page)
    table = page.dataframe[0].value
    days = [column for column in table if column.startswith(("06-", "07-"))]
    shown = sum(int(one) for column in days for one in table[column] if one)
    assert shown == rows(PlanStop) - drawn


def test_what_is_left_out_is_counted_by_grade_and_reason(planning):
    area = codes("street")[0]
    made(planning("police", area))
    page = planning("police", area, planning_part="left_out")
    by_reason = page.dataframe[0].value
    left = [t(f"planning.reason_{one}") for one in ("no_time", "no_role", "out_of_area", "last_day", "blocked")]
    assert sum(int(by_reason[one].sum()) for one in left if one in by_reason) == rows(PlanLeftOut)


def test_a_leader_looks_at_plans_and_makes_none(planning):
    area = codes("community")[0]
    assert t("planning.none_to_see", first=MONDAY, last=MONDAY + timedelta(6)) in said(planning("leader", area))
    made(planning("police", area))
    page = planning("leader", area)
    assert f"can make {rows(PlanStop):,} of them" in said(page)
    assert t("planning.make") not in [one.label for one in page.button]


def test_a_street_office_plans_its_own_street_and_sees_its_part_of_a_wider_plan(planning):
    own = codes("street")[0]
    made(planning("administrator"))
    page = planning("street_office", "", f"demo/{own}")
    city = city_cache.city_context(SYSTEM, "demo")
    inside = city.city_facts.buildings["street"] == city.options.areas[own]
    ids = city.city_facts.buildings["id"][inside].tolist()
    wanted = sum(rows(model, model.building_id.in_(ids)) for model in (PlanStop, PlanLeftOut))
    assert 0 < wanted < rows(PlanStop) + rows(PlanLeftOut)
    assert f"{wanted:,} visits are due or drawn" in said(page)
    assert t("planning.make") in [one.label for one in page.button]
