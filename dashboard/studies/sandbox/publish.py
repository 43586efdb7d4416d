"""What becomes of a draft: kept, taken along as a file, compared with others, or put in force."""

from collections.abc import Callable
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from dashboard.cache import shared_results
from dashboard.cache.city_cache import database
from dashboard.look.choices import distinct_labels
from dashboard.look.forms import field_key, form_done, form_key
from dashboard.look.plain_text import as_text
from dashboard.look.tables import draw_table
from dashboard.studies.sandbox.preview import compared, difference_table
from dashboard.studies.sandbox.rule_source import KEEP, PUBLISH, in_force, starts
from dashboard.studies.study_context import Study
from data.access.errors import FactsWithheld
from data.access.roles import SYSTEM
from data.db.engine import PERSONS_PATIENCE_S, reading, writing
from data.studies.errors import DraftRefused
from data.studies.rule_drafts import keep_draft, needs_confirmation, publish, published
from scoring.errors import WrongRule
from scoring.rulebook.editions import edition_from
from scoring.rulebook.model import Edition
from scoring.studies.counts import grade_counts
from scoring.studies.grade_changes import BETTER, WORSE
from scoring.studies.workload import visits_a_week

MOST_COMPARED = 4  # beside the one in hand; each is a rating of the whole city


def keep_form(study: Study, draft: Edition) -> None:
    t = study.t
    left, right = st.columns((3, 2), vertical_alignment="bottom")
    form = form_key(KEEP)
    with left:
        name = st.text_input(t("sandbox.name"), max_chars=80, key=field_key(KEEP, "name"))
        if st.button(t("sandbox.keep"), icon=":material/bookmark_add:", key=f"{form}-send"):
            _attempt(study, KEEP, "sandbox.kept_done", lambda: _keep(study, draft, name, form))
    address = f"/rules/{shared_results.store_text(draft.text)}.toml?rule_set={draft.rule_set}"
    right.html(f'<a href="{address}" download style="color:#1f5fa8">{t("sandbox.export")}</a>')


def _keep(study: Study, draft: Edition, name: str, form: str) -> None:
    about = (study.context.city, draft.rule_set, name, draft.text)
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        keep_draft(session, study.scope, study.user.actor, *about, form=form)


def publish_form(study: Study, draft: Edition) -> None:
    """For administrators: puts the draft in force from a day on, with a reason."""
    t = study.t
    if not study.scope.can("publish"):
        st.caption(t("sandbox.publish_who"))
        return
    form = form_key(PUBLISH)
    st.caption(t("sandbox.publish_note", day=as_text(study.context.options.last_day)))
    first_day = study.context.options.last_day + timedelta(1)
    day = st.date_input(t("sandbox.from_day"), first_day, key=field_key(PUBLISH, "day"))
    reason = st.text_area(t("sandbox.reason"), max_chars=500, height=80, key=field_key(PUBLISH, "reason"))
    knowingly = False
    if needs_confirmation(draft):
        st.warning(t("sandbox.persons") if draft.warning is None else as_text(t.of(draft.warning)))
        knowingly = st.checkbox(t("sandbox.knowingly"), key=f"{form}-knowingly")
    submitted = st.button(t("sandbox.publish"), icon=":material/gavel:", key=f"{form}-send")
    if submitted and isinstance(day, date):
        _attempt(study, PUBLISH, "sandbox.published_done", lambda: _publish(study, draft, day, reason, knowingly, form))


def _publish(study: Study, draft: Edition, day: date, reason: str, knowingly: bool, form: str) -> None:
    edition = edition_from(draft.text, draft.rule_set, day)
    with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
        publish(session, study.scope, study.user.actor, study.context.city, edition, reason, knowingly, form=form)


def _attempt(study: Study, name: str, key: str, action: Callable[[], None]) -> None:
    try:
        action()
    except (DraftRefused, FactsWithheld, WrongRule) as mistake:
        st.error(as_text(study.t.sentence(mistake)))
    else:
        form_done(name)
        st.session_state["sandbox_done"] = key
        st.rerun()


def done_notice(study: Study) -> None:
    key = st.session_state.pop("sandbox_done", None)
    if key is not None:
        st.success(study.t(key))


def published_table(study: Study) -> None:
    t = study.t
    with reading(database(), study.scope) as session:
        rows = [
            {
                t("sandbox.from_day"): f"{one.in_force}",
                t("study.rule_set"): one.rule_set,
                t("sandbox.reason"): one.reason,
                t("sandbox.by"): one.published_by,
            }
            for one in published(session, study.context.city)
        ]
    if rows:
        st.markdown(f"**{t('sandbox.published')}**")
        draw_table(pd.DataFrame(rows))


def draft_comparison(study: Study, draft: Edition) -> None:
    """Drafts of the same rule set side by side: whom each moves, and the visits it asks for."""
    t = study.t
    others = {one.key: one for one in starts(study) if one.rule_set == draft.rule_set}
    chosen = st.multiselect(
        t("sandbox.with"),
        list(others),
        format_func=distinct_labels(others, lambda key: others[key].name),
        key="sandbox_with",
        max_selections=MOST_COMPARED,
        placeholder=t("sandbox.choose"),
    )
    current = in_force(study, draft.rule_set)
    editions = [(t("sandbox.draft"), draft)]
    editions += [(others[key].name, edition_from(others[key].text, draft.rule_set, current.in_force)) for key in chosen]
    lines = []
    for name, edition in editions:
        try:
            comparison = compared(study, current, edition)
        except FactsWithheld as mistake:
            st.error(as_text(t.pair(name, t.sentence(mistake))))
            return
        counts = grade_counts(comparison.after, len(edition.grades), study.rows)
        line = {t("sandbox.which"): name}
        line |= {grade: f"{count:,}" for grade, count in zip(comparison.names, counts.tolist(), strict=True)}
        line[t("changes.worse")] = f"{int((comparison.direction == WORSE).sum()):,}"
        line[t("changes.better")] = f"{int((comparison.direction == BETTER).sum()):,}"
        line[t("sandbox.visits")] = f"{counts @ visits_a_week(edition):,.0f}"
        lines.append(line)
    draw_table(pd.DataFrame(lines))
    for name, edition in editions[1:]:
        st.markdown(f"**{t('sandbox.differs', name=as_text(name))}**")
        difference_table(edition, draft, (name, t("sandbox.draft")), t)
