"""The backtest over again, for a handful of visits: every way of drawing lots among equals is gone through."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, permutations, product

import pandas as pd

Visit = Mapping[str, float]


def by_hand(frame: pd.DataFrame, rank: Sequence[float], segments: Iterable[str] = ("period",)) -> dict[str, float]:
    """The measures of the order by `rank`, the highest first, inside each segment of the frame.

    The frame is numbered from 0; of several periods the first is left out.
    """
    visits = [dict(row, rank=one) for row, one in zip(frame.to_dict("records"), rank, strict=True)]
    periods = sorted({visit["period"] for visit in visits})
    visits = [visit for visit in visits if len(periods) == 1 or visit["period"] != periods[0]]
    by_segment: dict[tuple, list[Visit]] = {}
    for visit in visits:
        by_segment.setdefault(tuple(visit[name] for name in segments), []).append(visit)
    measured = {visit["period"] for visit in visits}
    week = {period: _week([one["day"] for one in visits if one["period"] == period]) for period in measured}
    sums = dict.fromkeys(("n", "y", "half", "tenth", "week", "week_n", "week_y", "earlier"), 0.0)
    for those in by_segment.values():
        n, y, share = len(those), sum(one["outcome"] for one in those), week[those[0]["period"]]
        sums["n"], sums["y"] = sums["n"] + n, sums["y"] + y
        sums["week_n"], sums["week_y"] = sums["week_n"] + share * n, sums["week_y"] + share * y
        ways = list(_ways(those))
        for way in ways:
            sums["earlier"] += _earlier(way) / len(ways)
            for name, part in (("half", 0.5), ("tenth", 0.1), ("week", share)):
                sums[name] += _found(way, part * n) / len(ways)
    return {
        "days_earlier": sums["earlier"] / sums["y"],
        "first_half": sums["half"] / sums["y"],
        "first_tenth": sums["tenth"] / sums["y"],
        "precision_tenth": sums["tenth"] / (0.1 * sums["n"]),
        "lift_tenth": sums["tenth"] / (0.1 * sums["y"]),
        "precision_week": sums["week"] / sums["week_n"],
        "lift_week": sums["week"] / sums["week_y"],
    }


def _week(days: Sequence[pd.Timestamp]) -> float:
    return min(7 / ((max(days) - min(days)).days + 1), 1)


def _ways(visits: list[Visit]) -> Iterable[list[Visit]]:
    falling = sorted(visits, key=lambda visit: -visit["rank"])
    equals = [list(some) for _, some in groupby(falling, key=lambda visit: visit["rank"])]
    for choice in product(*(permutations(some) for some in equals)):
        yield [visit for some in choice for visit in some]


def _earlier(way: list[Visit]) -> float:
    slots = sorted(visit["day"] for visit in way)
    return sum(visit["outcome"] * (visit["day"] - slot).days for visit, slot in zip(way, slots, strict=True))


def _found(way: list[Visit], visits: float) -> float:
    """Trouble in the first so many visits; of the visit that is begun the part that is."""
    return sum(visit["outcome"] * min(max(visits - place, 0), 1) for place, visit in enumerate(way))
