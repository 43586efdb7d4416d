"""The two days compared, which stand in the address; a month apart to begin with."""

from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from dashboard.look.carried_view import change_view
from dashboard.studies.study_context import Study
from dashboard.view.view_state import moved_text
from data.city.snapshots import month_ends

BOX_PX = 170


def days_chosen(study: Study) -> tuple[date, date] | None:
    """None where they are not in order, which it says."""
    options, t = study.context.options, study.t
    first_key, last_key = f"changes_from_{study.code}", f"changes_to_{study.code}"
    st.session_state[first_key], st.session_state[last_key] = _first_day(study), study.view.on
    settings: dict[str, Any] = {
        "min_value": options.first_day,
        "max_value": options.last_day,
        "on_change": _take,
        "args": (study, first_key, last_key),
        "width": BOX_PX,
    }
    first = study.choices.date_input(t("changes.from"), key=first_key, **settings)
    last = study.choices.date_input(t("changes.to"), key=last_key, **settings)
    if not (isinstance(first, date) and isinstance(last, date)):
        return None
    if first >= last:
        st.warning(t("changes.in_order"))
        return None
    return first, last


def _first_day(study: Study) -> date:
    """The day since which a flow is chosen, else the one in the address, else a month before the last."""
    options, moved = study.context.options, study.view.filters.moved
    if moved is not None:
        return moved.since
    try:
        asked = date.fromisoformat(study.query.get("from", ""))
    except ValueError:
        asked = month_ends(study.view.on, 2)[0]
    return min(max(asked, options.first_day), options.last_day)


def _take(study: Study, first_key: str, last_key: str) -> None:
    """The days just chosen into the address; a flow that was chosen is from then on one between these days."""
    first, last = st.session_state.get(first_key), st.session_state.get(last_key)
    if not (isinstance(first, date) and isinstance(last, date)):
        return
    moved = study.view.filters.moved
    flow = moved_text(replace(moved, since=first)) if moved is not None and first < last else ""
    change_view(day=last.isoformat(), moved=flow, **{"from": first.isoformat()})
