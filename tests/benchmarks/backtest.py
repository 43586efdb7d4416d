"""How long the backtest of 24 months takes, with 500 rounds of the bootstrap; and of ten districts side by side."""

from time import perf_counter

import numpy as np

from data.city.city_facts import CityFacts
from data.studies.backtest_frames import MONTHS, Outcome, backtest_frames
from scoring.rulebook.editions import Rulebook
from scoring.studies.backtest import backtest
from scoring.studies.backtest.run import ROUNDS
from tests.benchmarks.demonstration import LAST_DAY
from tests.benchmarks.figures import Beside, Figure, within
from tests.benchmarks.kept_city import city_facts
from tests.benchmarks.tenfold import NO_FASTER, TIMES, side_by_side

MOST_SECONDS = 30
RULE_SET = "baoan"  # of the rule sets the one with the most distinct scores
OUTCOMES: dict[Outcome, str] = {"hazards": "visits", "cases": "building-months"}


def figures() -> list[Figure]:
    whole = city_facts()
    found = []
    for outcome, counted in OUTCOMES.items():
        seconds, rows = _seconds(whole, outcome)
        what = f"backtest of {MONTHS} months, {rows:,} {counted}, {ROUNDS} rounds, every order, grading included"
        found.append(within(what, seconds, "s", MOST_SECONDS))
        if outcome == "hazards":
            one = Beside(f"one district of {rows:,} visits", seconds)
    many, rows = _seconds(side_by_side(whole), "hazards")
    what = f"the same of {TIMES} districts, {rows:,} visits"
    return [*found, Figure(what, many, "s", one, at_most=TIMES * NO_FASTER)]


def _seconds(of: CityFacts, outcome: Outcome) -> tuple[float, int]:
    start, everything = perf_counter(), np.ones(of.fact_log.buildings, bool)
    frame = backtest_frames(of, Rulebook(), RULE_SET, LAST_DAY, everything, outcome, lambda *_: None).frame
    backtest(frame)
    return perf_counter() - start, len(frame)
