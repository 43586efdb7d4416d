"""A plan to take along: the visits that may be told of as CSV and calendar, and the sheet of one officer's day as PDF.

Each is entered in the audit trail before it leaves.
"""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

import numpy as np
import pandas as pd
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.auth.request_user import CurrentUser, guarded
from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext, city_context, database
from dashboard.i18n import Translator, refusal_in_every_language, translator
from dashboard.operations.planning.plan_shown import ShownPlan, plan_as_it_stands
from dashboard.operations.planning.sheet_of_day import sheet_of_day
from dashboard.operations.planning.visits_in_words import in_words
from dashboard.view.view_state import ViewState, view_of
from data.audit.trail import record
from data.city.local_time import city_zone
from data.db.engine import PERSONS_PATIENCE_S, reading, writing
from data.db.refusals import DatabaseRefused
from data.errors import DataError
from data.exports.visits.day_sheet import day_sheet
from data.exports.visits.planned_visit import PlannedVisit
from data.exports.visits.visit_calendar import visit_calendar
from data.exports.visits.visit_table import COLUMNS, visit_table
from data.planning.errors import PlanRefused
from data.planning.shown import announced_visits
from data.planning.stored import KeptPlan, plan_by_id
from data.settings import settings
from geo.errors import GeoError

MOST_EVENTS = 2_000  # a calendar of so many is made in half a second; a phone shows no more
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "ics": "text/calendar; charset=utf-8", "pdf": "application/pdf"}


@dataclass(frozen=True)
class Taken:
    """Who takes what along. rule_set: whose grades are told: the plan's, where it still grades the city."""

    user: CurrentUser
    context: CityContext
    view: ViewState
    plan: KeptPlan
    rule_set: str
    site: str
    t: Translator


def visits_file(request: Request, user: CurrentUser) -> Response:
    return _answered(_visits_file, request, user)


def sheet_file(request: Request, user: CurrentUser) -> Response:
    return _answered(_sheet_file, request, user)


def _answered(answer, request: Request, user: CurrentUser) -> Response:
    try:
        return answer(request, user)
    except DatabaseRefused as refused:  # it leaves an entry in the audit trail, or it does not leave
        return JSONResponse({"mistake": refusal_in_every_language(refused)}, status_code=503)
    except (DataError, GeoError) as mistake:
        return JSONResponse({"mistake": refusal_in_every_language(mistake)}, status_code=404)


def _visits_file(request: Request, user: CurrentUser) -> Response:
    """Those at the buildings that the address leaves, as the page shows them."""
    taken, form = _taken(request, user), request.path_params["format"]
    if form not in ("csv", "ics"):
        raise PlanRefused("There is no such format; there are {formats}.", formats=("csv", "ics"))
    found = _looked_at(taken, _announced(taken))
    if form == "ics" and len(found) > MOST_EVENTS:
        raise PlanRefused("A calendar holds {most:,} visits at most; choose a smaller area.", most=MOST_EVENTS)
    visits = in_words(user.scope, taken.context, taken.rule_set, found, taken.site, taken.t)
    made = _table(taken, visits) if form == "csv" else _calendar(taken, visits)
    name = taken.t("take_along.file_visits", number=taken.plan.id, first=taken.plan.first_day)
    return _leaving(taken, form, name, made, {"planned": len(visits)})


def _sheet_file(request: Request, user: CurrentUser) -> Response:
    taken, officer = _taken(request, user), request.path_params["officer"]
    day = _day(request.path_params["day"])
    days = _as_it_stands(taken).days
    own = days[(days["officer_id"] == officer) & (days["day"] == day)]
    if own.empty:
        raise PlanRefused("This officer does not work on this day by this plan, or is not yours to see.")
    found = _announced(taken, officer, day)
    visits = in_words(user.scope, taken.context, taken.rule_set, found, taken.site, taken.t)
    sheet = sheet_of_day(taken.context, taken.plan, taken.rule_set, own.iloc[0], visits, taken.t)
    code = str(own.iloc[0]["officer"])
    name = taken.t("take_along.file_sheet", officer=code, day=day)
    return _leaving(taken, "pdf", name, day_sheet(sheet), {"planned": len(visits), "officer": code, "of_day": str(day)})


def _taken(request: Request, user: CurrentUser) -> Taken:
    """Raises NoSuchCity, PlanRefused."""
    context = city_context(user.scope, request.path_params["city"])
    view, unknown = view_of(request.query_params, context.options)
    if unknown:  # passed over on the page; here it would quietly give more than was asked for
        raise PlanRefused("The address asks for what is not here: {what}. Take it out.", what=", ".join(unknown)[:200])
    with reading(database(), user.scope) as session:
        plan = plan_by_id(session, user.scope, context.city, request.path_params["plan"])
    rule_set = plan.rule_set if plan.rule_set in context.editions else next(iter(context.editions))
    site = settings().address or str(request.base_url).rstrip("/")
    return Taken(user, context, view, plan, rule_set, site, translator(view.language))


def _announced(taken: Taken, officer: int | None = None, day: date | None = None) -> pd.DataFrame:
    scope, context = taken.user.scope, taken.context
    with reading(database(), scope) as session:
        last = context.options.last_day
        return announced_visits(session, scope, context.city, _as_it_stands(taken).stops, last, officer, day)


def _as_it_stands(taken: Taken) -> ShownPlan:
    return plan_as_it_stands(taken.user.scope, taken.context.city.code, taken.plan.id)


def _looked_at(taken: Taken, visits: pd.DataFrame) -> pd.DataFrame:
    context, view = taken.context, taken.view
    chosen = city_cache.selected_buildings(taken.user.scope, context.city.code, context.version, view.on, view.filters)
    rows = context.city_facts.rows_of(visits["building_id"].to_numpy(np.int64))
    return visits[(rows >= 0) & chosen[rows]]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PlanRefused("'{text}' is not a day; write it as 2026-11-30.", text=text[:40]) from None


def _table(taken: Taken, visits: list[PlannedVisit]) -> bytes:
    return visit_table(visits, {column: taken.t(f"take_along.{column}") for column in COLUMNS})


def _calendar(taken: Taken, visits: list[PlannedVisit]) -> bytes:
    city, plan = taken.context.city, taken.plan
    name = taken.t("take_along.calendar_name", first=plan.first_day, last=plan.last_day)
    return visit_calendar(visits, city.code, name, plan.id, plan.made_at, city_zone(city.time_zone, city.bounds))


def _leaving(taken: Taken, form: str, name: str, made: bytes, details: dict[str, object]) -> Response:
    """The file, once it is entered who took it along."""
    entry = {"city": taken.context.city.code, "plan": taken.plan.id, "format": form, **details}
    with writing(database(), taken.user.scope, PERSONS_PATIENCE_S) as session:
        record(session, taken.user.actor, "plan_taken", entry)
    plain = f"plan-{taken.plan.id}.{form}"  # RFC 6266: the name in any script, and one in plain letters
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(f'{name}.{form}', safe='')}"
    headers = {"Cache-Control": "no-store", "Content-Disposition": named}
    return Response(made, media_type=MEDIA_TYPES[form], headers=headers)


ROUTES = [
    Route("/plans/{city}/{plan:int}/visits.{format}", guarded("plan_view", visits_file)),
    Route("/plans/{city}/{plan:int}/{officer:int}/{day}.pdf", guarded("plan_view", sheet_file)),
]
