"""Areas: buildings on record against a register, visits against the rules, and buildings nobody went to."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import city_cache
from dashboard.charts.coverage import fading_curves, shares_by_area
from dashboard.look.palette import symbols
from dashboard.studies.data_quality.flagged_table import area_findings, per_cent
from dashboard.studies.data_quality.quality_scope import Units, area_units, chart, level_chosen, told
from dashboard.studies.study_context import Study
from data.city import queries
from data.db.engine import reading
from data.studies.data_quality import QualityDataset
from scoring.studies.data_quality.coverage import (
    DAYS,
    Coverage,
    buildings_recorded,
    buildings_visited,
    visits_asked,
    visits_made,
)

MOST_BARS = 12  # the lowest; the table has the rest


def coverage(of: Study, found: QualityDataset) -> None:
    told(of, "coverage")
    st.markdown(f"##### {of.t('quality.recorded_title')}")
    _recorded(of)
    st.markdown(f"##### {of.t('quality.made_title')}")
    level = level_chosen(of, ("street", "community"), "quality_coverage_level")
    units = area_units(of, level)
    day = city_cache.snapshot(of.scope, of.code, of.context.version, of.context.options.last_day)
    grades = tuple(grade.code for grade in found.edition.grades)
    asked = visits_asked(day.grades[found.edition.rule_set], grades, found.edition.inspect_every_days)
    if not asked.any():
        st.info(of.t("quality.no_intervals"))
        return
    _areas(of, "made", units, visits_made(units.unit, len(units.labels), found.visits_of_the_year(), asked))


def _recorded(of: Study) -> None:
    """Of the widest of the levels that a register speaks of."""
    with reading(city_cache.database(), of.scope) as session:
        thought = queries.area_expectations(session, of.scope, of.context.city, of.context.options.last_day)
    by_id = of.context.areas.set_index("id")
    levels = by_id["level"].reindex(thought["area_id"].to_numpy()).to_numpy()
    level = next((one for one in of.context.options.levels[::-1] if (levels == one).any()), None)
    if level is None:
        st.info(of.t("quality.no_register"))
        return
    units = area_units(of, level)
    ids = np.unique(of.context.city_facts.buildings[level])
    buildings = thought.set_index("area_id")["buildings"].reindex(ids[ids >= 0]).to_numpy(float)
    last = thought.iloc[-1]
    st.caption(of.t("quality.register", source=of.t.of(last["source"]), day=f"{last['day']:%Y-%m-%d}"))
    _areas(of, "recorded", units, buildings_recorded(units.unit, buildings))


def visits(of: Study, found: QualityDataset) -> None:
    told(of, "visits")
    t, since = of.t, found.days_since[of.rows]
    never, long = int((since < 0).sum()), int((since >= DAYS).sum())
    sure = found.confidence[of.rows]
    held = float(np.nanmedian(sure)) if np.isfinite(sure).any() else np.nan
    for column, name, value in zip(
        st.columns(4),
        ("never", "long", "holds", "unknown"),
        (f"{never:,}", f"{long:,}", f"{held:.0%}", f"{int(np.isnan(sure).sum()):,}"),
        strict=True,
    ):
        column.metric(t(f"quality.{name}"), value, help=t(f"quality.{name}_help", n=f"{len(since):,}", days=DAYS))
    _curves(of, found)
    head = f"/?city={of.code}&lang={t.language}&unvisited="
    st.markdown(f"[{t('quality.never_on_map')}]({head}never) · [{t('quality.long_on_map')}]({head}{DAYS})")
    level = level_chosen(of, ("grid", "community", "street"), "quality_visits_level")
    units = area_units(of, level, f"&unvisited={DAYS}")
    _areas(of, "visited", units, buildings_visited(units.unit, len(units.labels), found.days_since))


def _curves(of: Study, found: QualityDataset) -> None:
    curves = [
        (np.append(one.days[one.days < one.known_until], one.known_until), one) for one in found.curves if one.pairs
    ]
    places = [place for place, one in enumerate(found.curves) if one.pairs]
    names = [of.t.of(found.edition.grades[place].name) for place in places]
    drawn = symbols(tuple(grade.code for grade in found.edition.grades))
    lines = [(days, one.at(days), one.by_chance) for days, one in curves]
    axes = (of.t("quality.days_between"), of.t("quality.same_class"))
    figure = fading_curves(lines, names, [drawn[place] for place in places], axes, of.t("quality.by_chance"))
    chart(figure, "quality-fading")
    st.caption(of.t("quality.pairs_of", n=f"{sum(one.pairs for one in found.curves):,}"))


def _areas(of: Study, part: str, units: Units, found: Coverage) -> None:
    shown = np.flatnonzero(units.own & np.isfinite(found.share))
    bars = shown[np.argsort(found.share[shown], kind="stable")][:MOST_BARS]
    title = of.t(f"quality.{part}_chart", city=f"{found.overall:.1%}")
    chart(shares_by_area(found.share[bars], units.labels[bars], found.flagged[bars], found.overall, title), f"q-{part}")
    table = pd.DataFrame(
        {
            of.t(f"quality.{part}_share"): per_cent(found.share),
            of.t(f"quality.{part}_of"): [
                f"{a:,.0f} / {b:,.0f}" for a, b in zip(found.recorded, np.nan_to_num(found.expected), strict=True)
            ],
            of.t("quality.whole_city"): f"{found.overall:.1%}",
            of.t("quality.least"): f"{found.least:.1%}",
        }
    )
    flagged = shown[found.flagged[shown]]
    order = flagged[np.argsort(found.share[flagged], kind="stable")]
    area_findings(of, part, units.labels, units.links, table, order, len(shown))
