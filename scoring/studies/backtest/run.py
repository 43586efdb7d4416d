"""The backtest: every order measured on the same visits, with intervals and honest differences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.studies.backtest.calibration import Calibration, calibration
from scoring.studies.backtest.forecasts import Forecast, forecast, rates_by_group
from scoring.studies.backtest.measures import MEASURES, WEEK, Estimate, estimates, gain_curve, measures, places_of
from scoring.studies.backtest.rankings import orders
from scoring.studies.backtest.resampling import Cells, VisitDays, cells_of, draws, first_by, visit_days, weighed_sums
from scoring.studies.backtest.visits import Visits, visits_of

ROUNDS, SEED = 500, 1
CURVE = np.linspace(0, 1, 101)  # the shares of visits a gain curve is read off at
INSIDE, INSIDE_RANDOM = "inside", "inside_random"
PAIRS = (
    ("score", "other"),
    ("score", "random"),
    ("other", "random"),
    ("other", "inspector"),
    ("other", "actual"),
    ("score", "last_result"),
    ("score", "inspector"),
    ("score", "actual"),
    ("inspector", "random"),
    (INSIDE, INSIDE_RANDOM),
)
Report = Callable[[int, int], None]
ByOrder = Mapping[str, Mapping[str, Estimate]]


@dataclass(frozen=True, eq=False)
class Backtest:
    """What came of it. Counts are of the visits measured; learned_from: of those only learned from.

    trouble: how much of it; troubled: visits with any; unnamed: visits (all) in which no inspector is named.
    first_day, last_day: datetime64[D], None where nobody chose a day.
    orders, differences: measures by order and by pair of orders; a measure that cannot be had is left out.
    curves: by order, share of trouble found after each share of visits in CURVE.
    groups: a row a group with visits, troubled, rate, low, high, forecast; forecast: None with one period only.
    calibration: of the probabilities of another score; None where there are none.
    """

    visits: int
    learned_from: int
    units: int
    areas: int
    inspectors: int
    unnamed: int
    periods: int
    trouble: float
    troubled: int
    first_day: np.datetime64 | None
    last_day: np.datetime64 | None
    rounds: int
    orders: ByOrder
    differences: Mapping[tuple[str, str], Mapping[str, Estimate]]
    curves: Mapping[str, np.ndarray]
    groups: pd.DataFrame
    forecast: Forecast | None
    calibration: Calibration | None


def backtest(
    frame: pd.DataFrame, rounds: int = ROUNDS, seed: int = SEED, report: Report = lambda done, rounds: None
) -> Backtest:
    """Measures every order a frame speaks of; see `visits_of` for its columns.

    report is told after each portion how many of the rounds are done. Raises WrongFrame.
    """
    every = visits_of(frame)
    cut = every.only(every.measured)
    ranks = {name: -rank[every.measured] for name, rank in orders(every).items()}
    found = _Found()
    _by_area(cut, ranks, rounds, seed, report, found)
    if cut.inspector is not None:
        _inside(cut, cut.inspector, ranks, rounds, seed, found)
    return Backtest(
        visits=len(cut),
        learned_from=len(every) - len(cut),
        units=len(np.unique(cut.unit)),
        areas=len(np.unique(cut.area)),
        inspectors=0 if cut.inspector is None else len(np.unique(cut.inspector)),
        unnamed=every.unnamed,
        periods=len(np.unique(cut.period)),
        trouble=float(cut.outcome.sum()),
        troubled=int((cut.outcome > 0).sum()),
        first_day=None if cut.day is None or cut.first_day is None else cut.first_day + int(cut.day.min()),
        last_day=None if cut.day is None or cut.first_day is None else cut.first_day + int(cut.day.max()),
        rounds=rounds,
        orders=found.orders(),
        differences=found.differences(),
        curves=found.curves,
        groups=rates_by_group(every),
        forecast=forecast(every, rounds, seed),
        calibration=calibration(every, rounds, seed),
    )


class _Found:
    """Measures as they come in: value by order, (7,), what the rounds gave, (rounds, 7), and the curves."""

    def __init__(self) -> None:
        self.value: dict[str, np.ndarray] = {}
        self.drawn: dict[str, np.ndarray] = {}
        self.curves: dict[str, np.ndarray] = {}

    def orders(self) -> ByOrder:
        return {name: estimates(value, self.drawn[name]) for name, value in self.value.items()}

    def differences(self) -> Mapping[tuple[str, str], Mapping[str, Estimate]]:
        return {
            (one, other): estimates(self.value[one] - self.value[other], self.drawn[one] - self.drawn[other])
            for one, other in PAIRS
            if one in self.value and other in self.value
        }


def _by_area(
    cut: Visits, ranks: Mapping[str, np.ndarray], rounds: int, seed: int, report: Report, found: _Found
) -> None:
    """Inside each period, the areas drawn."""
    segment, area = factorize(cut.period), factorize(cut.area)
    week, areas = week_shares(cut), int(area.max()) + 1
    calendar = None if cut.day is None else visit_days(segment, cut.day, area, cut.outcome)
    cells = {name: cells_of(places_of(segment, rank), area, cut.outcome) for name, rank in ranks.items()}
    found.curves |= {name: _curve(one) for name, one in cells.items()}
    for name, value in _totals(cells, calendar, week, np.ones((1, areas))).items():
        found.value[name] = measures(value)[0]
    portions: dict[str, list[np.ndarray]] = {name: [np.empty((0, len(MEASURES)))] for name in cells}
    done = 0
    for weights in draws(areas, rounds, seed, max(one.places.count for one in cells.values())):
        for name, totals in _totals(cells, calendar, week, weights).items():
            portions[name].append(measures(totals))
        done += len(weights)
        report(done, rounds)
    found.drawn |= {name: np.concatenate(drawn) for name, drawn in portions.items()}


def _totals(
    cells: Mapping[str, Cells], calendar: VisitDays | None, week: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    return {name: table.sum(axis=1) for name, table in weighed_sums(cells, calendar, week, weights).items()}


def _inside(
    cut: Visits, inspector: np.ndarray, ranks: Mapping[str, np.ndarray], rounds: int, seed: int, found: _Found
) -> None:
    """Inside each inspector's own visits of a period, on the inspector's own days; the inspectors drawn."""
    who = factorize(inspector)
    inspectors, period = int(who.max()) + 1, factorize(cut.period)
    segment, pairs = pd.factorize(period.astype(np.int64) * inspectors + who, sort=True)
    week, alone = week_shares(cut)[pairs // inspectors], np.zeros(len(cut), np.int32)
    calendar = None if cut.day is None else visit_days(segment, cut.day, alone, cut.outcome)
    sets = {INSIDE: ranks["score"], INSIDE_RANDOM: ranks["random"]}
    cells = {name: cells_of(places_of(segment, rank), alone, cut.outcome) for name, rank in sets.items()}
    found.curves |= {name: _curve(one) for name, one in cells.items()}
    for name, table in weighed_sums(cells, calendar, week, np.ones((1, 1))).items():
        own = np.zeros((inspectors, table.shape[-1]))
        np.add.at(own, pairs % inspectors, table[0])
        found.value[name] = measures(own.sum(axis=0))
        drawn = [measures(weights @ own) for weights in draws(inspectors, rounds, seed, 1)]
        found.drawn[name] = np.concatenate([np.empty((0, len(MEASURES))), *drawn])


def _curve(cells: Cells) -> np.ndarray:
    visits, trouble = (table.sum(axis=1) for table in (cells.visits, cells.trouble))
    return gain_curve(cells.places, visits, trouble, CURVE)


def week_shares(cut: Visits) -> np.ndarray:
    """The share of a period's visits that fall to one week of it, float64 (periods,); NaN where nobody chose a day."""
    segment = factorize(cut.period)
    if cut.day is None:
        return np.full(int(segment.max()) + 1, np.nan)
    days = 1 - first_by(segment, cut.day) - first_by(segment, -cut.day)
    return np.minimum(WEEK / days, 1)


def factorize(numbers: np.ndarray) -> np.ndarray:
    return pd.factorize(numbers, sort=True)[0].astype(np.int32)
