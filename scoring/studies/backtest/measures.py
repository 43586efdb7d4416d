"""What is measured of an order, from visits collapsed to the places they share.

Visits are reordered inside segments (periods, or one inspector's periods), laid one after the other. An order is a row
of places in each, and visits of equal score share a place: whatever stands in it is spread evenly over its visits,
which is what drawing lots among them gives on average. Days are slots that stay: the first visit of the new order
takes the first slot. Sums over visits in order are then straight between places, and np.interp reads them off.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

HALF, TENTH = 0.5, 0.1
WEEK = 7
DAYS_EARLIER, FIRST_HALF = "days_earlier", "first_half"
MEASURES = (
    DAYS_EARLIER,
    FIRST_HALF,
    "first_tenth",
    "precision_tenth",
    "lift_tenth",
    "precision_week",
    "lift_week",
)
VISITS, TROUBLE, IN_HALF, IN_TENTH, IN_WEEK, WEEKS_VISITS, WEEKS_TROUBLE, EARLIER = range(8)  # places among the sums


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; NaN where it cannot be had."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Places:
    """Where visits stand: `place` (visits,) numbers the distinct values inside the segments, all in one row.

    begins: int (segments + 1,), the first place of each segment and the end; value: (places,), what is shared.
    """

    place: np.ndarray
    begins: np.ndarray
    value: np.ndarray

    @property
    def count(self) -> int:
        return len(self.value)


def places_of(segment: np.ndarray, value: np.ndarray) -> Places:
    """Rising values inside each segment. segment: int (visits,), from 0 on without gaps; value: (visits,)."""
    rank, distinct = pd.factorize(value, sort=True)  # many times faster than np.unique where few are distinct
    place, cells = pd.factorize(segment.astype(np.int64) * len(distinct) + rank, sort=True)
    begins = np.searchsorted(cells // len(distinct), np.arange(int(segment.max()) + 2))
    return Places(place, begins, distinct[cells % len(distinct)])


@dataclass(frozen=True, eq=False)
class Slots:
    """The days that are there to be taken, in each round of a bootstrap. None of them where nobody chose a day.

    places: of the days; visits: (rounds, days), how many visits each day; late: (rounds, segments), the days the
    trouble did come at, each times how much of it, added up.
    """

    places: Places
    visits: np.ndarray
    late: np.ndarray


def sums(places: Places, visits: np.ndarray, trouble: np.ndarray, week: np.ndarray, slots: Slots | None) -> np.ndarray:
    """The sums every measure is a ratio of, by round and segment: float64 (rounds, segments, 8).

    visits, trouble: (rounds, places); week: (segments,), the share of its visits that a segment makes in one week.
    """
    upto, found = _running(visits), _running(trouble)
    begin, end = upto[:, places.begins[:-1]], upto[:, places.begins[1:]]
    already = found[:, places.begins[:-1]]

    def found_in(share: np.ndarray | float) -> np.ndarray:
        return _read_off(begin + share * (end - begin), upto, found) - already

    table = np.empty((*begin.shape, EARLIER + 1))
    table[..., VISITS] = end - begin
    table[..., TROUBLE] = found[:, places.begins[1:]] - already
    table[..., IN_HALF], table[..., IN_TENTH], table[..., IN_WEEK] = (found_in(one) for one in (HALF, TENTH, week))
    table[..., WEEKS_VISITS], table[..., WEEKS_TROUBLE] = (week * table[..., one] for one in (VISITS, TROUBLE))
    table[..., EARLIER] = np.nan if slots is None else slots.late - _days_taken(places, visits, trouble, upto, slots)
    return table


def _days_taken(places: Places, visits: np.ndarray, trouble: np.ndarray, upto: np.ndarray, slots: Slots) -> np.ndarray:
    """The days of the slots trouble would take, each times how much of it, by round and segment."""
    days = _read_off(upto, _running(slots.visits), _running(slots.visits * slots.places.value))
    mean = np.divide(np.diff(days), visits, out=np.zeros_like(visits), where=visits > 0)
    return np.add.reduceat(mean * trouble, places.begins[:-1], axis=1)


def gain_curve(places: Places, visits: np.ndarray, trouble: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Share of all trouble found in the first `shares` of each segment's visits, float64 (shares,)."""
    upto, found = _running(visits[None]), _running(trouble[None])
    begin, end = upto[0, places.begins[:-1]], upto[0, places.begins[1:]]
    already = found[0, places.begins[:-1]].sum()
    read = (np.interp(begin + share * (end - begin), upto[0], found[0]).sum() for share in shares)
    return (np.array(list(read)) - already) / found[0, -1]


def measures(totals: np.ndarray) -> np.ndarray:
    """The measures in the order of MEASURES from sums (…, 8) added up over segments: float64 (…, 7).

    A lift is what was found over what as many visits would have found on average; a random order has 1.
    """
    visits, trouble = totals[..., VISITS], totals[..., TROUBLE]
    half, tenth, week = (totals[..., one] for one in (IN_HALF, IN_TENTH, IN_WEEK))
    ratios = (
        (totals[..., EARLIER], trouble),
        (half, trouble),
        (tenth, trouble),
        (tenth, TENTH * visits),
        (tenth, TENTH * trouble),
        (week, totals[..., WEEKS_VISITS]),
        (week, totals[..., WEEKS_TROUBLE]),
    )
    with np.errstate(divide="ignore", invalid="ignore"):  # a round may draw no trouble at all: NaN, and left out
        return np.stack([part / whole for part, whole in ratios], axis=-1)


def interval(value: np.ndarray, drawn: np.ndarray) -> list[Estimate]:
    """Each figure with the middle 95 % of what the rounds gave for it. value: (figures,); drawn: (rounds, figures).

    A round that drew no trouble has nothing to say of a share of it.
    """
    rounds = (column[~np.isnan(column)] for column in drawn.T)
    ends = (np.percentile(column, (2.5, 97.5)) if len(column) else (np.nan, np.nan) for column in rounds)
    return [Estimate(float(one), float(low), float(high)) for one, (low, high) in zip(value, ends, strict=True)]


def estimates(value: np.ndarray, drawn: np.ndarray) -> dict[str, Estimate]:
    """Measures by name, those left out that cannot be had. value: (7,); drawn: (rounds, 7)."""
    found = zip(MEASURES, interval(value, drawn), strict=True)
    return {name: estimate for name, estimate in found if np.isfinite(estimate.value)}


def _running(amounts: np.ndarray) -> np.ndarray:
    """Sums of all before, from nought on: (rounds, n) gives (rounds, n + 1)."""
    table = np.zeros((len(amounts), amounts.shape[1] + 1))
    np.cumsum(amounts, axis=1, out=table[:, 1:])
    return table


def _read_off(at: np.ndarray, knots: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Round by round, the height at each point. A knot that stands twice has one height: nothing lies between."""
    return np.array([np.interp(*three) for three in zip(at, knots, heights, strict=True)])
