"""When the next visit is due, in words."""

from datetime import date

import numpy as np

from dashboard.i18n import Translator
from dashboard.look.plain_text import as_html
from data.city.building_report import BuildingReport
from scoring.planning.due import days_overdue
from scoring.rulebook.model import Edition, Grade

ROLES = ("officer", "assistant")


def next_visit(card: BuildingReport, rule_set: str, t: Translator) -> str:
    """HTML of one line: the day, how far it is, and from what it follows."""
    shown, last, due = card.ratings[rule_set], card.last_visit, card.next_visit_due(rule_set)
    grade = int(shown.rating.grade[0])
    if last is None:
        said, beside = as_html(t("visit.never")), ""
    elif due is None or grade < 0:
        said, beside = as_html(t("visit.no_interval")), t("visit.last", last=last)
    else:
        said = f"<b>{due}</b> {days_away(due, card.on, t)}"
        beside = t("visit.follows", last=last, every=_intervals(shown.edition, shown.edition.grades[grade], t))
    small = f"<small>{as_html(beside)}</small>" if beside else ""
    return f"<p class='visit'><span>{as_html(t('visit.title'))}</span> {said}{small}</p>"


def days_away(due: date, on: date, t: Translator) -> str:
    """HTML: the days from `on` to a day by which something is due, or since it."""
    passed = int(days_overdue(np.array([due], "datetime64[D]"), on)[0].astype(int))
    if passed > 0:
        return f"<b class='days late'>{as_html(t('visit.overdue', n=passed))}</b>"
    text = t("visit.today") if passed == 0 else t("visit.in_days", n=-passed)
    return f"<b class='days'>{as_html(text)}</b>"


def _intervals(edition: Edition, grade: Grade, t: Translator) -> str:
    every = edition.inspect_every_days[grade.code].items()
    told = (t(f"visit.{role}", n=n) if role in ROLES else t("visit.other", role=role, n=n) for role, n in every)
    return t.pair(t.of(grade.name), t.listed(told))
