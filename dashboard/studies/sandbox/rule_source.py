"""What a draft starts from: an edition in force, another rule set, a draft kept before, or a text of one's own."""

import hashlib
from dataclasses import dataclass

import streamlit as st

from dashboard.cache.city_cache import database
from dashboard.look.choices import select_by_id
from dashboard.look.forms import is_field
from dashboard.look.plain_text import as_text
from dashboard.studies.study_context import Study
from data.access.errors import FactsWithheld
from data.access.fact_rights import refuse_withheld_facts
from data.db.engine import reading
from data.studies.rule_drafts import edition_seen_by, kept_drafts
from scoring.errors import NoRuleInForce, WrongRule
from scoring.rulebook.editions import edition_from, rule_sets
from scoring.rulebook.model import Edition

KEEP, PUBLISH = "keep-draft", "publish"  # forms
TEXT_SHOWN = "sandbox_text_shown"
TYPED_HERE = ("sandbox_start_", "sandbox_with", "own_draft_", "figures-", "tables-")


@dataclass(frozen=True)
class Start:
    """name: shown in the list. text: of the rule file."""

    key: str
    name: str
    rule_set: str
    text: str


def starts(study: Study) -> list[Start]:
    """The city's rule sets first, as far as the user may see what they read; then the others there are, then drafts,
    the latest first."""
    day, t = study.context.options.last_day, study.t
    sources = []
    for rule_set in dict.fromkeys((*study.context.editions, *rule_sets())):
        try:
            edition = study.context.rules.on(rule_set, day)
        except NoRuleInForce:
            continue
        seen, title = edition_seen_by(study.scope, edition), t.of(edition.title)
        name = title if seen is edition else t("sandbox.seen_only", title=title)
        sources.append(Start(f"{rule_set}-{edition.sha256[:8]}", name, rule_set, seen.text))
    with reading(database(), study.scope) as session:
        for draft in kept_drafts(session, study.scope, study.context.city):
            label = t("sandbox.kept", name=draft.name, by=draft.kept_by, at=f"{draft.kept_at:%Y-%m-%d %H:%M}")
            sources.append(Start(f"draft-{draft.id}", label, draft.rule_set, draft.text))
    own = st.session_state.get(_own(study))
    return [*sources, _own_start(study, *own)] if own else sources


def _own(study: Study) -> str:
    """Where rule set and text of what was written last stand in the session's state."""
    return f"own_draft_{study.code}"


def _own_start(study: Study, rule_set: str, text: str) -> Start:
    return Start(f"own-{_short(text)}", study.t("sandbox.own"), rule_set, text)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def start_chosen(study: Study) -> Start:
    offered = {start.key: start for start in starts(study)}
    key = f"sandbox_start_{study.code}"
    if st.session_state.get(key) not in offered:
        st.session_state[key] = next(iter(offered))
    key_chosen = select_by_id(study.t("sandbox.start"), offered, lambda one: offered[one].name, key=key)
    return offered[key_chosen] if key_chosen is not None else next(iter(offered.values()))


def in_force(study: Study, rule_set: str) -> Edition:
    """What the city is graded by now in this rule set, as far as the user may see what it reads; the draft is compared
    with it."""
    return edition_seen_by(study.scope, study.context.rules.on(rule_set, study.context.options.last_day))


def own_text(study: Study, start: Start, text: str) -> None:
    """A box to write the rule file itself; what is written becomes a start of its own."""
    t = study.t
    st.session_state[TEXT_SHOWN] = f"text-{start.key}-{_short(text)}"
    with st.expander(t("sandbox.as_text")):
        written = st.text_area(
            t("sandbox.as_text"), text, height=360, key=st.session_state[TEXT_SHOWN], label_visibility="collapsed"
        )
        if st.button(t("sandbox.use_text")):
            try:
                edition = edition_from(written, start.rule_set, study.context.options.last_day)
                refuse_withheld_facts(study.scope, edition)
            except (WrongRule, FactsWithheld) as mistake:
                st.error(as_text(t.sentence(mistake)))
                return
            st.session_state[_own(study)] = [start.rule_set, written]
            st.session_state["sandbox_use_own"] = True
            st.rerun()


def take_own(study: Study) -> None:
    """After a text was written: the list stands on it. To be called before the list is drawn."""
    if st.session_state.pop("sandbox_use_own", False):
        st.session_state[f"sandbox_start_{study.code}"] = _own_start(study, *st.session_state[_own(study)]).key


def is_typed(key: str) -> bool:
    """Whether a key of the session's state holds what was typed in the sandbox, or which part of it is looked at."""
    if key == st.session_state.get(TEXT_SHOWN):
        return True
    return is_field(key, KEEP, PUBLISH) or key.startswith(TYPED_HERE)
