"""From the tables to arrays for rating and maps: a fact store per city, kept on disk until its data changes."""

import hashlib
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data.access.roles import SYSTEM
from data.city import city_metadata, queries
from data.city.array_files import Columns, read_columns, read_notes, write_columns
from data.db.engine import as_scope
from data.db.models.city import HAZARD_GROUPS, LEVELS, SEVERITIES, City
from data.settings import VAR
from geo import morton
from geo.coordinates import from_wgs84
from scoring.grading.facts import NOT_APPLICABLE, ChecklistAnswers, FactLog, OpenPeriods

OPENING_STEPS = ("found", "reopened")
CLOSING_STEPS = ("mended_on_the_spot", "resolved")
FORMAT = 4  # raised whenever the files of a fact store change, so that an older one is built anew
OPEN_PERIOD_COLUMNS = ("building", "group", "severity", "opened", "closed", "due", "transferred")
Report = Callable[[str], None]


@dataclass(frozen=True)
class CityFacts:
    """All facts about a city's buildings, whatever the day.

    buildings: columns of equal length, those on the map first and sorted by `key`; a building's position in them is
    its row, and `fact_log` names buildings by row. visits: building (row), day, inspector (index into `inspectors`,
    -1 unknown). vacancies: building (row), day, change of vacant homes.
    """

    city: str
    version: int
    buildings: Columns
    n_on_map: int
    fact_log: FactLog
    visits: Columns
    inspectors: np.ndarray  # their codes, text
    vacancies: Columns

    def rows_of(self, ids: np.ndarray) -> np.ndarray:
        return rows_by_id(self.buildings["id"], ids)

    def fact_log_of(self, row: int) -> FactLog:
        """The facts about one building, as a fact log with that building alone."""

        def part(building: np.ndarray) -> slice:
            return slice(*np.searchsorted(building, (row, row + 1)))

        fact_log = self.fact_log
        checks = ((c, part(c.building)) for c in fact_log.checklists)
        periods = part(fact_log.open_periods.building)
        return FactLog(
            buildings=1,
            events={kind: (_first(b[part(b)]), day[part(b)]) for kind, (b, day) in fact_log.events.items()},
            checklists=tuple(
                ChecklistAnswers(c.items, _first(c.building[at]), c.day[at], c.answers[at]) for c, at in checks
            ),
            open_periods=OpenPeriods(
                _first(fact_log.open_periods.building[periods]),
                *(getattr(fact_log.open_periods, name)[periods] for name in OPEN_PERIOD_COLUMNS[1:]),
            ),
        )


def _first(building: np.ndarray) -> np.ndarray:
    return np.zeros(len(building), dtype=np.int32)


def load_city_facts(session: Session, city: City, datum: str, report: Report = lambda _: None) -> CityFacts:
    """The fact store of the whole city, coordinates in `datum`: read from disk, or built when the tables have changed.

    It is shared by all users and read as SYSTEM, so the caller must show each user the visible rows only.
    """
    version = city_metadata.version(session, city)
    folder = city_facts_folder(session, city, version, datum)
    if not folder.exists():
        with TemporaryDirectory(prefix=f".{city.code}-", dir=_created(folder.parent)) as parts:
            with as_scope(session, SYSTEM):
                _write(session, city, datum, Path(parts), report)
            with suppress(OSError):  # another process was quicker: its fact store is the same
                Path(parts).rename(folder)
                Path(parts).mkdir()
    return read_city_facts(folder, city.code, version)


def _created(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def city_facts_folder(session: Session, city: City, version: int, datum: str) -> Path:
    return fact_store_folder(session.get_bind().engine) / f"{city.code}-{version}-{datum}"


def fact_store_folder(engine: Engine) -> Path:
    """The folder of all fact stores of a database, whoever connects to it."""
    url = engine.url.set(username=None, password=None).render_as_string()
    database = hashlib.sha256(url.encode()).hexdigest()[:12]
    return VAR / "facts" / f"{database}-{FORMAT}"


def remove_older(folder: Path, city: str, datum: str) -> None:
    """Removes the city's earlier fact stores in this datum; a process that still reads one keeps its pages."""
    for other in folder.parent.glob(f"*-{datum}"):
        if other.name.rsplit("-", 2)[0] == city and other != folder:
            shutil.rmtree(other, ignore_errors=True)


def _write(session: Session, city: City, datum: str, parts: Path, report: Report) -> None:
    report("buildings")
    n_on_map, buildings = _buildings(queries.buildings(session, SYSTEM, city), datum)
    ids = buildings["id"]
    write_columns(parts / "buildings", buildings, {"n_on_map": n_on_map})
    report("inspections")
    visits = queries.inspections(session, SYSTEM, city, date.max)
    visits["inspector"], inspectors = pd.factorize(visits["inspector"], sort=True)
    checklists = city_metadata.checklists(session, city)
    for number, (checklist, items) in enumerate(checklists.items()):
        answered = visits[visits["checklist_id"] == checklist]
        write_columns(parts / f"checks-{number}", _checks(answered, ids, len(items)), {"items": list(items)})
    codes = np.array(inspectors, dtype="U20")
    write_columns(parts / "visits", _by_row(visits, ids, inspector=visits["inspector"]) | {"inspectors": codes})
    report("events")
    events = queries.events(session, SYSTEM, city, date.max)
    for number, (kind, of_kind) in enumerate(events.groupby("kind")):
        write_columns(parts / f"events-{number}", _by_row(of_kind, ids), {"kind": kind})
    report("hazards")
    hazards = queries.hazards(session, SYSTEM, city, date.max)
    steps = queries.hazard_steps(session, SYSTEM, city, date.max)
    write_columns(parts / "open_periods", open_periods(hazards, steps, ids))
    report("homes")
    write_columns(parts / "vacancies", _vacancies(queries.home_states(session, SYSTEM, city, date.max), ids))


def read_city_facts(folder: Path, city: str, version: int) -> CityFacts:
    buildings = read_columns(folder / "buildings")
    folders = sorted(folder.glob("checks-*"), key=lambda part: int(part.name.removeprefix("checks-")))
    checks = tuple(ChecklistAnswers(items=tuple(read_notes(part)["items"]), **read_columns(part)) for part in folders)
    events = {read_notes(part)["kind"]: read_columns(part) for part in folder.glob("events-*")}
    fact_log = FactLog(
        buildings=len(buildings["id"]),
        events={kind: (columns["building"], columns["day"]) for kind, columns in events.items()},
        checklists=checks,
        open_periods=OpenPeriods(**read_columns(folder / "open_periods")),
    )
    n_on_map = read_notes(folder / "buildings")["n_on_map"]
    visits, vacancies = read_columns(folder / "visits"), read_columns(folder / "vacancies")
    inspectors = visits.pop("inspectors")
    return CityFacts(city, version, buildings, n_on_map, fact_log, visits, inspectors, vacancies)


def rows_by_id(ids: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The position of each wanted id in `ids`; every one must be there."""
    order = np.argsort(ids, kind="stable")
    return order[np.searchsorted(ids, wanted, sorter=order)]


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
    }
    for level in LEVELS:
        columns[level] = frame[f"{level}_id"].fillna(-1).to_numpy(np.int64)
    return n_on_map, columns


def _by_row(frame: pd.DataFrame, ids: np.ndarray, **more: pd.Series) -> Columns:
    """Building (row), day and whole numbers besides, by building and day."""
    building = rows_by_id(ids, frame["building_id"].to_numpy(np.int64)).astype(np.int32)
    day = as_days(frame["day"])
    order = np.lexsort((day, building))
    numbers = {name: values.to_numpy(np.int32)[order] for name, values in more.items()}
    return {"building": building[order], "day": day[order]} | numbers


def as_days(values: pd.Series) -> np.ndarray:
    """datetime64[D]; a missing day is NaT."""
    return pd.to_datetime(values).to_numpy().astype("datetime64[D]")


def _checks(frame: pd.DataFrame, ids: np.ndarray, items: int) -> Columns:
    position = pd.Series(np.arange(len(frame)))
    columns = _by_row(frame, ids, inspector=frame["inspector"], position=position)
    return columns | {"answers": answer_table(frame["answers"], items)[columns.pop("position")]}


def answer_table(answers: pd.Series, items: int) -> np.ndarray:
    """Strings of one character an item as uint8 (rows, items): the digit, or NOT_APPLICABLE for "-"."""
    letters = np.frombuffer("".join(answers).encode("ascii"), dtype=np.uint8).reshape(len(answers), items)
    return np.where(letters == ord("-"), np.uint8(NOT_APPLICABLE), letters - ord("0"))


def open_periods(hazards: pd.DataFrame, steps: pd.DataFrame, ids: np.ndarray) -> Columns:
    """One row for each period a hazard was open: it opens when found or reopened, closes when mended or resolved.

    hazards: id, building_id, group, severity, found_on, due_on.
    steps: hazard_id, step, day, those of a hazard in order.
    """
    periods = _periods(hazards, steps).merge(hazards, left_on="hazard_id", right_on="id")
    building = rows_by_id(ids, periods["building_id"].to_numpy(np.int64)).astype(np.int32)
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
    before = np.concatenate(([-1], np.maximum.accumulate(opens_or_closes)))[
        :-1
    ]  # the last time it was opened or closed
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


def _vacancies(states: pd.DataFrame, ids: np.ndarray) -> Columns:
    """Changes of the number of vacant homes: building (row), day, change (+1 falls vacant, -1 no longer)."""
    vacant = (states["state"] == "vacant").to_numpy(bool).astype(np.int8)
    same_home = (states["home_id"] == states["home_id"].shift()).to_numpy(bool)
    before = np.where(same_home, np.roll(vacant, 1), 0).astype(np.int8)
    change = vacant - before
    changed = change != 0
    building = rows_by_id(ids, states["building_id"].to_numpy(np.int64)).astype(np.int32)
    return {"building": building[changed], "day": as_days(states["day"])[changed], "change": change[changed]}
