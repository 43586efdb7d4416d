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
from data.access.roles import Viewer
from scoring.grading.facts import facts_on
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


def may_study(viewer: Viewer, edition: Edition, step: Step) -> bool:
    """A step that reads facts for the police alone is theirs to study."""
    parts = edition.criteria if step.kind == "criterion" else edition.caps
    part = parts[step.place]
    needs = part.needs if step.kind == "criterion" else [need for one in part.conditions for need in one.needs]
    return viewer.may("cases") or not any(edition.facts[need.fact].police_only for need in needs)


def step_table(of: Study, rating: Rating, every: list[Step]) -> Step | None:
    """Each criterion and cap with how many it makes worse and better; the one chosen, the weightiest to begin with."""
    say = of.say
    ways = [directions(without(rating, step), rating.grade)[of.rows] for step in every]
    worse, better = ([int((way == one).sum()) for way in ways] for one in (WORSE, BETTER))
    order = sorted(range(len(every)), key=lambda n: -(worse[n] + better[n]))
    table = pd.DataFrame(
        {
            say("fairness.step"): [step_name(every[n], rating.edition, say) for n in order],
            say("moves.worse"): [worse[n] for n in order],
            say("moves.better"): [better[n] for n in order],
        }
    )
    st.caption(say("fairness.choose"))
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
    say, way = of.study.say, of.way
    worse, same, better = (int((way == one).sum()) for one in (WORSE, SAME, BETTER))
    twice = worse + same + better
    told = say("fairness.of_rated", n=f"{twice:,}")
    figure_cards(
        [
            (say("fairness.worse_with"), f"{worse:,}", f"{share(worse, twice)} {told}"),
            (say("fairness.better_with"), f"{better:,}", f"{share(better, twice)} {told}"),
            (say("moves.same"), f"{same:,}", f"{share(same, twice)} {told}"),
        ]
    )
    names = (say("fairness.worse_with"), say("fairness.better_with"))
    boxes = st.columns(2, gap="medium")
    for place, (title, (category, groups)) in enumerate(kinds(of.study).items()):
        counts = directions_by(way, category, len(groups))
        figure = moved_shares(counts, groups, names, title)
        boxes[place % 2].plotly_chart(figure, width="stretch", config=PLAIN, key=f"{key}-{place}")


def one_step(of: Study, rule_set: str) -> None:
    """A criterion or cap: the grades with it and without."""
    edition = of.opened.editions[rule_set]
    rating = rated(of.opened.ledger, edition, of.opened.choices.last_day)
    every = [step for step in steps(edition) if may_study(of.viewer, edition, step)]
    left, right = st.columns((1, 1), gap="medium")
    with left:
        step = step_table(of, rating, every)
    if step is None:
        return
    sides = (of.say("fairness.without"), of.say("fairness.with"))
    compared = Comparison(of, edition, without(rating, step), rating.grade, sides)
    with right:
        grade_changes.flow_chart(compared, step_name(step, edition, of.say), "fairness-flow")
    for_whom(compared, "fairness-step")


def two_editions(of: Study, plain: str, published: str) -> None:
    """The edition in force beside the one as it was published, which scores tenants too."""
    say, day = of.say, of.opened.choices.last_day
    now, then = of.opened.rules.on(plain, day), of.opened.rules.on(published, day)
    if then.warning is not None:
        st.warning(getattr(then.warning, say.language))
    facts = facts_on(of.opened.ledger.known, then, day)
    unknown = [name for name in facts if facts[name].isna().all()]
    if unknown:
        labels = {need.column: getattr(then.facts[need.fact].label, say.language) for need in then.needs}
        comma = "、" if say.language == "zh" else ", "
        st.info(say("fairness.not_recorded", facts=comma.join(labels[name] for name in unknown)))
        assumption = st.radio(
            say("fairness.assume"), ASSUMPTIONS, format_func=lambda one: say(f"fairness.assume_{one.name}")
        )
        values = dict(assumption.values)
        facts = facts.fillna({name: values.get(name, 0.0) for name in unknown})
    with_tenants = rate(facts, then)
    before = rated(of.opened.ledger, now, day)
    sides = (say("fairness.building_only"), say("fairness.as_published"))
    compared = Comparison(of, now, before.grade, with_tenants.grade, sides)
    grade_changes.flow_chart(compared, say("moves.flow"), "fairness-editions")
    for_whom(compared, "fairness-editions-for")
