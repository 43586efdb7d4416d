"""Pass rates by street, community and officer in a funnel plot, and the units outside it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts.funnel import funnel_plot
from dashboard.studies.data_quality.flagged_table import area_findings, officer_findings, per_cent
from dashboard.studies.data_quality.quality_scope import area_units, chart, level_chosen, own_officers, told
from dashboard.studies.study_context import Study
from data.studies.data_quality import WINDOW_DAYS, QualityDataset
from scoring.studies.data_quality.funnel import INNER, MIN_N, OUTER, Funnel

OFFICER = "officer"


def rates(of: Study, found: QualityDataset) -> None:
    told(of, "rates")
    left, right = st.columns((2, 3))
    with left:
        level = level_chosen(of, ("street", "community"), "quality_rates_level", (OFFICER,))
    with right:
        passing = _passing(of, found)
    if level == OFFICER:
        funnel, own = found.pass_rates_of_officers(passing), own_officers(of, found)
        labels, links = of.context.city_facts.inspectors, None
    else:
        units = area_units(of, level)
        funnel, own = found.pass_rates(units.unit, len(units.labels), passing), units.own
        labels, links = units.labels, units.links
    shown, flagged = own & funnel.counted, own & funnel.outside(INNER)
    _plot(of, funnel, np.asarray(labels), shown, flagged)
    st.caption(of.t("quality.rates_of", n=f"{int(funnel.of.sum()):,}", days=WINDOW_DAYS, fewest=MIN_N))
    table = _table(of, funnel)
    order = np.flatnonzero(flagged)[np.argsort(-np.abs(funnel.z[flagged]), kind="stable")]
    if level == OFFICER:
        officer_findings(of, found, "rates", table, order, int(shown.sum()))
    else:
        area_findings(of, "rates", labels, links, table, order, int(shown.sum()))


def _passing(of: Study, found: QualityDataset) -> int:
    grades = found.edition.grades
    return st.segmented_control(
        of.t("quality.passing"),
        range(1, len(grades)),
        format_func=lambda place: of.t("quality.at_least", grade=of.t.of(grades[place].name)),
        default=found.most_telling,
        required=True,
        key=f"quality_passing_{found.edition.rule_set}",
    )


def _plot(of: Study, funnel: Funnel, labels: np.ndarray, shown: np.ndarray, flagged: np.ndarray) -> None:
    t, rows = of.t, np.flatnonzero(shown)
    size = funnel.of[rows]
    smallest, largest = (size.min(), size.max()) if len(size) else (MIN_N, MIN_N)
    grid = np.geomspace(smallest / 2, largest * 1.2, 80)
    limits = {
        (kind, which, t(f"quality.limit_{kind}", level=f"{100 * level:g}%")): funnel.limits(
            grid, level, kind != "chance"
        )
        for kind in ("chance", "corrected")
        for which, level in (("inner", INNER), ("outer", OUTER))
    }
    texts = [f"{labels[k]}<br>{funnel.rate[k]:.1%} · {funnel.passed[k]:,} / {funnel.of[k]:,}" for k in rows]
    names = (t("quality.inside"), t("quality.outside"))
    axes = (t("quality.buildings_of_year"), t("quality.pass_rate"))
    figure = funnel_plot(size, funnel.rate[rows], texts, flagged[rows], funnel.overall, grid, limits, names, axes)
    chart(figure, "quality-funnel")


def _table(of: Study, funnel: Funnel) -> Mapping[str, object]:
    low, high = funnel.limits(funnel.of, INNER, corrected=True)
    strong = funnel.outside(OUTER)
    return pd.DataFrame(
        {
            of.t("quality.pass_rate"): per_cent(funnel.rate),
            of.t("quality.passed_of"): [f"{a:,} / {b:,}" for a, b in zip(funnel.passed, funnel.of, strict=True)],
            of.t("quality.expected"): f"{funnel.overall:.1%}",
            of.t("quality.limits", level="95%"): [f"{a:.1%} – {b:.1%}" for a, b in zip(low, high, strict=True)],
            of.t("quality.distance"): np.round(funnel.z, 1),
            of.t("quality.beyond"): np.where(strong, "99.8%", "95%"),
        }
    )
