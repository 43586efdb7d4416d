"""The credit records of a building with public-rental homes, on its card: counts by state and level alone."""

import numpy as np

from dashboard.i18n import Translator
from dashboard.look.plain_text import as_html
from data.city.building_report import BuildingReport
from data.city.credit_records import CreditCounts
from scoring.studies.credit_records import EXPIRED, RECOGNISED, RECORDED, REPAIRED, STATES, SUBJECT_KINDS, scale

ORDER = (RECOGNISED, REPAIRED, EXPIRED, RECORDED)  # what stands now before what is over, and what is not decided


def credit_section(card: BuildingReport, t: Translator) -> str:
    """HTML; nothing for a building without such homes, and for a viewer who may not see them."""
    if not card.credit:
        return ""
    homes = sum(card.homes.values())
    kinds = (_of_kind(kind, card.credit[kind], homes, t) for kind in reversed(SUBJECT_KINDS))  # households first
    return f"<section><h5>{as_html(t('credit.title'))}</h5>{''.join(kinds)}{_rule(t)}</section>"


def _of_kind(kind: str, counts: CreditCounts, homes: int, t: Translator) -> str:
    about = {"day": counts.on, "records": counts.records, "subjects": counts.subjects, "homes": homes}
    if not counts.records:
        return f"<p class='credit'>{as_html(t(f'credit.no_{kind}', **about))}</p>"
    return _table(t(f"credit.{kind}", **about), counts, t)


def _table(caption: str, counts: CreditCounts, t: Translator) -> str:
    heads = [t("credit.state"), *(t.of(level.name) for level in scale().levels), t("credit.all")]
    rows = [_row(t(f"credit.{STATES[state]}"), counts.by_state[state]) for state in ORDER]
    rows.append(_row(t("credit.all"), counts.by_state.sum(axis=0)))
    cells = "".join(f"<th scope='col'>{as_html(head)}</th>" for head in heads)
    return f"<table class='credit'><caption>{as_html(caption)}</caption><tr>{cells}</tr>{''.join(rows)}</table>"


def _row(name: str, by_level: np.ndarray) -> str:
    cells = "".join(f"<td>{number:,}</td>" for number in (*by_level, by_level.sum()))
    return f"<tr><th scope='row'>{as_html(name)}</th>{cells}</tr>"


def _rule(t: Translator) -> str:
    """Where the levels come from, and what is not the source's."""
    assumed = (t("card.assumed", what=t.of(text)) for text in scale().assumed)
    lines = "".join(f"<i>{as_html(line)}</i>" for line in assumed)
    return f"<p class='credit'><q>{as_html(scale().quote)}</q>{lines}</p>"
