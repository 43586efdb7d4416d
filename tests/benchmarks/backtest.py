"""How long the backtest of 24 months takes, with 500 rounds of the bootstrap; and of ten districts side by side."""

from dataclasses import replace
from time import perf_counter

import numpy as np

from data.backtests import MONTHS, Outcome, past
from data.ledgers import CityLedger
from scoring.backtest import backtest
from scoring.backtest.trial import ROUNDS
from scoring.editions import Rulebook
from scoring.facts import Checks, Ledger, Spells
from tests.benchmarks.demonstration import LAST_DAY
from tests.benchmarks.figures import Beside, Figure, within
from tests.benchmarks.kept_city import ledger

MOST_SECONDS = 30
RULE_SET = "baoan"  # of the rule sets the one with the most distinct scores
TIMES = 10
OUTCOMES: dict[Outcome, str] = {"hazards": "visits", "cases": "building-months"}


def figures() -> list[Figure]:
    whole = ledger()
    found = []
    for outcome, counted in OUTCOMES.items():
        seconds, rows = _seconds(whole, outcome)
        what = f"backtest of {MONTHS} months, {rows:,} {counted}, {ROUNDS} rounds, every order, grading included"
        found.append(within(what, seconds, "s", MOST_SECONDS))
        if outcome == "hazards":
            one = Beside(f"one district of {rows:,} visits", seconds)
    many, rows = _seconds(_side_by_side(whole, TIMES), "hazards")
    return [*found, Figure(f"the same of {TIMES} districts, {rows:,} visits", many, "s", one, at_most=TIMES)]


def _seconds(of: CityLedger, outcome: Outcome) -> tuple[float, int]:
    start, everything = perf_counter(), np.ones(of.known.buildings, bool)
    frame = past(of, Rulebook(), RULE_SET, LAST_DAY, everything, outcome, lambda *_: None).frame
    backtest(frame)
    return perf_counter() - start, len(frame)


def _side_by_side(of: CityLedger, times: int) -> CityLedger:
    """The district so many times over, with other buildings, communities and inspectors each time."""
    n, known = of.known.buildings, of.known

    def again(values: np.ndarray) -> np.ndarray:
        return np.tile(values, (times,) + (1,) * (values.ndim - 1))

    def others(numbers: np.ndarray, many: int) -> np.ndarray:
        return (again(numbers) + np.repeat(np.arange(times), len(numbers)) * many).astype(numbers.dtype)

    checks = tuple(
        Checks(one.items, others(one.building, n), again(one.day), again(one.answers), again(one.inspector))
        for one in known.checks
    )
    events = {kind: (others(building, n), again(day)) for kind, (building, day) in known.events.items()}
    stood = known.spells
    kept = (stood.group, stood.severity, stood.opened, stood.closed, stood.due, stood.transferred)
    spells = Spells(others(stood.building, n), *(again(column) for column in kept))
    levels = {level: others(of.buildings[level], of.buildings[level].max() + 1) for level in ("community", "grid")}
    visits = {
        "building": others(of.visits["building"], n),
        "day": again(of.visits["day"]),
        "inspector": others(of.visits["inspector"], len(of.inspectors)),
    }
    buildings = {"id": np.arange(n * times)} | levels
    return replace(of, buildings=buildings, known=Ledger(n * times, events, checks, spells), visits=visits)
