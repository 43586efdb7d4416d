"""One building's report: what it is, its ratings with the reasons, what happened there."""

import pandas as pd
import streamlit as st

from dashboard.building.advice import advice_note
from dashboard.building.credit import credit_records
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.palette import symbols
from dashboard.look.plain_text import as_html, as_text
from dashboard.look.tables import draw_table
from dashboard.view.labels import theme_name
from data.city.answer_text import MARKS, split_answers
from data.city.building_report import BuildingReport, Explained
from data.db.models.city import Building
from scoring.grading.reasons import Reason
from scoring.rulebook.fact import Seen
from scoring.rulebook.hazard_catalogue import categories
from scoring.rulebook.model import Edition

MOST_ENTRIES = 40


def building_card(context: CityContext, card: BuildingReport, open_rule_set: str | None, t: Translator) -> None:
    """open_rule_set: the one whose reasons stand open."""
    building = card.building
    st.markdown(f"#### {as_text(building.name or building.address or building.code)}")
    area = " / ".join(context.area_name[one][t.language != "zh"] for one in card.areas)
    rows = {
        t("card.code"): building.code,
        t("card.formerly"): t.listed(building.formerly or ()),
        t("card.address"): building.address,
        t("card.area"): area,
        t("card.homes"): _number(building.homes),
        t("card.floors"): _number(building.floors),
        t("card.built"): str(building.built or ""),
        t("card.use"): _use(building.use, t),
        t("card.group_rental"): ""
        if building.group_rental is None
        else t(f"control.{_yes_or_no(building.group_rental)}"),
        t("card.public_homes"): " · ".join(
            t("card.public_state", state=t(f"home_state.{state}"), n=n) for state, n in card.homes.items()
        ),
    }
    _pairs({name: text for name, text in rows.items() if text})
    if building.off_map:
        st.caption(t("card.off_map", reason=as_text(t.of(building.off_map))))
    if card.has_ended:
        st.warning(as_text(_ending(building, t)))
    for rule_set in () if card.has_ended else card.ratings:
        _rating(context, card, rule_set, t, explained=rule_set == open_rule_set)
    credit_records(card, t)
    _timeline(context, card, t)


def _ending(building: Building, t: Translator) -> str:
    return t(f"card.ended_{building.ended_as or 'closed'}", day=building.ended_on)


def _rating(context: CityContext, card: BuildingReport, rule_set: str, t: Translator, explained: bool) -> None:
    shown = card.ratings[rule_set]
    edition, grade = shown.edition, int(shown.rating.grade[0])
    symbol = symbols(tuple(one.code for one in edition.grades))[grade]
    name = t.of(edition.grades[grade].name) if grade >= 0 else t("grade.unrated")
    st.html(
        f'<div class="rating"><b style="border-color:{symbol.colour}">{as_html(name)}</b>'
        f"<span>{as_html(theme_name(context, rule_set, t))} {as_html(_score_line(shown, t))}</span></div>"
    )
    if grade < 0:
        names = list(dict.fromkeys(t.of(reason.label) for reason in shown.reasons))
        sentence = t("card.unrated", facts=t.listed(names[:6]) + ("…" if len(names) > 6 else ""))
        st.caption(f"{as_text(sentence)}  \n{t('advice.missing')}")
        return
    sign = edition.grades[grade].sign
    if sign:
        st.caption(as_text(t.pair(t("card.sign"), t.of(sign))))
    if shown.advice is not None:
        advice_note(edition, shown.advice, t, expanded=explained)
    if shown.withholds:
        st.caption(t("advice.others_decide" if shown.advice is None else "advice.others_left_out"))
    with st.expander(t("card.reasons"), expanded=explained):
        _reasons(edition, shown.reasons, t)


def _score_line(shown: Explained, t: Translator) -> str:
    score = float(shown.rating.score[0])
    if score != score:
        return ""
    return t("card.score_seen" if shown.partly_scored else "card.score", score=_score(score))


def _reasons(edition: Edition, reasons: tuple[Reason, ...], t: Translator) -> None:
    names = {grade.code: t.of(grade.name) for grade in edition.grades}
    lines = []
    for reason in reasons:
        what = as_html(t.of(reason.label))
        if reason.kind == "withheld":
            outcome = t("card.withheld")
        elif reason.kind == "cap":
            outcome = t("card.cap", grade=names[reason.grade or ""])
        elif reason.kind == "band":
            outcome = names[reason.grade or ""]
        else:
            outcome = f"{reason.points:+g}"
        within = [*(t.of(item.name) for item in reason.failed), *(_part(part, t) for part in reason.parts)]
        failed = "".join(f"<li>{as_html(line)}</li>" for line in within)
        seen = _seen(reason.value, reason.out_of)
        rule = f"<q>{as_html(reason.quote)}</q>" if reason.quote else ""
        if reason.assumed:
            assumed = t("card.assumed", what=t.of(reason.assumed))
            rule += f"<i>{as_html(assumed)}</i>"
        low = " class='low'" if reason.lowers else ""
        lines.append(
            f"<tr{low}><td>{what}<ul>{failed}</ul></td><td>{seen}</td><td>{as_html(outcome)}</td></tr>"
            f"<tr class='rule'><td colspan='3'>{rule}</td></tr>"
        )
    heads = "".join(f"<th>{as_html(t(f'card.{head}'))}</th>" for head in ("fact", "seen", "points"))
    st.html(f"<table class='reasons'><tr>{heads}</tr>{''.join(lines)}</table>")


def _part(part: Seen, t: Translator) -> str:
    """A part of a group: what it is, and its value."""
    return t.pair(t.of(part.label), _seen(part.value, part.out_of) or "–")


def _seen(value: float | None, out_of: float | None) -> str:
    return ("" if value is None else _score(value)) + ("" if out_of is None else f" / {out_of:g}")


def _timeline(context: CityContext, card: BuildingReport, t: Translator) -> None:
    st.markdown(f"**{t('card.timeline')}**")
    recent = card.history.head(MOST_ENTRIES)
    what = [_entry(context, card, kind, text, t) for kind, text in zip(recent["kind"], recent["what"], strict=True)]
    table = pd.DataFrame({t("card.day"): recent["day"].astype(str), t("card.what"): what})
    draw_table(table, most_px=300)
    if len(card.history) > MOST_ENTRIES:
        st.caption(t("card.history_note"))


def _entry(context: CityContext, card: BuildingReport, kind: str, text: str, t: Translator) -> str:
    if kind == "visit":
        return _visit(text, t)
    if kind == "event":
        return t(f"event.{text}") if f"event.{text}" in t else text
    if kind.startswith(("grade:", "regrade:")):
        event, _, rule_set = kind.partition(":")
        names = _names_of_grades(card, rule_set, t)
        *before, grade = (names.get(code, code) or t("grade.unrated") for code in text.split(">"))
        rules = theme_name(context, rule_set, t)
        if event == "grade":
            return t("card.graded", rule_set=rules, grade=grade)
        return t("card.regraded", rule_set=rules, before=before[0], grade=grade)
    return f"{t(f'step.{kind}')} · {_category(text, t)}"


def _names_of_grades(card: BuildingReport, rule_set: str, t: Translator) -> dict[str, str]:
    """By code; none of a rule set that once graded the city and does so no more."""
    rated = card.ratings.get(rule_set)
    return {grade.code: t.of(grade.name) for grade in rated.edition.grades} if rated else {}


def _visit(answers: str, t: Translator) -> str:
    signs = split_answers(answers)
    asked = sum(sign not in MARKS for sign in signs)
    if not asked:
        return t("card.visit")
    if set(signs) <= {"0", "1", *MARKS}:
        return t("card.visit_checked", passed=signs.count("1"), asked=asked)
    return t("card.visit_scored", asked=asked)


def _category(code: str, t: Translator) -> str:
    return next((t.of(one.name) for one in categories() if one.code == code), code)


def _pairs(rows: dict[str, str]) -> None:
    lines = "".join(f"<dt>{as_html(name)}</dt><dd>{as_html(text)}</dd>" for name, text in rows.items())
    st.html(f"<dl class='facts'>{lines}</dl>")


def _use(use: str | None, t: Translator) -> str:
    return t(f"use.{use}") if use and f"use.{use}" in t else use or ""


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def _number(value: int | None) -> str:
    return f"{value:,}" if value else ""


def _score(score: float) -> str:
    return f"{score:.2f}".rstrip("0").rstrip(".")
