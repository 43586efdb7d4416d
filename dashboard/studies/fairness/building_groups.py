"""Kinds of building by which a study compares: area, use, size, age and group rental."""

from collections.abc import Mapping

import numpy as np

from dashboard.cache.city_cache import level_areas
from dashboard.map.sidebar import level_name
from dashboard.studies.grade_changes import level_compared
from dashboard.studies.study_context import Study
from data.city.summaries import places_in

HOMES_FROM = (1, 6, 16, 51)  # homes at which the next size begins; the bounds are ours, for comparing only
BUILT_FROM = (1, 1990, 2000, 2010, 2020)  # years, likewise
Kinds = Mapping[str, tuple[np.ndarray, list[str]]]


def kinds(of: Study) -> Kinds:
    """Title → the place of each building among the kinds, int64 (n,), -1 where it is not known, and their names."""
    t, buildings = of.t, of.context.city_facts.buildings
    level = level_compared(of)
    areas = level_areas(of.context, level)
    names = [of.context.area_name[area][t.language != "zh"] for area in areas["id"]]
    uses = buildings["uses"].tolist()
    found = {
        t("chart.by_area", level=level_name(of.context, level, t)): (
            places_in(buildings[level], areas["id"].to_numpy()),
            names,
        ),
        t("chart.by_use"): (
            buildings["use"].astype(np.int64),
            [t(f"use.{use}") if f"use.{use}" in t else use for use in uses],
        ),
        t("kinds.by_homes"): (_class(buildings["homes"], HOMES_FROM), _ranges(HOMES_FROM, "kinds.homes", t)),
        t("kinds.by_age"): (_class(buildings["built"], BUILT_FROM), _ranges(BUILT_FROM, "kinds.built", t)),
        t("kinds.by_group_rental"): (
            buildings["group_rental"].astype(np.int64),
            [t("control.no"), t("control.yes")],
        ),
    }
    return {title: kind for title, kind in found.items() if len(np.unique(kind[0][of.rows & (kind[0] >= 0)])) > 1}


def _class(values: np.ndarray, begins: tuple[int, ...]) -> np.ndarray:
    return np.searchsorted(begins, values, side="right") - 1


def _ranges(begins: tuple[int, ...], key: str, t) -> list[str]:
    """Names from one beginning to the next; the first has no lower end that matters, the last no upper."""
    ends = [*(begin - 1 for begin in begins[1:]), None]
    first = t(f"{key}_up_to", last=ends[0])
    between = [t(key, first=begin, last=end) for begin, end in zip(begins[1:-1], ends[1:-1], strict=True)]
    return [first, *between, t(f"{key}_from", first=begins[-1])]
