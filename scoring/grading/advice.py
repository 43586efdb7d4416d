"""How a building comes to a better grade: what to mend, what runs out by itself, and the earliest day."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from scoring.grading.facts import Checks, Ledger, Spells, facts_on, first_day_out, in_window, spells_counted
from scoring.grading.rating import UNRATED, Rating, rate
from scoring.grading.repairs import OUT_OF_REACH, Gains, Mending, Ways, best_answer, bettered, item_mendings, ways_on
from scoring.rulebook.model import Cap, Edition, Fact, Need

HORIZON_MONTHS = 24  # our decision: past every window of the shipped rules, and nobody plans a mending later


@dataclass(frozen=True)
class Window:
    """Something that happened and stops counting on a day, and what that changes. `ends`: the first day without it.

    points: gained, or lost when a merit runs out; frees, binds: grades of the caps that fall away or begin to hold.
    """

    need: Need
    happened: date
    ends: date
    points: float
    frees: tuple[str, ...]
    binds: tuple[str, ...]


@dataclass(frozen=True)
class Advice:
    """The way to the next grade, as far as is known at the end of `on` and by the edition in force on it.

    grade: as it is, None unrated; missing: what an unrated building lacks. The best grade has no further advice.
    day: the earliest on which a better grade can be had, `reached` then, once `mendings` are done; None: there is
    no such day within the horizon, for the caps in `barriers` or for want of points. rises: the first day on which
    it is better though nobody does anything.
    """

    on: date
    grade: str | None
    missing: tuple[Need, ...] = ()
    day: date | None = None
    reached: str | None = None
    mendings: tuple[Mending, ...] = ()
    rises: date | None = None
    windows: tuple[Window, ...] = ()
    barriers: tuple[Cap, ...] = ()


def advice_for(known: Ledger, edition: Edition, on: date) -> Advice:
    """known: the ledger of one building; what it holds of days after `on` is not looked at."""
    known = known_until(known, on)
    ends = _window_ends(known, edition, on)
    days = _days_of_change(known, edition, on, ends)
    alone = rate(pd.concat([facts_on(known, edition, day) for day in days]), edition)
    grade = int(alone.grade[0])
    if grade == UNRATED:
        return Advice(on, None, tuple(np.array(edition.needs, object)[alone.missing[0]]))
    code = edition.grades[grade].code
    if grade == len(edition.grades) - 1:
        return Advice(on, code)
    better = np.flatnonzero(alone.grade > grade)
    advice = replace(
        _earliest(known, alone, days, Advice(on, code)),
        rises=days[better[0]] if len(better) else None,
        windows=tuple(_windows(alone, days, ends)),
    )
    if advice.day is None:
        return advice
    honoured = rate(facts_on(applied(known, edition, advice, advice.day), edition, advice.day), edition)
    return replace(advice, reached=edition.grades[honoured.grade[0]].code)


def applied(known: Ledger, edition: Edition, advice: Advice, day: date) -> Ledger:
    """The ledger after the mendings: the best answers of just those items on `day`, hazards closed."""
    items = [one.fact for one in advice.mendings if one.hazard is None]
    closed = known.spells.closed.copy()
    closed[[one.hazard for one in advice.mendings if one.hazard is not None]] = np.datetime64(day, "D")
    asked = tuple(edition.facts[name].of[0] for name in items)
    answers = np.array([[best_answer(edition, name) for name in items]], np.uint8)
    looked = Checks(asked, np.zeros(1, np.int32), np.array([day], "datetime64[D]"), answers)
    return replace(
        known, checks=(*known.checks, looked) if items else known.checks, spells=replace(known.spells, closed=closed)
    )


def known_until(known: Ledger, on: date) -> Ledger:
    """What was known at the end of `on`. Hazards keep their rows: one found later has no day on which it was found."""
    today = np.datetime64(on, "D")
    checks = []
    for one in known.checks:
        past = one.day <= today
        checks.append(Checks(one.items, one.building[past], one.day[past], one.answers[past]))
    spells = known.spells
    opened, closed, transferred = (
        np.where(days <= today, days, np.datetime64("NaT"))
        for days in (spells.opened, spells.closed, spells.transferred)
    )
    return Ledger(
        known.buildings,
        {kind: (building[day <= today], day[day <= today]) for kind, (building, day) in known.events.items()},
        tuple(checks),
        Spells(spells.building, spells.group, spells.severity, opened, closed, spells.due, transferred),
    )


def _window_ends(known: Ledger, edition: Edition, on: date) -> dict[Need, tuple[np.ndarray, np.ndarray]]:
    """For each fact over a window: the days it counts on `on`, each once, and the first day without each."""
    ends = {}
    for need in edition.needs:
        if need.months is not None:
            days = np.unique(_days_counted(known, edition.facts[need.fact], on, need.months))
            ends[need] = days, first_day_out(days, need.months)
    return ends


def _days_counted(known: Ledger, fact: Fact, on: date, months: int) -> np.ndarray:
    if fact.kind == "hazards":
        return known.spells.opened[spells_counted(known.spells, fact, on, months)]
    if fact.kind == "events":
        found = [known.events[kind][1] for kind in fact.of if kind in known.events]
    else:
        found = [one.day for one in known.checks]
    days = np.concatenate([np.array([], "datetime64[D]"), *found])
    return days[in_window(days, on, months)]


def _days_of_change(
    known: Ledger, edition: Edition, on: date, ends: dict[Need, tuple[np.ndarray, np.ndarray]]
) -> list[date]:
    """`on`, and every later day within the horizon on which a fact changes though nobody does anything."""
    changes = [out for _, out in ends.values()]
    if any(edition.facts[need.fact].state in ("overdue", "late") for need in edition.needs):
        standing = ~np.isnat(known.spells.opened) & np.isnat(known.spells.closed)
        changes.append(known.spells.due[standing] + 1)
    today = np.array([on], "datetime64[D]")
    later = np.unique(np.concatenate([today, *changes]))
    within = (later > today) & (later <= first_day_out(today, HORIZON_MONTHS))
    return [on, *later[within].tolist()]


def _windows(alone: Rating, days: list[date], ends: dict[Need, tuple[np.ndarray, np.ndarray]]) -> Iterator[Window]:
    """The windows that change points or a cap when they end, soonest first."""
    edition, points = alone.edition, np.rint(alone.points * alone.edition.unit) / alone.edition.unit
    for place, day in enumerate(days[1:], 1):
        before, after = alone.held[place - 1], alone.held[place]
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


def _earliest(known: Ledger, alone: Rating, days: list[date], advice: Advice) -> Advice:
    """The advice with the first day of a better grade and the fewest, then cheapest mendings; or with the barriers.

    Caps are broken by trying every way to mend what they read; points of the other items add up, so that those are
    chosen from a table.
    """
    edition, target = alone.edition, int(alone.grade[0]) + 1
    rows = alone.facts.to_numpy()
    conditions = (one for cap in edition.caps for one in cap.conditions)
    read_by_caps = {edition.facts[need.fact].of for one in conditions for need in one.needs}
    items = item_mendings(edition, dict(zip(alone.facts.columns, rows[0], strict=True)))
    with_caps = [one for one in items if edition.facts[one.fact].of in read_by_caps]
    ways = [ways_on(edition, known.spells, with_caps, row, day) for row, day in zip(rows, days, strict=True)]
    singles = tuple(one for one in items if one not in with_caps)
    tried = [bettered(edition, rows[0], one)[None] for one in singles]
    what_if = np.concatenate([*tried, *(one.facts(row) for one, row in zip(ways, rows, strict=True))])
    rating = rate(pd.DataFrame(what_if, columns=alone.facts.columns), edition)
    units = np.rint(rating.points * edition.unit).astype(np.int64).sum(axis=1) + int(edition.start * edition.unit)
    gained = units[: len(singles)] - units[len(singles)]  # the first way of the first day is to mend nothing
    worth = [place for place in range(len(singles)) if gained[place] > 0]
    gains = Gains(tuple(singles[place] for place in worth), tuple(int(gained[place]) for place in worth))
    wanted = _least_units(edition, target) - units[len(singles) :]
    low = np.array([edition.position(cap.grade) < target for cap in edition.caps], bool)
    held = rating.held[len(singles) :] & low
    wanted[held.any(axis=1)] = -OUT_OF_REACH
    found = _first_and_fewest(ways, days, gains, wanted)
    if found is None:
        always = held.all(axis=0)
        return replace(advice, barriers=tuple(cap for cap, never in zip(edition.caps, always, strict=True) if never))
    return replace(advice, day=found[0], mendings=found[1])


def _first_and_fewest(
    ways: list[Ways], days: list[date], gains: Gains, wanted: np.ndarray
) -> tuple[date, tuple[Mending, ...]] | None:
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
    return days[place], (*ways[place].mendings(best - sum(sizes[:place])), *chosen)


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
