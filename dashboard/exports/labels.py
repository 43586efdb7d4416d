"""What an export says: headings, the names of coded values, and what it tells of itself."""

from collections.abc import Iterator
from datetime import date, datetime

import numpy as np

from dashboard.auth.request_user import Visitor
from dashboard.cache.city_cache import OpenCity
from dashboard.i18n import Words
from dashboard.map.sidebar import age_name, grade_names, level_name, theme_name
from dashboard.view.view_state import View
from data.access.roles import Viewer
from data.city.filters import Filters
from data.city.snapshots import NEVER, Snapshot
from data.db.models.city import LEVELS
from data.exports.rows import Line, Wording, column_kinds

OF_THE_CARD = ("code", "address", "homes", "floors", "built", "use", "group_rental")


def wording(viewer: Viewer, opened: OpenCity, day: Snapshot, say: Words) -> Wording:
    return Wording(
        english=say.language == "en",
        headings={key: _heading(opened, key, say) for key in column_kinds(viewer, opened.city, day)},
        grades={
            name: [*(getattr(grade.name, say.language) for grade in edition.grades), say("grade.unrated")]
            for name, edition in day.editions.items()
        },
        uses={use: say(f"use.{use}") for use in day.ledger.buildings["uses"].tolist() if f"use.{use}" in say},
        yes=say("control.yes"),
        no=say("control.no"),
    )


def _heading(opened: OpenCity, key: str, say: Words) -> str:
    if key in OF_THE_CARD:
        return say(f"card.{key}")
    if key in LEVELS:
        return level_name(opened, key, say)
    for ending in ("grade", "score"):
        if key.endswith(f"_{ending}"):
            return say(f"export.{ending}", rule_set=theme_name(opened, key.removesuffix(f"_{ending}"), say))
    return say(f"export.{key}")


def about(
    visitor: Visitor, opened: OpenCity, view: View, day: Snapshot, rows: np.ndarray, made: datetime, say: Words
) -> tuple[Line, ...]:
    """rows: row numbers of the buildings exported. made: with its zone."""
    on_map = day.ledger.placed
    texts = {
        "what": say("app.title"),
        "city": say.either(opened.city.names),
        "invented": say("app.invented") if opened.city.invented else "",
        "day": str(view.on),
        "filters": filters_in_words(opened, view, say),
        "rows": f"{len(rows):,}",
        "off_map": f"{int((rows >= on_map).sum()):,}",
        "datum": say("export.datum_text"),
        **{f"rules_{name}": _rules(opened, day, name, say) for name in day.editions},
        "licence": opened.city.licence,
        "for_whom": f"{visitor.actor.account} · {seen_in_words(visitor.viewer, opened, say)}",
        "keep": say("export.keep_text"),
        "cells": say("export.cells_text"),
        "made": made.isoformat(sep=" ", timespec="seconds"),
    }
    heading = {f"rules_{name}": say("export.rules", rule_set=theme_name(opened, name, say)) for name in day.editions}
    return tuple(Line(key, heading.get(key) or say(f"export.{key}"), text) for key, text in texts.items() if text)


def _rules(opened: OpenCity, day: Snapshot, rule_set: str, say: Words) -> str:
    edition = day.editions[rule_set]
    title, source = (getattr(text, say.language) for text in (edition.title, edition.source))
    return say("export.rules_text", title=title, source=source, day=edition.in_force)


def seen_in_words(viewer: Viewer, opened: OpenCity, say: Words) -> str:
    """A role and the part of the city it sees."""
    parts = [say(f"role.{viewer.role}") if f"role.{viewer.role}" in say else viewer.role]
    if viewer.areas is None or opened.city.id in viewer.cities:
        parts.append(say("export.whole_city"))
    else:
        parts.append(
            _listed(
                [opened.area_name[area][say.language == "en"] for area in viewer.areas if area in opened.area_name], say
            )
        )
    if viewer.hazard_groups is not None:
        groups = _listed([say(f"hazard.{group}") for group in viewer.hazard_groups], say)
        parts.append(say("export.only_hazards", groups=groups))
    if viewer.public_homes_only:
        parts.append(say("export.only_public_homes"))
    return " · ".join(parts)


def filters_in_words(opened: OpenCity, view: View, say: Words) -> str:
    parts = [say("export.filter", name=name, value=value) for name, value in _filters(opened, view.filters, say)]
    return ("; " if say.language == "en" else ";").join(parts) or say("export.no_filter")


def _filters(opened: OpenCity, filters: Filters, say: Words) -> Iterator[tuple[str, str]]:
    if filters.areas:
        names = [opened.area_name[area][say.language == "en"] for area in filters.areas]
        yield say("control.area"), _listed(names, say)
    for rule_set, codes in filters.grades:
        names = grade_names(opened, rule_set, say)
        yield theme_name(opened, rule_set, say), _listed([names[code] for code in codes], say)
    if filters.hazard_group:
        yield say("control.hazard"), say(f"hazard.{filters.hazard_group}")
    if filters.hazard_state:
        yield say("control.state"), say(f"state.{filters.hazard_state}")
    if filters.unvisited_days is not None:
        age = "never" if filters.unvisited_days == NEVER else str(filters.unvisited_days)
        yield say("control.unvisited"), age_name(age, say)
    if filters.group_rental is not None:
        yield say("control.group_rental"), say("control.yes" if filters.group_rental else "control.no")
    if filters.vacant:
        yield say("control.vacant"), say("control.yes")


def _listed(names: list[str], say: Words) -> str:
    return (", " if say.language == "en" else "、").join(names)


def file_name(opened: OpenCity, on: date, ending: str, say: Words) -> tuple[str, str]:
    """In the city's own words, and in plain letters for a browser that knows no others."""
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in opened.city.code)
    return f"{say.either(opened.city.names)}-{on}.{ending}", f"{plain}-{on}.{ending}"
