"""What a visit's check-list alone earns: no case, no hazard, nothing an officer did not answer that day."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.grading.rating import rate
from scoring.rulebook.fact import NOT_APPLICABLE, NOT_KNOWN
from scoring.rulebook.model import Edition

ROWS_AT_ONCE = 250_000  # a frame of facts of all visits at once would be half a gigabyte


@dataclass(frozen=True)
class Results:
    """score: float64 (visits,), NaN where the list lacks what the rules ask; grade: int8, by points, -1 unrated."""

    score: np.ndarray
    grade: np.ndarray


def results(answers: np.ndarray, items: Sequence[str], edition: Edition) -> Results:
    """Every visit rated as if it were a building of which nothing but this check-list is known.

    answers: (visits, items), as in ChecklistAnswers.
    """
    score, grade = np.empty(len(answers)), np.empty(len(answers), np.int8)
    for start in range(0, len(answers), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        rating = rate(_facts(answers[part], items, edition), edition)
        score[part], grade[part] = rating.score, rating.grade_before_caps
    return Results(score, grade)


def _facts(answers: np.ndarray, items: Sequence[str], edition: Edition) -> pd.DataFrame:
    table = np.zeros((len(edition.needs), len(answers)))
    for place, need in enumerate(edition.needs):
        fact = edition.facts[need.fact]
        if fact.kind == "answer":
            table[place] = answers[:, items.index(fact.of[0])] if fact.of[0] in items else np.nan
        elif fact.kind == "building":
            table[place] = NOT_APPLICABLE
    if answers.min(initial=0) <= NOT_KNOWN:
        answered = [edition.facts[need.fact].kind == "answer" for need in edition.needs]
        table[answered] = np.where(table[answered] == NOT_KNOWN, np.nan, table[answered])
    return pd.DataFrame(table.T, columns=[need.column for need in edition.needs])
