"""Groups of buildings by which a study compares: area, use, size, age and group rental."""

from collections.abc import Mapping

import numpy as np

from dashboard.cache.city_cache import level_areas
from dashboard.studies.grade_changes import compared_level
from dashboard.studies.study_context import Study
from dashboard.view.labels import level_name
from data.city.summaries import places_in

HOMES_FROM = (1, 6, 16, 51)  # homes at which the next size begins; the bounds are ours, for comparing only
BUILT_FROM = (1, 1990, 2000, 2010, 2020)  # years, likewise
Groupings = Mapping[str, tuple[np.ndarray, list[str]]]


def building_groups(study: Study) -> Groupings:
    """Title → the group of each building, int64 (n,), -1 where it is not known, and the groups' names."""
    t, buildings = study.t, study.context.city_facts.buildings
    uses = buildings["uses"].tolist()
    groupings = {
        **_by_area(study),
        t("chart.by_use"): (
            buildings["use"].astype(np.int64),
            [t(f"use.{use}") if f"use.{use}" in t else use for use in uses],
        ),
        t("building_groups.by_homes"): (
            _class(buildings["homes"], HOMES_FROM),
            _ranges(HOMES_FROM, "building_groups.homes", t),
        ),
        t("building_groups.by_age"): (
            _class(buildings["built"], BUILT_FROM),
            _ranges(BUILT_FROM, "building_groups.built", t),
        ),
        t("building_groups.by_group_rental"): (
            buildings["group_rental"].astype(np.int64),
            [t("control.no"), t("control.yes")],
        ),
    }
    return {
        title: grouping
        for title, grouping in groupings.items()
        if len(np.unique(grouping[0][study.rows & (grouping[0] >= 0)])) > 1
    }


def _by_area(study: Study) -> Groupings:
    level, t = compared_level(study), study.t
    if level is None:
        return {}
    areas = level_areas(study.context, level)["id"]
    names = [study.context.area_name[area][t.language != "zh"] for area in areas]
    places = places_in(study.context.city_facts.buildings[level], areas.to_numpy())
    return {t("chart.by_area", level=level_name(study.context, level, t)): (places, names)}


def _class(values: np.ndarray, begins: tuple[int, ...]) -> np.ndarray:
    return np.searchsorted(begins, values, side="right") - 1


def _ranges(begins: tuple[int, ...], key: str, t) -> list[str]:
    """Names from one beginning to the next; the first has no lower end that matters, the last no upper."""
    ends = [*(begin - 1 for begin in begins[1:]), None]
    first = t(f"{key}_up_to", last=ends[0])
    between = [t(key, first=begin, last=end) for begin, end in zip(begins[1:-1], ends[1:-1], strict=True)]
    return [first, *between, t(f"{key}_from", first=begins[-1])]
