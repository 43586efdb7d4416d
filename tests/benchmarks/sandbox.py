"""How long the whole district takes to be rated by a draft, and through five years of months; and ten times of it."""

from collections.abc import Callable
from decimal import Decimal
from statistics import median
from time import perf_counter

from data.city.snapshots import month_ends
from scoring.grading.facts import FactLog, compute_facts
from scoring.grading.rating import rate
from scoring.rulebook.editions import edition_from, edition_on
from scoring.rulebook.figures import with_figures
from scoring.rulebook.model import Edition
from scoring.studies.grade_changes import causes
from tests.benchmarks.demonstration import LAST_DAY
from tests.benchmarks.figures import Beside, Figure, within
from tests.benchmarks.kept_city import RULE_SETS, city_facts
from tests.benchmarks.tenfold import NO_FASTER, TIMES, side_by_side

MOST_SECONDS_DRAFT, MOST_SECONDS_MONTHS = 0.3, 20
MONTHS = 60
ROUNDS = 7  # the median is taken
DRAFTS = {
    "qishuyan": {("criterion", 0, "points"): Decimal(-4), ("cap", 1, "months"): Decimal(4)},
    "baoan": {("band", 1, "below"): Decimal(58), ("cap", 1, "months"): Decimal(18)},
}


def figures() -> list[Figure]:
    known, many = city_facts().fact_log, side_by_side(city_facts()).fact_log
    found = []
    for name in RULE_SETS:
        draft = _draft(name)
        once, ten = (_seconds(lambda one=one, draft=draft: _rated(one, draft)) for one in (known, many))
        what = f"rating {known.buildings:,} buildings by a draft of {name}, facts in memory"
        found += [within(what, once, "s", MOST_SECONDS_DRAFT), _grown(f"the same of {many.buildings:,}", ten, once)]
    editions = [edition_on(name, LAST_DAY) for name in RULE_SETS]
    once, ten = (_seconds(lambda one=one: _months(one, editions), rounds=1) for one in (known, many))
    before, after = (rate(compute_facts(known, editions[0], day), editions[0]) for day in month_ends(LAST_DAY, 2))
    found += [
        within(f"{MONTHS} months under {len(RULE_SETS)} rule sets", once, "s", MOST_SECONDS_MONTHS),
        _grown(f"the same of {many.buildings:,}", ten, once),
        Figure(
            "which rule moved whom within a month",
            _seconds(lambda: causes(before, after)),
            "s",
            Beside("rating one of the days", _seconds(lambda: _rated(known, editions[0]))),
        ),
    ]
    return found


def _grown(what: str, ten: float, once: float) -> Figure:
    return Figure(what, ten, "s", Beside(f"{TIMES} times", once * TIMES), at_most=NO_FASTER)


def _draft(name: str) -> Edition:
    edition = edition_on(name, LAST_DAY)
    return edition_from(with_figures(edition.text, DRAFTS[name]), name, edition.in_force)


def _rated(known: FactLog, edition: Edition) -> None:
    rate(compute_facts(known, edition, LAST_DAY), edition)


def _months(known: FactLog, editions: list[Edition]) -> None:
    for day in month_ends(LAST_DAY, MONTHS):
        for edition in editions:
            rate(compute_facts(known, edition, day), edition)


def _seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    def once() -> float:
        start = perf_counter()
        work()
        return perf_counter() - start

    return median(once() for _ in range(rounds))
