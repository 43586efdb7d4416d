"""An officer is marked away for some days of the plan: nobody asks why."""

from datetime import UTC, date, datetime, timedelta

import streamlit as st

from dashboard.auth.request_user import user_with
from dashboard.cache.city_cache import database
from dashboard.look.forms import field_key, form_done, form_key
from dashboard.look.plain_text import as_text
from dashboard.operations.planning.plan_shown import ShownPlan
from dashboard.studies.study_context import Study
from data.access.errors import NotAllowed
from data.db.engine import reading
from data.planning.errors import OfficerRefused
from data.planning.officers import leave
from data.planning.staffing import LeaveTaken, change_staff
from data.records.errors import RecordRefused

FORM = "planning-away"
AWAY_FROM = "planning-away-from"  # the first day marked last: from which a plan made again begins

LATER = timedelta(366)


def away_form(study: Study, shown: ShownPlan, officer: int) -> None:
    """For those who may plan."""
    t = study.t
    if not study.scope.can("plan"):
        return
    with st.expander(t("planning_move.away")):
        for one in _away(study, shown, officer):
            st.caption(as_text(t("planning_move.is_away", first=one[0], last=one[1])))
        begins = min(max(shown.first_day, study.context.options.last_day + timedelta(1)), shown.plan.last_day)
        left, right = st.columns(2)
        until = shown.plan.last_day
        first = left.date_input(
            t("planning_move.away_first"), begins, shown.first_day, until, key=field_key(FORM, f"first-{officer}")
        )
        last = right.date_input(
            t("planning_move.away_last"), until, shown.first_day, until + LATER, key=field_key(FORM, f"last-{officer}")
        )
        st.caption(t("planning_move.away_help"))
        if st.button(t("planning_move.away_save"), key=f"{form_key(FORM)}-save-{officer}"):
            _save(study, officer, first, last)


def _away(study: Study, shown: ShownPlan, officer: int) -> list[tuple[str, str]]:
    """The days on which the officer is away, of those of the plan."""
    with reading(database(), study.scope) as session:
        known = leave(session, study.scope, study.context.city, shown.first_day, shown.plan.last_day)
    own = known[known["officer_id"] == officer]
    return [(f"{first:%m-%d}", f"{last:%m-%d}") for first, last in zip(own["first_day"], own["last_day"], strict=True)]


def _save(study: Study, officer: int, first: object, last: object) -> None:
    if not isinstance(first, date) or not isinstance(last, date):
        return
    user, today = user_with("plan"), datetime.now(UTC).date()
    taken = LeaveTaken(officer, first, last)
    try:
        change_staff(database(), user.scope, user.actor, study.code, taken, key=form_key(FORM), on=today)
    except (OfficerRefused, NotAllowed, RecordRefused) as mistake:
        st.error(as_text(study.t.sentence(mistake)))
    else:
        form_done(FORM)
        st.session_state[AWAY_FROM] = first
        st.toast(study.t("planning_move.away_saved"), icon=":material/check:")
        st.rerun()
