"""The backtest in charts and tables."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.charts.backtest import days_earlier, foretold_and_seen, gain_curves
from dashboard.i18n import Words
from dashboard.look.palette import marks
from dashboard.map.charts_panel import PLAIN
from dashboard.map.sidebar import grade_names
from dashboard.studies.study_context import Study
from data.studies.backtest_frames import Outcome
from scoring.studies.backtest import MEASURES, Backtest, Estimate
from scoring.studies.backtest.measures import DAYS_EARLIER
from scoring.studies.backtest.run import CURVE, INSIDE, INSIDE_RANDOM

ROW_PX = 35
CURVES = ("score", "last_result", "inspector", "random", INSIDE)
DAYS = ("score", "last_result", "inspector", "random", INSIDE, INSIDE_RANDOM)
LIFTS = ("lift_tenth", "lift_week")


def charts(found: Backtest, say: Words) -> None:
    """The gain curves, and beside them the days earlier where somebody chose the days."""
    names = order_names(found, say)
    axes = (say("backtest.share_of_visits"), say("backtest.share_found"))
    curves = {order: found.curves[order] for order in CURVES if order in found.curves}
    gains = gain_curves(curves, CURVE, names, axes, say("backtest.gain_title"))
    days = {order: found.orders[order][DAYS_EARLIER] for order in DAYS if DAYS_EARLIER in found.orders.get(order, {})}
    left, right = st.columns(2, gap="medium") if days else (st.container(), None)
    left.plotly_chart(gains, width="stretch", config=PLAIN, key="backtest-gain")
    if right is not None:
        points = days_earlier(days, names, say("backtest.days_axis"), say("backtest.days_title"))
        right.plotly_chart(points, width="stretch", config=PLAIN, key="backtest-days")


def by_grade(of: Study, rule_set: str, outcome: Outcome, found: Backtest) -> None:
    """Each grade's rate beside the rate that was to be expected of it."""
    say, names = of.say, list(grade_names(of.opened, rule_set, of.say).values())
    groups, forecast = found.groups, found.forecast
    left, right = st.columns(2, gap="medium")
    drawn = marks(of.opened.choices.grades[rule_set])
    axes = (say("backtest.foretold"), say("backtest.seen"))
    chart = foretold_and_seen(groups, names, drawn, axes, say("backtest.calibration_title"))
    left.plotly_chart(chart, width="stretch", config=PLAIN, key="backtest-calibration")
    table = pd.DataFrame(
        {
            say("backtest.grade"): [names[place] for place in groups.index],
            say(f"backtest.counted_{'cases' if outcome == 'cases' else 'visits'}"): _counts(groups["visits"]),
            say(f"backtest.trouble_{outcome}"): _counts(groups["troubled"]),
            say("backtest.rate"): [
                _figure("rate", Estimate(row.rate, row.low, row.high)) for row in groups.itertuples()
            ],
            say("backtest.foretold"): [f"{value:.1%}" for value in groups["forecast"]],
        }
    )
    with right:
        st.markdown(f"**{say('backtest.by_grade')}**")
        _shown(table)
        if forecast is not None:
            skill = forecast.skill
            st.caption(
                say(
                    "backtest.brier",
                    brier=f"{forecast.brier.value:.4f}",
                    constant=f"{forecast.constant.value:.4f}",
                    skill=f"{skill.value:.2%} [{skill.low:.2%}, {skill.high:.2%}]",
                    off=f"{forecast.off_by:.2%}",
                )
            )


def orders_table(found: Backtest, say: Words) -> None:
    names = order_names(found, say)
    st.markdown(f"**{say('backtest.orders')}**")
    _shown(_measured({names[order]: one for order, one in found.orders.items()}, say("backtest.order"), say))
    st.markdown(f"**{say('backtest.differences')}**")
    gaps = {f"{names[one]} − {names[other]}": gap for (one, other), gap in found.differences.items()}
    _shown(_measured(gaps, say("backtest.difference"), say))
    st.caption(say("backtest.table_note"))


def order_names(found: Backtest, say: Words) -> dict[str, str]:
    return {order: say(f"backtest.order_{order}") for order in found.orders}


def _measured(rows: Mapping[str, Mapping[str, Estimate]], head: str, say: Words) -> pd.DataFrame:
    there = [name for name in MEASURES if any(name in measured for measured in rows.values())]
    columns = {say(f"backtest.{name}"): [_figure(name, one.get(name)) for one in rows.values()] for name in there}
    return pd.DataFrame({head: list(rows)} | columns)


def _figure(name: str, one: Estimate | None) -> str:
    if one is None:
        return "–"
    style = ".2f" if name in (DAYS_EARLIER, *LIFTS) else ".1%"
    return "{} [{}, {}]".format(*(format(value, style) for value in (one.value, one.low, one.high)))


def _counts(values: pd.Series) -> list[str]:
    return [f"{value:,}" for value in values]


def _shown(table: pd.DataFrame) -> None:
    st.dataframe(table, hide_index=True, width="stretch", height=ROW_PX * (len(table) + 1) + 3)
