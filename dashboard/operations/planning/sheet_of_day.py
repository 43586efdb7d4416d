"""One officer's day as a sheet of paper: what is on it, and the way drawn on the city's ground."""

from collections.abc import Sequence
from datetime import UTC

import numpy as np
import pandas as pd

from dashboard.cache.city_cache import CityContext
from dashboard.cache.city_ground import city_ground
from dashboard.i18n import Translator
from dashboard.view.basemap import basemap
from dashboard.view.labels import theme_name
from data.city.local_time import city_zone
from data.exports.visits.day_sheet import DaySheet
from data.exports.visits.planned_visit import PlannedVisit
from data.exports.visits.route_picture import frame_of, route_picture
from data.planning.stored import KeptPlan
from geo.coordinates import from_wgs84
from geo.morton import unit_xy

EVERY_PATH = 18  # the zoom from which all kinds of ground are drawn
MINUTE_S = 60


def sheet_of_day(
    context: CityContext,
    plan: KeptPlan,
    rule_set: str,
    officer_day: pd.Series,
    visits: Sequence[PlannedVisit],
    t: Translator,
) -> DaySheet:
    """officer_day: a row of data.planning.shown.officer_days; visits: those of it that may be told of."""
    rules = _rules_with_items(context, rule_set)
    items = [t.of(item.name) for item in context.editions[rules].checklist] if rules else []
    day = officer_day["day"]
    words = {key: t(f"take_along.{key}") for key in ("notes", "card", "none")}
    words["help"] = (
        t("take_along.checklist_of", rules=theme_name(context, rules, t)) if rules else t("take_along.no_checklist")
    )
    return DaySheet(
        language=t.language,
        title=t("take_along.sheet_title", day=day, weekday=t(f"take_along.weekday_{day.isoweekday()}")),
        facts=_facts(context, plan, officer_day, visits, t),
        visits=visits,
        lasts=[t("take_along.minutes_each", n=visit.minutes) for visit in visits],
        items=items,
        words=words,
        route=_route(context, (float(officer_day["lon"]), float(officer_day["lat"])), visits),
    )


def _rules_with_items(context: CityContext, rule_set: str) -> str | None:
    """The rule set itself where it has a check-list, else another of the city that has one: a visit answers that."""
    names = [rule_set, *context.editions]
    return next((name for name in names if context.editions[name].checklist), None)


def _facts(
    context: CityContext, plan: KeptPlan, officer_day: pd.Series, visits: Sequence[PlannedVisit], t: Translator
) -> list[tuple[str, str]]:
    area = context.area_name.get(int(officer_day["area_id"]))
    zone = city_zone(context.city.time_zone, context.city.bounds)
    made_on = plan.made_at.replace(tzinfo=UTC).astimezone(zone).date()
    facts = {
        "officer": str(officer_day["officer"]),
        "area": area[t.language != "zh"] if area else "",
        "visits": f"{len(visits)}",
        "walked": t("take_along.walked_minutes", n=round(int(officer_day["walked_s"]) / MINUTE_S)),
        "plan": t("take_along.plan_number", number=plan.id, day=made_on),
    }
    return [(t(f"take_along.{key}"), text) for key, text in facts.items() if text]


def _route(context: CityContext, post: tuple[float, float], visits: Sequence[PlannedVisit]) -> bytes | None:
    """None where none of the buildings is on the map."""
    placed = [(visit.turn, visit.lon, visit.lat) for visit in visits if visit.lon is not None and visit.lat is not None]
    if not placed:
        return None
    turns, lon, lat = zip(*placed, strict=True)
    places = _drawn_at(np.array([post[0], *lon]), np.array([post[1], *lat]))
    ground = city_ground(context).index
    near = (
        ground.touching(EVERY_PATH, np.array(frame_of(places[0], places[1:]).edges))
        if len(ground)
        else np.empty(0, np.int64)
    )
    return route_picture(places[0], places[1:], turns, ground.shapes[near], ground.kinds[near].tolist())


def _drawn_at(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Web-Mercator 0..1 in the datum in which the ground is kept, (n, 2)."""
    return np.column_stack(unit_xy(*from_wgs84(lon, lat, basemap().datum)))
