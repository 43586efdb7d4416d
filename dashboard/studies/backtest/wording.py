"""What the backtest means, in words: sentences from the figures, which say where an interval crosses nought."""

from dashboard.i18n import Translator
from dashboard.look.stat_cards import figure_cards, share
from dashboard.studies.backtest.job import Replay
from data.studies.backtest_frames import FAILED, Outcome
from scoring.studies.backtest import Backtest, Estimate
from scoring.studies.backtest.measures import DAYS_EARLIER, FIRST_HALF
from scoring.studies.backtest.run import INSIDE, INSIDE_RANDOM


def verdict(backtest: Backtest, t: Translator) -> list[str]:
    """Sentences, the one to be read first first."""
    measure = FIRST_HALF if backtest.first_day is None else DAYS_EARLIER
    against = "random" if backtest.first_day is None else "actual"
    pairs = [("against_other", ("score", "other"))]
    pairs += [(f"against_{against}", ("score", against)), ("against_last_result", ("score", "last_result"))]
    pairs += [("against_inspector", ("score", "inspector")), ("inside", (INSIDE, INSIDE_RANDOM))]
    sentences = [
        _compared(name, backtest.differences[pair][measure], measure, t)
        for name, pair in pairs
        if pair in backtest.differences
    ]
    return sentences if backtest.inspectors else [*sentences, t("backtest.no_inspectors")]


def _compared(name: str, gap: Estimate, measure: str, t: Translator) -> str:
    if gap.low <= 0 <= gap.high:
        direction, size = "unsure", gap
    elif gap.value > 0:
        direction, size = "ahead", gap
    else:
        direction, size = "behind", Estimate(-gap.value, -gap.high, -gap.low)
    difference = t(f"backtest.{measure}_{direction}", **_parts(size, measure))
    return t(f"backtest.{name}", difference=difference)


def _parts(estimate: Estimate, measure: str) -> dict[str, str]:
    """A share as percentage points, days as days."""
    scale = 100 if measure == FIRST_HALF else 1
    return {name: f"{getattr(estimate, name) * scale:.1f}" for name in ("value", "low", "high")}


def denominators(replay: Replay, outcome: Outcome, t: Translator) -> None:
    backtest = replay.backtest
    counted = "cases" if outcome == "cases" else "visits"
    inspectors = f"{backtest.inspectors:,}" if backtest.inspectors else "–"
    figure_cards(
        [
            (t(f"backtest.counted_{counted}"), f"{backtest.visits:,}", t("backtest.units", n=f"{backtest.units:,}")),
            (t(f"backtest.trouble_{outcome}"), f"{backtest.troubled:,}", share(backtest.troubled, backtest.visits)),
            (t("backtest.months"), f"{backtest.periods}", f"{replay.first} – {replay.last}"),
            (t("backtest.inspectors"), inspectors, t("backtest.unnamed", n=f"{backtest.unnamed:,}")),
            (t("backtest.areas"), f"{backtest.areas:,}", t(f"backtest.level_{replay.level}")),
        ]
    )


def definition(replay: Replay, outcome: Outcome, t: Translator) -> str:
    """How the trouble is told and what was done with the unrated."""
    definition_text = t(f"backtest.is_{outcome}", share=f"{FAILED:.0%}")
    unrated = t("backtest.unrated_cases" if outcome == "cases" else "backtest.unrated_visits", n=f"{replay.unrated:,}")
    learned = t("backtest.learned", n=f"{replay.backtest.learned_from:,}", rounds=f"{replay.backtest.rounds:,}")
    unscored = t("backtest.unscored", n=f"{replay.unscored:,}") if "other" in replay.backtest.orders else ""
    return " ".join(filter(None, (definition_text, unrated, unscored, learned)))
