"""What the backtest means, in words: sentences from the figures, which say where an interval crosses nought."""

from dashboard.i18n import Translator
from dashboard.look.stat_cards import figure_cards, share
from dashboard.studies.backtest.job import Replay
from data.studies.backtest_frames import FAILED, Outcome
from scoring.studies.backtest import Backtest, Estimate
from scoring.studies.backtest.measures import DAYS_EARLIER, FIRST_HALF
from scoring.studies.backtest.run import INSIDE, INSIDE_RANDOM


def verdict(found: Backtest, t: Translator) -> list[str]:
    """Sentences, the one to be read first first."""
    measure = FIRST_HALF if found.first_day is None else DAYS_EARLIER
    against = "random" if found.first_day is None else "actual"
    pairs = [(f"against_{against}", ("score", against)), ("against_last_result", ("score", "last_result"))]
    pairs += [("against_inspector", ("score", "inspector")), ("inside", (INSIDE, INSIDE_RANDOM))]
    said = [
        _compared(name, found.differences[pair][measure], measure, t)
        for name, pair in pairs
        if pair in found.differences
    ]
    return said if found.inspectors else [*said, t("backtest.no_inspectors")]


def _compared(name: str, gap: Estimate, measure: str, t: Translator) -> str:
    if gap.low <= 0 <= gap.high:
        way, size = "unsure", gap
    elif gap.value > 0:
        way, size = "ahead", gap
    else:
        way, size = "behind", Estimate(-gap.value, -gap.high, -gap.low)
    told = t(f"backtest.{measure}_{way}", **_parts(size, measure))
    return t(f"backtest.{name}", told=told)


def _parts(one: Estimate, measure: str) -> dict[str, str]:
    """A share as percentage points, days as days."""
    times = 100 if measure == FIRST_HALF else 1
    return {name: f"{getattr(one, name) * times:.1f}" for name in ("value", "low", "high")}


def denominators(of: Replay, outcome: Outcome, t: Translator) -> None:
    found = of.found
    counted = "cases" if outcome == "cases" else "visits"
    inspectors = f"{found.inspectors:,}" if found.inspectors else "–"
    figure_cards(
        [
            (t(f"backtest.counted_{counted}"), f"{found.visits:,}", t("backtest.units", n=f"{found.units:,}")),
            (t(f"backtest.trouble_{outcome}"), f"{found.troubled:,}", share(found.troubled, found.visits)),
            (t("backtest.months"), f"{found.periods}", f"{of.first} – {of.last}"),
            (t("backtest.inspectors"), inspectors, t("backtest.unnamed", n=f"{found.unnamed:,}")),
            (t("backtest.areas"), f"{found.areas:,}", t(f"backtest.level_{of.level}")),
        ]
    )


def definition(of: Replay, outcome: Outcome, t: Translator) -> str:
    """How the trouble is told and what was done with the unrated."""
    told = t(f"backtest.is_{outcome}", share=f"{FAILED:.0%}")
    unrated = t("backtest.unrated_cases" if outcome == "cases" else "backtest.unrated_visits", n=f"{of.unrated:,}")
    learned = t("backtest.learned", n=f"{of.found.learned_from:,}", rounds=f"{of.found.rounds:,}")
    return f"{told} {unrated} {learned}"
