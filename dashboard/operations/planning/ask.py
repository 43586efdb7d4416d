"""What a planner asks for: the week, who goes, how many minutes a day, and by which intervals."""

from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from dashboard.auth.request_user import user_with
from dashboard.look.choices import distinct_labels, offered
from dashboard.operations.planning import job
from dashboard.studies.study_context import Study
from data.planning.making import PlanAsked
from scoring.errors import ScoringError
from scoring.planning.intervals import intervals_of, published_intervals

STAFF = ("grid_officer", "police")
OWN_INTERVALS, PUBLISHED = "own", "longgang"
LEAST_MINUTES, MOST_MINUTES, MINUTES_STEP = 30, 480, 30
DAYS_A_WEEK = 7
BOX_PX = 200


@dataclass(frozen=True)
class Week:
    """The days that are looked at. first: a Monday."""

    first: date

    @property
    def last(self) -> date:
        return self.first + timedelta(DAYS_A_WEEK - 1)


def week_chosen(study: Study) -> Week:
    """The week looked at: the one after the last day that is known, unless another day is chosen."""
    last = study.context.options.last_day
    coming = last + timedelta(DAYS_A_WEEK - last.weekday())
    chosen = study.choices.date_input(
        study.t("planning.week"),
        value=coming,
        min_value=study.context.options.first_day,
        max_value=last + timedelta(366),
        key="planning_week",
        width=BOX_PX,
    )
    day = chosen if isinstance(chosen, date) else coming
    return Week(day - timedelta(day.weekday()))


def ask_form(study: Study, rule_set: str, area: int, week: Week, replaces: int | None) -> None:
    """The form, for those who may plan."""
    t = study.t
    with st.expander(t("planning.ask"), expanded=replaces is None):
        first, second, third = st.columns(3, vertical_alignment="bottom")
        staff = first.segmented_control(
            t("planning.staff"), STAFF, format_func=lambda one: t(f"planning.{one}"), default=STAFF[0], required=True,
            key="planning_staff",
        )  # fmt: skip
        minutes = second.number_input(
            t("planning.minutes"), LEAST_MINUTES, MOST_MINUTES, None, MINUTES_STEP, key="planning_minutes",
            placeholder=t("planning.minutes_own"), help=t("planning.minutes_help"),
        )  # fmt: skip
        known = intervals_offered(study, rule_set)
        instead = third.selectbox(
            t("planning.intervals"),
            known,
            format_func=distinct_labels(known, lambda one: interval_name(one, study)),
            key="planning_every",
        )
        st.caption(t("planning.ask_help"))
        if st.button(t("planning.make"), type="primary", key="plan-make"):
            asked = PlanAsked(
                area=area,
                first_day=week.first,
                days=DAYS_A_WEEK,
                staff=offered(staff, STAFF, STAFF[0]),
                minutes_a_day=None if minutes is None else int(minutes),
                instead=None if offered(instead, known, OWN_INTERVALS) == OWN_INTERVALS else PUBLISHED,
                seed=week.first.toordinal(),
                replaces=replaces,
            )
            job.begin(user_with("plan"), study.code, rule_set, study.context.options.last_day, asked)
            st.rerun()


def intervals_offered(study: Study, rule_set: str) -> tuple[str, ...]:
    """Those of the edition, and the published ones where they speak of its grades."""
    try:
        intervals_of(study.context.editions[rule_set], published_intervals(PUBLISHED))
    except ScoringError:
        return (OWN_INTERVALS,)
    return OWN_INTERVALS, PUBLISHED


def interval_name(name: str, study: Study) -> str:
    if name == OWN_INTERVALS:
        return study.t("planning.intervals_own")
    return study.t.of(published_intervals(PUBLISHED).title)
