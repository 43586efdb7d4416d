"""What happened at a building, latest first: day, mark, and what it was."""

from dashboard.building.hazards import category_name
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.palette import EVENT, MENDED, OPEN, UNRATED, VISIT, Symbol, symbols
from dashboard.look.plain_text import as_html
from dashboard.look.shapes import symbol_picture
from dashboard.view.labels import theme_name
from data.city.answer_text import MARKS, split_answers
from data.city.building_report import BuildingReport
from data.city.fact_tables import CLOSING_STEPS

SHOWN_AT_ONCE = 20
MOST_ENTRIES = 40


def timeline_section(context: CityContext, card: BuildingReport, t: Translator) -> str:
    recent = card.history.head(MOST_ENTRIES)
    rows = zip(recent["day"], recent["kind"], recent["what"], strict=True)
    entries = [_entry(context, card, f"{day}", kind, what, t) for day, kind, what in rows]
    shown, earlier = entries[:SHOWN_AT_ONCE], entries[SHOWN_AT_ONCE:]
    parts = _list(shown) if shown else f"<p>{as_html(t('card.no_history'))}</p>"
    if earlier:
        note = f"<p class='note'>{as_html(t('card.history_note'))}</p>" if len(card.history) > MOST_ENTRIES else ""
        summary = as_html(t("card.earlier", n=len(earlier)))
        parts += f"<details><summary>{summary}</summary>{_list(earlier)}{note}</details>"
    return f"<section><h5>{as_html(t('card.timeline'))}</h5>{parts}</section>"


def _list(entries: list[str]) -> str:
    return f"<ol class='timeline'>{''.join(entries)}</ol>"


def _entry(context: CityContext, card: BuildingReport, day: str, kind: str, what: str, t: Translator) -> str:
    mark = symbol_picture(_mark(card, kind, what))
    return f"<li><time>{day}</time>{mark}<span>{as_html(_text(context, card, kind, what, t))}</span></li>"


def _mark(card: BuildingReport, kind: str, what: str) -> Symbol:
    if kind == "visit":
        return VISIT
    if kind == "event":
        return EVENT
    if kind.startswith(("grade:", "regrade:")):
        return _grade_mark(card, kind.partition(":")[2], what.rpartition(">")[2])
    return MENDED if kind in (*CLOSING_STEPS, "verified") else OPEN


def _grade_mark(card: BuildingReport, rule_set: str, grade: str) -> Symbol:
    """As on the map; of a rule set that grades the city no more, as of the unrated."""
    codes = tuple(_names_of_grades(card, rule_set))
    marks = dict(zip(codes, symbols(codes), strict=False)) if codes else {}
    return marks.get(grade, UNRATED)


def _names_of_grades(card: BuildingReport, rule_set: str) -> dict:
    """By code, worst first; none of a rule set that once graded the city and does so no more."""
    rated = card.ratings.get(rule_set)
    return {grade.code: grade.name for grade in rated.edition.grades} if rated else {}


def _text(context: CityContext, card: BuildingReport, kind: str, what: str, t: Translator) -> str:
    if kind == "visit":
        return _visit(what, t)
    if kind == "event":
        return t(f"event.{what}") if f"event.{what}" in t else what
    if kind.startswith(("grade:", "regrade:")):
        event, _, rule_set = kind.partition(":")
        known = _names_of_grades(card, rule_set)
        named = [t.of(known[code]) if code in known else code or t("grade.unrated") for code in what.split(">")]
        rules = theme_name(context, rule_set, t)
        if event == "grade":
            return t("card.graded", rule_set=rules, grade=named[-1])
        return t("card.regraded", rule_set=rules, before=named[0], grade=named[-1])
    return f"{t(f'step.{kind}')} · {category_name(what, t)}"


def _visit(answers: str, t: Translator) -> str:
    signs = split_answers(answers)
    asked = sum(sign not in MARKS for sign in signs)
    if not asked:
        return t("card.visit")
    if set(signs) <= {"0", "1", *MARKS}:
        return t("card.visit_checked", passed=signs.count("1"), asked=asked)
    return t("card.visit_scored", asked=asked)
