"""From the tables to the arrays that rating and maps work on: one ledger per city, kept on disk until data changes."""

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

from data.access.roles import SYSTEM, AccessScope
from data.city import queries
from data.city.array_files import Columns, read_columns, read_notes, write_columns
from data.db.engine import as_scope
from data.db.models.city import HAZARD_GROUPS, LEVELS, SEVERITIES, City
from data.settings import VAR
from geo import morton
from geo.coordinates import from_wgs84
from scoring.grading.facts import NOT_APPLICABLE, ChecklistAnswers, FactLog, OpenPeriods

OPENING_STEPS = ("found", "reopened")
CLOSING_STEPS = ("mended_on_the_spot", "resolved")
FORMAT = 4  # raised whenever the files of a ledger change, so that an older one is made anew
OPEN_PERIOD_COLUMNS = ("building", "group", "severity", "opened", "closed", "due", "transferred")
Report = Callable[[str], None]


@dataclass(frozen=True)
class CityFacts:
    """All that is known of a city's buildings, whatever the day.

    buildings: columns of equal length, the placed ones first and sorted by `key`; a building's place in them is
    its row, and `fact_log` speaks of buildings by row. visits: building (row), day, inspector (place in `inspectors`,
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
        """What is known of one building, as the ledger of a city of one."""

        def part(building: np.ndarray) -> slice:
            return slice(*np.searchsorted(building, (row, row + 1)))

        fact_log = self.fact_log
        checks = ((one, part(one.building)) for one in fact_log.checklists)
        spell = part(fact_log.open_periods.building)
        return FactLog(
            buildings=1,
            events={kind: (_first(b[part(b)]), day[part(b)]) for kind, (b, day) in fact_log.events.items()},
            checklists=tuple(
                ChecklistAnswers(c.items, _first(c.building[at]), c.day[at], c.answers[at]) for c, at in checks
            ),
            open_periods=OpenPeriods(
                _first(fact_log.open_periods.building[spell]),
                *(getattr(fact_log.open_periods, name)[spell] for name in OPEN_PERIOD_COLUMNS[1:]),
            ),
        )


def _first(building: np.ndarray) -> np.ndarray:
    return np.zeros(len(building), dtype=np.int32)


def load_city_facts(
    session: Session, scope: AccessScope, city: City, datum: str, report: Report = lambda _: None
) -> CityFacts:
    """The ledger of the whole city, its places in `datum`: read from disk, or made when the tables have changed.

    It is kept once and for every viewer, so all of it is there whoever asks first: show the viewer's rows only.
    """
    version = queries.version(session, scope, city)
    folder = city_facts_folder(session, city, version, datum)
    if not folder.exists():
        with TemporaryDirectory(prefix=f".{city.code}-", dir=_made(folder.parent)) as parts:
            with as_scope(session, SYSTEM):
                _write(session, city, datum, Path(parts), report)
            with suppress(OSError):  # another process was quicker: its ledger is the same
                Path(parts).rename(folder)
                Path(parts).mkdir()
    return read_city_facts(folder, city.code, version)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def city_facts_folder(session: Session, city: City, version: int, datum: str) -> Path:
    return fact_store_folder(session.get_bind().engine) / f"{city.code}-{version}-{datum}"


def fact_store_folder(engine: Engine) -> Path:
    """The folder of all ledgers of a database, whoever connects to it."""
    url = engine.url.set(username=None, password=None).render_as_string()
    database = hashlib.sha256(url.encode()).hexdigest()[:12]
    return VAR / "facts" / f"{database}-{FORMAT}"


def remove_older(folder: Path, city: str, datum: str) -> None:
    """Removes the city's earlier ledgers in this datum; a process that still reads one keeps its pages."""
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
    lists = queries.checklists(session, SYSTEM, city)
    for number, (checklist, items) in enumerate(lists.items()):
        mine = visits[visits["checklist_id"] == checklist]
        write_columns(parts / f"checks-{number}", _checks(mine, ids, len(items)), {"items": list(items)})
    codes = np.array(inspectors, dtype="U20")
    write_columns(parts / "visits", _by_row(visits, ids, inspector=visits["inspector"]) | {"inspectors": codes})
    report("events")
    events = queries.events(session, SYSTEM, city, date.max)
    for number, (kind, mine) in enumerate(events.groupby("kind")):
        write_columns(parts / f"events-{number}", _by_row(mine, ids), {"kind": kind})
    report("hazards")
    hazards = queries.hazards(session, SYSTEM, city, date.max)
    steps = queries.hazard_steps(session, SYSTEM, city, date.max)
    write_columns(parts / "open_periods", open_periods(hazards, steps, ids))
    report("homes")
    write_columns(parts / "vacancies", _vacancies(queries.home_states(session, SYSTEM, city, date.max), ids))


def read_city_facts(folder: Path, city: str, version: int) -> CityFacts:
    buildings = read_columns(folder / "buildings")
    lists = sorted(folder.glob("checks-*"), key=lambda part: int(part.name.removeprefix("checks-")))
    checks = tuple(ChecklistAnswers(items=tuple(read_notes(part)["items"]), **read_columns(part)) for part in lists)
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
    """Where each wanted id stands in `ids`; every one must be there."""
    order = np.argsort(ids, kind="stable")
    return order[np.searchsorted(ids, wanted, sorter=order)]


def _buildings(frame: pd.DataFrame, datum: str) -> tuple[int, Columns]:
    """How many buildings can be drawn, and the columns of all, those first."""
    drawn = frame["key"].notna() & frame["off_map"].isna()
    n_on_map = int(drawn.sum())
    frame = pd.concat([frame[drawn], frame[~drawn]], ignore_index=True)
    x, y = np.full((2, len(frame)), np.nan)
    key = np.full(len(frame), np.iinfo(np.int64).max)
    lonlat = (frame[side].to_numpy(float)[:n_on_map] for side in ("lon", "lat"))
    x[:n_on_map], y[:n_on_map] = morton.unit_xy(*from_wgs84(*lonlat, datum))
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
    place = pd.Series(np.arange(len(frame)))
    columns = _by_row(frame, ids, inspector=frame["inspector"], place=place)
    return columns | {"answers": answer_table(frame["answers"], items)[columns.pop("place")]}


def answer_table(answers: pd.Series, items: int) -> np.ndarray:
    """Strings of one character an item as uint8 (rows, items): the digit, or NOT_APPLICABLE for "-"."""
    letters = np.frombuffer("".join(answers).encode("ascii"), dtype=np.uint8).reshape(len(answers), items)
    return np.where(letters == ord("-"), np.uint8(NOT_APPLICABLE), letters - ord("0"))


def open_periods(hazards: pd.DataFrame, steps: pd.DataFrame, ids: np.ndarray) -> Columns:
    """One row for each time a hazard stood open: it opens when found or reopened, closes when mended or resolved.

    hazards: id, building_id, group, severity, found_on, due_on.
    steps: hazard_id, step, day, those of a hazard in the order in which they were taken.
    """
    stood = _stood(hazards, steps).merge(hazards, left_on="hazard_id", right_on="id")
    building = rows_by_id(ids, stood["building_id"].to_numpy(np.int64)).astype(np.int32)
    order = np.lexsort((as_days(stood["opened"]), building))
    columns = {
        "building": building,
        "group": stood["group"].map({name: code for code, name in enumerate(HAZARD_GROUPS)}).to_numpy(np.int8),
        "severity": stood["severity"].map({name: code for code, name in enumerate(SEVERITIES)}).to_numpy(np.int8),
        "opened": as_days(stood["opened"]),
        "closed": as_days(stood["closed"]),
        "due": as_days(stood["due_on"]),
        "transferred": as_days(stood["transferred"]),
    }
    return {name: values[order] for name, values in columns.items()}


def _stood(hazards: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """One row a spell: hazard_id, opened, closed, transferred. Of several steps of a kind the first counts."""
    life = _lives(hazards, steps)
    hazard, step, day = life["hazard_id"].to_numpy(), life["step"], as_days(life["day"])
    opens = step.isin(OPENING_STEPS).to_numpy(bool)
    turns = np.where(step != "transferred", np.arange(len(life)), -1)
    before = np.concatenate(([-1], np.maximum.accumulate(turns)))[:-1]  # the last time it was opened or closed
    was_open = (before >= 0) & opens[before] & (hazard[before] == hazard)
    begins = opens & ~was_open
    spell = np.cumsum(begins) - 1
    days = {"opened": day[begins]}
    for name, kinds in (("closed", CLOSING_STEPS), ("transferred", ("transferred",))):
        there = np.flatnonzero(was_open & step.isin(kinds).to_numpy(bool))
        numbers, first = np.unique(spell[there], return_index=True)
        days[name] = np.full(begins.sum(), np.datetime64("NaT"), "datetime64[D]")
        days[name][numbers] = day[there[first]]
    return pd.DataFrame({"hazard_id": hazard[begins], **days})


def _lives(hazards: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """hazard_id, step, day of all that opens, hands on or closes a hazard, by hazard, in the order it happened."""
    found = pd.DataFrame({"hazard_id": hazards["id"], "step": "found", "day": as_days(hazards["found_on"])})
    later = steps[steps["step"].isin(("reopened", "transferred", *CLOSING_STEPS))]
    later = pd.DataFrame({"hazard_id": later["hazard_id"], "step": later["step"], "day": as_days(later["day"])})
    return pd.concat([found, later], ignore_index=True).sort_values(["hazard_id", "day"], kind="stable")


def _vacancies(states: pd.DataFrame, ids: np.ndarray) -> Columns:
    """Changes of the number of vacant homes: building (row), day, change (+1 falls vacant, -1 no longer)."""
    vacant = (states["state"] == "vacant").to_numpy(bool).astype(np.int8)
    same_home = (states["home_id"] == states["home_id"].shift()).to_numpy(bool)
    before = np.where(same_home, np.roll(vacant, 1), 0).astype(np.int8)
    change = vacant - before
    moved = change != 0
    building = rows_by_id(ids, states["building_id"].to_numpy(np.int64)).astype(np.int32)
    return {"building": building[moved], "day": as_days(states["day"])[moved], "change": change[moved]}
