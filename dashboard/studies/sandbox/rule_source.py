"""What a draft starts from: an edition in force, another rule set, a draft kept before, or a text of one's own."""

from dataclasses import dataclass

import streamlit as st

from dashboard.cache.city_cache import database
from dashboard.studies.study_context import Study
from data.db.engine import reading
from data.studies.rule_drafts import kept_drafts
from scoring.errors import NoRuleInForce, WrongRule
from scoring.rulebook.editions import edition_from, rule_sets
from scoring.rulebook.model import Edition


@dataclass(frozen=True)
class Start:
    """name: shown in the list. text: of the rule file. in_force: the edition it is compared with."""

    key: str
    name: str
    rule_set: str
    text: str


def starts(of: Study) -> list[Start]:
    """The city's rule sets first, then the others there are, then drafts, the latest first."""
    day, t = of.context.options.last_day, of.t
    found = []
    for rule_set in dict.fromkeys((*of.context.editions, *rule_sets())):
        try:
            edition = of.context.rules.on(rule_set, day)
        except NoRuleInForce:
            continue
        title = t.of(edition.title)
        found.append(Start(f"{rule_set}-{edition.sha256[:8]}", title, rule_set, edition.text))
    with reading(database(), of.scope) as session:
        for draft in kept_drafts(session, of.scope, of.context.city):
            told = t("sandbox.kept", name=draft.name, by=draft.kept_by, at=f"{draft.kept_at:%Y-%m-%d %H:%M}")
            found.append(Start(f"draft-{draft.id}", told, draft.rule_set, draft.text))
    own = st.session_state.get(f"own_draft_{of.code}")
    return [*found, own] if own else found


def start_chosen(of: Study) -> Start:
    offered = {start.key: start for start in starts(of)}
    key = f"sandbox_start_{of.code}"
    if st.session_state.get(key) not in offered:
        st.session_state[key] = next(iter(offered))
    chosen = st.selectbox(of.t("sandbox.start"), list(offered), format_func=lambda one: offered[one].name, key=key)
    return offered[chosen]


def in_force(of: Study, start: Start) -> Edition:
    """What the city is graded by now in this rule set; the draft is compared with it."""
    return of.context.rules.on(start.rule_set, of.context.options.last_day)


def own_text(of: Study, start: Start, text: str) -> None:
    """A box to write the rule file itself; what is written becomes a start of its own."""
    t = of.t
    with st.expander(t("sandbox.as_text")):
        written = st.text_area(
            t("sandbox.as_text"), text, height=360, key=f"text-{start.key}-{hash(text)}", label_visibility="collapsed"
        )
        if st.button(t("sandbox.use_text")):
            try:
                edition_from(written, start.rule_set, of.context.options.last_day)
            except WrongRule as mistake:
                st.error(t.sentence(mistake))
                return
            st.session_state[f"own_draft_{of.code}"] = Start("own", t("sandbox.own"), start.rule_set, written)
            st.session_state["sandbox_use_own"] = True
            st.rerun()


def take_own(of: Study) -> None:
    """After a text was written: the list stands on it. To be called before the list is drawn."""
    if st.session_state.pop("sandbox_use_own", False):
        st.session_state[f"sandbox_start_{of.code}"] = "own"
