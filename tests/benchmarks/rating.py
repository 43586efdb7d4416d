"""How long it takes to rate every building of the district on one day, and what one call per building would cost."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np
import pandas as pd

from scoring.grading.facts import compute_facts
from scoring.grading.rating import rate
from scoring.rulebook.editions import edition_on
from scoring.rulebook.model import Edition
from tests.benchmarks.demonstration import LAST_DAY
from tests.benchmarks.figures import Beside, Figure, within
from tests.benchmarks.kept_city import RULE_SETS, city_facts

MOST_SECONDS = 1
TIMES = 5  # the median is taken
SAMPLE = 300  # single calls timed; the rest is extrapolated


def figures() -> list[Figure]:
    fact_log, editions = city_facts().fact_log, [edition_on(name, LAST_DAY) for name in RULE_SETS]
    facts = [compute_facts(fact_log, edition, LAST_DAY) for edition in editions]
    pairs = list(zip(facts, editions, strict=True))
    preparing = _seconds(lambda: [compute_facts(fact_log, edition, LAST_DAY) for edition in editions])
    rating = _seconds(lambda: [rate(*pair) for pair in pairs])
    singly = sum(_one_by_one(*pair) for pair in pairs)
    every = f"{fact_log.buildings:,} buildings under {len(RULE_SETS)} rule sets"
    return [
        within(f"rating {every} from prepared facts", rating, "s", MOST_SECONDS),
        Figure("preparing their facts from the fact store", preparing, "s", Beside("rating", rating)),
        Figure(
            "rating them at once",
            rating,
            "s",
            Beside(f"one call of rate a building, extrapolated from {SAMPLE} under each rule set,", singly),
        ),
    ]


def _seconds(work: Callable[[], object]) -> float:
    def once() -> float:
        start = perf_counter()
        work()
        return perf_counter() - start

    return median(once() for _ in range(TIMES))


def _one_by_one(facts: pd.DataFrame, edition: Edition) -> float:
    """Seconds that a call of `rate` for each building alone would take, its row being cut out beforehand."""
    drawn = np.random.default_rng(7).integers(len(facts), size=SAMPLE)
    rows = [facts.iloc[[row]] for row in drawn]
    start = perf_counter()
    for row in rows:
        rate(row, edition)
    return (perf_counter() - start) / SAMPLE * len(facts)
