"""One building's report: its grade and why, what is to be done, the reasons, what happened there, what it is."""

import streamlit as st

from dashboard.building.actions import actions
from dashboard.building.advice import advice_section
from dashboard.building.base_data import base_data
from dashboard.building.credit import credit_section
from dashboard.building.hazards import hazards_section
from dashboard.building.next_visit import next_visit
from dashboard.building.reasons import reasons_section
from dashboard.building.timeline import timeline_section
from dashboard.building.why import number, why
from dashboard.cache.city_cache import CityContext
from dashboard.i18n import Translator
from dashboard.look.palette import symbols
from dashboard.look.plain_text import as_html
from dashboard.look.shapes import symbol_picture
from dashboard.view.labels import theme_name
from data.city.building_report import BuildingReport, Explained


def building_card(context: CityContext, card: BuildingReport, leading: str | None, t: Translator) -> bool:
    """leading: the rule set that stands in the head; None: the city's first. Whether the card is to be closed."""
    is_closed = actions(card, t)
    st.html(card_html(context, card, leading, t))
    return is_closed


def card_html(context: CityContext, card: BuildingReport, leading: str | None, t: Translator) -> str:
    """The card as it stands on the screen, a phone and paper; every text of the data escaped."""
    first = leading if leading in card.ratings else next(iter(card.ratings), None)
    if card.has_ended or first is None:
        parts = [_title(context, card, t), _ending(card, t)]
    else:
        others = "".join(_other(context, card, one, t) for one in card.ratings if one != first)
        parts = [
            _title(context, card, t),
            f"<div class='lead'>{_grade(context, card, first, t)}{_sign(card.ratings[first], t)}</div>",
            next_visit(card, first, t),
            f"<div class='others'>{others}</div>" if others else "",
            hazards_section(card, t),
            _explained(card.ratings[first], t),
        ]
    parts += [timeline_section(context, card, t), credit_section(card, t), base_data(context, card, t)]
    return f"<article class='building-card'>{''.join(parts)}</article>"


def _title(context: CityContext, card: BuildingReport, t: Translator) -> str:
    """Its name, or the next best; below it what else tells it apart, and the day for which all is said."""
    building = card.building
    name = building.name or building.address or building.code
    beside = [text for text in (building.address, building.code) if text and text != name]
    beside.append(t("card.as_of", city=t.of(context.city.names), day=card.on))
    small = "".join(f"<span>{as_html(text)}</span>" for text in beside)
    return f"<header><h4>{as_html(name)}</h4><p>{small}</p></header>"


def _ending(card: BuildingReport, t: Translator) -> str:
    if not card.has_ended:
        return ""
    how = card.building.ended_as or "closed"
    return f"<p class='ended'>{as_html(t(f'card.ended_{how}', day=card.building.ended_on))}</p>"


def _grade(context: CityContext, card: BuildingReport, rule_set: str, t: Translator) -> str:
    """The grade with its symbol, its rule set and score, and why."""
    shown = card.ratings[rule_set]
    grades, grade = shown.edition.grades, int(shown.rating.grade[0])
    symbol = symbols(tuple(one.code for one in grades))[grade]
    name = t.of(grades[grade].name) if grade >= 0 else t("grade.unrated")
    score = _score(shown, t)
    beside = theme_name(context, rule_set, t) + (f" · {score}" if score else "")
    return (
        f'<div class="rating"><b style="border-color:{symbol.colour}">{symbol_picture(symbol)}{as_html(name)}</b>'
        f"<span>{as_html(beside)}</span></div><p class='why'>{as_html(why(shown, t))}</p>"
    )


def _score(shown: Explained, t: Translator) -> str:
    score = float(shown.rating.score[0])
    if score != score:
        return ""
    return t("card.score_seen" if shown.partly_scored else "card.score", score=number(score))


def _sign(shown: Explained, t: Translator) -> str:
    """What is to hang at the door."""
    grade = int(shown.rating.grade[0])
    sign = shown.edition.grades[grade].sign if grade >= 0 else None
    return f"<p class='note'>{as_html(t.pair(t('card.sign'), t.of(sign)))}</p>" if sign else ""


def _other(context: CityContext, card: BuildingReport, rule_set: str, t: Translator) -> str:
    """A further rule set: its grade and why, which opens on the rest."""
    shown = card.ratings[rule_set]
    below = f"{_sign(shown, t)}{next_visit(card, rule_set, t)}{_explained(shown, t)}"
    return f"<details><summary>{_grade(context, card, rule_set, t)}</summary>{below}</details>"


def _explained(shown: Explained, t: Translator) -> str:
    """The way up and the reasons."""
    if int(shown.rating.grade[0]) < 0:
        return f"<p class='note'>{as_html(t('advice.missing'))}</p>"
    parts = [] if shown.advice is None else [advice_section(shown.edition, shown.advice, t)]
    if shown.withholds:
        said = t("advice.others_decide" if shown.advice is None else "advice.others_left_out")
        parts.append(f"<p class='note'>{as_html(said)}</p>")
    return "".join([*parts, reasons_section(shown, t)])
