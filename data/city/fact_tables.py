"""From the tables to arrays: the facts of a city, or of some of its buildings."""

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.city import city_metadata, queries
from data.city.answer_text import answer_table
from data.city.array_files import Columns
from data.city.changes import latest_version
from data.city.city_facts import STANDING, CityFacts, rows_by_id
from data.city.dated_facts import DatedFacts
from data.city.endings import former_areas, home_endings
from data.db.engine import as_scope
from data.db.models.city import HAZARD_GROUPS, LEVELS, SEVERITIES, City
from geo import morton
from geo.coordinates import from_wgs84
from scoring.grading.facts import ChecklistAnswers, FactLog, OpenPeriods

OPENING_STEPS = ("found", "reopened")
CLOSING_STEPS = ("mended_on_the_spot", "resolved")
CODE_LENGTH = 20  # characters of an inspector's code, as the table has it
Report = Callable[[str], None]


def facts_from_tables(
    session: Session,
    city: City,
    datum: str,
    building_ids: np.ndarray | None = None,
    report: Report = lambda _: None,
) -> CityFacts:
    """The facts of the whole city or, with `building_ids`, as if the city had those buildings only.

    Read as SYSTEM: the caller must show each user the visible rows only. datum: of the coordinates.
    """
    with as_scope(session, SYSTEM):
        report("buildings")
        n_on_map, buildings = _buildings(queries.buildings(session, SYSTEM, city, building_ids), datum)
        return CityFacts(city.code, buildings, n_on_map, _dated(session, city, buildings["id"], building_ids, report))


def dated_from_tables(session: Session, city: City, ids: np.ndarray) -> DatedFacts:
    """What happened at some buildings of the city, read as SYSTEM. ids: of the buildings, by row."""
    with as_scope(session, SYSTEM):
        return _dated(session, city, ids, ids, lambda _: None)


def _dated(
    session: Session, city: City, ids: np.ndarray, building_ids: np.ndarray | None, report: Report
) -> DatedFacts:
    """ids: of the buildings, by row."""
    of = (session, SYSTEM, city, date.max, building_ids)
    report("inspections")
    visits = queries.inspections(*of)
    visits["inspector"], inspectors = pd.factorize(visits["inspector"], sort=True)
    lists = city_metadata.checklists(session, city)
    checklists = tuple(
        ChecklistAnswers(items, **_checks(visits[visits["checklist_id"] == checklist], ids, len(items)))
        for checklist, items in lists.items()
    )
    visits_by_row = _by_row(visits, ids, inspector=visits["inspector"])
    report("events")
    events = {kind: _by_row(of_kind, ids) for kind, of_kind in queries.events(*of).groupby("kind")}
    report("hazards")
    hazards, steps = queries.hazards(*of), queries.hazard_steps(*of)
    report("homes")
    states = queries.home_states(*of)
    spans = _spans(
        len(ids),
        (visits_by_row["building"], visits_by_row["day"]),
        *((columns["building"], columns["day"]) for columns in events.values()),
        *_hazard_days(hazards, steps, ids),
        (_rows(states["building_id"], ids), as_days(states["day"])),
    )
    fact_log = FactLog(
        buildings=len(ids),
        events={kind: (columns["building"], columns["day"]) for kind, columns in events.items()},
        checklists=checklists,
        open_periods=OpenPeriods(**open_periods(hazards, steps, ids)),
    )
    codes, version = np.array(inspectors, dtype=f"U{CODE_LENGTH}"), latest_version(session, city)
    vacancies = _vacancies(until_they_end(states, home_endings(session, city, building_ids)), ids)
    former = _former_areas(former_areas(session, city, building_ids), ids)
    return DatedFacts(version, fact_log, tuple(lists), visits_by_row, codes, vacancies, spans, former)


def _hazard_days(
    hazards: pd.DataFrame, steps: pd.DataFrame, ids: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Building (row) and day of all that happened to hazards: when each was found, and every step of it."""
    building = _rows(hazards["building_id"], ids)
    yield building, as_days(hazards["found_on"])
    its_hazard = rows_by_id(hazards["id"].to_numpy(np.int64), steps["hazard_id"].to_numpy(np.int64))
    yield building[its_hazard], as_days(steps["day"])


def _spans(buildings: int, *dated: tuple[np.ndarray, np.ndarray]) -> Columns:
    """Building (row), first and last day of the facts of each building that has any.

    dated: rows of buildings and days of their facts, table by table.
    """
    none = np.iinfo(np.int64).max
    first, last = np.full(buildings, none), np.full(buildings, -none)
    for building, day in dated:
        np.minimum.at(first, building, day.astype(np.int64))
        np.maximum.at(last, building, day.astype(np.int64))
    building = np.flatnonzero(first != none).astype(np.int32)
    days = {name: numbers[building].astype("datetime64[D]") for name, numbers in (("first", first), ("last", last))}
    return {"building": building} | days


def _buildings(frame: pd.DataFrame, datum: str) -> tuple[int, Columns]:
    """How many buildings can be drawn, and the columns of all, those first."""
    drawn = frame["key"].notna() & frame["off_map"].isna()
    n_on_map = int(drawn.sum())
    frame = pd.concat([frame[drawn], frame[~drawn]], ignore_index=True)
    x, y = np.full((2, len(frame)), np.nan)
    key = np.full(len(frame), np.iinfo(np.int64).max)
    lon, lat = (frame[side].to_numpy(float)[:n_on_map] for side in ("lon", "lat"))
    x[:n_on_map], y[:n_on_map] = morton.unit_xy(*from_wgs84(lon, lat, datum))
    key[:n_on_map] = morton.keys_of_unit(x[:n_on_map], y[:n_on_map])
    order = np.argsort(key, kind="stable")
    frame, x, y, key = frame.iloc[order], x[order], y[order], key[order]
    uses = sorted(frame["use"].dropna().unique())
    columns = {
        "id": frame["id"].to_numpy(np.int64),
        "key": key,
        "x": x,
        "y": y,
        "homes": frame["homes"].fillna(0).to_numpy(np.int32),
        "floors": frame["floors"].fillna(0).to_numpy(np.int16),
        "built": frame["built"].fillna(0).to_numpy(np.int16),
        "use": frame["use"].map({use: code for code, use in enumerate(uses)}).fillna(-1).to_numpy(np.int16),
        "uses": np.array(uses, dtype="U40"),
        "group_rental": (frame["group_rental"] == 1).to_numpy(bool),
        "public_homes": frame["public_homes"].to_numpy(bool),
        "ended": _day_numbers(frame["ended_on"]),
    }
    for level in LEVELS:
        columns[level] = frame[f"{level}_id"].fillna(-1).to_numpy(np.int64)
    return n_on_map, columns


def _by_row(frame: pd.DataFrame, ids: np.ndarray, **more: pd.Series) -> Columns:
    """Building (row), day and whole numbers besides, by building and day."""
    building, day = _rows(frame["building_id"], ids), as_days(frame["day"])
    order = np.lexsort((day, building))
    numbers = {name: values.to_numpy(np.int32)[order] for name, values in more.items()}
    return {"building": building[order], "day": day[order]} | numbers


def _rows(building_ids: pd.Series, ids: np.ndarray) -> np.ndarray:
    """The row of each building, int32."""
    return rows_by_id(ids, building_ids.to_numpy(np.int64)).astype(np.int32)


def as_days(values: pd.Series) -> np.ndarray:
    """datetime64[D]; a missing day is NaT."""
    return pd.to_datetime(values).to_numpy().astype("datetime64[D]")


def _day_numbers(days: pd.Series) -> np.ndarray:
    """Days since 1970, int32; STANDING where there is none."""
    numbers = as_days(days).astype(np.int64)
    return np.where(days.isna(), STANDING, numbers).astype(np.int32)


def _checks(frame: pd.DataFrame, ids: np.ndarray, items: int) -> Columns:
    position = pd.Series(np.arange(len(frame)))
    columns = _by_row(frame, ids, inspector=frame["inspector"], position=position)
    return columns | {"answers": answer_table(frame["answers"], items)[columns.pop("position")]}


def open_periods(hazards: pd.DataFrame, steps: pd.DataFrame, ids: np.ndarray) -> Columns:
    """One row for each period a hazard was open: it opens when found or reopened, closes when mended or resolved.

    hazards: id, building_id, group, severity, found_on, due_on.
    steps: hazard_id, step, day, those of a hazard in order.
    """
    periods = _periods(hazards, steps).merge(hazards, left_on="hazard_id", right_on="id")
    building = _rows(periods["building_id"], ids)
    order = np.lexsort((as_days(periods["opened"]), building))
    columns = {
        "building": building,
        "group": periods["group"].map({name: code for code, name in enumerate(HAZARD_GROUPS)}).to_numpy(np.int8),
        "severity": periods["severity"].map({name: code for code, name in enumerate(SEVERITIES)}).to_numpy(np.int8),
        "opened": as_days(periods["opened"]),
        "closed": as_days(periods["closed"]),
        "due": as_days(periods["due_on"]),
        "transferred": as_days(periods["transferred"]),
    }
    return {name: values[order] for name, values in columns.items()}


def _periods(hazards: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """One row an open period: hazard_id, opened, closed, transferred. Of several steps of a kind the first counts."""
    turns = _turning_points(hazards, steps)
    hazard, step, day = turns["hazard_id"].to_numpy(), turns["step"], as_days(turns["day"])
    opens = step.isin(OPENING_STEPS).to_numpy(bool)
    opens_or_closes = np.where(step != "transferred", np.arange(len(turns)), -1)
    last_turn = np.maximum.accumulate(opens_or_closes)  # when it was last opened or closed
    before = np.concatenate(([-1], last_turn))[:-1]
    was_open = (before >= 0) & opens[before] & (hazard[before] == hazard)
    begins = opens & ~was_open
    period = np.cumsum(begins) - 1
    days = {"opened": day[begins]}
    for name, kinds in (("closed", CLOSING_STEPS), ("transferred", ("transferred",))):
        here = np.flatnonzero(was_open & step.isin(kinds).to_numpy(bool))
        numbers, first = np.unique(period[here], return_index=True)
        days[name] = np.full(begins.sum(), np.datetime64("NaT"), "datetime64[D]")
        days[name][numbers] = day[here[first]]
    return pd.DataFrame({"hazard_id": hazard[begins], **days})


def _turning_points(hazards: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """hazard_id, step, day of all that opens, hands on or closes a hazard, by hazard, in the order it happened."""
    first = pd.DataFrame({"hazard_id": hazards["id"], "step": "found", "day": as_days(hazards["found_on"])})
    later = steps[steps["step"].isin(("reopened", "transferred", *CLOSING_STEPS))]
    later = pd.DataFrame({"hazard_id": later["hazard_id"], "step": later["step"], "day": as_days(later["day"])})
    return pd.concat([first, later], ignore_index=True).sort_values(["hazard_id", "day"], kind="stable")


def until_they_end(states: pd.DataFrame, endings: pd.DataFrame) -> pd.DataFrame:
    """States of homes, those of a home that ends only up to then; from its day on it is in the state "ended".

    states: as data.city.queries gives them; endings: as data.city.endings does.
    """
    if not len(endings):
        return states
    days = states["home_id"].map(endings.set_index("home_id")["day"])
    before = states[~(states["day"] >= days)]
    every = pd.concat([before, endings.assign(state="ended")], ignore_index=True)
    return every.sort_values(["home_id", "day"], kind="stable", ignore_index=True)


def _former_areas(frame: pd.DataFrame, ids: np.ndarray) -> Columns:
    """By building, level and day."""
    building = _rows(frame["building_id"], ids)
    columns = {
        "building": building,
        "level": frame["level"].map({level: code for code, level in enumerate(LEVELS)}).to_numpy(np.int8),
        "area": frame["area_id"].to_numpy(np.int64),
        "until": as_days(frame["until"]).astype(np.int64).astype(np.int32),
    }
    order = np.lexsort((columns["area"], columns["until"], columns["level"], building))
    return {name: values[order] for name, values in columns.items()}


def _vacancies(states: pd.DataFrame, ids: np.ndarray) -> Columns:
    """Changes of the number of vacant homes: building (row), day, change (+1 falls vacant, -1 no longer)."""
    vacant = (states["state"] == "vacant").to_numpy(bool).astype(np.int8)
    same_home = (states["home_id"] == states["home_id"].shift()).to_numpy(bool)
    before = np.where(same_home, np.roll(vacant, 1), 0).astype(np.int8)
    change = vacant - before
    changed = np.flatnonzero(change)
    building = _rows(states["building_id"], ids)[changed]
    order = np.argsort(building, kind="stable")
    changed = changed[order]
    return {"building": building[order], "day": as_days(states["day"])[changed], "change": change[changed]}
