"""One building's file: what it is, its ratings with the reasons, what happened there."""

from html import escape

import pandas as pd
import streamlit as st

from dashboard.building.advice import advice_note
from dashboard.cache.city_cache import OpenCity
from dashboard.i18n import Words
from dashboard.look.palette import marks
from dashboard.map.sidebar import theme_name
from data.city.building_report import Card
from scoring.grading.reasons import Reason
from scoring.rulebook.hazard_catalogue import categories
from scoring.rulebook.model import Edition

MOST_ENTRIES = 40


def building_card(opened: OpenCity, card: Card, shown: str, say: Words) -> None:
    """shown: the rule set whose reasons stand open."""
    building = card.building
    st.markdown(f"#### {_plain(building.name or building.address or building.code)}")
    place = " / ".join(names[say.language != "zh"] for names in card.areas)
    rows = {
        say("card.code"): building.code,
        say("card.address"): building.address,
        say("card.area"): place,
        say("card.homes"): _number(building.homes),
        say("card.floors"): _number(building.floors),
        say("card.built"): str(building.built or ""),
        say("card.use"): _use(building.use, say),
        say("card.group_rental"): ""
        if building.group_rental is None
        else say(f"control.{_yes(building.group_rental)}"),
        say("card.public_homes"): " · ".join(
            say("card.public_state", state=say(f"home_state.{state}"), n=n) for state, n in card.homes.items()
        ),
    }
    _pairs({name: text for name, text in rows.items() if text})
    if building.off_map:
        st.caption(say("card.off_map", reason=say.side(building.off_map)))
    for rule_set in card.ratings:
        _rating(opened, card, rule_set, say, explained=rule_set == shown)
    _timeline(opened, card, say)


def _rating(opened: OpenCity, card: Card, rule_set: str, say: Words, explained: bool) -> None:
    (edition, rating), reasons = card.ratings[rule_set], card.reasons[rule_set]
    grade = int(rating.grade[0])
    mark = marks(tuple(one.code for one in edition.grades))[grade]
    name = getattr(edition.grades[grade].name, say.language) if grade >= 0 else say("grade.unrated")
    score = "" if grade < 0 else say("card.score", score=_score(float(rating.score[0])))
    st.html(
        f'<div class="rating"><b style="border-color:{mark.colour}">{escape(name)}</b>'
        f"<span>{escape(theme_name(opened, rule_set, say))} {escape(score)}</span></div>"
    )
    if grade < 0:
        missing = "、" if say.language == "zh" else ", "
        names = list(dict.fromkeys(getattr(reason.label, say.language) for reason in reasons))
        gone = say("card.unrated", facts=missing.join(names[:6]) + ("…" if len(names) > 6 else ""))
        st.caption(f"{gone}  \n{say('advice.missing')}")
        return
    sign = edition.grades[grade].sign
    if sign:
        st.caption(f"{say('card.sign')}:{getattr(sign, say.language)}")
    advice_note(edition, card.advice[rule_set], say, expanded=explained)
    with st.expander(say("card.reasons"), expanded=explained):
        _reasons(edition, reasons, say)


def _reasons(edition: Edition, reasons: tuple[Reason, ...], say: Words) -> None:
    names = {grade.code: getattr(grade.name, say.language) for grade in edition.grades}
    lines = []
    for reason in reasons:
        what = escape(getattr(reason.label, say.language))
        if reason.kind == "cap":
            outcome = say("card.cap", grade=names[reason.grade])
        elif reason.kind == "band":
            outcome = names[reason.grade]
        else:
            outcome = f"{reason.points:+g}"
        failed = "".join(f"<li>{escape(getattr(item.name, say.language))}</li>" for item in reason.failed)
        seen = "" if reason.value is None else _score(reason.value)
        seen += "" if reason.out_of is None else f" / {reason.out_of:g}"
        rule = f"<q>{escape(reason.quote)}</q>" if reason.quote else ""
        if reason.assumed:
            assumed = say("card.assumed", what=getattr(reason.assumed, say.language))
            rule += f"<i>{escape(assumed)}</i>"
        low = " class='low'" if reason.lowers else ""
        lines.append(
            f"<tr{low}><td>{what}<ul>{failed}</ul></td><td>{seen}</td><td>{escape(outcome)}</td></tr>"
            f"<tr class='rule'><td colspan='3'>{rule}</td></tr>"
        )
    heads = "".join(f"<th>{escape(say(f'card.{head}'))}</th>" for head in ("fact", "seen", "points"))
    st.html(f"<table class='reasons'><tr>{heads}</tr>{''.join(lines)}</table>")


def _timeline(opened: OpenCity, card: Card, say: Words) -> None:
    st.markdown(f"**{say('card.timeline')}**")
    recent = card.history.head(MOST_ENTRIES)
    what = [_entry(opened, card, kind, text, say) for kind, text in zip(recent["kind"], recent["what"], strict=True)]
    table = pd.DataFrame({say("card.day"): recent["day"].astype(str), say("card.what"): what})
    st.dataframe(table, hide_index=True, width="stretch", height=min(38 + 35 * len(table), 300))
    if len(card.history) > MOST_ENTRIES:
        st.caption(say("card.history_note"))


def _entry(opened: OpenCity, card: Card, kind: str, text: str, say: Words) -> str:
    if kind == "visit":
        return _visit(text, say)
    if kind == "event":
        return say(f"event.{text}") if f"event.{text}" in say else text
    if kind.startswith(("grade:", "regrade:")):
        way, _, rule_set = kind.partition(":")
        edition, _ = card.ratings[rule_set]
        names = {grade.code: getattr(grade.name, say.language) for grade in edition.grades}
        *before, grade = (names.get(code, say("grade.unrated")) for code in text.split(">"))
        rules = theme_name(opened, rule_set, say)
        if way == "grade":
            return say("card.graded", rule_set=rules, grade=grade)
        return say("card.regraded", rule_set=rules, before=before[0], grade=grade)
    return f"{say(f'step.{kind}')} · {_category(text, say)}"


def _visit(answers: str, say: Words) -> str:
    asked = len(answers) - answers.count("-")
    if not asked:
        return say("card.visit")
    if set(answers) <= set("01-"):
        return say("card.visit_checked", passed=answers.count("1"), asked=asked)
    return say("card.visit_scored", asked=asked)


def _category(code: str, say: Words) -> str:
    return next((getattr(one.name, say.language) for one in categories() if one.code == code), code)


def _pairs(rows: dict[str, str]) -> None:
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows.items())
    st.html(f"<dl class='facts'>{lines}</dl>")


def _use(use: str | None, say: Words) -> str:
    return say(f"use.{use}") if use and f"use.{use}" in say else use or ""


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _number(value: int | None) -> str:
    return f"{value:,}" if value else ""


def _score(score: float) -> str:
    return f"{score:.2f}".rstrip("0").rstrip(".")


def _plain(text: str) -> str:
    """A name as text: Markdown's signs are taken as they are."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()#+-.!|<>$:~" else sign for sign in text)
