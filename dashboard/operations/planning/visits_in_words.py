"""Planned visits in the words of whoever takes them along."""

from collections.abc import Iterator
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.view.labels import grade_names
from data.access.roles import AccessScope
from data.exports.visits.planned_visit import PlannedVisit


def in_words(
    scope: AccessScope, context: CityContext, rule_set: str, visits: pd.DataFrame, site: str, t: Translator
) -> list[PlannedVisit]:
    """visits: as data.planning.shown.announced_visits has them. site: its address, without a slash at the end."""
    grades = _grades(scope, context, rule_set, visits, t)
    why = _why(context, visits, t)
    texts = ("day", "turn", "arrives", "minutes", "code", "name", "address")
    columns = {name: visits[name].tolist() for name in texts}
    columns["officer"] = ["" if pd.isna(one) else one for one in visits["officer"]]
    columns |= {name: [None if pd.isna(one) else float(one) for one in visits[name]] for name in ("lon", "lat")}
    columns["grade"], columns["why"] = list(grades), list(why)
    columns["link"] = [card_address(site, context.city.code, code, t) for code in columns["code"]]
    return [PlannedVisit(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def card_address(site: str, city: str, building: str, t: Translator) -> str:
    """Of the building's card on the map."""
    return f"{site}/?{urlencode({'city': city, 'building': building, 'lang': t.language})}"


def _grades(
    scope: AccessScope, context: CityContext, rule_set: str, visits: pd.DataFrame, t: Translator
) -> Iterator[str]:
    """On the last day that is known."""
    day = city_cache.snapshot(scope, context.city.code, context.version, context.options.last_day)
    names = list(grade_names(context, rule_set, t).values())
    rows = context.city_facts.rows_of(visits["building_id"].to_numpy(np.int64))
    return (names[grade] for grade in day.grades[rule_set][rows].tolist())


def _why(context: CityContext, visits: pd.DataFrame, t: Translator) -> Iterator[str]:
    facts = context.city_facts
    visited = np.zeros(facts.size, bool)
    visited[facts.visits["building"]] = True
    ever = visited[facts.rows_of(visits["building_id"].to_numpy(np.int64))].tolist()
    late = (visits["day"].to_numpy("datetime64[D]") - visits["due"].to_numpy("datetime64[D]")).tolist()
    for kind, seen, overdue in zip(visits["kind"].tolist(), ever, late, strict=True):
        when = _when(seen, overdue, t)
        named = t(f"take_along.kind_{kind}")
        yield t.pair(named, when) if when else named


def _when(visited: bool, overdue, t: Translator) -> str:
    """overdue: a timedelta, None where nothing is due."""
    if not visited:
        return t("take_along.never")
    if overdue is None:
        return ""
    if overdue.days == 0:
        return t("take_along.today")
    return t("take_along.late" if overdue.days > 0 else "take_along.ahead", n=abs(overdue.days))
