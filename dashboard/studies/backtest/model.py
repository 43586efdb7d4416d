"""A model's scores, handed in to be held beside the grades: the file, its columns, and what came of them."""

import hashlib
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.cache import city_cache
from dashboard.i18n import Translator
from dashboard.look.choices import select_by_id
from dashboard.look.plain_text import as_text
from dashboard.studies.study_context import Study
from data.db.engine import reading
from data.importing.errors import FileRefused
from data.studies.model_scores import KINDS, ModelScores, WrongScores, model_scores, scores_table

TYPES = ("csv", "xlsx")
NO_COLUMN = ""
WORDS = {
    "code": ("code", "building"),
    "score": ("prob", "score"),
    "day": ("day", "date"),
}  # of headings in any language


@dataclass(frozen=True)
class Model:
    """Scores and a name for them: the same for the same file and choices."""

    scores: ModelScores
    digest: str


def model_chosen(study: Study) -> Model | None:
    """The model handed in; None where there is none, or where it cannot be used, which is said."""
    t = study.t
    with st.expander(t("backtest.model")):
        st.caption(t("backtest.model_note"))
        file = st.file_uploader(t("backtest.model_file"), type=TYPES, key="backtest_model_file")
        if file is None:
            st.session_state.pop("backtest_model", None)
            return None
        content = file.getvalue()
        try:
            table = _table(content, file.name, t)
            return _model(study, table, hashlib.sha256(content).hexdigest())
        except (FileRefused, WrongScores) as refused:
            st.error(as_text(t.sentence(refused)))
            return None


def _table(content: bytes, name: str, t: Translator) -> pd.DataFrame:
    """The file's rows, read once and kept with the session until another is handed in."""
    digest = hashlib.sha256(content).hexdigest()
    kept = st.session_state.get("backtest_model")
    if kept is None or kept[0] != digest:
        with st.spinner(t("imports.reading")):
            kept = (digest, scores_table(content, name))
        st.session_state["backtest_model"] = kept
    return kept[1]


def _model(study: Study, table: pd.DataFrame, digest: str) -> Model:
    t, columns = study.t, [str(name) for name in table.columns]
    with st.container(horizontal=True, gap="medium"):
        code = _column("code", columns, 0, t)
        score = _column("score", columns, len(columns) - 1, t)
        day = _column("day", [NO_COLUMN, *columns], 0, t)
        kind = st.segmented_control(
            t("backtest.model_kind"),
            KINDS,
            format_func=lambda one: t(f"backtest.model_{one}"),
            key="backtest_model_kind",
            default=KINDS["prob" in score.lower() or t("backtest.model_probability") in score],
            required=True,
        )
    context = study.context
    with reading(city_cache.database(), study.scope) as session:
        asked = (code, score, day or None)
        scores = model_scores(session, study.scope, context.city, context.city_facts, table, asked, kind)
    st.caption(t("backtest.model_taken", n=f"{scores.buildings:,}", unknown=f"{scores.unknown:,}"))
    return Model(scores, hashlib.sha256(repr((digest, code, score, day, kind)).encode()).hexdigest())


def _column(what: str, columns: list[str], otherwise: int, t: Translator) -> str:
    """The column chosen, to begin with the first whose heading holds a word for it."""
    words = (*WORDS[what], *t(f"backtest.model_{what}_words").split())
    likely = (place for place, name in enumerate(columns) if any(word in name.lower() for word in words))
    index, label = next(likely, otherwise), t(f"backtest.model_{what}")
    return select_by_id(label, columns, lambda name: name or "–", index=index, key=f"backtest_model_{what}") or ""
