"""How a building comes to a better grade: what to mend, what runs out by itself, and the earliest day."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from scoring.grading.facts import (
    Checks,
    FactLog,
    OpenPeriods,
    compute_facts,
    first_day_out,
    in_window,
    open_period_counts,
)
from scoring.grading.rating import UNRATED, Rating, rate
from scoring.grading.repairs import (
    OUT_OF_REACH,
    KnapsackTable,
    Repair,
    RepairOptions,
    best_answer,
    bettered,
    item_repairs,
    repair_options_on,
)
from scoring.rulebook.model import Cap, Edition, Fact, FactColumn

HORIZON_MONTHS = 24  # our decision: past every window of the shipped rules, and nobody plans a mending later


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
    no such day within the horizon, for the caps in `blocking_caps` or for want of points. rises: the first day on which
    it is better though nobody does anything.
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


def advice_for(known: FactLog, edition: Edition, on: date) -> Advice:
    """known: the ledger of one building; what it holds of days after `on` is not looked at."""
    known = known_until(known, on)
    ends = _window_ends(known, edition, on)
    days = _days_of_change(known, edition, on, ends)
    alone = rate(pd.concat([compute_facts(known, edition, day) for day in days]), edition)
    grade = int(alone.grade[0])
    if grade == UNRATED:
        return Advice(on, None, tuple(np.array(edition.needs, object)[alone.missing[0]]))
    code = edition.grades[grade].code
    if grade == len(edition.grades) - 1:
        return Advice(on, code)
    better = np.flatnonzero(alone.grade > grade)
    advice = replace(
        _earliest(known, alone, days, Advice(on, code)),
        improves_on=days[better[0]] if len(better) else None,
        windows=tuple(_windows(alone, days, ends)),
    )
    if advice.day is None:
        return advice
    honoured = rate(compute_facts(applied(known, edition, advice, advice.day), edition, advice.day), edition)
    return replace(advice, reached=edition.grades[honoured.grade[0]].code)


def applied(known: FactLog, edition: Edition, advice: Advice, day: date) -> FactLog:
    """The ledger after the mendings: the best answers of just those items on `day`, hazards closed."""
    items = [one.fact for one in advice.repairs if one.hazard is None]
    closed = known.open_periods.closed.copy()
    closed[[one.hazard for one in advice.repairs if one.hazard is not None]] = np.datetime64(day, "D")
    asked = tuple(edition.facts[name].of[0] for name in items)
    answers = np.array([[best_answer(edition, name) for name in items]], np.uint8)
    looked = Checks(asked, np.zeros(1, np.int32), np.array([day], "datetime64[D]"), answers)
    return replace(
        known,
        checks=(*known.checks, looked) if items else known.checks,
        open_periods=replace(known.open_periods, closed=closed),
    )


def known_until(known: FactLog, on: date) -> FactLog:
    """What was known at the end of `on`. Hazards keep their rows: one found later has no day on which it was found."""
    today = np.datetime64(on, "D")
    checks = []
    for one in known.checks:
        past = one.day <= today
        checks.append(Checks(one.items, one.building[past], one.day[past], one.answers[past]))
    open_periods = known.open_periods
    opened, closed, transferred = (
        np.where(days <= today, days, np.datetime64("NaT"))
        for days in (open_periods.opened, open_periods.closed, open_periods.transferred)
    )
    return FactLog(
        known.buildings,
        {kind: (building[day <= today], day[day <= today]) for kind, (building, day) in known.events.items()},
        tuple(checks),
        OpenPeriods(
            open_periods.building,
            open_periods.group,
            open_periods.severity,
            opened,
            closed,
            open_periods.due,
            transferred,
        ),
    )


def _window_ends(known: FactLog, edition: Edition, on: date) -> dict[FactColumn, tuple[np.ndarray, np.ndarray]]:
    """For each fact over a window: the days it counts on `on`, each once, and the first day without each."""
    ends = {}
    for need in edition.needs:
        if need.months is not None:
            days = np.unique(_days_counted(known, edition.facts[need.fact], on, need.months))
            ends[need] = days, first_day_out(days, need.months)
    return ends


def _days_counted(known: FactLog, fact: Fact, on: date, months: int) -> np.ndarray:
    if fact.kind == "hazards":
        return known.open_periods.opened[open_period_counts(known.open_periods, fact, on, months)]
    if fact.kind == "events":
        found = [known.events[kind][1] for kind in fact.of if kind in known.events]
    else:
        found = [one.day for one in known.checks]
    days = np.concatenate([np.array([], "datetime64[D]"), *found])
    return days[in_window(days, on, months)]


def _days_of_change(
    known: FactLog, edition: Edition, on: date, ends: dict[FactColumn, tuple[np.ndarray, np.ndarray]]
) -> list[date]:
    """`on`, and every later day within the horizon on which a fact changes though nobody does anything."""
    changes = [out for _, out in ends.values()]
    if any(edition.facts[need.fact].state in ("overdue", "late") for need in edition.needs):
        standing = ~np.isnat(known.open_periods.opened) & np.isnat(known.open_periods.closed)
        changes.append(known.open_periods.due[standing] + 1)
    today = np.array([on], "datetime64[D]")
    later = np.unique(np.concatenate([today, *changes]))
    within = (later > today) & (later <= first_day_out(today, HORIZON_MONTHS))
    return [on, *later[within].tolist()]


def _windows(
    alone: Rating, days: list[date], ends: dict[FactColumn, tuple[np.ndarray, np.ndarray]]
) -> Iterator[Window]:
    """The windows that change points or a cap when they end, soonest first."""
    edition, points = alone.edition, np.rint(alone.points * alone.edition.unit) / alone.edition.unit
    for place, day in enumerate(days[1:], 1):
        before, after = alone.caps_apply[place - 1], alone.caps_apply[place]
        for need, (happened, out) in ends.items():
            mine = np.array([any(need in one.needs for one in cap.conditions) for cap in edition.caps], bool)
            frees, binds = (_cap_grades(edition, mine & change) for change in (before & ~after, after & ~before))
            scored = np.array([need in one.needs for one in edition.criteria], bool)
            gained = float((points[place] - points[place - 1])[scored].sum())
            if gained or frees or binds:
                for one in happened[out == np.datetime64(day, "D")].tolist():
                    yield Window(need, one, day, gained, frees, binds)


def _cap_grades(edition: Edition, caps: np.ndarray) -> tuple[str, ...]:
    return tuple(cap.grade for cap, named in zip(edition.caps, caps, strict=True) if named)


def _earliest(known: FactLog, alone: Rating, days: list[date], advice: Advice) -> Advice:
    """The advice with the first day of a better grade and the fewest, then cheapest mendings; or with the barriers.

    Caps are broken by trying every way to mend what they read; points of the other items add up, so that those are
    chosen from a table.
    """
    edition, target = alone.edition, int(alone.grade[0]) + 1
    rows = alone.facts.to_numpy()
    conditions = (one for cap in edition.caps for one in cap.conditions)
    read_by_caps = {edition.facts[need.fact].of for one in conditions for need in one.needs}
    items = item_repairs(edition, dict(zip(alone.facts.columns, rows[0], strict=True)))
    with_caps = [one for one in items if edition.facts[one.fact].of in read_by_caps]
    ways = [
        repair_options_on(edition, known.open_periods, with_caps, row, day) for row, day in zip(rows, days, strict=True)
    ]
    singles = tuple(one for one in items if one not in with_caps)
    tried = [bettered(edition, rows[0], one)[None] for one in singles]
    what_if = np.concatenate([*tried, *(one.facts(row) for one, row in zip(ways, rows, strict=True))])
    rating = rate(pd.DataFrame(what_if, columns=alone.facts.columns), edition)
    units = np.rint(rating.points * edition.unit).astype(np.int64).sum(axis=1) + int(edition.start * edition.unit)
    gained = units[: len(singles)] - units[len(singles)]  # the first way of the first day is to mend nothing
    worth = [place for place in range(len(singles)) if gained[place] > 0]
    gains = KnapsackTable(tuple(singles[place] for place in worth), tuple(int(gained[place]) for place in worth))
    wanted = _least_units(edition, target) - units[len(singles) :]
    low = np.array([edition.position(cap.grade) < target for cap in edition.caps], bool)
    caps_apply = rating.caps_apply[len(singles) :] & low
    wanted[caps_apply.any(axis=1)] = -OUT_OF_REACH
    found = _first_and_fewest(ways, days, gains, wanted)
    if found is None:
        always = caps_apply.all(axis=0)
        return replace(
            advice, blocking_caps=tuple(cap for cap, never in zip(edition.caps, always, strict=True) if never)
        )
    return replace(advice, day=found[0], repairs=found[1])


def _first_and_fewest(
    ways: list[RepairOptions], days: list[date], gains: KnapsackTable, wanted: np.ndarray
) -> tuple[date, tuple[Repair, ...]] | None:
    """wanted: units still to be gained after each way of each day, one day after the other. None: out of reach."""
    sizes = [len(one.counts) for one in ways]
    day = np.repeat(np.arange(len(days)), sizes)
    count, cost = gains.fewest(np.maximum(wanted, 0))
    mended = np.concatenate([one.mended for one in ways]) + count
    paid = np.concatenate([one.cost for one in ways]) + cost
    order = np.lexsort((paid, mended, day))
    order = order[count[order] >= 0]
    if not len(order):
        return None
    best = int(order[0])
    place = int(day[best])
    chosen = gains.chosen(max(int(wanted[best]), 0), int(count[best]), int(cost[best]))
    return days[place], (*ways[place].repairs(best - sum(sizes[:place])), *chosen)


def _least_units(edition: Edition, target: int) -> int:
    """The fewest units of points, before any rounding, for a band of at least the grade wanted."""
    bounds = [None, *(band.below for band in edition.bands)]
    for bound, band in zip(bounds, edition.bands, strict=False):
        if edition.position(band.grade) >= target:
            if bound is None:
                return OUT_OF_REACH
            if edition.rounding == "half_up":
                return math.ceil(bound) * edition.unit - edition.unit // 2
            return int(Fraction(bound) * edition.unit)
    return -OUT_OF_REACH
