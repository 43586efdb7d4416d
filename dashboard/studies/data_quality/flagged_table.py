"""Tables of findings with the way to their buildings: areas by a link to the map, officers by a table below."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import city_cache
from dashboard.studies.study_context import Study
from data.city import queries
from data.db.engine import reading
from data.studies.data_quality import Evidence

MOST = 300  # findings, and visits of one officer, in a table: more is nobody's morning's work
ROW_PX, HEAD_PX = 35, 38
Marked = Callable[[np.ndarray], np.ndarray]  # visits (rows) of one officer → which are the finding, bool


def per_cent(share: np.ndarray) -> list[str]:
    return [f"{one:.1%}" if np.isfinite(one) else "–" for one in share]


def area_findings(
    of: Study, part: str, labels: np.ndarray, links: np.ndarray, table: pd.DataFrame, order: np.ndarray, units: int
) -> None:
    """table: a row a unit; order: the named ones, the first to look at first; units: how many could be named."""
    if not _counted(of, part, len(order), units):
        return
    rows = table.iloc[order[:MOST]].reset_index(drop=True)
    rows.insert(0, of.say("quality.area"), np.asarray(labels)[order[:MOST]])
    where = of.say("quality.buildings")
    rows[where] = np.asarray(links)[order[:MOST]]
    link = st.column_config.LinkColumn(display_text=of.say("quality.on_the_map"), width="small")
    st.dataframe(rows, hide_index=True, width="stretch", column_config={where: link})


def officer_findings(
    of: Study,
    found: Evidence,
    part: str,
    table: pd.DataFrame,
    order: np.ndarray,
    units: int,
    marked: Marked | None = None,
) -> None:
    """As area_findings; a chosen officer's visits stand below, those first that `marked` picks of all of them."""
    if not _counted(of, part, len(order), units):
        return
    order = order[:MOST]
    rows = table.iloc[order].reset_index(drop=True)
    rows.insert(0, of.say("quality.officer"), of.opened.ledger.inspectors[order])
    height = HEAD_PX + ROW_PX * min(len(order), 8)
    chosen = st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        height=height,
        on_select="rerun",
        selection_mode="single-row",
        key=f"quality-{part}-officers",
    ).selection["rows"]
    if chosen and chosen[0] < len(order):
        _visits(of, found, int(order[chosen[0]]), marked)
    else:
        st.caption(of.say("quality.choose_officer"))


def _counted(of: Study, part: str, named: int, units: int) -> bool:
    sentence = of.say(f"quality.{part}_alarms")
    if not named:
        st.success(f"{of.say('quality.none_named', units=f'{units:,}')} {sentence}")
        return False
    told = of.say("quality.named", named=f"{named:,}", units=f"{units:,}")
    more = of.say("quality.first_shown", n=MOST) if named > MOST else ""
    st.markdown(f"**{told}** {more} {sentence}")
    return True


def _visits(of: Study, found: Evidence, officer: int, marked: Marked | None) -> None:
    """The officer's visits to the visitor's buildings with the way to each card: marked ones first, then by day."""
    visits = np.flatnonzero(found.officer == officer)
    marks = np.zeros(len(visits), bool) if marked is None else marked(visits)
    mine = of.rows[found.building[visits]]
    visits, marks = visits[mine], marks[mine]
    order = np.lexsort((-found.day[visits].astype(int), ~marks))[:MOST]
    code = of.opened.ledger.inspectors[officer]
    st.markdown(f"##### {of.say('quality.visits_of', officer=code, n=f'{len(visits):,}')}")
    st.dataframe(
        _visit_table(of, found, visits[order], None if marked is None else marks[order]),
        hide_index=True,
        width="stretch",
        column_config={of.say("quality.card"): st.column_config.LinkColumn(display_text=of.say("quality.open_card"))},
    )


def _visit_table(of: Study, found: Evidence, visits: np.ndarray, marked: np.ndarray | None) -> pd.DataFrame:
    say, ids = of.say, of.opened.ledger.buildings["id"][found.building[visits]].tolist()
    with reading(city_cache.database(), of.viewer) as session:
        known = {one.id: one for one in queries.particulars(session, of.viewer, of.opened.city, list(set(ids)))}
    there = np.array([one in known for one in ids], bool)
    ids, visits = [one for one in ids if one in known], visits[there]
    names = [*(getattr(grade.name, say.language) for grade in found.edition.grades), "–"]
    head = f"/?city={of.code}&lang={say.language}&building="
    columns = {
        say("quality.day"): found.day[visits].astype(str),
        say("quality.building"): [known[one].name or known[one].address for one in ids],
        say("quality.score"): np.round(found.score[visits], 1),
        say("quality.class"): [names[grade] for grade in found.grade[visits]],
    }
    if marked is not None:
        columns[say("quality.marked")] = np.where(marked[there], "●", "")
    return pd.DataFrame(columns | {say("quality.card"): [head + known[one].code for one in ids]})
