"""Visits moved by hand, an officer marked away and the plan made again, on the page of the plan."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from streamlit.testing.v1 import AppTest

from dashboard.cache import city_cache
from dashboard.cache.background_jobs import JOBS
from dashboard.i18n import translator
from dashboard.look.tables import draw_table
from dashboard.operations.planning import calendar
from dashboard.operations.planning.moved import MARK
from data.access.roles import SYSTEM
from data.db.engine import reading, writing
from data.db.models.accounts import AuditEntry
from data.db.models.city import Building
from data.db.models.planning import Officer, OfficerLeave, Plan, PlanLeftOut, PlanOfficer, PlanOverride, PlanStop
from tests.dashboard.demonstration import ON
from tests.dashboard.operations.test_planning_page import codes, made, said
from tests.dashboard.page_runs import page_run
from tests.sessions import token_of

t = translator("en")
MONDAY = ON + timedelta(7 - ON.weekday())
WHY = "The keeper is away until then."


@pytest.fixture
def police(district, monkeypatch) -> Iterator[Callable[..., AppTest]]:
    """The page of a street with the first officer's day open; nothing is left behind for other tests."""

    def first_row(table, ids, key, **_):
        draw_table(table, key=key)
        return ids[0]

    monkeypatch.setattr(calendar, "row_by_id", first_row)

    def opened(role: str = "police", **chosen: str) -> AppTest:
        token = token_of(city_cache.database(), role)
        query = {"city": "demo", "lang": "en", "area": codes("street")[0]}
        return page_run(monkeypatch, "planning", token, query, {"planning_staff": "police"} | chosen)

    yield opened
    with writing(city_cache.database(), SYSTEM) as session:
        for model in (PlanOverride, PlanStop, PlanLeftOut, PlanOfficer, Plan, OfficerLeave):
            session.execute(delete(model))


def all_of(column, *conditions) -> list:
    with reading(city_cache.database(), SYSTEM) as session:
        return list(session.scalars(select(column).where(*conditions)))


def box(page: AppTest, kind: str, key: str):
    return next(one for one in page.get(kind) if one.label == t(f"planning_move.{key}"))


def moved(page: AppTest) -> AppTest:
    """The page after the first visit shown has been moved as is cheapest."""
    visit = box(page, "selectbox", "visit")
    page = visit.select_index(0).run()
    to = box(page, "radio", "to_whom")
    page = to.set_value(to.options[0] if to.value is None else to.value).run()
    box(page, "text_input", "reason").set_value(WHY)
    box(page, "button", "save").click()
    return page.run()


def test_a_visit_is_moved_with_its_cost_seen_first_and_stands_marked_where_it_was_put(police):
    page = made(police())
    stops = len(all_of(PlanStop.id))
    page = moved(page)
    assert not page.exception and not page.error
    (override,) = all_of(PlanOverride)
    assert override.reason == WHY and override.day > ON
    assert "override_plan" in all_of(AuditEntry.action)
    page = police()
    assert f"can make {stops:,} of them" in said(page)
    assert t("planning_move.by_hand", mark=MARK, n=1) in [one.label for one in page.expander]
    week = page.dataframe[0].value
    assert week.map(lambda one: MARK in str(one)).to_numpy().sum() == 1


def test_what_is_taken_along_has_the_visit_where_it_was_put(police, visit):
    moved(made(police()))
    (override,) = all_of(PlanOverride)
    with reading(city_cache.database(), SYSTEM) as session:
        officer, building = (
            session.get_one(Officer, override.officer_id),
            session.get_one(Building, override.building_id),
        )
    answer = visit("police").get(f"/plans/demo/{override.plan_id}/visits.csv?lang=en")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    (row,) = [row for row in rows if building.code in row]
    assert row[:2] == [officer.code, override.day.isoformat()]
    sheet = visit("police").get(f"/plans/demo/{override.plan_id}/{officer.id}/{override.day}.pdf")
    assert sheet.content.startswith(b"%PDF")


def test_a_move_without_a_reason_is_refused_in_words_and_nothing_is_moved(police):
    page = made(police())
    page = box(page, "selectbox", "visit").select_index(0).run()
    to = box(page, "radio", "to_whom")
    page = to.set_value(to.options[0]).run()
    box(page, "button", "save").click()
    page = page.run()
    assert "Say why" in page.error[0].value and not all_of(PlanOverride.id)


def test_an_officer_is_marked_away_and_the_plan_made_again_moves_only_that_officers_visits(police):
    page = made(police())
    before = {one.building_id: (one.officer_id, one.day) for one in all_of(PlanStop)}
    box(page, "button", "away_save").click()
    page = page.run()
    (leave,) = all_of(OfficerLeave)
    assert (leave.first_day, leave.last_day) == (MONDAY, MONDAY + timedelta(6))
    box(page, "button", "again_make").click()
    page.run()
    page = ended(page)
    first, second = all_of(Plan)
    assert second.replaces_id == first.id
    after = {one.building_id: (one.officer_id, one.day) for one in all_of(PlanStop, PlanStop.plan_id == second.id)}
    others = {building: at for building, at in before.items() if at[0] != leave.officer_id}
    assert leave.officer_id not in {officer for officer, _ in after.values()}
    assert all(after.get(building, at) == at for building, at in others.items())
    assert any(f"Against plan no. {first.id}" in one.label for one in page.expander)


def ended(page: AppTest) -> AppTest:
    job = JOBS._jobs[page.session_state["form-key-plan"]]
    job.over.wait()
    assert job.state == "done", (job.state, job.mistake, job.error_number)
    return page.run()


def test_a_plan_made_again_from_wednesday_shows_monday_and_tuesday_as_they_were(police):
    page = made(police())
    early = len(all_of(PlanStop.id, PlanStop.day < MONDAY + timedelta(2)))
    again = box(page, "selectbox", "again_from")
    again.select_index(2)
    page = page.run()
    box(page, "button", "again_make").click()
    page = ended(page.run())
    later = len(all_of(PlanStop.id, PlanStop.plan_id == max(all_of(Plan.id))))
    assert early and f"can make {early + later:,} of them" in said(page)
    assert f"{MONDAY} to" in said(page)


def test_a_leader_moves_nothing_and_marks_nobody_away(police):
    made(police())
    page = police("leader")
    labels = {one.label for one in page.expander}
    assert not labels & {t("planning_move.move"), t("planning_move.away"), t("planning_move.again")}
