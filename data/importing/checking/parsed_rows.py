"""The rows of a file as values of one of our tables, before the database is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.importing.checking.object_arrays import not_null, nulls
from data.importing.checking.row_errors import RowError, RowErrors
from data.importing.checking.values import answer_strings, holds, read_values
from data.importing.mapping.fields import AREA_CODE, BUILDING_CODE, DAY, DEGREES, KEY, TARGETS
from data.importing.mapping.schema import Block, Source, SourceMapping
from scoring.errors import Sentence


@dataclass(frozen=True)
class ParsedRows:
    """One block read from all rows; every array is of shape (rows,), object unless said otherwise.

    present: bool, the rows that fill the table at all. values: our field → values. lon, lat: in the datum of the file.
    areas: level → stated code. steps: (step, days) in the order of the mapping.
    void: bool, rows that only say that their fact is withdrawn; what else stands in them does not matter.
    formerly: the code a building had before.
    """

    block: Block
    present: np.ndarray
    values: Mapping[str, np.ndarray]
    key: np.ndarray | None
    lon: np.ndarray | None
    lat: np.ndarray | None
    areas: Mapping[str, np.ndarray]
    parent: np.ndarray | None
    steps: tuple[tuple[str, np.ndarray], ...]
    void: np.ndarray | None = None
    formerly: np.ndarray | None = None


def fill(block: Block, frame: pd.DataFrame, mapping: SourceMapping, on: date, faults: RowErrors) -> ParsedRows:
    """Reads a block from the rows; what cannot be read is added to `faults`, except for rows already left out."""
    present = holds(frame, block.where, mapping.missing) if block.where else np.ones(len(frame), bool)
    void = present & holds(frame, block.void, mapping.missing) if block.void else np.zeros(len(frame), bool)
    wanted = present & ~faults.bad
    if block.key:
        wanted &= ~void

    def read(source: Source, field) -> np.ndarray:
        values, wrong = read_values(frame, source, field, on)
        faults.add(wrong, among=wanted)
        return values

    fields = TARGETS[block.target].fields
    values = {name: read(source, fields[name]) for name, source in block.fields.items()}
    if block.answers:
        values["answers"], wrong = answer_strings(frame, block.answers)
        faults.add(wrong, among=wanted)
    steps = tuple((step.step, read(step.day, DAY)) for step in block.steps)
    if steps:
        faults.add(_before_found(steps, values), among=wanted)
    lon, lat = (block.place.lon, block.place.lat) if block.place else (None, None)
    return ParsedRows(
        block=block,
        present=present,
        values=values,
        key=_keys(block.key, frame, on, present & ~faults.bad, faults) if block.key else None,
        lon=read(lon, DEGREES) if lon else None,
        lat=read(lat, DEGREES) if lat else None,
        areas={area.level: read(area.code, AREA_CODE) for area in block.areas if area.code},
        parent=read(block.parent.code, AREA_CODE) if block.parent and block.parent.code else None,
        steps=steps,
        void=void if block.void else None,
        formerly=read(block.formerly, BUILDING_CODE) if block.formerly else None,
    )


def _keys(source: Source, frame: pd.DataFrame, on: date, wanted: np.ndarray, faults: RowErrors) -> np.ndarray:
    """Void rows need one too."""
    keys, wrong = read_values(frame, source, KEY, on)
    faults.add(wrong, among=wanted)
    return keys


def _before_found(steps: tuple[tuple[str, np.ndarray], ...], values: Mapping[str, np.ndarray]) -> np.ndarray:
    """A fault for each hazard one of whose steps was taken before it was found."""
    found = values["found_on"]
    faults = nulls(len(found))
    for step, days in steps:
        both = not_null(days) & not_null(found)
        early = np.flatnonzero(both)[days[both] < found[both]]
        for row in early.tolist():
            faults[row] = RowError(
                "steps_out_of_order",
                "The hazard was {step} on {day}, before it was found on {found}; correct the days.",
                step=Sentence(step),
                day=days[row],
                found=found[row],
            )
    return faults


def leave_out(frame: pd.DataFrame, mapping: SourceMapping, faults: RowErrors) -> None:
    """Rejects the rows the mapping leaves out, each with the mapping's reason."""
    for exclusion in mapping.leave_out:
        rows = np.flatnonzero(holds(frame, exclusion.condition, mapping.missing))
        faults.add_all(
            rows, RowError("left_out", "Left out by the mapping: {reason}.", reason=exclusion.reason.rstrip("."))
        )


def off_map_reasons(frame: pd.DataFrame, mapping: SourceMapping) -> np.ndarray:
    """Why a row's building is kept but not drawn, or None; the first reason that fits. Object (rows,)."""
    reasons = nulls(len(frame))
    for exclusion in reversed(mapping.off_map):
        reasons[holds(frame, exclusion.condition, mapping.missing)] = exclusion.reason
    return reasons
