"""The evidence of a study of records, kept once for everybody, and which of its units the user may see by name.

Limits and expectations are those of the whole city, or a street would be measured by itself; named and drawn are
only areas and officers most of whose buildings or visits are the user's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

import numpy as np
import streamlit as st
from plotly.graph_objects import Figure

from dashboard.cache.background_jobs import Report, Work
from dashboard.cache.city_cache import cached, level_areas
from dashboard.charts.style import PLOTLY_CONFIG, without_markup
from dashboard.look.choices import distinct_labels
from dashboard.look.conclusion import Statement, conclusion
from dashboard.look.plain_text import as_text
from dashboard.studies.study_context import Study
from dashboard.view.labels import level_name, theme_name
from dashboard.view.view_state import list_of
from data.access.fact_rights import can_see_item
from data.access.roles import SYSTEM, AccessScope
from data.city.city_facts import CityFacts
from data.city.summaries import places_in
from data.studies.data_quality import QualityDataset, mostly_within, quality_dataset
from scoring.rulebook.model import Edition

WORKED_OUT = {  # of the dataset, by part
    "score_heaping": ("score_heaping",),
    "leniency": ("leniency",),
    "duplicate_checklists": ("duplicate_checklists",),
    "visits": ("curves", "confidence"),
}


@cached(max_entries=4)
def _quality_dataset(
    reader: AccessScope, code: str, version: int, rules: str, on: date, _city_facts: CityFacts, _edition: Edition
) -> QualityDataset:
    return quality_dataset(reader, _city_facts, _edition, on)


def rule_set_of_lists(study: Study) -> str | None:
    """A rule set that reads a check-list, the one with the most items to begin with; None: no rule set does."""
    items = {name: len(edition.checklist) for name, edition in study.context.editions.items() if edition.checklist}
    if len(items) < 2:
        return next(iter(items), None)
    return st.segmented_control(
        study.t("study.rule_set"),
        list(items),
        format_func=distinct_labels(items, lambda name: as_text(theme_name(study.context, name, study.t))),
        default=max(items, key=lambda name: items[name]),
        required=True,
        key="quality_rule_set",
    )


def quality_dataset_of(study: Study, rule_set: str) -> QualityDataset:
    city_facts, edition = study.context.city_facts, study.context.editions[rule_set]
    items = (item for answers in city_facts.fact_log.checklists for item in answers.items)
    sees_all = all(can_see_item(study.scope, item) for item in items)
    reader = SYSTEM if sees_all else replace(study.scope, areas=None, cities=())
    return _quality_dataset(
        reader, study.code, city_facts.version, edition.sha256, study.context.options.last_day, city_facts, edition
    )


def compared(study: Study, rule_set: str, part: str) -> Work:
    """The work of a part that takes long, for `finished`: afterwards the dataset holds what came of it."""

    def work(report: Report) -> bool:
        report("reading", 0, 2)
        dataset = quality_dataset_of(study, rule_set)
        report("comparing", 1, 2)
        for name in WORKED_OUT.get(part, ()):
            getattr(dataset, name)
        return True

    return work


@dataclass(frozen=True, eq=False)
class Units:
    """Areas of a level as they are shown: labels, the map's address of each, and which are the user's own.

    unit: the place of each building's area, -1 none, (buildings,); the others (units,).
    """

    unit: np.ndarray
    labels: np.ndarray
    links: np.ndarray
    own: np.ndarray


def area_units(study: Study, level: str, **more: str) -> Units:
    """Every area of the city is a unit, whoever looks; own: those shown by name.

    more: of the address of their maps, such as a filter.
    """
    column = study.context.city_facts.buildings[level]
    ids = np.unique(column[column >= 0])
    unit = places_in(column, ids.tolist())
    codes = level_areas(study.context, level).set_index("id")["code"].reindex(ids).fillna("").tolist()
    labels = study.context.area_name
    names = [labels[id_][study.t.language != "zh"] if id_ in labels else "" for id_ in ids.tolist()]
    links = [map_address(study, area=list_of([f"{level}:{code}"]), **more) for code in codes]
    own = mostly_within(unit, len(ids), study.rows) & np.array([code != "" for code in codes], bool)
    return Units(unit, np.array(names, object), np.array(links, object), own)


def map_address(study: Study, **query: str) -> str:
    """The map of the city with a view of it."""
    return f"/?{urlencode({'city': study.code, 'lang': study.t.language} | query)}"


def own_officers(study: Study, dataset: QualityDataset) -> np.ndarray:
    """Officers most of whose visits are to buildings looked at, bool (officers,)."""
    return mostly_within(dataset.officer, dataset.officers, study.rows[dataset.building])


def level_chosen(study: Study, levels: tuple[str, ...], key: str, more: tuple[str, ...] = ()) -> str | None:
    """One of the city's levels among `levels` (where it has none of these, of all its levels), or of what is offered
    besides; the first to begin with. None where there is none, which it says."""
    its = study.context.options.levels
    offered = [*([level for level in levels if level in its] or its), *more]
    if not offered:
        st.info(study.t("study.no_areas"))
        return None
    return st.segmented_control(
        study.t("data_quality.level"),
        offered,
        format_func=distinct_labels(
            offered,
            lambda one: as_text(
                study.t("data_quality.officer") if one in more else level_name(study.context, one, study.t)
            ),
        ),
        default=offered[0],
        required=True,
        key=key,
    )


def chart(figure: Figure, key: str) -> None:
    st.plotly_chart(without_markup(figure), width="stretch", config=PLOTLY_CONFIG, key=key)


def say_first(study: Study, statements: Sequence[Statement]) -> None:
    with study.top:
        conclusion(statements, study.t)


def part_caption(study: Study, part: str) -> None:
    """What a part shows and how it can mislead."""
    st.caption(f"{study.t(f'data_quality.{part}_shows')} {study.t(f'data_quality.{part}_misleads')}")
