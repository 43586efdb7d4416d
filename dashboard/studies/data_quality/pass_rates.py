"""Pass rates by street, community and officer in a funnel plot, and the units outside it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts.funnel import funnel_plot
from dashboard.studies.data_quality.flagged_table import area_findings, officer_findings, per_cent
from dashboard.studies.data_quality.quality_scope import area_units, chart, level_chosen, own_officers, told
from dashboard.studies.study_context import Study
from data.studies.data_quality import WINDOW_DAYS, Evidence
from scoring.studies.data_quality.funnel import FEWEST, INNER, OUTER, Funnel

OFFICER = "officer"


def rates(of: Study, found: Evidence) -> None:
    told(of, "rates")
    left, right = st.columns((2, 3))
    with left:
        level = level_chosen(of, ("street", "community"), "quality_rates_level", (OFFICER,))
    with right:
        passing = _passing(of, found)
    if level == OFFICER:
        funnel, own = found.pass_rates_of_officers(passing), own_officers(of, found)
        labels, links = of.opened.ledger.inspectors, None
    else:
        units = area_units(of, level)
        funnel, own = found.pass_rates(units.unit, len(units.labels), passing), units.own
        labels, links = units.labels, units.links
    shown, named = own & funnel.counted, own & funnel.outside(INNER)
    _plot(of, funnel, np.asarray(labels), shown, named)
    st.caption(of.say("quality.rates_of", n=f"{int(funnel.of.sum()):,}", days=WINDOW_DAYS, fewest=FEWEST))
    table = _table(of, funnel)
    order = np.flatnonzero(named)[np.argsort(-np.abs(funnel.z[named]), kind="stable")]
    if level == OFFICER:
        officer_findings(of, found, "rates", table, order, int(shown.sum()))
    else:
        area_findings(of, "rates", labels, links, table, order, int(shown.sum()))


def _passing(of: Study, found: Evidence) -> int:
    grades = found.edition.grades
    return st.segmented_control(
        of.say("quality.passing"),
        range(1, len(grades)),
        format_func=lambda place: of.say("quality.at_least", grade=getattr(grades[place].name, of.say.language)),
        default=found.most_telling,
        required=True,
        key=f"quality_passing_{found.edition.rule_set}",
    )


def _plot(of: Study, funnel: Funnel, labels: np.ndarray, shown: np.ndarray, named: np.ndarray) -> None:
    say, rows = of.say, np.flatnonzero(shown)
    size = funnel.of[rows]
    smallest, largest = (size.min(), size.max()) if len(size) else (FEWEST, FEWEST)
    grid = np.geomspace(smallest / 2, largest * 1.2, 80)
    limits = {
        (kind, which, say(f"quality.limit_{kind}", level=f"{100 * level:g}%")): funnel.limits(
            grid, level, kind != "chance"
        )
        for kind in ("chance", "corrected")
        for which, level in (("inner", INNER), ("outer", OUTER))
    }
    texts = [f"{labels[k]}<br>{funnel.rate[k]:.1%} · {funnel.passed[k]:,} / {funnel.of[k]:,}" for k in rows]
    names = (say("quality.inside"), say("quality.outside"))
    axes = (say("quality.buildings_of_year"), say("quality.pass_rate"))
    figure = funnel_plot(size, funnel.rate[rows], texts, named[rows], funnel.overall, grid, limits, names, axes)
    chart(figure, "quality-funnel")


def _table(of: Study, funnel: Funnel) -> Mapping[str, object]:
    low, high = funnel.limits(funnel.of, INNER, corrected=True)
    strong = funnel.outside(OUTER)
    return pd.DataFrame(
        {
            of.say("quality.pass_rate"): per_cent(funnel.rate),
            of.say("quality.passed_of"): [f"{a:,} / {b:,}" for a, b in zip(funnel.passed, funnel.of, strict=True)],
            of.say("quality.expected"): f"{funnel.overall:.1%}",
            of.say("quality.limits", level="95%"): [f"{a:.1%} – {b:.1%}" for a, b in zip(low, high, strict=True)],
            of.say("quality.distance"): np.round(funnel.z, 1),
            of.say("quality.beyond"): np.where(strong, "99.8%", "95%"),
        }
    )
