"""The reasons of a grade as scales, on the card: what costs points first, what costs none folded away."""

from collections.abc import Iterable, Sequence

from dashboard.building.scale import scale_html, scale_of
from dashboard.building.why import number, seen_text
from dashboard.i18n import Translator
from dashboard.look.palette import symbols
from dashboard.look.plain_text import as_html
from data.city.building_report import Explained
from scoring.grading.reasons import Reason
from scoring.rulebook.fact import Seen
from scoring.rulebook.model import Edition


def reasons_section(shown: Explained, t: Translator) -> str:
    """HTML of all reasons of a rated building; none is left out."""
    edition = shown.edition
    first, folded = _in_order(shown.reasons)
    rows = "".join(_row(edition, reason, t) for reason in first)
    if folded:
        rest = "".join(_row(edition, reason, t) for reason in folded)
        rows += f"<details class='rest'><summary>{as_html(t('card.rest', n=len(folded)))}</summary>{rest}</details>"
    return f"<section><h5>{as_html(t('card.reasons'))}</h5><div class='reasons'>{rows}</div></section>"


def _in_order(reasons: Sequence[Reason]) -> tuple[list[Reason], list[Reason]]:
    """The score and the caps that lower first, then what costs most, what gains, where it began; and those of none."""

    def rank(reason: Reason) -> tuple[int, float]:
        kinds = {"band": 0, "cap": 1, "points": 2, "start": 3}
        return kinds.get(reason.kind, 4), -reason.points_lost

    folded = [reason for reason in reasons if _costs_nothing(reason)]
    return sorted((reason for reason in reasons if reason not in folded), key=rank), folded


def _costs_nothing(reason: Reason) -> bool:
    """A criterion that gives no points and takes none, or a cap above the grade by points."""
    if reason.kind == "cap":
        return not reason.lowers
    return reason.kind == "points" and not reason.points and not reason.points_lost


def _row(edition: Edition, reason: Reason, t: Translator) -> str:
    """A line that opens on the sentence of the rule, where there is anything to open."""
    window = _window(edition, reason, t)
    small = f"<small>{as_html(window)}</small>" if window else ""
    line = (
        f"<span class='what'>{as_html(t.of(reason.label))}{small}</span>"
        f"<span class='seen'>{as_html(_value(edition, reason, t))}{_scale(edition, reason, t)}</span>"
        f"<span class='points'>{as_html(_outcome(edition, reason, t))}</span>"
    )
    kind = f"reason {reason.kind}{' low' if reason.lowers or reason.points_lost else ''}"
    below = _below(reason, t)
    if not below:
        return f"<div class='{kind}'>{line}</div>"
    return f"<details class='{kind}'><summary>{line}</summary>{below}</details>"


def _outcome(edition: Edition, reason: Reason, t: Translator) -> str:
    names = {grade.code: t.of(grade.name) for grade in edition.grades}
    if reason.kind == "withheld":
        return t("card.withheld")
    if reason.kind == "cap":
        return t("card.cap", grade=names[reason.grade or ""])
    return names[reason.grade or ""] if reason.kind == "band" else number(reason.points or 0.0, signed=True)


def _value(edition: Edition, reason: Reason, t: Translator) -> str:
    if reason.kind in ("start", "withheld"):
        return ""
    if reason.value is None:
        return t("card.not_applicable")
    if _is_yes_or_no(edition, reason):
        return t("card.has" if reason.value else "card.has_not")
    return seen_text(reason)


def _is_yes_or_no(edition: Edition, reason: Reason) -> bool:
    """Whether it read one answer that is nought or one."""
    if len(reason.facts) != 1 or reason.out_of is not None or reason.value not in (0.0, 1.0):
        return False
    fact = edition.facts[reason.facts[0]]
    return fact.kind == "answer" and fact.best in (None, 1)


def _scale(edition: Edition, reason: Reason, t: Translator) -> str:
    if reason.value is None or reason.kind in ("start", "withheld") or _is_yes_or_no(edition, reason):
        return ""
    colours = [mark.colour for mark in _band_symbols(edition)] if reason.kind == "band" else []
    scale = scale_of(reason.value, reason.bounds, reason.out_of, colours)
    if scale is None:
        return ""
    label = t("card.scale", value=seen_text(reason), bounds=t.listed(map(number, reason.bounds)))
    return scale_html(scale, label if reason.bounds else seen_text(reason))


def _band_symbols(edition: Edition) -> Iterable:
    marks = symbols(tuple(grade.code for grade in edition.grades))
    return [marks[edition.position(band.grade)] for band in edition.bands]


def _window(edition: Edition, reason: Reason, t: Translator) -> str:
    """Over which time it was looked at."""
    if reason.months is not None:
        return t("card.window_months", n=reason.months)
    kinds = {edition.facts[name].kind for name in reason.facts}
    if len(kinds) != 1:
        return ""
    fact = edition.facts[reason.facts[0]]
    if fact.has_window:
        return t("card.window_ever")
    return t(f"card.window_{fact.kind}")


def _below(reason: Reason, t: Translator) -> str:
    within = [*(t.of(item.name) for item in reason.failed), *(_part(part, t) for part in reason.parts)]
    parts = f"<ul>{''.join(f'<li>{as_html(line)}</li>' for line in within)}</ul>" if within else ""
    rule = f"<q>{as_html(reason.quote)}</q>" if reason.quote else ""
    assumed = t("card.assumed", what=t.of(reason.assumed)) if reason.assumed else ""
    return parts + rule + (f"<em>{as_html(assumed)}</em>" if assumed else "")


def _part(part: Seen, t: Translator) -> str:
    """A part of a group: what it is, and its value."""
    value = "–" if part.value is None else number(part.value)
    return t.pair(t.of(part.label), value if part.out_of is None else f"{value} / {number(part.out_of)}")
