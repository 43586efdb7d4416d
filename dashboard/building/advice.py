"""How a building comes to a better grade, on its card."""

from datetime import date

from dashboard.i18n import Translator
from dashboard.look.plain_text import as_html
from scoring.grading.advice import HORIZON_MONTHS, Advice, Window
from scoring.grading.repairs import Repair
from scoring.rulebook.model import Cap, Edition, cap_label


def advice_section(edition: Edition, advice: Advice, t: Translator) -> str:
    """HTML for a rated building; nothing for the best grade, which has no better."""
    names = {grade.code: t.of(grade.name) for grade in edition.grades}
    position = edition.position(advice.grade or "")
    if position == len(edition.grades) - 1:
        return ""
    better = advice.reached or edition.grades[position + 1].code
    lines = [_repair_line(edition, one, number, t) for one, number in _group_repairs(advice.repairs).items()]
    lines += [_barrier(edition, cap, names, t) for cap in advice.blocking_caps]
    parts = f"<p>{as_html(_summary(advice, names, t))}</p>{_list(lines)}"
    if advice.windows:
        parts += f"<p class='later'>{as_html(t('advice.windows'))}</p>{_list(_window_lines(edition, advice, names, t))}"
    return f"<section class='advice'><h5>{as_html(t('advice.title', grade=names[better]))}</h5>{parts}</section>"


def _summary(advice: Advice, names: dict[str, str], t: Translator) -> str:
    """The sentence above the list of what to mend."""
    if advice.day is None:
        return t("advice.never", months=HORIZON_MONTHS)
    values = {"grade": names[advice.reached or ""], "day": advice.day}
    if not advice.repairs:
        return t("advice.wait", **values)
    sentence = t("advice.by_day", **values) if advice.day > advice.on else t("advice.today", **values)
    return sentence if advice.improves_on is None else sentence + t("advice.rises", day=advice.improves_on)


def _group_repairs(repairs: tuple[Repair, ...]) -> dict[Repair, int]:
    """Hazards of one fact together: one of them, and how many."""
    first: dict[tuple[str, int], Repair] = {}
    numbers: dict[Repair, int] = {}
    for repair in repairs:
        shown = first.setdefault((repair.fact, repair.cost), repair)
        numbers[shown] = numbers.get(shown, 0) + 1
    return numbers


def _repair_line(edition: Edition, one: Repair, number: int, t: Translator) -> str:
    what = t.of(edition.facts[one.fact].label)
    if one.hazard is not None:
        what = t("advice.several", fact=what, n=number)
    return f"{as_html(what)} <i>{as_html(t(f'advice.cost_{one.cost}'))}</i>"


def _barrier(edition: Edition, cap: Cap, names: dict[str, str], t: Translator) -> str:
    return as_html(t("advice.barrier", fact=t.of(cap_label(edition, cap)), grade=names[cap.grade]))


def _window_lines(edition: Edition, advice: Advice, names: dict[str, str], t: Translator) -> list[str]:
    """A line for each thing that happened: what changes when, as one window after the other leaves it behind."""
    effects: dict[tuple[str, date], list[str]] = {}
    for window in advice.windows:
        effects.setdefault((window.need.fact, window.happened), []).append(_effect(window, names, t))
    lines = []
    for (name, happened), changes in effects.items():
        fact = t.of(edition.facts[name].label)
        lines.append(as_html(t("advice.window", fact=fact, happened=happened, changes=t.clauses(changes))))
    return lines


def _effect(window: Window, names: dict[str, str], t: Translator) -> str:
    effects = [t("advice.points", points=f"{window.points:+g}")] if window.points else []
    effects += [t("advice.frees", grade=names[grade]) for grade in window.frees]
    effects += [t("advice.binds", grade=names[grade]) for grade in window.binds]
    return t("advice.ends", day=window.ends, effect=t.listed(effects))


def _list(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>" if lines else ""
