"""What a criterion or cap does and for whom; and two editions of a rule set side by side."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.cache.ratings import rated
from dashboard.charts.groups import moved_shares
from dashboard.look.stat_cards import figure_cards, share
from dashboard.map.charts_panel import PLAIN
from dashboard.studies import grade_changes
from dashboard.studies.changes.causes import narrow, step_name
from dashboard.studies.fairness.building_groups import kinds
from dashboard.studies.grade_changes import Comparison
from dashboard.studies.study_context import Study
from data.access.roles import AccessScope
from scoring.grading.facts import compute_facts
from scoring.grading.rating import Rating, rate
from scoring.rulebook.model import Edition
from scoring.studies.grade_changes import BETTER, SAME, WORSE, Step, directions, directions_by, steps, without


@dataclass(frozen=True)
class Assumption:
    """What is taken for granted of tenants where nothing is recorded: fact → value, nought for the others."""

    name: str
    values: tuple[tuple[str, float], ...] = ()


ASSUMPTIONS = (
    Assumption("none"),
    Assumption("area", (("high_risk_area_persons", 1.0),)),
    Assumption("subject", (("work_subjects", 1.0),)),
    Assumption("listed", (("listed_persons", 1.0),)),
    Assumption("mixed", (("mixed_occupants", 1.0),)),
)


def may_study(scope: AccessScope, edition: Edition, step: Step) -> bool:
    """A step that reads facts for the police alone is theirs to study."""
    parts = edition.criteria if step.kind == "criterion" else edition.caps
    part = parts[step.index]
    needs = part.needs if step.kind == "criterion" else [need for one in part.conditions for need in one.needs]
    return scope.can("cases") or not any(edition.facts[need.fact].police_only for need in needs)


def step_table(of: Study, rating: Rating, every: list[Step]) -> Step | None:
    """Each criterion and cap with how many it makes worse and better; the one chosen, the weightiest to begin with."""
    t = of.t
    ways = [directions(without(rating, step), rating.grade)[of.rows] for step in every]
    worse, better = ([int((way == one).sum()) for way in ways] for one in (WORSE, BETTER))
    order = sorted(range(len(every)), key=lambda n: -(worse[n] + better[n]))
    table = pd.DataFrame(
        {
            t("fairness.step"): [step_name(every[n], rating.edition, t) for n in order],
            t("moves.worse"): [worse[n] for n in order],
            t("moves.better"): [better[n] for n in order],
        }
    )
    st.caption(t("fairness.choose"))
    chosen = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=38 + 35 * len(table),
        key=f"fairness_steps_{rating.edition.rule_set}",
        on_select="rerun",
        selection_mode="single-row",
        column_config=narrow(table, 330),
    )
    line = next(iter(chosen.selection.rows), 0)
    return every[order[line]] if order else None


def for_whom(of: Comparison, key: str) -> None:
    """Bars for every kind of building."""
    t, way = of.study.t, of.way
    worse, same, better = (int((way == one).sum()) for one in (WORSE, SAME, BETTER))
    twice = worse + same + better
    told = t("fairness.of_rated", n=f"{twice:,}")
    figure_cards(
        [
            (t("fairness.worse_with"), f"{worse:,}", f"{share(worse, twice)} {told}"),
            (t("fairness.better_with"), f"{better:,}", f"{share(better, twice)} {told}"),
            (t("moves.same"), f"{same:,}", f"{share(same, twice)} {told}"),
        ]
    )
    names = (t("fairness.worse_with"), t("fairness.better_with"))
    boxes = st.columns(2, gap="medium")
    for place, (title, (category, groups)) in enumerate(kinds(of.study).items()):
        counts = directions_by(way, category, len(groups))
        figure = moved_shares(counts, groups, names, title)
        boxes[place % 2].plotly_chart(figure, width="stretch", config=PLAIN, key=f"{key}-{place}")


def one_step(of: Study, rule_set: str) -> None:
    """A criterion or cap: the grades with it and without."""
    edition = of.context.editions[rule_set]
    rating = rated(of.context.city_facts, edition, of.context.options.last_day)
    every = [step for step in steps(edition) if may_study(of.scope, edition, step)]
    left, right = st.columns((1, 1), gap="medium")
    with left:
        step = step_table(of, rating, every)
    if step is None:
        return
    sides = (of.t("fairness.without"), of.t("fairness.with"))
    compared = Comparison(of, edition, without(rating, step), rating.grade, sides)
    with right:
        grade_changes.flow_chart(compared, step_name(step, edition, of.t), "fairness-flow")
    for_whom(compared, "fairness-step")


def two_editions(of: Study, plain: str, published: str) -> None:
    """The edition in force beside the one as it was published, which scores tenants too."""
    t, day = of.t, of.context.options.last_day
    now, then = of.context.rules.on(plain, day), of.context.rules.on(published, day)
    if then.warning is not None:
        st.warning(t.of(then.warning))
    facts = compute_facts(of.context.city_facts.fact_log, then, day)
    unknown = [name for name in facts if facts[name].isna().all()]
    if unknown:
        labels = {need.column: t.of(then.facts[need.fact].label) for need in then.needs}
        st.info(t("fairness.not_recorded", facts=t.listed(labels[name] for name in unknown)))
        assumption = st.radio(
            t("fairness.assume"), ASSUMPTIONS, format_func=lambda one: t(f"fairness.assume_{one.name}")
        )
        values = dict(assumption.values)
        facts = facts.fillna({name: values.get(name, 0.0) for name in unknown})
    with_tenants = rate(facts, then)
    before = rated(of.context.city_facts, now, day)
    sides = (t("fairness.building_only"), t("fairness.as_published"))
    compared = Comparison(of, now, before.grade, with_tenants.grade, sides)
    grade_changes.flow_chart(compared, t("moves.flow"), "fairness-editions")
    for_whom(compared, "fairness-editions-for")
