"""How the answers of a check-list stand in one text of a row, and as numbers.

Short: a sign for each item, a digit, "-" not applicable, "?" not known: "10-1?". Wide, where an answer has more than a
digit: "=" and the answers with ";" between: "=87;-;?;12.5". The two may stand in rows of one check-list.
"""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from scoring.rulebook.fact import NOT_APPLICABLE, NOT_KNOWN

NOT_APPLICABLE_SIGN, NOT_KNOWN_SIGN = "-", "?"
WIDE, BETWEEN = "=", ";"
MARKS = {NOT_APPLICABLE_SIGN: NOT_APPLICABLE, NOT_KNOWN_SIGN: NOT_KNOWN}
LARGEST_INT32 = 2**31
SHORT_ANSWERS = (np.arange(256) - ord("0")).astype(np.int8)  # by the byte of the sign
SHORT_ANSWERS[[ord(sign) for sign in MARKS]] = list(MARKS.values())


def answer_table(answers: Collection[str], items: int) -> np.ndarray:
    """The answers of rows, (rows, items): int8 where all are digits, else int32, or float64 with decimals."""
    text = "".join(answers)
    if WIDE not in text:
        return _short(text, len(answers), items)
    rows = np.array(list(answers), object)
    is_wide = np.array([row.startswith(WIDE) for row in rows], bool)
    wide = _wide([row[1:] for row in rows[is_wide]], items)
    table = np.empty((len(rows), items), wide.dtype)
    table[is_wide] = wide
    table[~is_wide] = _short("".join(rows[~is_wide]), int((~is_wide).sum()), items)
    return table


def _short(text: str, rows: int, items: int) -> np.ndarray:
    return SHORT_ANSWERS[np.frombuffer(text.encode("ascii"), np.uint8)].reshape(rows, items)


def _wide(rows: Sequence[str], items: int) -> np.ndarray:
    text = BETWEEN.join(rows)
    for sign, mark in MARKS.items():  # "-" first: the marks have one of their own
        text = text.replace(sign, str(mark))
    numbers = np.array(text.split(BETWEEN), np.float64).reshape(len(rows), items)
    whole = np.array_equal(numbers, np.rint(numbers)) and numbers.max(initial=0) < LARGEST_INT32
    return numbers.astype(np.int32) if whole else numbers


def wide_text(answers: Iterable[str]) -> str:
    """One text of answers of any length."""
    return WIDE + BETWEEN.join(answers)


def split_answers(text: str) -> list[str]:
    """The answer to each item, as text."""
    return text[1:].split(BETWEEN) if text.startswith(WIDE) else list(text)


def joined_answers(answers: Sequence[str]) -> str:
    """The text of some answers: short where each is one sign."""
    return "".join(answers) if all(len(answer) == 1 for answer in answers) else wide_text(answers)
