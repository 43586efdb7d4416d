"""Counts of buildings by grade, the unrated always a class of their own, last."""

import numpy as np


def grade_counts(grade: np.ndarray, n_grades: int, mask: np.ndarray | None = None) -> np.ndarray:
    """Buildings by grade, int64, shape (n_grades + 1,), worst first and the unrated (-1) last.

    grade: int8, shape (n,); mask: bool, shape (n,), the buildings to count.
    """
    return np.roll(np.bincount(grade[... if mask is None else mask] + 1, minlength=n_grades + 1), -1)


def counts_by_month(grades: np.ndarray, n_grades: int, mask: np.ndarray | None = None) -> np.ndarray:
    """`grade_counts` of each month. grades: int8, shape (months, n). Returns int64, shape (months, n_grades + 1)."""
    return np.array([grade_counts(month, n_grades, mask) for month in grades]).reshape(-1, n_grades + 1)


def counts_by_category(grade: np.ndarray, n_grades: int, category: np.ndarray, n_categories: int) -> np.ndarray:
    """Buildings by category and grade, int64, shape (n_categories, n_grades + 1), the unrated last.

    category: row numbers 0 to n_categories - 1, shape (n,); -1: in no category, not counted.
    """
    counted, width = category >= 0, n_grades + 1
    cells = category[counted].astype(np.int64) * width + grade[counted] % width
    return np.bincount(cells, minlength=n_categories * width).reshape(n_categories, width)
