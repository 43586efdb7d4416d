"""The figures of the inspection plan that are decisions of ours, from figures.toml, each with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scoring.rulebook.model import Text
from scoring.rulebook.toml_table import Table, table

FIGURES = Path(__file__).with_name("figures.toml")


@dataclass(frozen=True)
class VisitMinutes:
    """Minutes a visit takes: `start` and `a_home` more for each home, between `least` and `most`."""

    start: float
    a_home: float
    least: int
    most: int


@dataclass(frozen=True)
class Worth:
    """What a visit is worth, in seconds of walking; see worth.py."""

    best_grade_s: int
    times_a_grade: int
    times_at_most_late: int
    days_to_most: int
    minutes_of_the_tier: int
    early: float
    urgent: int
    never_visited_tier: int  # grades above the worst


@dataclass(frozen=True)
class Slots:
    """What it costs to put a visit into a week or on a day; see weeks.py."""

    weeks_ahead: int
    full_slot: float
    early_tenth: float
    late_day: float


@dataclass(frozen=True)
class Figures:
    """Everything figures.toml says."""

    counts_also_for: Mapping[str, tuple[str, ...]]  # role that came → further roles whose need that ends
    unrated_every_days: int
    minutes_a_visit: VisitMinutes
    walk_factor: float
    walk_kmh: float
    random_part: float
    random_every_weeks: int
    evening_mean_gap_days: int
    worth: Worth
    slots: Slots
    move_s: int
    grid_iterations: int
    team_iterations: int
    assumed: Mapping[str, Text]  # by table


@cache
def figures() -> Figures:
    """The figures this repository ships. Raises WrongRule."""
    return read_figures(FIGURES.name, FIGURES.read_text(encoding="utf-8"))


def read_figures(file: str, text: str) -> Figures:
    """The figures in a TOML text. Raises WrongRule with file, table and cure."""
    assumed: dict[str, Text] = {}

    def part(name: str) -> Table:
        one = top.table(name)
        assumed[name] = one.text("assumed")
        return one

    with table(file, text) as top:
        with part("roles") as roles:
            never_visited = roles.whole("never_visited_tier", least=0)
            unrated = roles.whole("unrated_every_days", least=1)
        with part("counts_also_for") as also:
            counts: dict[str, tuple[str, ...]] = {role: also.strings(role) for role in also.values if role != "assumed"}
        with part("minutes_a_visit") as one:
            minutes = VisitMinutes(
                float(one.number("start")), float(one.number("a_home")), one.whole("least", 1), one.whole("most", 1)
            )
        with part("walking") as one:
            factor, kmh = _above_nought(one, "factor"), _above_nought(one, "km_an_hour")
        with part("random_share") as one:
            share, weeks = _part(one, "part"), one.whole("every_weeks", least=1)
        with part("evening_visits") as one:
            gap = one.whole("mean_gap_days", least=1)
        with part("worth") as one:
            worth = _worth(one, never_visited)
        with part("slots") as one:
            costs = (_above_nought(one, key) for key in ("full_slot", "early_tenth", "late_day"))
            slots = Slots(one.whole("weeks_ahead", 1), *costs)
        with part("announced") as one:
            move = one.whole("move_s", least=0)
        with part("iterations") as one:
            grid, team = one.whole("grid", least=1), one.whole("team", least=1)
    return Figures(counts, unrated, minutes, factor, kmh, share, weeks, gap, worth, slots, move, grid, team, assumed)


def _worth(one: Table, never_visited: int) -> Worth:
    apart, late = one.whole("times_a_grade", least=2), one.whole("times_at_most_late", least=1)
    if late >= apart:
        raise one.wrong("'times_at_most_late' must lie below 'times_a_grade', or late visits overtake worse grades")
    return Worth(
        best_grade_s=one.whole("best_grade_s", least=1),
        times_a_grade=apart,
        times_at_most_late=late,
        days_to_most=one.whole("days_to_most", least=1),
        minutes_of_the_tier=one.whole("minutes_of_the_tier", least=1),
        early=_part(one, "early"),
        urgent=one.whole("urgent", least=1),
        never_visited_tier=never_visited,
    )


def _above_nought(one: Table, key: str) -> float:
    number = one.number(key)
    if number <= 0:
        raise one.wrong("'{key}' must be above 0", key=key)
    return float(number)


def _part(one: Table, key: str) -> float:
    number = one.number(key)
    if not 0 <= number <= 1:
        raise one.wrong("'{key}' must lie between 0 and 1", key=key)
    return float(number)
