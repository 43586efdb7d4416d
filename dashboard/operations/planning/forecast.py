"""The quarter ahead as things are, and what another interval, more minutes or more officers would change in it."""

from datetime import timedelta

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache.city_cache import database
from dashboard.charts.late_by_week import late_by_week
from dashboard.charts.style import PLOTLY_CONFIG, without_markup
from dashboard.look.choices import distinct_labels, offered
from dashboard.look.conclusion import conclusion
from dashboard.look.palette import symbols
from dashboard.look.plain_text import as_text
from dashboard.look.stat_cards import figure_cards
from dashboard.look.tables import draw_table
from dashboard.operations.planning.ask import (
    LEAST_MINUTES,
    MINUTES_STEP,
    MOST_MINUTES,
    OWN_INTERVALS,
    PUBLISHED,
    STAFF,
    Week,
    interval_name,
    intervals_offered,
)
from dashboard.operations.planning.forecast_job import foreseen
from dashboard.operations.planning.forecast_said import concluded
from dashboard.studies.study_context import Study
from dashboard.view.labels import grade_names
from data.access.roles import SYSTEM
from data.db.engine import reading
from data.planning.outlook import DAYS_A_WEEK, QUARTER_WEEKS, Foreseen, OutlookAsked, Scenario
from data.planning.stored import may_see

MOST_OFFICERS = 500  # more at once than anybody hires in a quarter
AREAS_LISTED, TABLE_PX, MINUTES_AN_HOUR = 20, 560, 60
AS_IT_IS = Scenario()


def forecast(study: Study, rule_set: str, area: int, week: Week) -> None:
    t = study.t
    with reading(database(), SYSTEM) as session:
        if not may_see(session, study.scope, study.context.city, area, "plan_view"):
            st.info(t("forecast.not_whole"))
            return
    asked = OutlookAsked(area, week.first, _staff(study))
    scenario = _scenario(study, rule_set)
    base = foreseen(study, rule_set, asked, AS_IT_IS)
    if base is None:
        return
    other = None if scenario == AS_IT_IS else foreseen(study, rule_set, asked, scenario)
    with study.top:
        conclusion(concluded(study, rule_set, week.first, base, other), t)
    _side_by_side(study, rule_set, week, base, other)
    st.caption(t("forecast.how"))
    years = base.not_announced
    if years:
        st.caption(t("forecast.not_announced", years=as_text(t.listed(str(one) for one in years))))
    _by_week(study, rule_set, week, base, other)
    _areas(study, rule_set, base)


def _staff(study: Study) -> str:
    t = study.t
    chosen = st.segmented_control(
        t("planning.staff"),
        STAFF,
        format_func=lambda one: t(f"planning.{one}"),
        default=STAFF[0],
        required=True,
        key="forecast_staff",
    )
    return offered(chosen, STAFF, STAFF[0])


def _scenario(study: Study, rule_set: str) -> Scenario:
    """What is asked to be otherwise; taken over by a button, as each answer takes seconds."""
    t, known = study.t, intervals_offered(study, rule_set)
    with st.form("forecast-scenario"):
        first, second, third, fourth = st.columns(4, vertical_alignment="bottom")
        minutes = first.number_input(
            t("planning.minutes"), LEAST_MINUTES, MOST_MINUTES, None, MINUTES_STEP, key="forecast_minutes",
            placeholder=t("planning.minutes_own"),
        )  # fmt: skip
        instead = second.selectbox(
            t("planning.intervals"),
            known,
            format_func=distinct_labels(known, lambda one: interval_name(one, study)),
            key="forecast_every",
        )
        officers = third.number_input(
            t("forecast.officers_more"), 0, MOST_OFFICERS, 0, key="forecast_officers",
            help=t("forecast.officers_help"),
        )  # fmt: skip
        fourth.form_submit_button(t("forecast.reckon"), type="primary", key="forecast-reckon", width="stretch")
    return Scenario(
        minutes_a_day=None if minutes is None else int(minutes),
        instead=None if offered(instead, known, OWN_INTERVALS) == OWN_INTERVALS else PUBLISHED,
        officers=int(officers),
    )


def _side_by_side(study: Study, rule_set: str, week: Week, base: Foreseen, other: Foreseen | None) -> None:
    shown = {"as_it_is": base} | ({} if other is None else {"otherwise": other})
    most = max(int(one.late.sum(axis=0).max()) for one in shown.values())
    for box, (name, one) in zip(st.columns(len(shown), gap="medium"), shown.items(), strict=True):
        with box:
            st.markdown(f"##### {study.t(f'forecast.{name}')}")
            _figures(study, week, one)
            _chart(study, rule_set, week, one, most, f"forecast-{name}")


def _figures(study: Study, week: Week, one: Foreseen) -> None:
    t, end = study.t, int(one.late[:, -1].sum())
    asked, given = (float(minutes.sum()) / MINUTES_AN_HOUR / QUARTER_WEEKS for minutes in (one.minutes, one.given))
    officers = t("forecast.officers", n=f"{one.officers:,.0f}", minutes=f"{one.minutes_each:,.0f}")
    gone = t("forecast.never_gone") if one.gone_in is None else t("forecast.week_short", number=f"{one.gone_in + 1}")
    waits = t("forecast.waiting", n=f"{int(one.backlog[-1]):,}", of=f"{one.overdue:,}")
    figure_cards(
        [
            (t("forecast.visits_a_week"), f"{one.visits.sum() / QUARTER_WEEKS:,.0f}", officers),
            (t("forecast.hours_a_week"), f"{asked:,.0f}", t("forecast.hours_given", n=f"{given:,.0f}")),
            (t("forecast.late_at_end"), f"{end:,}", t("forecast.late_first", n=f"{int(one.late[:, 0].sum()):,}")),
            (t("forecast.gone"), gone, waits),
        ]
    )


def _chart(study: Study, rule_set: str, week: Week, one: Foreseen, most: int, key: str) -> None:
    names = list(grade_names(study.context, rule_set, study.t).values())
    drawn = symbols(tuple(grade.code for grade in study.context.editions[rule_set].grades))
    figure = late_by_week(one.late, _weeks(week), names, drawn, study.t("forecast.chart"), most)
    st.plotly_chart(without_markup(figure), width="stretch", config=PLOTLY_CONFIG, key=key)


def _weeks(week: Week) -> list[str]:
    return [f"{week.first + timedelta(DAYS_A_WEEK * number):%m-%d}" for number in range(QUARTER_WEEKS)]


def _by_week(study: Study, rule_set: str, week: Week, base: Foreseen, other: Foreseen | None) -> None:
    for name, one in (("as_it_is", base), ("otherwise", other)):
        if one is not None:
            st.markdown(f"##### {study.t('forecast.by_week')} · {study.t(f'forecast.{name}')}")
            draw_table(weeks_table(study, rule_set, week, one), most_px=TABLE_PX)


def weeks_table(study: Study, rule_set: str, week: Week, one: Foreseen) -> pd.DataFrame:
    """A row a week: visits, hours against those there are, what still waits, and how many are late of each grade."""
    t = study.t
    columns = {
        t("forecast.week"): _weeks(week),
        t("forecast.visits"): one.visits.tolist(),
        t("forecast.hours"): np.rint(one.minutes / MINUTES_AN_HOUR).astype(int).tolist(),
        t("forecast.hours_there"): np.rint(one.given / MINUTES_AN_HOUR).astype(int).tolist(),
        t("forecast.backlog"): one.backlog.tolist(),
    }
    names = grade_names(study.context, rule_set, t).values()
    late = {t("forecast.late_of", grade=name): counts for name, counts in zip(names, one.late.tolist(), strict=True)}
    return pd.DataFrame(columns | late)


def _areas(study: Study, rule_set: str, base: Foreseen) -> None:
    """Where the next officer brings most."""
    t, spared = study.t, base.brings.sum(axis=1)
    order = np.argsort(-spared, kind="stable")[:AREAS_LISTED]
    order = order[spared[order] > 0]
    st.markdown(f"##### {t('forecast.next_title')}")
    st.caption(t("forecast.next_help", minutes=f"{base.minutes_each:,.0f}"))
    if not len(order):
        st.info(t("forecast.next_nowhere"))
        return
    worst = next(iter(grade_names(study.context, rule_set, t).values()))
    names = study.context.area_name
    places = [names[area][t.language != "zh"] if area in names else "" for area in base.unit[order].tolist()]
    table = {
        t("planning.area"): places,
        t("forecast.officers_now"): [f"{one:.1f}" for one in base.at_work[order].tolist()],
        t("forecast.late_at_end"): base.late_at_end[order].tolist(),
        t("forecast.spared"): spared[order].tolist(),
        t("forecast.spared_of", grade=worst): base.brings[order, 0].tolist(),
    }
    draw_table(pd.DataFrame(table), most_px=TABLE_PX)
