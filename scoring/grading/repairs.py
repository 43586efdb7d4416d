"""What could be repaired at one building, and the fewest and cheapest of it that gain enough."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product

import numpy as np

from scoring.grading.facts import OpenPeriods, open_period_counts
from scoring.rulebook.model import NOT_APPLICABLE, Edition, FactColumn

OUT_OF_REACH = -(2**62)


@dataclass(frozen=True)
class Repair:
    """An item to bring to its best answer, or a hazard to close. cost: 1 small, 2 medium, 3 large.

    fact: the name of the fact it improves; hazard: its row in the open periods of the fact log, None for an item.
    """

    fact: str
    cost: int
    hazard: int | None = None


def best_answer(edition: Edition, fact: str) -> int:
    """The answer that gains most, by the first criterion that tells; nought where none does."""
    need = FactColumn(fact)
    answers = (criterion.best_answer(need, edition) for criterion in edition.criteria if need in criterion.needs)
    return next((answer for answer in answers if answer is not None), 0)


def item_repairs(edition: Edition, facts: Mapping[str, float]) -> tuple[Repair, ...]:
    """The items of a building, by its row of the frame of facts, that could be answered better, in the file's order.

    Of several facts that read one item the first with a cost stands for it.
    """
    by_item: dict[str, Repair] = {}
    for need in edition.needs:
        fact = edition.facts[need.fact]
        if fact.kind == "answer" and fact.cost is not None:
            value = facts[need.column]
            if not np.isnan(value) and value not in (NOT_APPLICABLE, best_answer(edition, fact.name)):
                by_item.setdefault(fact.of[0], Repair(fact.name, fact.cost))
    return tuple(by_item.values())


def repaired_row(edition: Edition, row: np.ndarray, repair: Repair) -> np.ndarray:
    """A building's facts, (needs,), with one item at its best answer in every fact that reads it."""
    item, after = edition.facts[repair.fact].of, row.copy()
    for column, need in enumerate(edition.needs):
        fact = edition.facts[need.fact]
        if fact.kind == "answer" and fact.of == item:
            after[column] = best_answer(edition, repair.fact)
    return after


@dataclass(frozen=True, eq=False)
class RepairOptions:
    """Every choice of repairs: so many of the first group, so many of the next, each taken from its beginning.

    effects: float64 (repairs + 1, needs) for each group, what its first so many repairs add to the facts.
    """

    groups: tuple[tuple[Repair, ...], ...]
    effects: tuple[np.ndarray, ...]

    @cached_property
    def counts(self) -> np.ndarray:
        """How many of each group a choice repairs, int64 (choices, groups); the first choice is to repair nothing."""
        sizes = [len(group) + 1 for group in self.groups]
        return np.array(list(product(*map(range, sizes))), np.int64).reshape(math.prod(sizes), len(sizes))

    @property
    def repair_count(self) -> np.ndarray:
        """How many repairs each choice has, int64 (choices,)."""
        return self.counts.sum(axis=1)

    @property
    def cost(self) -> np.ndarray:
        costs = np.zeros(len(self.counts), np.int64)
        for group, count in zip(self.groups, self.counts.T, strict=True):
            costs += np.cumsum([0, *(repair.cost for repair in group)])[count]
        return costs

    def facts(self, row: np.ndarray) -> np.ndarray:
        """The facts of a building after each choice, float64 (choices, needs); row: as they are, (needs,)."""
        facts = np.repeat(row[None], len(self.counts), axis=0)
        for effect, count in zip(self.effects, self.counts.T, strict=True):
            facts += effect[count]
        return facts

    def repairs(self, choice: int) -> tuple[Repair, ...]:
        chosen = zip(self.groups, self.counts[choice].tolist(), strict=True)
        return tuple(repair for group, number in chosen for repair in group[:number])


def repair_options_on(
    edition: Edition, open_periods: OpenPeriods, chains: Sequence[tuple[Repair, ...]], row: np.ndarray, on: date
) -> RepairOptions:
    """The choices of repairs on a day: to hazards, and to items, each chain from its beginning.

    row: the facts of the building, (needs,).
    """
    effects = [_cumulated([repaired_row(edition, row, item) - row for item in chain]) for chain in chains]
    alike: dict[bytes, list[Repair]] = {}
    counted = _hazards_counted(edition, open_periods, on)
    costs = [edition.facts[need.fact].cost or 0 for need in edition.needs]
    standing = counted.sum(axis=0).tolist()  # of equally dear facts the one of fewest hazards says which to mend
    for hazard, columns in enumerate(counted):
        of_it = np.flatnonzero(columns).tolist()
        called = max(of_it, key=lambda column: (costs[column], -standing[column]), default=None)
        dearest = None if called is None else edition.facts[edition.needs[called].fact]
        if dearest and dearest.cost:
            alike.setdefault(columns.tobytes(), []).append(Repair(dearest.name, dearest.cost, hazard))
    effects += [
        _cumulated([-np.frombuffer(columns, bool).astype(float)] * len(hazards)) for columns, hazards in alike.items()
    ]
    return RepairOptions((*chains, *map(tuple, alike.values())), tuple(effects))


def _cumulated(steps: Sequence[np.ndarray]) -> np.ndarray:
    """What none, the first, the first two … of them add up to."""
    return np.cumsum([np.zeros_like(steps[0]), *steps], axis=0)


def _hazards_counted(edition: Edition, open_periods: OpenPeriods, on: date) -> np.ndarray:
    """Which columns of the facts count each hazard as standing, bool (open periods, needs)."""
    counted = np.zeros((len(open_periods.opened), len(edition.needs)), bool)
    for column, need in enumerate(edition.needs):
        fact = edition.facts[need.fact]
        if fact.kind == "hazards" and fact.state != "found":
            counted[:, column] = open_period_counts(open_periods, fact, on, None)
    return counted


@dataclass(frozen=True, eq=False)
class KnapsackTable:
    """Items whose gains add up, whatever else is repaired.

    units: what each gains, in units of the edition. After the first i items, tables[i][count, cost] is the most that
    so many of them for just that cost gain together; OUT_OF_REACH where there is no such choice.
    """

    items: tuple[Repair, ...]
    units: tuple[int, ...]

    @cached_property
    def tables(self) -> list[np.ndarray]:
        shape = (len(self.items) + 1, sum(item.cost for item in self.items) + 1)
        tables = [np.full(shape, OUT_OF_REACH)]
        tables[0][0, 0] = 0
        for item, units in zip(self.items, self.units, strict=True):
            table = tables[-1].copy()
            with_it = tables[-1][:-1, : shape[1] - item.cost] + units
            np.maximum(table[1:, item.cost :], with_it, out=table[1:, item.cost :])
            tables.append(table)
        return tables

    def fewest(self, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each number of units wanted, (w,): the fewest items that gain it, -1 for none, and the least cost."""
        table = self.tables[-1]
        count = np.searchsorted(np.maximum.accumulate(table.max(axis=1)), wanted)
        reached = count < len(table)
        enough = table[np.where(reached, count, 0)] >= wanted[:, None]
        return np.where(reached, count, -1), np.where(reached, enough.argmax(axis=1), 0)

    def chosen(self, wanted: int, count: int, cost: int) -> tuple[Repair, ...]:
        """So many items for that cost which gain the units wanted; of equals the first of the file."""
        chosen = []
        for item, units, without_it in reversed(list(zip(self.items, self.units, self.tables[:-1], strict=True))):
            if without_it[count, cost] < wanted:
                chosen.append(item)
                wanted, count, cost = wanted - units, count - 1, cost - item.cost
        return tuple(reversed(chosen))
