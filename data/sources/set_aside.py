"""The rows that were not taken, as a CSV to be mended and handed in again."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

ROW, REASON, SENTENCE = OWN_COLUMNS = ("set aside: row", "set aside: reason", "set aside: why and what to do")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0", "'")  # a spreadsheet runs or hides these
PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")  # -79.4 is a longitude, not a formula


def safe_cell(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    if text.startswith(FORMULA_STARTS) and not PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def plain_cell(text: str) -> str:
    """Undoes `safe_cell`."""
    return text.removeprefix("'")


def plain_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame read from a file of ours as the rows stood before: without our columns and apostrophes."""
    return frame.drop(columns=list(OWN_COLUMNS)).map(plain_cell).rename(columns=plain_cell)


def write_set_aside(
    path: Path, frame: pd.DataFrame, faults: Sequence[tuple[int, str, str]], numbers: Sequence[int]
) -> None:
    """One line a row set aside: its own columns, then the row number, the reason and the sentence.

    faults: row of the frame, reason, sentence. UTF-8 with a byte order mark, so that Excel reads Chinese.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = frame.iloc[[row for row, _, _ in faults]]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe_cell(str(column)) for column in (*frame.columns, *OWN_COLUMNS)])
        for cells, (row, reason, sentence) in zip(rows.itertuples(index=False, name=None), faults, strict=True):
            writer.writerow([*(safe_cell(cell) for cell in cells), numbers[row], reason, safe_cell(sentence)])
