"""The sandbox: other figures in the rules, and the whole city graded anew while one watches."""

import streamlit as st

from dashboard.auth.request_user import user_with
from dashboard.look.kept_page import kept_page
from dashboard.look.plain_text import as_text
from dashboard.studies.sandbox.editor import draft_editor
from dashboard.studies.sandbox.preview import compared, difference_table, effect, effect_figures
from dashboard.studies.sandbox.publish import done_notice, draft_comparison, keep_form, publish_form, published_table
from dashboard.studies.sandbox.rule_source import in_force, is_typed, own_text, start_chosen, take_own
from dashboard.studies.study_context import Study, open_study
from data.access.errors import FactsWithheld
from scoring.errors import WrongFacts, WrongRule
from scoring.rulebook.editions import edition_from
from scoring.rulebook.figures import with_figures


def show() -> None:
    with kept_page(user_with("drafts"), "sandbox", is_typed):
        study = open_study("sandbox", "drafts")
        if study is not None:
            _show(study)


def _show(study: Study) -> None:
    t = study.t
    done_notice(study)
    take_own(study)
    left, right = st.columns((42, 58), gap="medium")
    with left:
        start = start_chosen(study)
        current = in_force(study, start.rule_set)
        base = edition_from(start.text, start.rule_set, current.in_force)
        if base.warning is not None:
            st.warning(as_text(t.of(base.warning)))
        changes = draft_editor(base, start.key, t)
        text = with_figures(start.text, changes)
        own_text(study, start, text)
    try:
        draft = edition_from(text, start.rule_set, current.in_force)
        with right, st.spinner(t("sandbox.rating")):
            result = compared(study, current, draft)
    except FactsWithheld as mistake:
        right.error(as_text(t.sentence(mistake)))
        return
    except (WrongRule, WrongFacts) as mistake:
        right.error(t("sandbox.refused"))
        right.code(t.sentence(mistake), language=None, wrap_lines=True)
        return
    with right:
        effect_figures(result, current)
        effect(result, current)
    changed, keep, others, force = st.tabs([t(f"sandbox.tab_{name}") for name in ("changed", "keep", "with", "force")])
    with changed:
        difference_table(current, draft, result.labels, t)
    with keep:
        keep_form(study, draft)
    with others:
        draft_comparison(study, draft)
    with force:
        publish_form(study, draft)
        published_table(study)


show()
