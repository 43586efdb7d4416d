"""The rows of a file as values of one of our tables, before the database is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.importing.checking.area_names import StatedAreas
from data.importing.checking.days import Clock
from data.importing.checking.object_arrays import not_null, nulls
from data.importing.checking.row_errors import RowError, RowErrors
from data.importing.checking.values import answer_strings, holds, read_values
from data.importing.mapping.fields import AREA_CODE, AREA_NAME, BUILDING_CODE, DAY, DEGREES, KEY, TARGETS, Field
from data.importing.mapping.schema import AreaOf, Block, Exclusion, SourceMapping, Step
from data.importing.mapping.source import Source
from scoring.errors import Sentence

STATED_DAY = replace(DAY, required=True)  # of a step that a condition says was taken
Read = Callable[[Source, Field], np.ndarray]


@dataclass(frozen=True)
class ParsedRows:
    """One block read from all rows; every array is of shape (rows,), object unless said otherwise.

    present: bool, the rows that fill the table at all. values: our field → values. lon, lat: in the datum of the file.
    areas: level → what is stated. steps: (step, days) in the order of the mapping. latest_by: days.
    void: bool, rows that only say that their fact is withdrawn; what else stands in them does not matter.
    formerly: the code a building had before.
    """

    block: Block
    present: np.ndarray
    values: Mapping[str, np.ndarray]
    key: np.ndarray | None
    lon: np.ndarray | None
    lat: np.ndarray | None
    areas: Mapping[str, StatedAreas]
    parent: StatedAreas | None
    steps: tuple[tuple[str, np.ndarray], ...]
    latest_by: np.ndarray | None
    void: np.ndarray | None = None
    formerly: np.ndarray | None = None


def fill(block: Block, frame: pd.DataFrame, mapping: SourceMapping, clock: Clock, faults: RowErrors) -> ParsedRows:
    """Reads a block from the rows; what cannot be read is added to `faults`, except for rows already left out."""
    present = holds(frame, block.where, mapping.missing) if block.where else np.ones(len(frame), bool)
    void = present & holds(frame, block.void, mapping.missing) if block.void else np.zeros(len(frame), bool)
    wanted = present & ~faults.bad
    if block.key:
        wanted &= ~void

    def read(source: Source, field: Field, among: np.ndarray = wanted) -> np.ndarray:
        values, wrong = read_values(frame, source, field, clock)
        faults.add(wrong, among=among)
        return values

    def days_of(step: Step) -> tuple[str, np.ndarray]:
        if step.where is None:
            return step.step, read(step.day, DAY)
        taken = holds(frame, step.where, mapping.missing)
        days = read(step.day, STATED_DAY, wanted & taken)
        days[~taken] = None
        return step.step, days

    fields = TARGETS[block.target].fields
    values = {name: read(source, fields[name]) for name, source in block.fields.items()}
    if block.answers:
        values["answers"], wrong = answer_strings(frame, block.answers)
        faults.add(wrong, among=wanted)
    steps = tuple(days_of(step) for step in block.steps)
    if steps:
        faults.add(_before_found(steps, values), among=wanted)
    lon, lat = (block.place.lon, block.place.lat) if block.place else (None, None)
    return ParsedRows(
        block=block,
        present=present,
        values=values,
        key=read(block.key, KEY, present & ~faults.bad) if block.key else None,  # void rows need one too
        lon=read(lon, DEGREES) if lon else None,
        lat=read(lat, DEGREES) if lat else None,
        areas={area.level: stated for area in block.areas if (stated := _stated(area, read))},
        parent=_stated(block.parent, read) if block.parent else None,
        steps=steps,
        latest_by=read(block.latest_by, DAY) if block.latest_by else None,
        void=void if block.void else None,
        formerly=read(block.formerly, BUILDING_CODE) if block.formerly else None,
    )


def _stated(area: AreaOf, read: Read) -> StatedAreas | None:
    if area.source is None:
        return None
    within = read(area.within, AREA_NAME) if area.within else None
    return StatedAreas(area.by_name, read(area.source, AREA_NAME if area.by_name else AREA_CODE), within)


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


def leave_out(frame: pd.DataFrame, geometry: np.ndarray | None, mapping: SourceMapping, faults: RowErrors) -> None:
    """Rejects the rows the mapping leaves out, each with the mapping's reason."""
    for exclusion in mapping.leave_out:
        rows = np.flatnonzero(_excluded(exclusion, frame, geometry, mapping))
        faults.add_all(
            rows, RowError("left_out", "Left out by the mapping: {reason}.", reason=exclusion.reason.rstrip("."))
        )


def _excluded(
    exclusion: Exclusion, frame: pd.DataFrame, geometry: np.ndarray | None, mapping: SourceMapping
) -> np.ndarray:
    """The rows an exclusion speaks of; bool (rows,). Without a condition those that have no geometry."""
    if exclusion.condition is not None:
        return holds(frame, exclusion.condition, mapping.missing)
    return np.ones(len(frame), bool) if geometry is None else ~not_null(geometry)


def off_map_reasons(frame: pd.DataFrame, geometry: np.ndarray | None, mapping: SourceMapping) -> np.ndarray:
    """Why a row's building is kept but not drawn, or None; the first reason that fits. Object (rows,)."""
    reasons = nulls(len(frame))
    for exclusion in reversed(mapping.off_map):
        reasons[_excluded(exclusion, frame, geometry, mapping)] = exclusion.reason
    return reasons
