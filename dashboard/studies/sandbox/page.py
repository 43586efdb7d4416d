"""The sandbox: other figures in the rules, and the whole city graded anew while one watches."""

import streamlit as st

from dashboard.studies.sandbox.editor import draft_editor
from dashboard.studies.sandbox.preview import compared, difference_table, effect, effect_figures
from dashboard.studies.sandbox.publish import comparing, done_notice, keeping, published_table, publishing
from dashboard.studies.sandbox.rule_source import in_force, own_text, start_chosen, take_own
from dashboard.studies.study_context import study
from scoring.errors import WrongFacts, WrongRule
from scoring.rulebook.editions import edition_from
from scoring.rulebook.figures import with_figures


def show() -> None:
    about = study("sandbox", "drafts")
    if about is None:
        return
    t = about.t
    done_notice(about)
    take_own(about)
    left, right = st.columns((42, 58), gap="medium")
    with left:
        start = start_chosen(about)
        current = in_force(about, start)
        base = edition_from(start.text, start.rule_set, current.in_force)
        if base.warning is not None:
            st.warning(t.of(base.warning))
        changes = draft_editor(base, f"draft-{start.key}", t)
        text = with_figures(start.text, changes)
        own_text(about, start, text)
    try:
        draft = edition_from(text, start.rule_set, current.in_force)
        with right, st.spinner(t("sandbox.rating")):
            result = compared(about, current, draft)
    except (WrongRule, WrongFacts) as mistake:
        right.error(t("sandbox.refused"))
        right.code(t.sentence(mistake), language=None, wrap_lines=True)
        return
    with right:
        effect_figures(result, current)
        effect(result, current)
    changed, keep, others, force = st.tabs([t(f"sandbox.tab_{name}") for name in ("changed", "keep", "with", "force")])
    with changed:
        difference_table(current, draft, result.sides, t)
    with keep:
        keeping(about, draft)
    with others:
        comparing(about, draft)
    with force:
        publishing(about, draft)
        published_table(about)


show()
