"""Pass rates by street, community and officer in a funnel plot, and the units outside it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts.funnel import funnel_plot
from dashboard.look.choices import distinct_labels
from dashboard.look.plain_text import as_text
from dashboard.studies.data_quality.conclusion import Findings, concluded
from dashboard.studies.data_quality.flagged_table import area_findings, officer_findings, per_cent
from dashboard.studies.data_quality.quality_scope import (
    area_units,
    chart,
    level_chosen,
    own_officers,
    part_caption,
    say_first,
)
from dashboard.studies.study_context import Study
from data.studies.data_quality import WINDOW_DAYS, QualityDataset
from scoring.studies.data_quality.funnel import INNER, MIN_N, OUTER, Funnel

OFFICER = "officer"


def rates(study: Study, dataset: QualityDataset) -> None:
    part_caption(study, "rates")
    if len(dataset.edition.grades) < 2:
        st.info(study.t("data_quality.one_grade"))
        return
    left, right = st.columns((2, 3))
    with left:
        level = level_chosen(study, ("street", "community"), "quality_rates_level", (OFFICER,))
    with right:
        passing = _passing(study, dataset)
    if level is None or level == OFFICER:
        funnel, own = dataset.pass_rates_of_officers(passing), own_officers(study, dataset)
        units, labels = None, study.context.city_facts.inspectors
    else:
        units = area_units(study, level)
        funnel, own = dataset.pass_rates(units.unit, len(units.labels), passing), units.own
        labels = units.labels
    shown, flagged = own & funnel.counted, own & funnel.outside(INNER)
    _plot(study, funnel, np.asarray(labels), shown, flagged)
    st.caption(
        study.t(
            "data_quality.rates_of", n=f"{int(funnel.of.sum()):,}", days=as_text(WINDOW_DAYS), fewest=as_text(MIN_N)
        )
    )
    unit = "officers" if units is None else "areas"
    findings = Findings("rates", unit, int(shown.sum()), int(flagged.sum()), chance=1 - INNER)
    say_first(study, concluded(findings, f"{dataset.on}"))
    table = _table(study, funnel)
    order = np.flatnonzero(flagged)[np.argsort(-np.abs(funnel.z[flagged]), kind="stable")]
    if units is None:
        officer_findings(study, dataset, "rates", table, order, int(shown.sum()))
    else:
        area_findings(study, "rates", labels, units.links, table, order, int(shown.sum()))


def _passing(study: Study, dataset: QualityDataset) -> int:
    grades, t = dataset.edition.grades, study.t
    places = range(1, len(grades))
    return st.segmented_control(
        t("data_quality.passing"),
        places,
        format_func=distinct_labels(
            places, lambda place: t("data_quality.at_least", grade=as_text(t.of(grades[place].name)))
        ),
        default=dataset.most_telling,
        required=True,
        key=f"quality_passing_{dataset.edition.rule_set}",
    )


def _plot(study: Study, funnel: Funnel, labels: np.ndarray, shown: np.ndarray, flagged: np.ndarray) -> None:
    t, rows = study.t, np.flatnonzero(shown)
    size = funnel.of[rows]
    smallest, largest = (size.min(), size.max()) if len(size) else (MIN_N, MIN_N)
    grid = np.geomspace(smallest / 2, largest * 1.2, 80)
    limits = {
        (kind, which, t(f"data_quality.limit_{kind}", level=f"{100 * level:g}%")): funnel.limits(
            grid, level, kind != "chance"
        )
        for kind in ("chance", "corrected")
        for which, level in (("inner", INNER), ("outer", OUTER))
    }
    texts = [f"{labels[k]}<br>{funnel.rate[k]:.1%} · {funnel.passed[k]:,} / {funnel.of[k]:,}" for k in rows]
    names = (t("data_quality.inside"), t("data_quality.outside"))
    axes = (t("data_quality.buildings_of_year"), t("data_quality.pass_rate"))
    figure = funnel_plot(size, funnel.rate[rows], texts, flagged[rows], funnel.overall, grid, limits, names, axes)
    chart(figure, "quality-funnel")


def _table(study: Study, funnel: Funnel) -> Mapping[str, object]:
    low, high = funnel.limits(funnel.of, INNER, corrected=True)
    strong = funnel.outside(OUTER)
    return pd.DataFrame(
        {
            study.t("data_quality.pass_rate"): per_cent(funnel.rate),
            study.t("data_quality.passed_of"): [
                f"{a:,} / {b:,}" for a, b in zip(funnel.passed, funnel.of, strict=True)
            ],
            study.t("data_quality.expected"): f"{funnel.overall:.1%}",
            study.t("data_quality.limits", level="95%"): [f"{a:.1%} – {b:.1%}" for a, b in zip(low, high, strict=True)],
            study.t("data_quality.distance"): np.round(funnel.z, 1),
            study.t("data_quality.beyond"): np.where(strong, "99.8%", "95%"),
        }
    )
