"""The rejected rows, as a file to be corrected and imported again: CSV, or GeoJSON where the rows have geometry."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from data.exports.formula_escape import plain_cell, safe_cell

ROW, REASON, SENTENCE = OWN_COLUMNS = ("set aside: row", "set aside: reason", "set aside: why and what to do")
GEOMETRY = "set aside: geometry"  # of the rejected rows of a file with geometry, each as the text of GeoJSON
Faults = Sequence[tuple[int, str, str]]  # row of the frame, reason, sentence


def plain_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame read from such a CSV, without our columns and apostrophes."""
    return frame.drop(columns=list(OWN_COLUMNS)).map(plain_cell).rename(columns=plain_cell)


def with_geometry(frame: pd.DataFrame, geometry: np.ndarray | None) -> pd.DataFrame:
    """The frame, and beside it the geometry of its rows where the file has any. geometry: shapely or None, (rows,)."""
    if geometry is None:
        return frame
    import shapely  # only files with geometry need it

    shapes = [text or "null" for text in shapely.to_geojson(geometry).tolist()]
    return frame.assign(**{GEOMETRY: shapes})


def without_geometry(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns=GEOMETRY, errors="ignore")


def ending(frame: pd.DataFrame) -> str:
    """Of the file in which such rows are handed back."""
    return ".geojson" if GEOMETRY in frame.columns else ".csv"


def write_rejected_rows(path: Path, frame: pd.DataFrame, faults: Faults, numbers: Sequence[int]) -> None:
    """One line or feature a rejected row: its own columns, then the row number, the reason and the sentence."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = frame.iloc[[row for row, _, _ in faults]]
    own = [(int(numbers[row]), reason, sentence) for row, reason, sentence in faults]
    if GEOMETRY in frame.columns:
        _write_geojson(path, rows, own)
    else:
        _write_csv(path, rows, own)


def _write_csv(path: Path, rows: pd.DataFrame, own: Sequence[tuple[int, str, str]]) -> None:
    """UTF-8 with a byte order mark, so that Excel reads Chinese."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe_cell(str(column)) for column in (*rows.columns, *OWN_COLUMNS)])
        for cells, (number, reason, sentence) in zip(rows.itertuples(index=False, name=None), own, strict=True):
            writer.writerow([*(safe_cell(cell) for cell in cells), number, reason, safe_cell(sentence)])


def _write_geojson(path: Path, rows: pd.DataFrame, own: Sequence[tuple[int, str, str]]) -> None:
    """A FeatureCollection, a feature a line; no spreadsheet opens it, so its texts stand as they are."""
    attributes = without_geometry(rows)
    names = [str(name) for name in attributes.columns]
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [\n')
        features = zip(attributes.itertuples(index=False, name=None), rows[GEOMETRY], own, strict=True)
        for number, (cells, shape, said) in enumerate(features):
            properties = dict(zip(names, cells, strict=True)) | dict(zip(OWN_COLUMNS, said, strict=True))
            feature = {"type": "Feature", "properties": properties, "geometry": json.loads(shape)}
            file.write(("" if number == 0 else ",\n") + json.dumps(feature, ensure_ascii=False))
        file.write("\n]}\n")
