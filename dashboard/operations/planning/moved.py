"""What is not as it was planned first: visits moved by hand, and what a plan made again changes of the one before."""

import pandas as pd
import streamlit as st

from dashboard.look.plain_text import as_text
from dashboard.look.tables import draw_table
from dashboard.operations.planning.buildings import building_columns
from dashboard.operations.planning.plan_shown import ShownPlan, limited, plan_as_it_stands
from dashboard.studies.study_context import Study
from data.planning.compared import changes

MARK = "↷"
TABLE_PX = 320


def marked(visits: int, with_moved: bool) -> str:
    """The number of a day's visits, marked where some of them were moved by hand."""
    return f"{visits} {MARK}" if with_moved else f"{visits}"


def moved_visits(study: Study, rule_set: str, shown: ShownPlan) -> None:
    """The visits that were moved by hand, from where to where, and why."""
    t, moved = study.t, shown.moved
    if moved.empty:
        return
    with st.expander(as_text(t("planning_move.by_hand", mark=MARK, n=f"{len(moved):,}"))):
        names = shown.days.drop_duplicates("officer_id").set_index("officer_id")["officer"].to_dict()
        columns = {
            t("planning_move.from"): _places(moved["officer_id_before"].map(names), moved["day_before"]),
            t("planning_move.to"): _places(moved["officer_id"].map(names), moved["day"]),
            t("planning_move.reason"): moved["reason"].tolist(),
            t("planning_move.by"): moved["made_by"].tolist(),
        }
        draw_table(pd.DataFrame(building_columns(study, rule_set, moved) | columns), most_px=TABLE_PX)


def since_before(study: Study, rule_set: str, shown: ShownPlan) -> None:
    """What a plan that keeps another changes of it; nothing for a plan made from nothing."""
    t, plan = study.t, shown.plan
    if plan.replaces is None or not plan.settings.get("keeps"):
        return
    before = limited(study, plan_as_it_stands(study.scope, study.code, plan.replaces)).stops
    first = plan.first_day
    before, after = before[before["day"] >= first], shown.stops[shown.stops["day"] >= first]
    changed = changes(before, after)
    gone, new = changed["day"].isna(), changed["day_before"].isna()
    counts = {"moved": ~gone & ~new, "gone": gone, "new": new}
    said = {name: f"{int(those.sum()):,}" for name, those in counts.items()}
    kept = f"{len(after) - int((~gone).sum()):,}"
    with st.expander(as_text(t("planning_move.since", number=plan.replaces, kept=kept, **said))):
        columns = {
            t("planning_move.from"): _places(changed["officer_before"], changed["day_before"]),
            t("planning_move.to"): _places(changed["officer"], changed["day"]),
        }
        draw_table(pd.DataFrame(building_columns(study, rule_set, changed) | columns), most_px=TABLE_PX)


def _places(officers: pd.Series, days: pd.Series) -> list[str]:
    """Officer and day, blank where there is none."""
    both = zip(officers.tolist(), days.tolist(), strict=True)
    return ["" if pd.isna(day) else f"{'' if pd.isna(who) else who} {day:%m-%d}".strip() for who, day in both]
