"""Links to take a plan along: the visits of the week as list and calendar, an officer's day as a sheet."""

from datetime import date
from urllib.parse import quote, urlencode

import streamlit as st

from dashboard.look.plain_text import as_html
from dashboard.operations.planning.plan_shown import ShownPlan
from dashboard.operations.planning.take_along_route import MOST_EVENTS
from dashboard.studies.study_context import Study
from dashboard.view.view_state import layer_query


def week_links(study: Study, shown: ShownPlan) -> None:
    """CSV and calendar of the visits that are looked at."""
    query = layer_query(study.view, study.context.options)
    address = f"{_plan_address(study, shown)}/visits"
    links = [_link(study, f"{address}.csv", query, "stops_csv")]
    if len(shown.stops) <= MOST_EVENTS:
        links.append(_link(study, f"{address}.ics", query, "stops_ics"))
    _links(links)
    st.caption(study.t("take_along.recorded"))
    if len(shown.stops) > MOST_EVENTS:
        st.caption(study.t("take_along.too_many", most=f"{MOST_EVENTS:,}"))


def sheet_link(study: Study, shown: ShownPlan, officer: int, day: date) -> None:
    """The sheet of one officer's day."""
    _links([_link(study, f"{_plan_address(study, shown)}/{officer}/{day}.pdf", {}, "sheet")])


def _plan_address(study: Study, shown: ShownPlan) -> str:
    return f"/plans/{quote(study.code, safe='')}/{shown.plan.id}"


def _link(study: Study, address: str, query: dict[str, str], text: str) -> str:
    full = f"{address}?{urlencode(query | {'lang': study.t.language})}"
    return f"<a href='{as_html(full)}' download>{as_html(study.t(f'take_along.{text}'))}</a>"


def _links(links: list[str]) -> None:
    st.html(f"<div class='take-along'>{''.join(links)}</div>")
