"""How the buildings are distributed over grades, whole and by area, use or time since the last visit."""

from collections.abc import Sequence

import numpy as np

from dashboard.charts.bar_chart import Bar, BarChart, Part
from dashboard.look.palette import Symbol

LONGEST = 0.5  # of the width: the longest of bars that have their number at their end


def grade_counts(counts: Sequence[int], names: Sequence[str], symbols: Sequence[Symbol], title: str) -> BarChart:
    """Bars of buildings by grade, worst first, the unrated last; each with its number and its share of the whole."""
    total, most = max(sum(counts), 1), max(*counts, 1)
    bars = []
    for count, name, symbol in zip(counts, names, symbols, strict=True):
        number = f"{count:,} · {count / total:.1%}"
        bars.append(Bar(name, (Part(count, LONGEST * count / most, symbol.colour, number),), number))
    return BarChart(title, tuple(bars))


def grade_shares(
    counts: np.ndarray, rows: Sequence[str], names: Sequence[str], symbols: Sequence[Symbol], title: str
) -> BarChart:
    """Bars of one length per row, divided by grade; the numbers are said of each part.

    counts: int (rows, grades + 1), the unrated last. Rows without a building are left out.
    """
    bars = []
    for row, amounts in zip(rows, counts.tolist(), strict=True):
        total = sum(amounts)
        parts = (
            Part(n, n / total, symbol.colour, f"{name} {n:,} · {n / total:.1%}")
            for n, name, symbol in zip(amounts, names, symbols, strict=True)
            if n
        )
        if total:
            bars.append(Bar(f"{row} ({total:,})", tuple(parts)))
    return BarChart(title, tuple(bars))


def composition(
    counts: np.ndarray, rows: Sequence[str], names: Sequence[str], symbols: Sequence[Symbol], titles: tuple[str, str]
) -> BarChart:
    """The grades of each row as shares; where a filter has left a single grade, all would be 100 %: then as counts.

    titles: of the shares and of the counts.
    """
    if np.count_nonzero(counts.sum(axis=0)) > 1:
        return grade_shares(counts, rows, names, symbols, titles[0])
    return class_counts(counts, rows, names, symbols, titles[1])


def class_counts(
    counts: np.ndarray, rows: Sequence[str], names: Sequence[str], symbols: Sequence[Symbol], title: str
) -> BarChart:
    """Bars as long as the numbers of each row, divided by class, with the sum at their end.

    counts: int (rows, classes). Rows without any are left out.
    """
    most = max(int(counts.sum(axis=1).max(initial=0)), 1)
    bars = []
    for row, amounts in zip(rows, counts.tolist(), strict=True):
        parts = (
            Part(n, LONGEST * n / most, symbol.colour, f"{name} {n:,}")
            for n, name, symbol in zip(amounts, names, symbols, strict=True)
            if n
        )
        if any(amounts):
            bars.append(Bar(row, tuple(parts), f"{sum(amounts):,}"))
    used = np.flatnonzero(counts.sum(axis=0)).tolist()
    key = tuple((symbols[place].colour, names[place]) for place in used) if len(used) > 1 else ()
    return BarChart(title, tuple(bars), key)
