"""A flow of the diagram, chosen by a click: from then on it is a filter, which stands in the address of every page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts.flow import End, flow_ends
from dashboard.look.carried_view import change_view
from dashboard.look.choices import distinct_labels, row_by_id
from dashboard.look.plain_text import as_text
from dashboard.studies import grade_changes
from dashboard.studies.grade_changes import MOST_PX, GradeComparison
from dashboard.view.labels import moved_in_words
from dashboard.view.view_state import moved_text
from data.city.filters import DIRECTIONS, UNRATED, Moved, moved_so
from scoring.studies.grade_changes import flow

CHART, CLICKS = "changes-flow", "flow-clicks"


def chosen_in(comparison: GradeComparison, since: date) -> Moved | None:
    """The flow that the address names, where it is one of this comparison."""
    moved = comparison.study.view.filters.moved
    same = moved is not None and (moved.rule_set, moved.since) == (comparison.edition.rule_set, since)
    return moved if same else None


def narrowed(comparison: GradeComparison, chosen: Moved) -> GradeComparison:
    """The comparison of the buildings that moved so."""
    rows = moved_so(comparison.before, comparison.after, _codes(comparison), chosen)
    return replace(comparison, study=replace(comparison.study, rows=comparison.study.rows & rows))


def listed(comparison: GradeComparison) -> np.ndarray:
    """Row numbers of those whose grade changed; of a flow without any, of all of it."""
    changed = grade_changes.changed_rows(comparison)
    return changed if len(changed) else np.flatnonzero(comparison.study.rows)


def flow_to_choose_from(comparison: GradeComparison, since: date, chosen: Moved | None) -> None:
    """The diagram, the two directions beside it, and what is chosen with the way to the map."""
    study, t = comparison.study, comparison.study.t
    _directions(comparison, since, chosen)
    key = f"{CHART}-{st.session_state.get(CLICKS, 0)}"
    rows, grades = study.rows, len(comparison.edition.grades)
    ends = flow_ends(flow(comparison.before[rows], comparison.after[rows], grades))
    named = [tuple(_code(comparison, place) for place in end) for end in ends]
    with st.container(key=CHART):
        grade_changes.flow_chart(
            comparison,
            t("changes.flow"),
            key,
            chosen=(None, None) if chosen is None else _places(comparison, chosen),
            on_click=lambda: _clicked(key, named, comparison.edition.rule_set, since, chosen),
        )
    if chosen is None:
        st.caption(t("changes.choose"))
    else:
        _told(comparison, chosen)
    _flow_table(comparison, since, chosen)


def _flow_table(comparison: GradeComparison, since: date, chosen: Moved | None) -> None:
    """The diagram in rows, the largest flow first; a row chosen is chosen as its band is."""
    t, names, rows = comparison.study.t, comparison.names, comparison.study.rows
    counts = flow(comparison.before[rows], comparison.after[rows], len(names) - 1)
    ends = sorted(map(tuple, np.argwhere(counts).tolist()), key=lambda end: (-counts[end], end))
    table = pd.DataFrame(
        {
            comparison.labels[0]: [names[before] for before, _ in ends],
            comparison.labels[1]: [names[after] for _, after in ends],
            t("changes.houses"): [int(counts[end]) for end in ends],
        }
    )
    with st.expander(t("changes.as_table")):
        row = row_by_id(table, ends, f"changes-flows-{st.session_state.get(CLICKS, 0)}", most_px=MOST_PX)
    if row is not None:
        before, after = (_code(comparison, place) for place in row)
        _take(Moved(comparison.edition.rule_set, since, before=before, after=after), chosen)
        st.rerun()


def _told(comparison: GradeComparison, chosen: Moved) -> None:
    study, t = comparison.study, comparison.study.t
    count = int(narrowed(comparison, chosen).study.rows.sum())
    what = moved_in_words(study.context, chosen, t)
    query = {**study.query, "city": study.code, "lang": t.language, "moved": moved_text(chosen)}
    query.pop("building", None)
    st.caption(as_text(t("changes.chosen", what=what, n=f"{count:,}")))
    with st.container(horizontal=True, gap="small"):
        st.link_button(t("study.to_map", n=f"{count:,}"), f"/?{urlencode(query)}", icon=":material/map:")
        st.button(
            t("control.take_off", what=as_text(what)), icon=":material/close:", key="flow-off",
            on_click=change_view, kwargs={"moved": ""},
        )  # fmt: skip


def _directions(comparison: GradeComparison, since: date, chosen: Moved | None) -> None:
    """Those that got worse, or better, whatever their grades."""
    t, key = comparison.study.t, "changes_direction"
    st.session_state[key] = None if chosen is None else chosen.direction
    counts = {name: int((comparison.direction == direction).sum()) for name, direction in DIRECTIONS.items()}
    st.pills(
        t("changes.part"),
        list(DIRECTIONS),
        format_func=distinct_labels(DIRECTIONS, lambda name: f"{t(f'changes.{name}')} {counts[name]:,}"),
        key=key,
        label_visibility="collapsed",
        on_change=_direction_chosen,
        args=(key, comparison.edition.rule_set, since),
    )


def _direction_chosen(key: str, rule_set: str, since: date) -> None:
    direction = str(st.session_state.get(key) or "")
    change_view(moved=moved_text(Moved(rule_set, since, direction)) if direction in DIRECTIONS else "")


def _clicked(
    key: str, named: Sequence[tuple[str | None, ...]], rule_set: str, since: date, chosen: Moved | None
) -> None:
    """What was clicked is chosen; what was chosen already is taken off."""
    try:
        place = st.session_state[key]["selection"]["points"][0]["point_index"]
    except (KeyError, IndexError, TypeError):  # nothing selected, or whatever a browser sends
        return
    if not isinstance(place, int) or not 0 <= place < len(named):
        return
    before, after = named[place]
    _take(Moved(rule_set, since, before=before, after=after), chosen)


def _take(moved: Moved, chosen: Moved | None) -> None:
    """Diagram and table are made anew: nothing stays selected in them beside the filter."""
    st.session_state[CLICKS] = st.session_state.get(CLICKS, 0) + 1
    change_view(moved="" if moved == chosen else moved_text(moved))


def _codes(comparison: GradeComparison) -> list[str]:
    return [grade.code for grade in comparison.edition.grades]


def _code(comparison: GradeComparison, place: int | None) -> str | None:
    return None if place is None else [*_codes(comparison), UNRATED][place]


def _places(comparison: GradeComparison, chosen: Moved) -> End:
    places = {code: place for place, code in enumerate([*_codes(comparison), UNRATED])}
    before, after = (None if code is None else places[code] for code in (chosen.before, chosen.after))
    return before, after
