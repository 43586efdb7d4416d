"""The hazards that stand open, on the card: what, who has it since when, and until when it was to be mended."""

from dashboard.building.next_visit import days_away
from dashboard.i18n import Translator
from dashboard.look.palette import OPEN, OVERDUE
from dashboard.look.plain_text import as_html
from dashboard.look.shapes import symbol_picture
from data.city.building_report import BuildingReport
from data.city.open_hazards import OpenHazard
from data.db.models.city import HAZARD_GROUPS
from scoring.rulebook.hazard_catalogue import catalogue, categories


def hazards_section(card: BuildingReport, t: Translator) -> str:
    """HTML; nothing for who is told of no hazards: not even that there are none."""
    if not card.hazard_groups:
        return ""
    overdue = sum(one.overdue > 0 for one in card.hazards)
    about = t("open_hazard.count", n=len(card.hazards), overdue=overdue) if card.hazards else ""
    title = f"<h5>{as_html(t('open_hazard.title'))} <small>{as_html(about)}</small></h5>"
    groups = ""
    if len(card.hazard_groups) < len(HAZARD_GROUPS):
        names = t.listed(t(f"hazard.{group}") for group in card.hazard_groups)
        groups = f"<p class='note'>{as_html(t('open_hazard.only', groups=names))}</p>"
    if not card.hazards:
        return f"<section>{title}<p>{as_html(t('open_hazard.none'))}</p>{groups}</section>"
    lines = "".join(_line(card, one, t) for one in card.hazards)
    return f"<section>{title}<ul class='hazards'>{lines}</ul>{groups}</section>"


def category_name(code: str, t: Translator) -> str:
    return next((t.of(one.name) for one in categories() if one.code == code), code)


def _line(card: BuildingReport, one: OpenHazard, t: Translator) -> str:
    severity = t.of(catalogue().severities[one.severity])
    what = t("open_hazard.what", group=t(f"hazard.{one.group}"), severity=severity)
    if one.due_on is None:
        term = f"<small>{as_html(t('open_hazard.no_term'))}</small>"
    else:
        until = t("open_hazard.term", day=one.due_on)
        term = f"{days_away(one.due_on, card.on, t)}<small>{as_html(until)}</small>"
    return (
        f"<li>{symbol_picture(OVERDUE if one.overdue else OPEN)}"
        f"<div><b>{as_html(category_name(one.category, t))}</b>"
        f"<small>{as_html(what)}</small><small>{as_html(_now(one, t))}</small></div>"
        f"<div class='term'>{term}</div></li>"
    )


def _now(one: OpenHazard, t: Translator) -> str:
    """What became of it last, with whom it is, since when."""
    step = t(f"step.{one.step}")
    if one.department is None:
        return t("open_hazard.now", step=step, day=one.step_on)
    key = f"department.{one.department}"
    return t("open_hazard.with", step=step, day=one.step_on, department=t(key) if key in t else one.department)
