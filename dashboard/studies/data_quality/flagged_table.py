"""Tables of findings with the way to their buildings: areas by a link to the map, officers by a table below."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache import city_cache
from dashboard.look.choices import row_by_id
from dashboard.look.plain_text import as_text
from dashboard.look.tables import draw_table, height_of
from dashboard.studies.grade_changes import card_address
from dashboard.studies.study_context import Study
from data.city import queries
from data.db.engine import reading
from data.studies.data_quality import QualityDataset

MOST = 300  # findings, and visits of one officer, in a table: more is nobody's morning's work
Marked = Callable[[np.ndarray], np.ndarray]  # visits (rows) of one officer → which are the finding, bool


def per_cent(share: np.ndarray) -> list[str]:
    return [f"{one:.1%}" if np.isfinite(one) else "–" for one in share]


def area_findings(
    study: Study, part: str, labels: np.ndarray, links: np.ndarray, table: pd.DataFrame, order: np.ndarray, units: int
) -> None:
    """table: a row a unit; order: the flagged ones, the first to look at first; units: how many could be flagged."""
    if not _summary(study, part, len(order), units):
        return
    rows = table.iloc[order[:MOST]].reset_index(drop=True)
    rows.insert(0, study.t("data_quality.area"), np.asarray(labels)[order[:MOST]])
    where = study.t("data_quality.buildings")
    rows[where] = np.asarray(links)[order[:MOST]]
    link = st.column_config.LinkColumn(display_text=study.t("data_quality.on_the_map"), width="small")
    draw_table(rows, column_config={where: link})


def officer_findings(
    study: Study,
    dataset: QualityDataset,
    part: str,
    table: pd.DataFrame,
    order: np.ndarray,
    units: int,
    marked: Marked | None = None,
) -> None:
    """As area_findings; a chosen officer's visits stand below, those first that `marked` picks of all of them."""
    if not _summary(study, part, len(order), units):
        return
    order = order[:MOST]
    rows = table.iloc[order].reset_index(drop=True)
    rows.insert(0, study.t("data_quality.officer"), study.context.city_facts.inspectors[order])
    height = height_of(min(len(order), 8))
    officers = dict(zip(study.context.city_facts.inspectors[order].tolist(), order.tolist(), strict=True))
    chosen = row_by_id(rows, list(officers), f"quality-{part}-officers", height=height)
    if chosen is not None:
        _visits(study, dataset, officers[chosen], marked)
    else:
        st.caption(study.t("data_quality.choose_officer"))


def _summary(study: Study, part: str, flagged: int, units: int) -> bool:
    sentence = study.t(f"data_quality.{part}_flagged_when")
    if not flagged:
        st.success(f"{study.t('data_quality.none_flagged', units=f'{units:,}')} {as_text(sentence)}")
        return False
    summary = study.t("data_quality.flagged", flagged=f"{flagged:,}", units=f"{units:,}")
    more = study.t("data_quality.first_shown", n=MOST) if flagged > MOST else ""
    st.markdown(f"**{as_text(summary)}** {as_text(more)} {as_text(sentence)}")
    return True


def _visits(study: Study, dataset: QualityDataset, officer: int, marked: Marked | None) -> None:
    """The officer's visits to the user's buildings with the way to each card: marked ones first, then by day."""
    visits = np.flatnonzero(dataset.officer == officer)
    is_marked = np.zeros(len(visits), bool) if marked is None else marked(visits)
    own = study.rows[dataset.building[visits]]
    visits, is_marked = visits[own], is_marked[own]
    order = np.lexsort((-dataset.day[visits].astype(int), ~is_marked))[:MOST]
    code = study.context.city_facts.inspectors[officer]
    st.markdown(f"##### {study.t('data_quality.visits_of', officer=as_text(code), n=f'{len(visits):,}')}")
    draw_table(
        _visit_table(study, dataset, visits[order], None if marked is None else is_marked[order]),
        column_config={
            study.t("data_quality.card"): st.column_config.LinkColumn(display_text=study.t("data_quality.open_card"))
        },
    )


def _visit_table(study: Study, dataset: QualityDataset, visits: np.ndarray, marked: np.ndarray | None) -> pd.DataFrame:
    t, ids = study.t, study.context.city_facts.buildings["id"][dataset.building[visits]].tolist()
    with reading(city_cache.database(), study.scope) as session:
        by_id = {one.id: one for one in queries.building_rows(session, study.scope, study.context.city, list(set(ids)))}
    is_seen = np.array([one in by_id for one in ids], bool)
    ids, visits = [one for one in ids if one in by_id], visits[is_seen]
    names = [*(t.of(grade.name) for grade in dataset.edition.grades), "–"]
    columns = {
        t("data_quality.day"): dataset.day[visits].astype(str),
        t("data_quality.building"): [by_id[one].name or by_id[one].address for one in ids],
        t("data_quality.score"): np.round(dataset.score[visits], 1),
        t("data_quality.class"): [names[grade] for grade in dataset.grade[visits]],
    }
    if marked is not None:
        columns[t("data_quality.marked")] = np.where(marked[is_seen], "●", "")
    return pd.DataFrame(columns | {t("data_quality.card"): [card_address(study, by_id[one].code) for one in ids]})
