"""The fact store: a city's facts as array files, made from the tables once, then brought up to date by the log."""

import glob
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from fcntl import LOCK_EX, flock
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time

import numpy as np
from sqlalchemy.orm import Session

from data.city.array_files import Columns, read_columns, read_notes, write_columns
from data.city.changes import CityVersion, changes_since, is_known
from data.city.city_facts import CityFacts, names_of_uses, with_buildings
from data.city.dated_facts import DatedFacts, Recent
from data.city.fact_merge import added_to
from data.city.fact_tables import dated_from_tables, facts_from_tables
from data.db.models.city import City
from data.settings import VAR
from scoring.grading.facts import ChecklistAnswers, FactLog, OpenPeriods

FORMAT = 5  # raised whenever the files of a fact store change, so that an older one is built anew
SECONDS_UNKNOWN = 7 * 86_400  # after which a store of no known version is removed: of a city that was replaced
Report = Callable[[str], None]


def load_city_facts(session: Session, city: City, datum: str, report: Report = lambda _: None) -> CityFacts:
    """The facts of the whole city as the session sees its tables, coordinates in `datum`.

    From the store where there is one of this version, or of an earlier one that the change log leads on from; made
    from the tables, and stored, where there is none. Shared by all users: the caller must show each user the visible
    rows only.
    """
    known = nearest_stored(session, city, datum)
    facts = known and caught_up(session, city, known, datum)
    if facts is not None:
        return facts
    with _one_builder(city.code):
        known = nearest_stored(session, city, datum)  # another process may have made it while this one waited
        facts = known and caught_up(session, city, known, datum)
        return facts or store(facts_from_tables(session, city, datum, report=report), datum)


def nearest_stored(session: Session, city: City, datum: str) -> CityFacts | None:
    """The latest store of a version that the city's log knows; None where there is none."""
    for folder in _stores(city.code, datum):
        with suppress(FileNotFoundError, ValueError):  # removed meanwhile
            version = _version_of(folder)
            if is_known(session, city, version):
                return read_city_facts(folder)
    return None


def caught_up(session: Session, city: City, facts: CityFacts, datum: str) -> CityFacts | None:
    """The facts with what was written since; None where that may be anything, so that they must be made anew.

    Where only facts came, they are kept beside what is stored; where buildings changed, all is sorted anew.
    """
    since = changes_since(session, city, facts.version)
    if since.version == facts.version:
        return facts
    touched = since.building_ids
    if touched is None:
        return None
    if not since.facts_only:
        part = facts_from_tables(session, city, datum, touched)
        if not _same_buildings(facts, touched, part):
            return with_buildings(facts, touched, part)
    rows = np.flatnonzero(np.isin(facts.buildings["id"], touched))
    newer = Recent(rows, dated_from_tables(session, city, facts.buildings["id"][rows]))
    return replace(facts, recent=added_to(facts.recent, newer))


def store(facts: CityFacts, datum: str) -> CityFacts:
    """Writes all facts to disk, what is recent folded in, and returns them mapped; once for each version."""
    folder = store_folder(facts.city, facts.version, datum)
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as parts:
            _write(facts, Path(parts))
            with suppress(OSError):  # another process was quicker: its store is the same
                Path(parts).rename(folder)
                Path(parts).mkdir()
    return read_city_facts(folder)


def store_folder(city: str, version: CityVersion, datum: str) -> Path:
    """The same for equal tables, wherever the database lies: a copy of it finds the store of the original."""
    return VAR / "facts" / f"{city}-{version}-{datum}-{FORMAT}"


def remove_older(session: Session, city: City, datum: str) -> None:
    """Removes stores of the city that a later one has replaced, and those of no known version after a week.

    A process that still reads one keeps its pages.
    """
    known: list[Path] = []
    for folder in _stores(city.code, datum):
        with suppress(FileNotFoundError):
            if is_known(session, city, _version_of(folder)):
                known.append(folder)
            elif time() - folder.stat().st_mtime > SECONDS_UNKNOWN:
                shutil.rmtree(folder, ignore_errors=True)
    for folder in known[1:]:
        shutil.rmtree(folder, ignore_errors=True)


def _stores(city: str, datum: str) -> list[Path]:
    """The folders of a city's stores in this format, the latest version first."""
    folders = (VAR / "facts").glob(f"{glob.escape(city)}-*-{datum}-{FORMAT}")
    of_city = (folder for folder in folders if re.fullmatch(r"\d+-[0-9a-f]*", _between(folder.name, city, datum)))
    return sorted(of_city, key=lambda folder: -_version_of(folder).number)


def _between(name: str, city: str, datum: str) -> str:
    return name.removeprefix(f"{city}-").removesuffix(f"-{datum}-{FORMAT}")


def _version_of(folder: Path) -> CityVersion:
    number, token = folder.name.split("-")[-4:-2]
    return CityVersion(int(number), token)


@contextmanager
def _one_builder(city: str) -> Iterator[None]:
    """Whoever else would build this city's store waits."""
    folder = VAR / "facts"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{city}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def _same_buildings(facts: CityFacts, touched: np.ndarray, part: CityFacts) -> bool:
    """Whether the touched buildings are there as they were: none new, removed or changed."""
    if part.size != len(touched) or not np.isin(touched, facts.buildings["id"]).all():
        return False
    rows = facts.rows_of(part.buildings["id"])
    ours, theirs = facts.buildings, part.buildings
    columns = (name for name in theirs if name not in ("use", "uses"))
    same = all(np.array_equal(ours[name][rows], theirs[name], equal_nan=name in "xy") for name in columns)
    return same and np.array_equal(names_of_uses(ours, rows), names_of_uses(theirs))


def _write(facts: CityFacts, parts: Path) -> None:
    dated = facts.dated
    notes = {"city": facts.city, "version": facts.version, "n_on_map": facts.n_on_map}
    write_columns(parts / "buildings", facts.buildings, notes)
    write_columns(parts / "visits", dated.visits | {"inspectors": dated.inspectors})
    log = dated.fact_log
    for number, (id_, checks) in enumerate(zip(dated.checklist_ids, log.checklists, strict=True)):
        columns = {name: getattr(checks, name) for name in ("building", "day", "answers", "inspector")}
        write_columns(parts / f"checks-{number}", columns, {"id": id_, "items": list(checks.items)})
    for number, (kind, (building, day)) in enumerate(log.events.items()):
        write_columns(parts / f"events-{number}", {"building": building, "day": day}, {"kind": kind})
    periods = {field.name: getattr(log.open_periods, field.name) for field in fields(OpenPeriods)}
    write_columns(parts / "open_periods", periods)
    write_columns(parts / "vacancies", dated.vacancies)


def read_city_facts(folder: Path) -> CityFacts:
    """Raises FileNotFoundError where another process is removing it."""
    buildings, notes = _columns(folder / "buildings"), read_notes(folder / "buildings")
    checks = [(read_notes(part), _columns(part)) for part in _numbered(folder, "checks")]
    events = [(read_notes(part)["kind"], _columns(part)) for part in _numbered(folder, "events")]
    visits = _columns(folder / "visits")
    inspectors = visits.pop("inspectors")
    fact_log = FactLog(
        buildings=len(buildings["id"]),
        events={kind: (columns["building"], columns["day"]) for kind, columns in events},
        checklists=tuple(ChecklistAnswers(items=tuple(its["items"]), **columns) for its, columns in checks),
        open_periods=OpenPeriods(**_columns(folder / "open_periods")),
    )
    checklist_ids = tuple(its["id"] for its, _ in checks)
    vacancies = _columns(folder / "vacancies")
    dated = DatedFacts(CityVersion(*notes["version"]), fact_log, checklist_ids, visits, inspectors, vacancies)
    return CityFacts(notes["city"], buildings, notes["n_on_map"], dated)


def _columns(folder: Path) -> Columns:
    columns = read_columns(folder)
    if not columns:
        raise FileNotFoundError(folder)
    return columns


def _numbered(folder: Path, name: str) -> list[Path]:
    return sorted(folder.glob(f"{name}-*"), key=lambda part: int(part.name.removeprefix(f"{name}-")))
