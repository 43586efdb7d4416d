"""What an export says: headings, the names of coded values, and what it says of itself."""

from collections.abc import Iterator
from datetime import date, datetime

import numpy as np

from dashboard.auth.request_user import CurrentUser
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.view.labels import age_name, grade_names, level_name, moved_in_words, theme_name
from dashboard.view.view_state import ViewState
from data.access.roles import AccessScope
from data.city.filters import Filters
from data.city.snapshots import NEVER, Snapshot
from data.db.models.city import LEVELS
from data.exports.rows import Line, Wording, column_kinds

CARD_COLUMNS = ("code", "address", "homes", "floors", "built", "use", "group_rental")


def wording(scope: AccessScope, context: CityContext, day: Snapshot, t: Translator) -> Wording:
    return Wording(
        english=t.language == "en",
        headings={key: _heading(context, key, t) for key in column_kinds(scope, context.city, day)},
        grades={
            name: [*(t.of(grade.name) for grade in edition.grades), t("grade.unrated")]
            for name, edition in day.editions.items()
        },
        uses={use: t(f"use.{use}") for use in day.city_facts.buildings["uses"].tolist() if f"use.{use}" in t},
        yes=t("control.yes"),
        no=t("control.no"),
    )


def _heading(context: CityContext, key: str, t: Translator) -> str:
    if key in CARD_COLUMNS:
        return t(f"card.{key}")
    if key in LEVELS:
        return level_name(context, key, t)
    for ending in ("grade", "score", "score_seen"):
        if key.endswith(f"_{ending}"):
            return t(f"exports.{ending}", rule_set=theme_name(context, key.removesuffix(f"_{ending}"), t))
    return t(f"exports.{key}")


def about(
    user: CurrentUser,
    context: CityContext,
    view: ViewState,
    day: Snapshot,
    rows: np.ndarray,
    made: datetime,
    t: Translator,
) -> tuple[Line, ...]:
    """rows: row numbers of the buildings exported. made: with its zone."""
    on_map = day.city_facts.n_on_map
    texts = {
        "what": t("shell.title"),
        "city": t.of(context.city.names),
        "invented": t("shell.invented") if context.city.invented else "",
        "day": str(view.on),
        "filters": filters_in_words(context, view, t),
        "rows": f"{len(rows):,}",
        "off_map": f"{int((rows >= on_map).sum()):,}",
        "datum": t("exports.datum_text"),
        **{f"rules_{name}": _rules(day, name, t) for name in day.editions},
        "licence": context.city.licence,
        "for_whom": f"{user.actor.account} · {seen_in_words(user.scope, context, t)}",
        "keep": t("exports.keep_text"),
        "cells": t("exports.cells_text"),
        "made": made.isoformat(sep=" ", timespec="seconds"),
    }
    heading = {f"rules_{name}": t("exports.rules", rule_set=theme_name(context, name, t)) for name in day.editions}
    return tuple(Line(key, heading.get(key) or t(f"exports.{key}"), text) for key, text in texts.items() if text)


def _rules(day: Snapshot, rule_set: str, t: Translator) -> str:
    edition = day.editions[rule_set]
    title, source = (t.of(text) for text in (edition.title, edition.source))
    return t("exports.rules_text", title=title, source=source, day=edition.in_force)


def seen_in_words(scope: AccessScope, context: CityContext, t: Translator) -> str:
    """A role and the part of the city it sees."""
    parts = [t(f"role.{scope.role}") if f"role.{scope.role}" in t else scope.role]
    if scope.areas is None or context.city.id in scope.cities:
        parts.append(t("exports.whole_city"))
    else:
        parts.append(
            _listed(
                [context.area_name[area][t.language != "zh"] for area in scope.areas if area in context.area_name], t
            )
        )
    if scope.hazard_groups is not None:
        groups = _listed([t(f"hazard.{group}") for group in scope.hazard_groups], t)
        parts.append(t("exports.only_hazards", groups=groups))
    if scope.public_homes_only:
        parts.append(t("exports.only_public_homes"))
    return " · ".join(parts)


def filters_in_words(context: CityContext, view: ViewState, t: Translator) -> str:
    parts = [t("exports.filter", name=name, value=value) for name, value in _filters(context, view.filters, t)]
    return t.clauses(parts) or t("exports.no_filter")


def _filters(context: CityContext, filters: Filters, t: Translator) -> Iterator[tuple[str, str]]:
    if filters.areas:
        names = [context.area_name[area][t.language != "zh"] for area in filters.areas]
        yield t("control.area"), _listed(names, t)
    for rule_set, codes in filters.grades:
        labels = grade_names(context, rule_set, t)
        yield theme_name(context, rule_set, t), _listed([labels[code] for code in codes], t)
    if filters.hazard_group:
        yield t("control.hazard"), t(f"hazard.{filters.hazard_group}")
    if filters.hazard_state:
        yield t("control.state"), t(f"state.{filters.hazard_state}")
    if filters.unvisited_days is not None:
        age = "never" if filters.unvisited_days == NEVER else str(filters.unvisited_days)
        yield t("control.unvisited"), age_name(age, t)
    if filters.group_rental is not None:
        yield t("control.group_rental"), t("control.yes" if filters.group_rental else "control.no")
    if filters.vacant:
        yield t("control.vacant"), t("control.yes")
    if filters.moved is not None:
        yield t("control.moved"), moved_in_words(context, filters.moved, t)


def _listed(names: list[str], t: Translator) -> str:
    return t.listed(names)


def file_name(context: CityContext, on: date, ending: str, t: Translator) -> tuple[str, str]:
    """In the city's own words, and in plain letters for a browser that knows no others."""
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in context.city.code)
    return f"{t.of(context.city.names)}-{on}.{ending}", f"{plain}-{on}.{ending}"
