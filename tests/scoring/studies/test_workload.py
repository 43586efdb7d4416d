"""The visits that grades ask for."""

from datetime import date

import numpy as np
import pytest

from scoring.rulebook.editions import edition_on
from scoring.studies.workload import visits_a_week

DAY = date(2024, 1, 1)


def test_a_red_house_is_visited_by_officers_and_assistants_and_the_unrated_have_no_interval():
    red, yellow, green, star, unrated = visits_a_week(edition_on("qishuyan", DAY))
    assert red == pytest.approx(7 / 10 + 7 / 7)
    assert (yellow, unrated) == (0.5, 0)
    assert green > star


def test_the_visits_of_a_district_are_its_counts_times_the_visits_of_each():
    counts = np.array([[10, 0, 21, 60, 5], [0, 2, 0, 0, 0]])
    assert counts @ visits_a_week(edition_on("qishuyan", DAY)) == pytest.approx([17 + 7 + 7, 1])
