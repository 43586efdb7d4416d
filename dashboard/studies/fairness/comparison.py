"""What a criterion or cap does and for whom; and two editions of a rule set side by side."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache.ratings import rated
from dashboard.charts.groups import changed_shares
from dashboard.charts.style import PLOTLY_CONFIG, without_markup
from dashboard.look.choices import row_by_id
from dashboard.look.conclusion import conclusion
from dashboard.look.plain_text import as_text
from dashboard.look.stat_cards import figure_cards, share
from dashboard.look.tables import height_of
from dashboard.studies import grade_changes
from dashboard.studies.changes.causes import count_columns, step_name
from dashboard.studies.fairness.building_groups import building_groups
from dashboard.studies.fairness.conclusion import RuleFigures, concluded
from dashboard.studies.grade_changes import GradeComparison
from dashboard.studies.study_context import Study
from data.access.fact_rights import can_see_some, withheld_facts
from data.access.roles import AccessScope
from data.city.seen_facts import fact_log_seen_by
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
    """A step that reads only facts outside the scope is not its to study."""
    needs = (edition.criteria if step.kind == "criterion" else edition.caps)[step.index].needs
    return any(can_see_some(scope, edition.facts[need.fact]) for need in needs)


def step_table(study: Study, rating: Rating, every: list[Step]) -> Step | None:
    """Each criterion and cap with how many it makes worse and better; the one chosen, the weightiest to begin with."""
    t = study.t
    step_directions = [directions(without(rating, step), rating.grade)[study.rows] for step in every]
    worse, better = ([int((direction == each).sum()) for direction in step_directions] for each in (WORSE, BETTER))
    order = sorted(range(len(every)), key=lambda n: -(worse[n] + better[n]))
    table = pd.DataFrame(
        {
            t("fairness.step"): [step_name(study, every[n], rating.edition) for n in order],
            t("changes.worse"): [worse[n] for n in order],
            t("changes.better"): [better[n] for n in order],
        }
    )
    st.caption(t("fairness.choose"))
    chosen = row_by_id(
        table,
        order,
        f"fairness_steps_{rating.edition.rule_set}",
        height=height_of(len(table)),
        column_config=count_columns(table, 330),
    )
    return every[order[0] if chosen is None else chosen] if order else None


def changes_by_group(comparison: GradeComparison, rule: str, key: str) -> None:
    """What a rule of that name does and for whom: in words, and as bars for every way of grouping buildings."""
    t, direction = comparison.study.t, comparison.direction
    worse, same, better = (int((direction == each).sum()) for each in (WORSE, SAME, BETTER))
    twice = worse + same + better
    counted = {
        title: (directions_by(direction, category, len(groups)), groups)
        for title, (category, groups) in building_groups(comparison.study).items()
    }
    day = f"{comparison.study.context.options.last_day}"
    with comparison.study.top:
        conclusion(concluded(RuleFigures(rule, day, worse, same, better, counted)), t)
    of_rated = t("fairness.of_rated", n=f"{twice:,}")
    figure_cards(
        [
            (t("fairness.worse_with"), f"{worse:,}", f"{share(worse, twice)} {of_rated}"),
            (t("fairness.better_with"), f"{better:,}", f"{share(better, twice)} {of_rated}"),
            (t("changes.same"), f"{same:,}", f"{share(same, twice)} {of_rated}"),
        ]
    )
    names = (t("fairness.worse_with"), t("fairness.better_with"))
    boxes = st.columns(2, gap="medium")
    for n, (title, (counts, groups)) in enumerate(counted.items()):
        figure = changed_shares(counts, groups, names, title)
        boxes[n % 2].plotly_chart(without_markup(figure), width="stretch", config=PLOTLY_CONFIG, key=f"{key}-{n}")


def one_step(study: Study, rule_set: str) -> None:
    """A criterion or cap: the grades with it and without, by the facts the user may see."""
    edition = study.context.editions[rule_set]
    if withheld_facts(study.scope, edition):
        st.caption(study.t("study.seen_only"))
    rating = rated(study.scope, study.context.city_facts, edition, study.context.options.last_day)
    every = [step for step in steps(edition) if may_study(study.scope, edition, step)]
    left, right = st.columns((1, 1), gap="medium")
    with left:
        step = step_table(study, rating, every)
    if step is None:
        return
    labels = (study.t("fairness.without"), study.t("fairness.with"))
    comparison = GradeComparison(study, edition, without(rating, step), rating.grade, labels)
    with right:
        grade_changes.flow_chart(comparison, step_name(study, step, edition), "fairness-flow")
    changes_by_group(comparison, step_name(study, step, edition), "fairness-step")


def two_editions(study: Study, plain: str, published: str) -> None:
    """The edition in force beside the one as it was published, which scores tenants too."""
    t, day = study.t, study.context.options.last_day
    if not study.scope.can("tenants"):
        st.caption(t("study.seen_only"))
    current, as_published = study.context.rules.on(plain, day), study.context.rules.on(published, day)
    if as_published.warning is not None:
        st.warning(as_text(t.of(as_published.warning)))
    facts = _facts_of_published(study, as_published, day)
    unknown = [name for name in facts if facts[name].isna().all()]
    if unknown:
        fact_names = {need.column: t.of(as_published.facts[need.fact].label) for need in as_published.needs}
        st.info(t("fairness.not_recorded", facts=as_text(t.listed(fact_names[name] for name in unknown))))
        assumption = st.radio(
            t("fairness.assume"), ASSUMPTIONS, format_func=lambda one: t(f"fairness.assume_{one.name}")
        )
        values = dict(assumption.values)
        facts = facts.fillna({name: values.get(name, 0.0) for name in unknown})
    with_tenants = rate(facts, as_published)
    before = rated(study.scope, study.context.city_facts, current, day)
    labels = (t("fairness.building_only"), t("fairness.as_published"))
    comparison = GradeComparison(study, current, before.grade, with_tenants.grade, labels)
    grade_changes.flow_chart(comparison, t("changes.flow"), "fairness-editions")
    changes_by_group(comparison, t("fairness.as_published"), "fairness-editions-for")


def _facts_of_published(study: Study, edition: Edition, day: date) -> pd.DataFrame:
    """By the facts the user may see; answers outside the scope are not known, and left to the assumption."""
    facts = compute_facts(fact_log_seen_by(study.scope, study.context.city_facts.fact_log), edition, day)
    withheld = {fact.name for fact in withheld_facts(study.scope, edition) if fact.kind == "answer"}
    return facts.assign(**{need.column: np.nan for need in edition.needs if need.fact in withheld})
