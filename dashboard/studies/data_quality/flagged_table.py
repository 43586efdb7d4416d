"""Tables of findings with the way to their buildings: areas by a link to the map, officers by a table below."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import city_cache
from dashboard.studies.study_context import Study
from data.city import queries
from data.db.engine import reading
from data.studies.data_quality import QualityDataset

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
    rows.insert(0, of.t("quality.area"), np.asarray(labels)[order[:MOST]])
    where = of.t("quality.buildings")
    rows[where] = np.asarray(links)[order[:MOST]]
    link = st.column_config.LinkColumn(display_text=of.t("quality.on_the_map"), width="small")
    st.dataframe(rows, hide_index=True, width="stretch", column_config={where: link})


def officer_findings(
    of: Study,
    found: QualityDataset,
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
    rows.insert(0, of.t("quality.officer"), of.context.city_facts.inspectors[order])
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
        st.caption(of.t("quality.choose_officer"))


def _counted(of: Study, part: str, flagged: int, units: int) -> bool:
    sentence = of.t(f"quality.{part}_alarms")
    if not flagged:
        st.success(f"{of.t('quality.none_named', units=f'{units:,}')} {sentence}")
        return False
    told = of.t("quality.named", named=f"{flagged:,}", units=f"{units:,}")
    more = of.t("quality.first_shown", n=MOST) if flagged > MOST else ""
    st.markdown(f"**{told}** {more} {sentence}")
    return True


def _visits(of: Study, found: QualityDataset, officer: int, marked: Marked | None) -> None:
    """The officer's visits to the visitor's buildings with the way to each card: marked ones first, then by day."""
    visits = np.flatnonzero(found.officer == officer)
    symbols = np.zeros(len(visits), bool) if marked is None else marked(visits)
    mine = of.rows[found.building[visits]]
    visits, symbols = visits[mine], symbols[mine]
    order = np.lexsort((-found.day[visits].astype(int), ~symbols))[:MOST]
    code = of.context.city_facts.inspectors[officer]
    st.markdown(f"##### {of.t('quality.visits_of', officer=code, n=f'{len(visits):,}')}")
    st.dataframe(
        _visit_table(of, found, visits[order], None if marked is None else symbols[order]),
        hide_index=True,
        width="stretch",
        column_config={of.t("quality.card"): st.column_config.LinkColumn(display_text=of.t("quality.open_card"))},
    )


def _visit_table(of: Study, found: QualityDataset, visits: np.ndarray, marked: np.ndarray | None) -> pd.DataFrame:
    t, ids = of.t, of.context.city_facts.buildings["id"][found.building[visits]].tolist()
    with reading(city_cache.database(), of.scope) as session:
        known = {one.id: one for one in queries.building_rows(session, of.scope, of.context.city, list(set(ids)))}
    there = np.array([one in known for one in ids], bool)
    ids, visits = [one for one in ids if one in known], visits[there]
    names = [*(t.of(grade.name) for grade in found.edition.grades), "–"]
    head = f"/?city={of.code}&lang={t.language}&building="
    columns = {
        t("quality.day"): found.day[visits].astype(str),
        t("quality.building"): [known[one].name or known[one].address for one in ids],
        t("quality.score"): np.round(found.score[visits], 1),
        t("quality.class"): [names[grade] for grade in found.grade[visits]],
    }
    if marked is not None:
        columns[t("quality.marked")] = np.where(marked[there], "●", "")
    return pd.DataFrame(columns | {t("quality.card"): [head + known[one].code for one in ids]})
