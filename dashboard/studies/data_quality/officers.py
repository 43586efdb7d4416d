"""Officers one by one: scores heaped above a bound, leniency at the same buildings, copied check-lists."""

import numpy as np
import pandas as pd

from dashboard.charts import officers as charts
from dashboard.studies.data_quality.flagged_table import officer_findings, per_cent
from dashboard.studies.data_quality.quality_scope import chart, own_officers, told
from dashboard.studies.study_context import Study
from data.studies.data_quality import QualityDataset
from scoring.studies.data_quality import score_heaping as heaped
from scoring.studies.data_quality.duplicate_checklists import repeated


def score_heaping(of: Study, found: QualityDataset) -> None:
    told(of, "heaping")
    result, t, codes = found.score_heaping, of.t, of.context.city_facts.inspectors
    own = own_officers(of, found) & (result.near >= heaped.MIN_N)
    flagged, rows = own & result.flagged, np.flatnonzero(own)
    texts = [f"{codes[k]}<br>{result.share[k]:.0%} · {result.above[k]} / {result.near[k]}" for k in rows]
    axes = (t("quality.expected_above"), t("quality.share_above"))
    figure = charts.seen_and_expected(
        result.expected[rows], result.share[rows], texts, flagged[rows], _names(of, "heaping"), axes
    )
    chart(figure, "quality-heaping")
    table = pd.DataFrame(
        {
            t("quality.share_above"): per_cent(result.share),
            t("quality.above_of_near"): _of(result.above, result.near),
            t("quality.expected_above"): per_cent(result.expected),
            t("quality.q"): _small(result.q),
        }
    )
    order = _first(flagged, result.share - result.expected)
    officer_findings(of, found, "heaping", table, order, len(rows), lambda visits: _just_above(found, visits))


def _just_above(found: QualityDataset, visits: np.ndarray) -> np.ndarray:
    score, bounds = found.score[visits], np.array(found.bounds)
    over = score[:, None] - bounds
    return ((over >= 0) & (over < found.near_bound)).any(axis=1)


def leniency(of: Study, found: QualityDataset) -> None:
    told(of, "leniency")
    result, t, codes = found.leniency, of.t, of.context.city_facts.inspectors
    own = own_officers(of, found) & np.isfinite(result.effect)
    flagged, rows = own & result.flagged, np.flatnonzero(own)
    texts = [f"{codes[k]}<br>{result.effect[k]:+.1f} ({result.low[k]:+.1f} – {result.high[k]:+.1f})" for k in rows]
    interval = (result.effect[rows], result.low[rows], result.high[rows])
    axes = (t("quality.officers_in_order"), t("quality.effect"))
    figure = charts.effects(*interval, texts, flagged[rows], result.effect_threshold, _names(of, "leniency"), axes)
    chart(figure, "quality-leniency")
    table = pd.DataFrame(
        {
            t("quality.effect"): np.round(result.effect, 1),
            t("quality.interval"): [f"{a:+.1f} – {b:+.1f}" for a, b in zip(result.low, result.high, strict=True)],
            t("quality.probability"): per_cent(np.fmax(result.lenient, result.strict)),
            t("quality.matters"): round(result.effect_threshold, 1),
            t("quality.shared_visits"): result.shared,
        }
    )
    officer_findings(of, found, "leniency", table, _first(flagged, np.abs(result.effect)), len(rows))


def duplicate_checklists(of: Study, found: QualityDataset) -> None:
    told(of, "copies")
    result, t, codes = found.duplicate_checklists, of.t, of.context.city_facts.inspectors
    own = own_officers(of, found) & (result.pairs > 0)
    flagged, rows = own & result.flagged, np.flatnonzero(own)
    texts = [f"{codes[k]}<br>{result.repeats[k]} / {result.pairs[k]}" for k in rows]
    axes = (t("quality.pairs"), t("quality.repeats"))
    figure = charts.counts(result.pairs[rows], result.repeats[rows], texts, flagged[rows], _names(of, "copies"), axes)
    chart(figure, "quality-copies")
    table = pd.DataFrame(
        {
            t("quality.repeats_of_pairs"): _of(result.repeats, result.pairs),
            t("quality.expected"): np.round(result.expected, 2),
            t("quality.longest"): result.longest,
            t("quality.q"): _small(result.q),
        }
    )
    order = _first(flagged, result.repeats)
    officer_findings(of, found, "copies", table, order, len(rows), lambda visits: _again(found, visits))


def _again(found: QualityDataset, visits: np.ndarray) -> np.ndarray:
    """Which of one officer's visits hand in a list again."""
    columns = (values[visits] for values in (found.building, found.officer, found.day, found.number))
    return repeated(*columns)


def _first(flagged: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """The named ones, those with the largest amount first."""
    rows = np.flatnonzero(flagged)
    return rows[np.argsort(-amount[rows], kind="stable")]


def _names(of: Study, part: str) -> tuple[str, str]:
    return of.t("quality.others"), of.t(f"quality.{part}_named")


def _of(some: np.ndarray, every: np.ndarray) -> list[str]:
    return [f"{a:,} / {b:,}" for a, b in zip(some, every, strict=True)]


def _small(q: np.ndarray) -> list[str]:
    return ["–" if np.isnan(one) else "<0.0001" if one < 1e-4 else f"{one:.4f}" for one in q]
