"""The evidence of a study of records, kept once for everybody, and which of its units the visitor may be told of.

Limits and expectations are those of the whole city, or a street would be measured by itself; named and drawn are
only areas and officers most of whose buildings or visits are the visitor's own.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import streamlit as st

from dashboard.cache.city_cache import cached, level_areas
from dashboard.map.sidebar import theme_name
from dashboard.studies.study_context import Study
from data.city.fact_store import CityFacts
from data.city.summaries import places_in
from data.studies.data_quality import QualityDataset, mostly_within, quality_dataset
from scoring.rulebook.model import Edition

PLAIN = {"displayModeBar": False, "displaylogo": False}


@cached(max_entries=4)
def _quality_dataset(
    code: str, version: int, rules: str, on: date, _ledger: CityFacts, _edition: Edition
) -> QualityDataset:
    return quality_dataset(_ledger, _edition, on)


def rule_set_of_lists(of: Study) -> str | None:
    """A rule set that reads a check-list, the one with the most items to begin with; None: no rule set does."""
    items = {name: len(edition.checklist) for name, edition in of.context.editions.items() if edition.checklist}
    if len(items) < 2:
        return next(iter(items), None)
    return st.segmented_control(
        of.t("study.rule_set"),
        list(items),
        format_func=lambda name: theme_name(of.context, name, of.t),
        default=max(items, key=items.get),
        required=True,
        key="quality_rule_set",
    )


def quality_dataset_of(of: Study, rule_set: str) -> QualityDataset:
    city_facts, edition = of.context.city_facts, of.context.editions[rule_set]
    return _quality_dataset(
        of.code, city_facts.version, edition.sha256, of.context.options.last_day, city_facts, edition
    )


@dataclass(frozen=True, eq=False)
class Units:
    """Areas of a level as they are shown: labels, the map's address of each, and which are the visitor's own.

    unit: the place of each building's area, -1 none, (buildings,); the others (units,).
    """

    unit: np.ndarray
    labels: np.ndarray
    links: np.ndarray
    own: np.ndarray


def area_units(of: Study, level: str, more: str = "") -> Units:
    """Every area of the city is a unit, whoever looks; own: those told of. more: of the address, such as a filter."""
    column = of.context.city_facts.buildings[level]
    ids = np.unique(column[column >= 0])
    unit = places_in(column, ids)
    areas = level_areas(of.context, level).set_index("id").reindex(ids)
    english = of.t.language != "zh"
    names = areas["name_en" if english else "name"].fillna("").to_numpy(str)
    codes = areas["code"].fillna("").to_numpy(str)
    head = f"/?city={of.code}&lang={of.t.language}{more}&area={level}:"
    links = np.array([head + code for code in codes.tolist()], object)
    return Units(unit, names, links, mostly_within(unit, len(ids), of.rows) & (codes != ""))


def own_officers(of: Study, found: QualityDataset) -> np.ndarray:
    """Officers most of whose visits are to buildings looked at, bool (officers,)."""
    return mostly_within(found.officer, found.officers, of.rows[found.building])


def level_chosen(of: Study, levels: tuple[str, ...], key: str, more: tuple[str, ...] = ()) -> str:
    """One of the city's levels among `levels`, or of what is offered besides; the first to begin with."""
    offered = [level for level in levels if level in of.context.options.levels] + list(more)
    return st.segmented_control(
        of.t("quality.level"),
        offered,
        format_func=lambda one: of.t("quality.officer") if one in more else of.t.of(of.context.city.levels[one]),
        default=offered[0],
        required=True,
        key=key,
    )


def chart(figure, key: str) -> None:
    st.plotly_chart(figure, width="stretch", config=PLAIN, key=key)


def told(of: Study, part: str) -> None:
    """What a part shows and how it can mislead."""
    st.caption(f"{of.t(f'quality.{part}_shows')} {of.t(f'quality.{part}_misleads')}")
