"""Officers one by one: scores heaped above a bound, leniency at the same buildings, copied check-lists."""

import numpy as np
import pandas as pd

from dashboard.charts import officers as charts
from dashboard.studies.data_quality.flagged_table import officer_findings, per_cent
from dashboard.studies.data_quality.quality_scope import chart, own_officers, told
from dashboard.studies.study_context import Study
from data.studies.data_quality import Evidence
from scoring.studies.data_quality import score_heaping as heaped
from scoring.studies.data_quality.duplicate_checklists import repeated


def heaping(of: Study, found: Evidence) -> None:
    told(of, "heaping")
    result, say, codes = found.heaping, of.say, of.opened.ledger.inspectors
    own = own_officers(of, found) & (result.near >= heaped.FEWEST)
    named, rows = own & result.named, np.flatnonzero(own)
    texts = [f"{codes[k]}<br>{result.share[k]:.0%} · {result.above[k]} / {result.near[k]}" for k in rows]
    axes = (say("quality.expected_above"), say("quality.share_above"))
    figure = charts.seen_and_expected(
        result.expected[rows], result.share[rows], texts, named[rows], _names(of, "heaping"), axes
    )
    chart(figure, "quality-heaping")
    table = pd.DataFrame(
        {
            say("quality.share_above"): per_cent(result.share),
            say("quality.above_of_near"): _of(result.above, result.near),
            say("quality.expected_above"): per_cent(result.expected),
            say("quality.q"): _small(result.q),
        }
    )
    order = _first(named, result.share - result.expected)
    officer_findings(of, found, "heaping", table, order, len(rows), lambda visits: _just_above(found, visits))


def _just_above(found: Evidence, visits: np.ndarray) -> np.ndarray:
    score, bounds = found.score[visits], np.array(found.bounds)
    over = score[:, None] - bounds
    return ((over >= 0) & (over < found.near_bound)).any(axis=1)


def leniency(of: Study, found: Evidence) -> None:
    told(of, "leniency")
    result, say, codes = found.leniency, of.say, of.opened.ledger.inspectors
    own = own_officers(of, found) & np.isfinite(result.effect)
    named, rows = own & result.named, np.flatnonzero(own)
    texts = [f"{codes[k]}<br>{result.effect[k]:+.1f} ({result.low[k]:+.1f} – {result.high[k]:+.1f})" for k in rows]
    interval = (result.effect[rows], result.low[rows], result.high[rows])
    axes = (say("quality.officers_in_order"), say("quality.effect"))
    figure = charts.effects(*interval, texts, named[rows], result.matters, _names(of, "leniency"), axes)
    chart(figure, "quality-leniency")
    table = pd.DataFrame(
        {
            say("quality.effect"): np.round(result.effect, 1),
            say("quality.interval"): [f"{a:+.1f} – {b:+.1f}" for a, b in zip(result.low, result.high, strict=True)],
            say("quality.probability"): per_cent(np.fmax(result.lenient, result.strict)),
            say("quality.matters"): round(result.matters, 1),
            say("quality.shared_visits"): result.shared,
        }
    )
    officer_findings(of, found, "leniency", table, _first(named, np.abs(result.effect)), len(rows))


def copies(of: Study, found: Evidence) -> None:
    told(of, "copies")
    result, say, codes = found.copies, of.say, of.opened.ledger.inspectors
    own = own_officers(of, found) & (result.pairs > 0)
    named, rows = own & result.named, np.flatnonzero(own)
    texts = [f"{codes[k]}<br>{result.repeats[k]} / {result.pairs[k]}" for k in rows]
    axes = (say("quality.pairs"), say("quality.repeats"))
    figure = charts.counts(result.pairs[rows], result.repeats[rows], texts, named[rows], _names(of, "copies"), axes)
    chart(figure, "quality-copies")
    table = pd.DataFrame(
        {
            say("quality.repeats_of_pairs"): _of(result.repeats, result.pairs),
            say("quality.expected"): np.round(result.expected, 2),
            say("quality.longest"): result.longest,
            say("quality.q"): _small(result.q),
        }
    )
    order = _first(named, result.repeats)
    officer_findings(of, found, "copies", table, order, len(rows), lambda visits: _again(found, visits))


def _again(found: Evidence, visits: np.ndarray) -> np.ndarray:
    """Which of one officer's visits hand in a list again."""
    columns = (values[visits] for values in (found.building, found.officer, found.day, found.number))
    return repeated(*columns)


def _first(named: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """The named ones, those with the largest amount first."""
    rows = np.flatnonzero(named)
    return rows[np.argsort(-amount[rows], kind="stable")]


def _names(of: Study, part: str) -> tuple[str, str]:
    return of.say("quality.others"), of.say(f"quality.{part}_named")


def _of(some: np.ndarray, every: np.ndarray) -> list[str]:
    return [f"{a:,} / {b:,}" for a, b in zip(some, every, strict=True)]


def _small(q: np.ndarray) -> list[str]:
    return ["–" if np.isnan(one) else "<0.0001" if one < 1e-4 else f"{one:.4f}" for one in q]
