"""The backtest in charts and tables."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.charts.backtest import days_earlier, foretold_and_seen, gain_curves, reliability
from dashboard.charts.style import PLOTLY_CONFIG, without_markup
from dashboard.i18n import Translator
from dashboard.look.palette import symbols
from dashboard.look.tables import draw_table
from dashboard.studies.study_context import Study
from dashboard.view.labels import grade_names
from data.studies.backtest_frames import Outcome
from scoring.studies.backtest import MEASURES, Backtest, Estimate
from scoring.studies.backtest.calibration import Calibration
from scoring.studies.backtest.measures import DAYS_EARLIER
from scoring.studies.backtest.run import CURVE, INSIDE, INSIDE_RANDOM

CURVES = ("score", "other", "last_result", "inspector", "random", INSIDE)
DAYS = ("score", "other", "last_result", "inspector", "random", INSIDE, INSIDE_RANDOM)
LIFTS = ("lift_tenth", "lift_week")


def charts(backtest: Backtest, t: Translator) -> None:
    """The gain curves, and beside them the days earlier where somebody chose the days."""
    names = order_names(backtest, t)
    axes = (t("backtest.share_of_visits"), t("backtest.share_found"))
    curves = {order: backtest.curves[order] for order in CURVES if order in backtest.curves}
    gains = gain_curves(curves, CURVE, names, axes, t("backtest.gain_title"))
    days = {
        order: backtest.orders[order][DAYS_EARLIER] for order in DAYS if DAYS_EARLIER in backtest.orders.get(order, {})
    }
    left, right = st.columns(2, gap="medium") if days else (st.container(), None)
    left.plotly_chart(without_markup(gains), width="stretch", config=PLOTLY_CONFIG, key="backtest-gain")
    if right is not None:
        points = days_earlier(days, names, t("backtest.days_axis"), t("backtest.days_title"))
        right.plotly_chart(without_markup(points), width="stretch", config=PLOTLY_CONFIG, key="backtest-days")


def by_grade(study: Study, rule_set: str, outcome: Outcome, backtest: Backtest) -> None:
    """Each grade's rate beside the rate that was to be expected of it."""
    t, names = study.t, list(grade_names(study.context, rule_set, study.t).values())
    groups, forecast = backtest.groups, backtest.forecast
    left, right = st.columns(2, gap="medium")
    grade_symbols = symbols(study.context.options.grades[rule_set])
    axes = (t("backtest.foretold"), t("backtest.seen"))
    chart = foretold_and_seen(groups, names, grade_symbols, axes, t("backtest.calibration_title"))
    left.plotly_chart(without_markup(chart), width="stretch", config=PLOTLY_CONFIG, key="backtest-calibration")
    table = pd.DataFrame(
        {
            t("backtest.grade"): [names[grade] for grade in groups.index],
            t(f"backtest.counted_{'cases' if outcome == 'cases' else 'visits'}"): _counts(groups["visits"]),
            t(f"backtest.trouble_{outcome}"): _counts(groups["troubled"]),
            t("backtest.rate"): [_figure("rate", Estimate(row.rate, row.low, row.high)) for row in groups.itertuples()],
            t("backtest.foretold"): [f"{value:.1%}" for value in groups["forecast"]],
        }
    )
    with right:
        st.markdown(f"**{t('backtest.by_grade')}**")
        draw_table(table, height="content")
        if forecast is not None:
            skill = forecast.skill
            st.caption(
                t(
                    "backtest.brier",
                    brier=f"{forecast.brier.value:.4f}",
                    constant=f"{forecast.constant.value:.4f}",
                    skill=f"{skill.value:.2%} [{skill.low:.2%}, {skill.high:.2%}]",
                    off=f"{forecast.off_by:.2%}",
                )
            )


def calibration(found: Calibration, outcome: Outcome, t: Translator) -> None:
    """A model's probabilities beside the rates that came, bin by bin."""
    left, right = st.columns(2, gap="medium")
    chart = reliability(found.table, (t("backtest.said"), t("backtest.seen")), t("backtest.reliability_title"))
    left.plotly_chart(without_markup(chart), width="stretch", config=PLOTLY_CONFIG, key="backtest-reliability")
    rows = list(found.table.itertuples())
    table = pd.DataFrame(
        {
            t("backtest.bin"): [f"{row.least:.3f}–{row.most:.3f}" for row in rows],
            t(f"backtest.counted_{'cases' if outcome == 'cases' else 'visits'}"): _counts(found.table["visits"]),
            t(f"backtest.trouble_{outcome}"): _counts(found.table["troubled"]),
            t("backtest.said"): [f"{row.predicted:.1%}" for row in rows],
            t("backtest.rate"): [_figure("rate", Estimate(row.rate, row.low, row.high)) for row in rows],
        }
    )
    with right:
        st.markdown(f"**{t('backtest.reliability_table')}**")
        draw_table(table, height="content")
        brier, skill, excess = found.brier, found.skill, found.excess
        st.caption(
            t(
                "backtest.model_brier",
                brier=f"{brier.value:.4f} [{brier.low:.4f}, {brier.high:.4f}]",
                constant=f"{found.constant.value:.4f}",
                skill=f"{skill.value:.2%} [{skill.low:.2%}, {skill.high:.2%}]",
                excess=f"{excess.value:+.2%} [{excess.low:+.2%}, {excess.high:+.2%}]",
                off=f"{found.off_by:.2%}",
            )
        )


def orders_table(backtest: Backtest, t: Translator) -> None:
    names = order_names(backtest, t)
    st.markdown(f"**{t('backtest.orders')}**")
    draw_table(
        _measured({names[order]: one for order, one in backtest.orders.items()}, t("backtest.order"), t),
        height="content",
    )
    st.markdown(f"**{t('backtest.differences')}**")
    gaps = {f"{names[one]} − {names[other]}": gap for (one, other), gap in backtest.differences.items()}
    draw_table(_measured(gaps, t("backtest.difference"), t), height="content")
    st.caption(t("backtest.table_note"))


def order_names(backtest: Backtest, t: Translator) -> dict[str, str]:
    return {order: t(f"backtest.order_{order}") for order in backtest.orders}


def _measured(rows: Mapping[str, Mapping[str, Estimate]], heading: str, t: Translator) -> pd.DataFrame:
    measures = [name for name in MEASURES if any(name in measured for measured in rows.values())]
    columns = {t(f"backtest.{name}"): [_figure(name, one.get(name)) for one in rows.values()] for name in measures}
    return pd.DataFrame({heading: list(rows)} | columns)


def _figure(name: str, estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    style = ".2f" if name in (DAYS_EARLIER, *LIFTS) else ".1%"
    return "{} [{}, {}]".format(*(format(value, style) for value in (estimate.value, estimate.low, estimate.high)))


def _counts(values: pd.Series) -> list[str]:
    return [f"{value:,}" for value in values]
