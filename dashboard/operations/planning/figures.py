"""What a plan comes to: one sentence, and the few figures beside it."""

import numpy as np

from dashboard.i18n import Translator
from dashboard.look.conclusion import Statement, said
from dashboard.look.stat_cards import figure_cards, share
from dashboard.operations.planning.plan_shown import ShownPlan

MINUTE_S = 60


def concluded(shown: ShownPlan) -> list[Statement]:
    days = {"first": f"{shown.first_day}", "last": f"{shown.plan.last_day}"}
    if not shown.wanted:
        return [said("planning.conclude_nothing", **days)]
    officers = shown.days["officer_id"].nunique()
    figures = {"made": f"{shown.made:,}", "wanted": f"{shown.wanted:,}", "officers": f"{officers:,}"}
    statements = [said("planning.conclude", **days, **figures)]
    if len(shown.left_out):
        statements.append(said("planning.conclude_left", n=f"{len(shown.left_out):,}", **_takes(shown)))
    if shown.unannounced:
        statements.append(said("planning.conclude_unannounced", n=f"{shown.unannounced:,}"))
    return statements


def plan_figures(shown: ShownPlan, t: Translator) -> None:
    given = int(shown.days["minutes"].sum())
    visits, walked = int(shown.stops["minutes"].sum()), int(shown.days["walked_s"].sum()) // MINUTE_S
    walking = (_each(walked, len(shown.stops)), t("planning.in_all", n=f"{walked / MINUTE_S:,.0f}"))
    first_late = shown.left_out["due"].to_numpy("datetime64[D]") < np.datetime64(shown.first_day, "D")
    figure_cards(
        [
            (t("planning.visits"), f"{shown.made:,}", t("planning.of_wanted", share=share(shown.made, shown.wanted))),
            (t("planning.left"), f"{len(shown.left_out):,}", t("planning.overdue", n=f"{int(first_late.sum()):,}")),
            (t("planning.hours"), f"{visits / MINUTE_S:,.0f}", t("planning.of_hours", n=f"{given / MINUTE_S:,.0f}")),
            (t("planning.walked"), *walking),
        ]
    )


def _each(minutes: int, visits: int) -> str:
    return f"{minutes / visits:.1f}" if visits else "–"


def _takes(shown: ShownPlan) -> dict[str, str]:
    """Officer-days that the visits left out for want of time would take, each area's and role's once."""
    areas = shown.left_out.drop_duplicates(["problem", "role"])
    return {"days": f"{sum(int(takes.get('officer_days', 0)) for takes in areas['takes']):,}"}
