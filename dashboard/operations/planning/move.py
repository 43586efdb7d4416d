"""A visit of an officer's day is moved to another officer or day, with what that costs seen first, and a reason."""

from datetime import UTC, date, datetime

import pandas as pd
import streamlit as st

from dashboard.auth.request_user import user_with
from dashboard.cache.city_cache import database
from dashboard.i18n import Translator
from dashboard.look.choices import distinct_labels, select_by_id
from dashboard.look.forms import field_key, form_done, form_key
from dashboard.look.plain_text import as_text
from dashboard.operations.planning.buildings import building_columns
from dashboard.operations.planning.plan_shown import ShownPlan
from dashboard.studies.study_context import Study
from data.access.errors import NotAllowed
from data.db.engine import reading
from data.planning.errors import PlanRefused
from data.planning.offers import Offers, offers
from data.planning.overrides import LONGEST_REASON, Override, override_plan

FORM = "planning-move"
OFFERED = 6  # moves, the best; a longer list is not read
MINUTE_S = 60


def move_form(study: Study, rule_set: str, shown: ShownPlan, visits: pd.DataFrame) -> None:
    """For those who may plan. visits: of one officer on one day."""
    t = study.t
    if not study.scope.can("plan"):
        return
    with st.expander(t("planning_move.move")):
        names = dict(
            zip(visits["building_id"], building_columns(study, rule_set, visits)[t("list.building")], strict=True)
        )
        building = select_by_id(
            t("planning_move.visit"), names, lambda one: as_text(names[one]), index=None, key=field_key(FORM, "visit")
        )
        if building is None:
            return
        found = _offers(study, shown, int(building))
        best = found.moves.head(OFFERED)
        if best.empty:
            st.info(as_text(_nowhere(found, t)))
            _against(found, t)
            return
        _choose(study, shown, int(building), best)
        _against(found, t)


def _offers(study: Study, shown: ShownPlan, building: int) -> Offers:
    with reading(database(), study.scope) as session:
        return offers(session, study.scope, study.context.city, shown.plan, building, study.context.options.last_day)


def _choose(study: Study, shown: ShownPlan, building: int, best: pd.DataFrame) -> None:
    t = study.t
    said = {(int(one.officer_id), one.day): _said(one, t) for one in best.itertuples()}
    to = st.radio(
        t("planning_move.to_whom"),
        list(said),
        format_func=distinct_labels(said, lambda one: as_text(said[one])),
        index=None,
        key=field_key(FORM, f"to-{building}"),
    )
    reason = st.text_input(t("planning_move.reason"), max_chars=LONGEST_REASON, key=field_key(FORM, "reason"))
    sent = st.button(t("planning_move.save"), key=f"{form_key(FORM)}-save", disabled=to not in said)
    if sent and to in said:
        _save(study, Override(shown.plan.id, building, to[0], to[1], reason))


def _said(move, t: Translator) -> str:
    more = round(abs(move.more_s) / MINUTE_S)
    sign = "more" if move.more_s >= 0 else "less"
    left = f"{move.left_s // MINUTE_S:,}"
    return t(f"planning_move.costs_{sign}", officer=move.officer, day=_day(move.day), n=f"{more:,}", left=left)


def _day(day: date) -> str:
    return f"{day:%m-%d}"


def _nowhere(found: Offers, t: Translator) -> str:
    """Where the least time is lacking is said too: a shorter visit less on that day would do."""
    if found.short is None:
        return t("planning_move.nowhere")
    lacks = -(-int(-found.short["left_s"]) // MINUTE_S)
    named = {"officer": found.short["officer"], "day": _day(found.short["day"])}
    return t("planning_move.nowhere_short", n=f"{lacks:,}", **named)


def _against(found: Offers, t: Translator) -> None:
    """Why the others are not offered."""
    rules = [f"{t(f'planning_move.against_{rule}')} {n:,}" for rule, n in found.against.items() if rule != "same_day"]
    if rules:
        st.caption(as_text(t("planning_move.against", rules=" · ".join(rules))))


def _save(study: Study, said: Override) -> None:
    user = user_with("plan")
    try:
        override_plan(database(), user.scope, user.actor, study.code, said, at=datetime.now(UTC), key=form_key(FORM))
    except (PlanRefused, NotAllowed) as mistake:
        st.error(as_text(study.t.sentence(mistake)))
    else:
        form_done(FORM)
        st.toast(study.t("planning_move.saved"), icon=":material/check:")
        st.rerun()
