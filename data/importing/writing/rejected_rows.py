"""The rejected rows, as a CSV to be corrected and imported again."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from data.exports.formula_escape import plain_cell, safe_cell

ROW, REASON, SENTENCE = OWN_COLUMNS = ("set aside: row", "set aside: reason", "set aside: why and what to do")


def plain_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame read from such a file, without our columns and apostrophes."""
    return frame.drop(columns=list(OWN_COLUMNS)).map(plain_cell).rename(columns=plain_cell)


def write_rejected_rows(
    path: Path, frame: pd.DataFrame, faults: Sequence[tuple[int, str, str]], numbers: Sequence[int]
) -> None:
    """One line a rejected row: its own columns, then the row number, the reason and the sentence.

    faults: row of the frame, reason, sentence. UTF-8 with a byte order mark, so that Excel reads Chinese.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = frame.iloc[[row for row, _, _ in faults]]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe_cell(str(column)) for column in (*frame.columns, *OWN_COLUMNS)])
        for cells, (row, reason, sentence) in zip(rows.itertuples(index=False, name=None), faults, strict=True):
            writer.writerow([*(safe_cell(cell) for cell in cells), numbers[row], reason, safe_cell(sentence)])
