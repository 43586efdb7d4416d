"""Areas: buildings on record against a register, visits against the rules, and buildings nobody went to."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import city_cache
from dashboard.charts.coverage import fading_curves, shares_by_area
from dashboard.look.conclusion import Statement
from dashboard.look.palette import symbols
from dashboard.look.plain_text import as_html, as_text
from dashboard.studies.data_quality.conclusion import Findings, VisitFigures, concluded, visits_concluded
from dashboard.studies.data_quality.flagged_table import area_findings, per_cent
from dashboard.studies.data_quality.quality_scope import (
    Units,
    area_units,
    chart,
    level_chosen,
    map_address,
    part_caption,
    say_first,
)
from dashboard.studies.study_context import Study
from dashboard.view.labels import level_name
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


def coverage(study: Study, dataset: QualityDataset) -> None:
    part_caption(study, "coverage")
    st.markdown(f"##### {study.t('data_quality.recorded_title')}")
    statements = _recorded(study)
    _outside(study)
    st.markdown(f"##### {study.t('data_quality.made_title')}")
    say_first(study, [*statements, *_made(study, dataset)])


def _made(study: Study, dataset: QualityDataset) -> list[Statement]:
    level = level_chosen(study, ("street", "community"), "quality_coverage_level")
    if level is None:
        return _nothing_said_of(study, "made")
    units = area_units(study, level)
    day = city_cache.snapshot(study.scope, study.code, study.context.version, study.context.options.last_day)
    grades = tuple(grade.code for grade in dataset.edition.grades)
    asked = visits_asked(day.grades[dataset.edition.rule_set], grades, dataset.edition.inspect_every_days)
    if not asked.any():
        st.info(study.t("data_quality.no_intervals"))
        return _nothing_said_of(study, "made")
    return _areas(study, "made", units, visits_made(units.unit, len(units.labels), dataset.visits_of_the_year(), asked))


def _nothing_said_of(study: Study, part: str) -> list[Statement]:
    return concluded(Findings(part, "areas", 0, 0), f"{study.context.options.last_day}")


def _recorded(study: Study) -> list[Statement]:
    """Of the widest of the levels that a register speaks of."""
    with reading(city_cache.database(), study.scope) as session:
        expectations = queries.area_expectations(
            session, study.scope, study.context.city, study.context.options.last_day
        )
    by_id = study.context.areas.set_index("id")
    levels = by_id["level"].reindex(expectations["area_id"].to_numpy()).to_numpy()
    level = next((one for one in study.context.options.levels[::-1] if (levels == one).any()), None)
    if level is None:
        st.info(study.t("data_quality.no_register"))
        return _nothing_said_of(study, "recorded")
    units = area_units(study, level)
    ids = np.unique(study.context.city_facts.buildings[level])
    buildings = expectations.set_index("area_id")["buildings"].reindex(ids[ids >= 0]).to_numpy(float)
    last = expectations.iloc[-1]
    st.caption(
        study.t("data_quality.register", source=as_text(study.t.of(last["source"])), day=f"{last['day']:%Y-%m-%d}")
    )
    return _areas(study, "recorded", units, buildings_recorded(units.unit, buildings))


def _outside(study: Study) -> None:
    """Buildings that are in no area of a level: they count nowhere but in the whole."""
    t, buildings = study.t, study.context.city_facts.buildings
    counts = {level: int((study.rows & (buildings[level] < 0)).sum()) for level in study.context.options.levels}
    parts = [
        t("data_quality.outside_level", n=f"{count:,}", level=level_name(study.context, level, t))
        for level, count in counts.items()
        if count
    ]
    if parts:
        st.warning(as_text(t("data_quality.outside_every", parts=t.clauses(parts))))


def visits(study: Study, dataset: QualityDataset) -> None:
    part_caption(study, "visits")
    t, since = study.t, dataset.days_since[study.rows]
    never_visited, not_for_a_year = int((since < 0).sum()), int((since >= DAYS).sum())
    confidence = dataset.confidence[study.rows]
    median = float(np.nanmedian(confidence)) if np.isfinite(confidence).any() else np.nan
    for column, name, value in zip(
        st.columns(4),
        ("never", "long", "holds", "unknown"),
        (f"{never_visited:,}", f"{not_for_a_year:,}", f"{median:.0%}", f"{int(np.isnan(confidence).sum()):,}"),
        strict=True,
    ):
        column.metric(
            t(f"data_quality.{name}"),
            value,
            help=t(f"data_quality.{name}_help", n=f"{len(since):,}", days=as_text(DAYS)),
        )
    _curves(study, dataset)
    links = (("never_on_map", "never"), ("long_on_map", str(DAYS)))
    links_html = (
        f'<a href="{as_html(map_address(study, unvisited=age))}">{as_html(t(f"data_quality.{key}"))}</a>'
        for key, age in links
    )
    st.html(" · ".join(links_html))
    statements = visits_concluded(VisitFigures(len(since), never_visited, not_for_a_year), f"{dataset.on}")
    level = level_chosen(study, ("grid", "community", "street"), "quality_visits_level")
    if level is None:
        say_first(study, statements)
        return
    units = area_units(study, level, unvisited=str(DAYS))
    visited = buildings_visited(units.unit, len(units.labels), dataset.days_since)
    say_first(study, [*statements, *_areas(study, "visited", units, visited)])


def _curves(study: Study, dataset: QualityDataset) -> None:
    curves = [
        (np.append(one.days[one.days < one.known_until], one.known_until), one) for one in dataset.curves if one.pairs
    ]
    places = [place for place, one in enumerate(dataset.curves) if one.pairs]
    names = [study.t.of(dataset.edition.grades[place].name) for place in places]
    drawn = symbols(tuple(grade.code for grade in dataset.edition.grades))
    lines = [(days, one.at(days), one.by_chance) for days, one in curves]
    axes = (study.t("data_quality.days_between"), study.t("data_quality.same_class"))
    figure = fading_curves(lines, names, [drawn[place] for place in places], axes, study.t("data_quality.by_chance"))
    chart(figure, "quality-fading")
    st.caption(study.t("data_quality.pairs_of", n=f"{sum(one.pairs for one in dataset.curves):,}"))


def _areas(study: Study, part: str, units: Units, coverage: Coverage) -> list[Statement]:
    """Draws them; what they come to."""
    shown = np.flatnonzero(units.own & np.isfinite(coverage.share))
    bars = shown[np.argsort(coverage.share[shown], kind="stable")][:MOST_BARS]
    title = study.t(f"data_quality.{part}_chart", city=f"{coverage.overall:.1%}")
    chart(
        shares_by_area(
            coverage.share[bars], units.labels[bars].tolist(), coverage.flagged[bars], coverage.overall, title
        ),
        f"q-{part}",
    )
    table = pd.DataFrame(
        {
            study.t(f"data_quality.{part}_share"): per_cent(coverage.share),
            study.t(f"data_quality.{part}_of"): [
                f"{a:,.0f} / {b:,.0f}" for a, b in zip(coverage.recorded, np.nan_to_num(coverage.expected), strict=True)
            ],
            study.t("data_quality.whole_city"): f"{coverage.overall:.1%}",
            study.t("data_quality.least"): f"{coverage.least:.1%}",
        }
    )
    flagged = shown[coverage.flagged[shown]]
    order = flagged[np.argsort(coverage.share[flagged], kind="stable")]
    area_findings(study, part, units.labels, units.links, table, order, len(shown))
    findings = Findings(part, "areas", len(shown), len(order))
    return concluded(findings, f"{study.context.options.last_day}")
