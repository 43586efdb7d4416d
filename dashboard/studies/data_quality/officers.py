"""Officers one by one: scores heaped above a bound, leniency at the same buildings, copied check-lists."""

import numpy as np
import pandas as pd

from dashboard.charts import officers as charts
from dashboard.studies.data_quality.conclusion import Findings, concluded
from dashboard.studies.data_quality.flagged_table import officer_findings, per_cent
from dashboard.studies.data_quality.quality_scope import chart, own_officers, part_caption, say_first
from dashboard.studies.study_context import Study
from data.studies.data_quality import QualityDataset
from scoring.studies.data_quality import score_heaping as heaped
from scoring.studies.data_quality.duplicate_checklists import repeated


def score_heaping(study: Study, dataset: QualityDataset) -> None:
    part_caption(study, "score_heaping")
    result, t, codes = dataset.score_heaping, study.t, study.context.city_facts.inspectors
    own = own_officers(study, dataset) & (result.near >= heaped.MIN_N)
    flagged, rows = own & result.flagged, np.flatnonzero(own)
    texts = [f"{codes[k]}<br>{result.share[k]:.0%} · {result.above[k]} / {result.near[k]}" for k in rows]
    axes = (t("data_quality.expected_above"), t("data_quality.share_above"))
    figure = charts.seen_and_expected(
        result.expected[rows], result.share[rows], texts, flagged[rows], _names(study, "score_heaping"), axes
    )
    chart(figure, "quality-heaping")
    table = pd.DataFrame(
        {
            t("data_quality.share_above"): per_cent(result.share),
            t("data_quality.above_of_near"): _ratios(result.above, result.near),
            t("data_quality.expected_above"): per_cent(result.expected),
            t("data_quality.q"): _q_values(result.q),
        }
    )
    _say_first(study, dataset, "score_heaping", own, flagged)
    order = _flagged_first(flagged, result.share - result.expected)
    officer_findings(
        study, dataset, "score_heaping", table, order, len(rows), lambda visits: _just_above(dataset, visits)
    )


def _just_above(dataset: QualityDataset, visits: np.ndarray) -> np.ndarray:
    score, bounds = dataset.score[visits], np.array(dataset.bounds)
    over = score[:, None] - bounds
    return ((over >= 0) & (over < dataset.near_bound)).any(axis=1)


def leniency(study: Study, dataset: QualityDataset) -> None:
    part_caption(study, "leniency")
    result, t, codes = dataset.leniency, study.t, study.context.city_facts.inspectors
    own = own_officers(study, dataset) & np.isfinite(result.effect)
    flagged, rows = own & result.flagged, np.flatnonzero(own)
    texts = [f"{codes[k]}<br>{result.effect[k]:+.1f} ({result.low[k]:+.1f} – {result.high[k]:+.1f})" for k in rows]
    interval = (result.effect[rows], result.low[rows], result.high[rows])
    axes = (t("data_quality.officers_in_order"), t("data_quality.effect"))
    figure = charts.effects(*interval, texts, flagged[rows], result.effect_threshold, _names(study, "leniency"), axes)
    chart(figure, "quality-leniency")
    table = pd.DataFrame(
        {
            t("data_quality.effect"): np.round(result.effect, 1),
            t("data_quality.interval"): [f"{a:+.1f} – {b:+.1f}" for a, b in zip(result.low, result.high, strict=True)],
            t("data_quality.probability"): per_cent(np.fmax(result.lenient, result.strict)),
            t("data_quality.effect_threshold"): round(result.effect_threshold, 1),
            t("data_quality.shared_visits"): result.shared,
        }
    )
    _say_first(study, dataset, "leniency", own, flagged)
    officer_findings(study, dataset, "leniency", table, _flagged_first(flagged, np.abs(result.effect)), len(rows))


def duplicate_checklists(study: Study, dataset: QualityDataset) -> None:
    part_caption(study, "duplicate_checklists")
    result, t, codes = dataset.duplicate_checklists, study.t, study.context.city_facts.inspectors
    own = own_officers(study, dataset) & (result.pairs > 0)
    flagged, rows = own & result.flagged, np.flatnonzero(own)
    texts = [f"{codes[k]}<br>{result.repeats[k]} / {result.pairs[k]}" for k in rows]
    axes = (t("data_quality.pairs"), t("data_quality.repeats"))
    figure = charts.counts(
        result.pairs[rows], result.repeats[rows], texts, flagged[rows], _names(study, "duplicate_checklists"), axes
    )
    chart(figure, "quality-copies")
    table = pd.DataFrame(
        {
            t("data_quality.repeats_of_pairs"): _ratios(result.repeats, result.pairs),
            t("data_quality.expected"): np.round(result.expected, 2),
            t("data_quality.longest"): result.longest,
            t("data_quality.q"): _q_values(result.q),
        }
    )
    _say_first(study, dataset, "duplicate_checklists", own, flagged)
    order = _flagged_first(flagged, result.repeats)
    officer_findings(
        study, dataset, "duplicate_checklists", table, order, len(rows), lambda visits: _is_repeated(dataset, visits)
    )


def _is_repeated(dataset: QualityDataset, visits: np.ndarray) -> np.ndarray:
    """Which of one officer's visits hand in a list again."""
    columns = (values[visits] for values in (dataset.building, dataset.officer, dataset.day, dataset.number))
    return repeated(*columns)


def _say_first(study: Study, dataset: QualityDataset, part: str, compared: np.ndarray, flagged: np.ndarray) -> None:
    """compared, flagged: bool (officers,)."""
    findings = Findings(part, "officers", int(compared.sum()), int(flagged.sum()))
    say_first(study, concluded(findings, f"{dataset.on}"))


def _flagged_first(flagged: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """The flagged ones, those with the largest amount first."""
    rows = np.flatnonzero(flagged)
    return rows[np.argsort(-amount[rows], kind="stable")]


def _names(study: Study, part: str) -> tuple[str, str]:
    return study.t("data_quality.others"), study.t(f"data_quality.{part}_flagged")


def _ratios(some: np.ndarray, every: np.ndarray) -> list[str]:
    return [f"{a:,} / {b:,}" for a, b in zip(some, every, strict=True)]


def _q_values(q: np.ndarray) -> list[str]:
    return ["–" if np.isnan(one) else "<0.0001" if one < 1e-4 else f"{one:.4f}" for one in q]
