"""The figures of the plan: each with its reason, and nothing that is not understood."""

import pytest

from geo.walking import WALK_FACTOR, WALK_KMH
from scoring.errors import WrongRule
from scoring.planning.figures import FIGURES, figures, read_figures

TEXT = FIGURES.read_text(encoding="utf-8")


def test_every_table_of_figures_says_why():
    assert set(figures().assumed) == {line.strip("[]") for line in TEXT.splitlines() if line.startswith("[")}
    assert all(text.zh and text.en for text in figures().assumed.values())


def test_the_figures_are_those_of_the_file():
    f = figures()
    minutes = f.minutes_a_visit
    assert (minutes.start, minutes.a_home, minutes.least, minutes.most) == (15, 0.8, 20, 60)
    assert (f.walk_factor, f.walk_kmh, f.random_part, f.move_s) == (1.3, 4.5, 0.05, 1200)
    assert (f.slots.full_slot, f.slots.early_tenth, f.grid_iterations, f.team_iterations) == (200, 10, 40, 100)


@pytest.mark.parametrize(
    ("right", "wrong", "why"),
    [
        ("times_at_most_late = 2", "times_at_most_late = 3", "late visits overtake worse grades"),
        ("part = 0.05", "part = 1.05", "between 0 and 1"),
        ("factor = 1.3", "factor = 0", "above 0"),
        ("mean_gap_days = 30", "mean_gap_days = 0", "at least 1"),
        ("grid = 40", "grid = 40\nseconds = 2", "unknown key 'seconds'"),
        ("move_s = 1200", "", "'move_s' is missing"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(right, wrong, why):
    with pytest.raises(WrongRule, match=why):
        read_figures("figures.toml", TEXT.replace(right, wrong))


def test_who_walks_without_a_plan_walks_as_fast_as_in_one():
    assert (figures().walk_factor, figures().walk_kmh) == (WALK_FACTOR, WALK_KMH)
