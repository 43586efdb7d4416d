"""How a building comes to a better grade: what to repair, what runs out by itself, and the earliest day."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from scoring.grading.facts import (
    ChecklistAnswers,
    FactLog,
    OpenPeriods,
    compute_facts,
    first_day_out,
    in_window,
    open_period_counts,
)
from scoring.grading.rating import UNRATED, Rating, rate, sum_of_points
from scoring.grading.repairs import (
    OUT_OF_REACH,
    KnapsackTable,
    Repair,
    RepairOptions,
    best_answer,
    item_repairs,
    repair_options_on,
    repaired_row,
)
from scoring.rulebook.exact import Quotients
from scoring.rulebook.model import Cap, Edition, Fact, FactColumn

TRIED_TOGETHER = 8  # items of which every choice is rated; more are taken in the order of what each gains alone
MOST_IN_TABLE = 60  # items whose gains add up; the table of more would fill the memory
SHORT = 2**52  # units of points that the table holds with room
HORIZON_MONTHS = 24  # our decision: past every window of the shipped rules, and nobody plans a repair later


@dataclass(frozen=True)
class Window:
    """Something that happened and stops counting on a day, and what that changes. `ends`: the first day without it.

    points: gained, or lost when a merit runs out; frees, binds: grades of the caps that fall away or begin to hold.
    """

    need: FactColumn
    happened: date
    ends: date
    points: float
    frees: tuple[str, ...]
    binds: tuple[str, ...]


@dataclass(frozen=True)
class Advice:
    """The way to the next grade, as far as is known at the end of `on` and by the edition in force on it.

    grade: as it is, None unrated; missing: what an unrated building lacks. The best grade has no further advice.
    day: the earliest on which a better grade can be had, `reached` then, once `repairs` are done; None: there is
    no such day within the horizon, for the caps in `blocking_caps` or for want of points. improves_on: the first day on
    which the grade is better though nobody does anything.
    """

    on: date
    grade: str | None
    missing: tuple[FactColumn, ...] = ()
    day: date | None = None
    reached: str | None = None
    repairs: tuple[Repair, ...] = ()
    improves_on: date | None = None
    windows: tuple[Window, ...] = ()
    blocking_caps: tuple[Cap, ...] = ()


def advice_for(fact_log: FactLog, edition: Edition, on: date) -> Advice:
    """The way of one building to its next grade. fact_log: of that building; facts after `on` are not looked at."""
    fact_log = fact_log_until(fact_log, on)
    ends = _window_ends(fact_log, edition, on)
    days = _days_of_change(fact_log, edition, on, ends)
    alone = rate(pd.concat([compute_facts(fact_log, edition, day) for day in days]), edition)
    grade = int(alone.grade[0])
    if grade == UNRATED:
        return Advice(on, None, tuple(np.array(edition.needs, object)[alone.missing[0]]))
    code = edition.grades[grade].code
    if grade == len(edition.grades) - 1:
        return Advice(on, code)
    better = np.flatnonzero(alone.grade > grade)
    advice = replace(
        _earliest(fact_log, alone, days, Advice(on, code)),
        improves_on=days[better[0]] if len(better) else None,
        windows=tuple(_windows(alone, days, ends)),
    )
    if advice.day is None:
        return advice
    repaired = rate(compute_facts(applied(fact_log, edition, advice, advice.day), edition, advice.day), edition)
    return replace(advice, reached=edition.grades[repaired.grade[0]].code)


def applied(fact_log: FactLog, edition: Edition, advice: Advice, day: date) -> FactLog:
    """The fact log after the repairs: the best answers of just those items on `day`, hazards closed."""
    items = [repair.fact for repair in advice.repairs if repair.hazard is None]
    closed = fact_log.open_periods.closed.copy()
    closed[[repair.hazard for repair in advice.repairs if repair.hazard is not None]] = np.datetime64(day, "D")
    checked_items = tuple(edition.facts[name].of[0] for name in items)
    answers = np.array([[best_answer(edition, name) for name in items]], np.float64)
    inspection = ChecklistAnswers(checked_items, np.zeros(1, np.int32), np.array([day], "datetime64[D]"), answers)
    return replace(
        fact_log,
        checklists=(*fact_log.checklists, inspection) if items else fact_log.checklists,
        open_periods=replace(fact_log.open_periods, closed=closed),
    )


def fact_log_until(fact_log: FactLog, on: date) -> FactLog:
    """What was known at the end of `on`. Hazards keep their rows: one found later has no day on which it was found."""
    today = np.datetime64(on, "D")
    checklists = []
    for given in fact_log.checklists:
        past = given.day <= today
        checklists.append(ChecklistAnswers(given.items, given.building[past], given.day[past], given.answers[past]))
    open_periods = fact_log.open_periods
    opened, closed, transferred = (
        np.where(days <= today, days, np.datetime64("NaT"))
        for days in (open_periods.opened, open_periods.closed, open_periods.transferred)
    )
    return replace(
        fact_log,
        events={kind: (building[day <= today], day[day <= today]) for kind, (building, day) in fact_log.events.items()},
        checklists=tuple(checklists),
        open_periods=OpenPeriods(
            open_periods.building,
            open_periods.group,
            open_periods.severity,
            opened,
            closed,
            open_periods.due,
            transferred,
        ),
    )


def _window_ends(fact_log: FactLog, edition: Edition, on: date) -> dict[FactColumn, tuple[np.ndarray, np.ndarray]]:
    """For each fact over a window: the days it counts on `on`, each once, and the first day without each."""
    ends = {}
    for need in edition.needs:
        if need.months is not None:
            days = np.unique(_days_counted(fact_log, edition.facts[need.fact], on, need.months))
            ends[need] = days, first_day_out(days, need.months)
    return ends


def _days_counted(fact_log: FactLog, fact: Fact, on: date, months: int) -> np.ndarray:
    if fact.kind == "hazards":
        return fact_log.open_periods.opened[open_period_counts(fact_log.open_periods, fact, on, months)]
    if fact.kind == "events":
        dated = [fact_log.events[kind][1] for kind in fact.of if kind in fact_log.events]
    else:
        dated = [answers.day for answers in fact_log.checklists]
    days = np.concatenate([np.array([], "datetime64[D]"), *dated])
    return days[in_window(days, on, months)]


def _days_of_change(
    fact_log: FactLog, edition: Edition, on: date, ends: dict[FactColumn, tuple[np.ndarray, np.ndarray]]
) -> list[date]:
    """`on`, and every later day within the horizon on which a fact changes though nobody does anything."""
    changes = [out for _, out in ends.values()]
    if any(edition.facts[need.fact].state in ("overdue", "late") for need in edition.needs):
        standing = ~np.isnat(fact_log.open_periods.opened) & np.isnat(fact_log.open_periods.closed)
        changes.append(fact_log.open_periods.due[standing] + 1)
    today = np.array([on], "datetime64[D]")
    later = np.unique(np.concatenate([today, *changes]))
    within = (later > today) & (later <= first_day_out(today, HORIZON_MONTHS))
    return [on, *later[within].tolist()]


def _windows(
    alone: Rating, days: list[date], ends: dict[FactColumn, tuple[np.ndarray, np.ndarray]]
) -> Iterator[Window]:
    """The windows that change points or a cap when they end, soonest first."""
    edition = alone.edition
    for row, day in enumerate(days[1:], 1):
        before, after = alone.caps_apply[row - 1], alone.caps_apply[row]
        for need, (happened, out) in ends.items():
            reads_it = [any(need in condition.needs for condition in cap.conditions) for cap in edition.caps]
            frees, binds = (
                _cap_grades(edition, np.array(reads_it, bool) & change) for change in (before & ~after, after & ~before)
            )
            pairs = zip(alone.gains, edition.criteria, strict=True)
            scored = [gain for gain, criterion in pairs if need in criterion.needs]
            gained = float(sum(gain.at(row) - gain.at(row - 1) for gain in scored))
            if gained or frees or binds:
                for event_day in happened[out == np.datetime64(day, "D")].tolist():
                    yield Window(need, event_day, day, gained, frees, binds)


def _cap_grades(edition: Edition, caps: np.ndarray) -> tuple[str, ...]:
    return tuple(cap.grade for cap, named in zip(edition.caps, caps, strict=True) if named)


def _earliest(fact_log: FactLog, alone: Rating, days: list[date], advice: Advice) -> Advice:
    """The advice with the first day of a better grade and the fewest, then cheapest repairs; or the blocking caps.

    Caps are broken by trying every choice of repairs to what they read; points of the other items add up, so that
    those are chosen from a table.
    """
    edition, target = alone.edition, int(alone.grade[0]) + 1
    rows = alone.facts.to_numpy()
    knapsack, unit, chains = _item_choices(alone, rows[0])
    options = [
        repair_options_on(edition, fact_log.open_periods, chains, row, day) for row, day in zip(rows, days, strict=True)
    ]
    what_if = np.concatenate([choices.facts(row) for choices, row in zip(options, rows, strict=True)])
    rating = rate(pd.DataFrame(what_if, columns=alone.facts.columns), edition)
    wanted = _wanted(rating, unit, target)
    below_target = np.array([edition.position(cap.grade) < target for cap in edition.caps], bool)
    caps_apply = rating.caps_apply & below_target
    wanted[caps_apply.any(axis=1) | (rating.grade == UNRATED)] = -OUT_OF_REACH
    earliest = _first_and_fewest(options, days, knapsack, wanted)
    if earliest is None:
        always = caps_apply.all(axis=0)
        return replace(
            advice, blocking_caps=tuple(cap for cap, never in zip(edition.caps, always, strict=True) if never)
        )
    return replace(advice, day=earliest[0], repairs=earliest[1])


def _item_choices(alone: Rating, row: np.ndarray) -> tuple[KnapsackTable, int, list[tuple[Repair, ...]]]:
    """The items whose gains add up, in a table, counted in 1/unit points; and the others, as chains to be tried."""
    edition = alone.edition
    items = item_repairs(edition, dict(zip(alone.facts.columns, row, strict=True)))
    gains = _gains_alone(edition, alone, row, items)
    additive = [item for item in items if _adds_up(edition, item)]
    useful = [item for item in additive if gains[item] > 0]
    unit = math.lcm(*(gains[item].denominator for item in useful))
    if len(useful) > MOST_IN_TABLE or sum(gains[item] for item in useful) * unit > SHORT:
        additive, useful, unit = [], [], 1
    tied = [item for item in items if item not in additive]
    if len(tied) <= TRIED_TOGETHER:
        chains: list[tuple[Repair, ...]] = [(item,) for item in tied]
    else:
        chains = [tuple(sorted(tied, key=lambda item: (-gains[item], item.cost)))]
    return KnapsackTable(tuple(useful), tuple(int(gains[item] * unit) for item in useful)), unit, chains


def _adds_up(edition: Edition, item: Repair) -> bool:
    """Whether repairing it gains the same points whatever else is repaired, and moves no cap."""
    of = edition.facts[item.fact].of
    conditions = (condition for cap in edition.caps for condition in cap.conditions)
    if any(edition.facts[need.fact].of == of for condition in conditions for need in condition.needs):
        return False
    reading = (one for one in edition.criteria if any(edition.facts[need.fact].of == of for need in one.needs))
    return all(criterion.adds_up for criterion in reading)


def _gains_alone(edition: Edition, alone: Rating, row: np.ndarray, items: tuple[Repair, ...]) -> dict[Repair, Fraction]:
    """The points each repair gains when nothing else is done."""
    what_if = np.array([row, *(repaired_row(edition, row, item) for item in items)])
    rating = rate(pd.DataFrame(what_if, columns=alone.facts.columns), edition)
    points = sum_of_points(rating.gains, len(what_if), edition)
    return {item: points.at(number) - points.at(0) for number, item in enumerate(items, 1)}


def _wanted(rating: Rating, unit: int, target: int) -> np.ndarray:
    """The 1/unit points still to be gained for the target in each row, int64."""
    least = _least_points(rating.edition, target)
    if least is None:
        return np.full(len(rating.grade), -OUT_OF_REACH)
    points = sum_of_points(rating.gains, len(rating.grade), rating.edition)
    wanted = (Quotients.same(least, len(points)) + points * -1).fewest_units(unit)
    return np.clip(wanted, OUT_OF_REACH, -OUT_OF_REACH).astype(np.int64)


def _first_and_fewest(
    options: list[RepairOptions], days: list[date], knapsack: KnapsackTable, wanted: np.ndarray
) -> tuple[date, tuple[Repair, ...]] | None:
    """wanted: units still to be gained after each choice of each day, one day after the other. None: out of reach."""
    sizes = [len(choices.counts) for choices in options]
    day = np.repeat(np.arange(len(days)), sizes)
    count, cost = knapsack.fewest(np.maximum(wanted, 0))
    total_count = np.concatenate([choices.repair_count for choices in options]) + count
    total_cost = np.concatenate([choices.cost for choices in options]) + cost
    order = np.lexsort((total_cost, total_count, day))
    order = order[count[order] >= 0]
    if not len(order):
        return None
    best = int(order[0])
    on_day = int(day[best])
    chosen = knapsack.chosen(max(int(wanted[best]), 0), int(count[best]), int(cost[best]))
    return days[on_day], (*options[on_day].repairs(best - sum(sizes[:on_day])), *chosen)


def _least_points(edition: Edition, target: int) -> Fraction | None:
    """The fewest points, before any rounding, for a band of at least the grade wanted; None: there is no such band."""
    bounds = [None, *(band.below for band in edition.bands)]
    for bound, band in zip(bounds, edition.bands, strict=False):
        if edition.position(band.grade) >= target:
            if bound is None:
                return Fraction(OUT_OF_REACH)
            if edition.round_to is None:
                return Fraction(bound)
            step = Fraction(edition.round_to)
            return math.ceil(Fraction(bound) / step) * step - step / 2
    return None
