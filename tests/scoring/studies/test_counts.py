"""Counts by grade, the unrated a class of their own."""

import numpy as np

from scoring.studies.counts import counts_by_category, counts_by_month, grade_counts

GRADES = np.array([0, 1, 1, 3, -1, -1], np.int8)


def test_the_unrated_come_last() -> None:
    assert grade_counts(GRADES, 4).tolist() == [1, 2, 0, 1, 2]


def test_qishuyan_s_october_2009_leaves_a_hundred_houses_unrated() -> None:
    grade = np.repeat(np.array([0, 1, 2, -1], np.int8), [38, 87, 170, 395 - 295])
    assert grade_counts(grade, 4).tolist() == [38, 87, 170, 0, 100]


def test_only_the_buildings_asked_for_are_counted() -> None:
    assert grade_counts(GRADES, 4, GRADES > 0).tolist() == [0, 2, 0, 1, 0]
    assert grade_counts(GRADES, 4, np.zeros(6, bool)).tolist() == [0, 0, 0, 0, 0]


def test_every_month_has_its_row() -> None:
    months = np.array([GRADES, np.roll(GRADES, 1), np.full(6, -1)], np.int8)
    assert counts_by_month(months, 4, GRADES >= 0).tolist() == [[1, 2, 0, 1, 0], [1, 2, 0, 0, 1], [0, 0, 0, 0, 4]]
    assert counts_by_month(months[:0], 4).shape == (0, 5)


def test_categories_are_counted_apart_and_those_without_one_not_at_all() -> None:
    category = np.array([0, 0, 2, 2, 2, -1])
    assert counts_by_category(GRADES, 4, category, 3).tolist() == [[1, 1, 0, 0, 0], [0, 0, 0, 0, 0], [0, 1, 0, 1, 1]]
