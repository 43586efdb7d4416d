"""What came of the plans of the last weeks: planned against made, on time, and found, by area and by officer."""

import hashlib

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache.background_jobs import Report
from dashboard.cache.city_cache import database
from dashboard.i18n import Translator
from dashboard.look.conclusion import Statement, conclusion, said
from dashboard.look.plain_text import as_text
from dashboard.look.stat_cards import figure_cards
from dashboard.look.tables import draw_table
from dashboard.studies.beside_page import finished
from dashboard.studies.study_context import Study
from dashboard.view.labels import level_name
from data.city.queries import city_by_code
from data.db.engine import reading
from data.planning.outcomes import (
    COUNTED,
    DAYS_BACK,
    Outcomes,
    WantedSoFar,
    latest_plan_and_word,
    outcomes_of,
    tallied,
    wanted_so_far,
)
from scoring.studies.share_interval import share_interval

LISTED, TABLE_PX = 200, 560
PLANNED, ON_DAY, IN_PLAN, FELL_DUE, ON_TIME, VISITS, FOUND = range(len(COUNTED))
SHARES = ((ON_DAY, PLANNED), (IN_PLAN, PLANNED), (ON_TIME, FELL_DUE), (FOUND, VISITS))


def outcomes(study: Study) -> None:
    answer = _worked_out(study)
    if answer is None:
        return
    t, (wanted, became) = study.t, answer
    everything = np.zeros(len(became.row), np.int64), np.zeros(len(became.made_row), np.int64)
    whole = tallied(became, *everything, 1)[0]
    days = {"first": f"{wanted.since}", "last": f"{wanted.on}"}
    if not whole[PLANNED] and not whole[FELL_DUE]:
        with study.top:
            conclusion([said("outcomes.none", **days)], t)
        return
    with study.top:
        conclusion(concluded(whole, days), t)
    figure_cards([_card(whole, *pair, t) for pair in SHARES])
    st.caption(t("outcomes.how", n=as_text(DAYS_BACK)))
    left, right = st.columns(2, gap="medium")
    with left:
        _by_area(study, became)
    with right:
        _by_officer(study, wanted, became)


def concluded(whole: np.ndarray, days: dict[str, str]) -> list[Statement]:
    """whole: the counts in the order of COUNTED."""
    statements = []
    if whole[PLANNED]:
        counts = {"n": f"{whole[PLANNED]:,}", "made": f"{whole[IN_PLAN]:,}", "on_day": f"{whole[ON_DAY]:,}"}
        statements.append(said("outcomes.conclude", **days, **counts, **_interval(whole[IN_PLAN], whole[PLANNED])))
    if whole[FELL_DUE]:
        counts = {"n": f"{whole[FELL_DUE]:,}", "on_time": f"{whole[ON_TIME]:,}"}
        statements.append(said("outcomes.conclude_due", **counts, **_interval(whole[ON_TIME], whole[FELL_DUE])))
    return statements


def _worked_out(study: Study) -> tuple[WantedSoFar, Outcomes] | None:
    scope, code, context, rows = study.scope, study.code, study.context, study.rows
    with reading(database(), scope) as session:
        latest = latest_plan_and_word(session, city_by_code(session, scope, code))
    looked_at = hashlib.sha256(rows.tobytes()).hexdigest()
    question = "-".join((context.version.cache_key, str(latest), looked_at))

    def work(report: Report) -> tuple[WantedSoFar, Outcomes]:
        report("reading", 0, 2)
        with reading(database(), scope) as session:
            city = city_by_code(session, scope, code)
            wanted = wanted_so_far(session, scope, city, context.options.last_day)
        report("comparing", 1, 2)
        return wanted, outcomes_of(wanted, context.city_facts, rows)

    return finished(study, "outcomes", question, work, "plan_view")


def _by_area(study: Study, became: Outcomes) -> None:
    """By the widest level of which several areas are looked at."""
    facts, levels = study.context.city_facts.buildings, study.context.options.levels
    level = next((one for one in levels if len(np.unique(facts[one][study.rows])) > 1), None)
    if level is None:
        return
    ids, place = np.unique(facts[level], return_inverse=True)
    counts = tallied(became, place[became.row], place[became.made_row], len(ids))
    names = study.context.area_name
    named = [
        names[one][study.t.language != "zh"] if one in names else study.t("outcomes.no_area") for one in ids.tolist()
    ]
    _table(study, level_name(study.context, level, study.t), named, counts)


def _by_officer(study: Study, wanted: WantedSoFar, became: Outcomes) -> None:
    """Those whose code may be seen, for whoever plans or studies."""
    if not study.scope.can("plan") and not study.scope.can("analysis"):
        return
    ids = np.array(sorted(set(became.officer.tolist()) & set(wanted.codes)), np.int64)
    codes = [wanted.codes[one] for one in ids.tolist()]
    place = {code: number for number, code in enumerate(codes)}
    of_inspector = np.array(
        [*(place.get(one, -1) for one in study.context.city_facts.inspectors.tolist()), -1], np.int64
    )
    of_visit = np.searchsorted(ids, became.officer)
    known = np.isin(became.officer, ids)
    counts = tallied(became, np.where(known, of_visit, -1), of_inspector[became.made_by], len(ids))
    _table(study, study.t("planning.officer"), codes, counts)


def _table(study: Study, of: str, names: list[str], counts: np.ndarray) -> None:
    """Most planned first; those with neither a planned visit nor one that fell due are left out."""
    t = study.t
    rows = np.flatnonzero(counts[:, [PLANNED, FELL_DUE]].any(axis=1))
    rows = rows[np.argsort(-counts[rows, PLANNED], kind="stable")]
    st.markdown(f"##### {as_text(t('outcomes.by', of=of))}")
    if len(rows) > LISTED:
        st.caption(t("outcomes.listed", n=f"{LISTED:,}", of=f"{len(rows):,}"))
    listed = rows[:LISTED]
    columns: dict[str, list] = {of: [names[row] for row in listed.tolist()]}
    for part, whole in SHARES:
        columns[t(f"outcomes.{COUNTED[whole]}")] = counts[listed, whole].tolist()
        shares = [_share(counts[row, part], counts[row, whole], t) for row in listed.tolist()]
        columns[t(f"outcomes.{COUNTED[part]}")] = shares
    draw_table(pd.DataFrame(columns), most_px=TABLE_PX)


def _card(whole: np.ndarray, part: int, of: int, t: Translator) -> tuple[str, str, str]:
    counts = t("outcomes.part_of", part=f"{whole[part]:,}", of=f"{whole[of]:,}", what=t(f"outcomes.{COUNTED[of]}"))
    return t(f"outcomes.{COUNTED[part]}"), _share(whole[part], whole[of], t), counts


def _share(part: int, whole: int, t: Translator) -> str:
    return t("outcomes.share", **_interval(part, whole)) if whole else "–"


def _interval(part: int, whole: int) -> dict[str, str]:
    """A share and how far chance may have moved it. whole: at least 1."""
    low, high = share_interval(int(part), int(whole))
    return {"share": f"{part / whole:.1%}", "low": f"{low:.1%}", "high": f"{high:.1%}"}
