"""What becomes of a draft: kept, taken along as a file, compared with others, or put in force."""

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboard.cache import shared_results
from dashboard.cache.city_cache import database
from dashboard.studies.sandbox.preview import compared, difference_table
from dashboard.studies.sandbox.rule_source import starts
from dashboard.studies.study_context import Study
from data.access.roles import EVERYTHING
from data.db.engine import reading, writing
from data.studies.errors import DraftRefused
from data.studies.rule_drafts import keep_draft, publish, published
from scoring.errors import WrongRule
from scoring.rulebook.editions import edition_from
from scoring.rulebook.model import Edition
from scoring.studies.counts import grade_counts
from scoring.studies.grade_changes import BETTER, WORSE
from scoring.studies.workload import visits_a_week

MOST_COMPARED = 4  # beside the one in hand; each is a rating of the whole city


def keeping(of: Study, draft: Edition) -> None:
    say = of.say
    left, right = st.columns((3, 2), vertical_alignment="bottom")
    with left.form("keep-draft", border=False):
        name = st.text_input(say("sandbox.name"), max_chars=80)
        if st.form_submit_button(say("sandbox.keep"), icon=":material/bookmark_add:"):
            _done(of, "sandbox.kept_done", lambda: _kept(of, draft, name))
    address = f"/rules/{shared_results.keep_text(draft.text)}.toml?rule_set={draft.rule_set}"
    right.html(f'<a href="{address}" download style="color:#1f5fa8">{say("sandbox.export")}</a>')


def _kept(of: Study, draft: Edition, name: str) -> None:
    with writing(database(), EVERYTHING) as session:
        keep_draft(session, of.viewer, of.visitor.actor, of.opened.city, draft.rule_set, name, draft.text)


def publishing(of: Study, draft: Edition) -> None:
    """For administrators: puts the draft in force from a day on, with a reason."""
    say = of.say
    if not of.viewer.may("publish"):
        st.caption(say("sandbox.publish_who"))
        return
    with st.form("publish", border=False):
        st.caption(say("sandbox.publish_note", day=of.opened.choices.last_day))
        day = st.date_input(say("sandbox.from_day"), of.opened.choices.last_day + timedelta(1))
        reason = st.text_area(say("sandbox.reason"), max_chars=500, height=80)
        knowingly = False
        if draft.warning is not None:
            st.warning(getattr(draft.warning, say.language))
            knowingly = st.checkbox(say("sandbox.knowingly"))
        asked = st.form_submit_button(say("sandbox.publish"), icon=":material/gavel:")
    if asked and isinstance(day, date):
        _done(of, "sandbox.published_done", lambda: _published(of, draft, day, reason, knowingly))


def _published(of: Study, draft: Edition, day: date, reason: str, knowingly: bool) -> None:
    edition = edition_from(draft.text, draft.rule_set, day)
    with writing(database(), EVERYTHING) as session:
        publish(session, of.viewer, of.visitor.actor, of.opened.city, edition, reason, knowingly)


def _done(of: Study, key: str, deed) -> None:
    try:
        deed()
    except DraftRefused as mistake:
        st.error(of.say(f"sandbox.{mistake.key}", **mistake.values))
    except WrongRule as mistake:
        st.error(str(mistake))
    else:
        st.session_state["sandbox_done"] = key
        st.rerun()


def done_notice(of: Study) -> None:
    key = st.session_state.pop("sandbox_done", None)
    if key is not None:
        st.success(of.say(key))


def published_table(of: Study) -> None:
    say = of.say
    with reading(database(), of.viewer) as session:
        rows = [
            {
                say("sandbox.from_day"): f"{one.in_force}",
                say("study.rule_set"): one.rule_set,
                say("sandbox.reason"): one.reason,
                say("sandbox.by"): one.published_by,
            }
            for one in published(session, of.opened.city)
        ]
    if rows:
        st.markdown(f"**{say('sandbox.published')}**")
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def comparing(of: Study, draft: Edition) -> None:
    """Drafts of the same rule set side by side: whom each moves, and the visits it asks for."""
    say = of.say
    others = [one for one in starts(of) if one.rule_set == draft.rule_set]
    current = of.opened.rules.on(draft.rule_set, of.opened.choices.last_day)
    chosen = st.multiselect(
        say("sandbox.with"),
        others,
        format_func=lambda one: one.name,
        key="sandbox_with",
        max_selections=MOST_COMPARED,
        placeholder=say("sandbox.choose"),
    )
    named = [(say("sandbox.draft"), draft)]
    named += [(one.name, edition_from(one.text, one.rule_set, current.in_force)) for one in chosen]
    lines = []
    for name, edition in named:
        against = compared(of, current, edition)
        counts = grade_counts(against.after, len(edition.grades), of.rows)
        line = {say("sandbox.which"): name}
        line |= {grade: f"{count:,}" for grade, count in zip(against.names, counts.tolist(), strict=True)}
        line[say("moves.worse")] = f"{int((against.way == WORSE).sum()):,}"
        line[say("moves.better")] = f"{int((against.way == BETTER).sum()):,}"
        line[say("sandbox.visits")] = f"{counts @ visits_a_week(edition):,.0f}"
        lines.append(line)
    st.dataframe(pd.DataFrame(lines), hide_index=True, width="stretch")
    for name, edition in named[1:]:
        st.markdown(f"**{say('sandbox.differs', name=name)}**")
        difference_table(edition, draft, (name, say("sandbox.draft")), say)
