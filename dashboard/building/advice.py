"""How a building comes to a better grade, on its card."""

from datetime import date
from html import escape

import streamlit as st

from dashboard.i18n import Words
from scoring.grading.advice import HORIZON_MONTHS, Advice, Window
from scoring.grading.repairs import Mending
from scoring.rulebook.model import Cap, Edition

BETWEEN = {"zh": "、", "en": ", "}
THEN = {"zh": ";", "en": "; "}


def advice_note(edition: Edition, advice: Advice, say: Words, expanded: bool) -> None:
    """Of a rated building; nothing for the best grade, which has no better."""
    names = {grade.code: getattr(grade.name, say.language) for grade in edition.grades}
    place = edition.position(advice.grade or "")
    if place == len(edition.grades) - 1:
        return
    better = advice.reached or edition.grades[place + 1].code
    lines = [_mending(edition, one, number, say) for one, number in _alike(advice.mendings).items()]
    lines += [_barrier(edition, cap, names, say) for cap in advice.barriers]
    parts = f"<p>{escape(_way(advice, names, say))}</p>{_list(lines)}"
    if advice.windows:
        parts += f"<p class='later'>{escape(say('advice.windows'))}</p>{_list(_ends(edition, advice, names, say))}"
    with st.expander(say("advice.title", grade=names[better]), expanded=expanded):
        st.html(f"<div class='advice'>{parts}</div>")


def _way(advice: Advice, names: dict[str, str], say: Words) -> str:
    """The sentence above the list of what to mend."""
    if advice.day is None:
        return say("advice.never", months=HORIZON_MONTHS)
    values = {"grade": names[advice.reached or ""], "day": advice.day}
    if not advice.mendings:
        return say("advice.wait", **values)
    way = say("advice.by_day", **values) if advice.day > advice.on else say("advice.today", **values)
    return way if advice.rises is None else way + say("advice.rises", day=advice.rises)


def _alike(mendings: tuple[Mending, ...]) -> dict[Mending, int]:
    """Hazards of one fact together: one of them, and how many."""
    first: dict[tuple[str, int], Mending] = {}
    numbers: dict[Mending, int] = {}
    for one in mendings:
        shown = first.setdefault((one.fact, one.cost), one)
        numbers[shown] = numbers.get(shown, 0) + 1
    return numbers


def _mending(edition: Edition, one: Mending, number: int, say: Words) -> str:
    what = getattr(edition.facts[one.fact].label, say.language)
    if one.hazard is not None:
        what = say("advice.several", fact=what, n=number)
    return f"{escape(what)} <i>{escape(say(f'advice.cost_{one.cost}'))}</i>"


def _barrier(edition: Edition, cap: Cap, names: dict[str, str], say: Words) -> str:
    labels = (edition.facts[need.fact].label for one in cap.conditions for need in one.needs)
    facts = BETWEEN[say.language].join(getattr(label, say.language) for label in labels)
    return escape(say("advice.barrier", fact=facts, grade=names[cap.grade]))


def _ends(edition: Edition, advice: Advice, names: dict[str, str], say: Words) -> list[str]:
    """A line for each thing that happened: what changes when, as one window after the other leaves it behind."""
    effects: dict[tuple[str, date], list[str]] = {}
    for one in advice.windows:
        effects.setdefault((one.need.fact, one.happened), []).append(_effect(one, names, say))
    lines = []
    for (name, happened), changes in effects.items():
        fact = getattr(edition.facts[name].label, say.language)
        lines.append(
            escape(say("advice.window", fact=fact, happened=happened, changes=THEN[say.language].join(changes)))
        )
    return lines


def _effect(one: Window, names: dict[str, str], say: Words) -> str:
    effects = [say("advice.points", points=f"{one.points:+g}")] if one.points else []
    effects += [say("advice.frees", grade=names[grade]) for grade in one.frees]
    effects += [say("advice.binds", grade=names[grade]) for grade in one.binds]
    return say("advice.ends", day=one.ends, effect=BETWEEN[say.language].join(effects))


def _list(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>" if lines else ""
