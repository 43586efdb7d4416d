"""The fact store: a city's facts as array files, made from the tables once, then brought up to date by the log.

It holds nothing that the tables do not: a store that is damaged or cannot be read is put away and made again.
"""

import glob
import logging
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from fcntl import LOCK_EX, flock
from pathlib import Path
from secrets import token_hex
from time import time

import numpy as np
from sqlalchemy.orm import Session

from data.city.array_files import ArraysDamaged, Columns, read_columns, read_notes, seems_whole, write_columns
from data.city.changes import CityVersion, changes_since, is_known
from data.city.city_facts import CityFacts, names_of_uses, with_buildings
from data.city.dated_facts import DatedFacts, Recent
from data.city.fact_merge import added_to
from data.city.fact_tables import dated_from_tables, facts_from_tables
from data.db.models.city import City
from data.errors import DataError, why_not
from data.settings import VAR
from scoring.grading.facts import ChecklistAnswers, FactLog, OpenPeriods

FORMAT = 8  # raised whenever the files of a fact store change, so that an older one is built anew
SECONDS_UNKNOWN = 7 * 86_400  # after which a store of no known version is removed: of a city that was replaced
BUILDINGS = "buildings"  # the part that names the others
UNREADABLE = (ArraysDamaged, OSError)
Report = Callable[[str], None]
log = logging.getLogger("credit_map")


class StoreNotWritten(DataError):
    """The disk is full, or the folder is another's."""


def load_city_facts(session: Session, city: City, datum: str, report: Report = lambda _: None) -> CityFacts:
    """The facts of the whole city as the session sees its tables, coordinates in `datum`.

    From the store where there is one of this version, or of an earlier one that the change log leads on from; made
    from the tables, and stored where that can be, where there is none. Shared by all users: the caller must show each
    user the visible rows only.
    """
    facts = _from_store(session, city, datum)
    if facts is not None:
        return facts
    with _one_builder(city.code):
        facts = _from_store(session, city, datum)  # another process may have made it while this one waited
        if facts is None:
            facts = facts_from_tables(session, city, datum, report=report)
            try:
                facts = _stored(facts, datum)
            except StoreNotWritten as refused:
                log.warning("%s The facts of %s are kept in memory alone.", refused, city.code)
    return facts


def _from_store(session: Session, city: City, datum: str) -> CityFacts | None:
    known = nearest_stored(session, city, datum)
    return known and caught_up(session, city, known, datum)


def nearest_stored(session: Session, city: City, datum: str) -> CityFacts | None:
    """The latest store of a version that the city's log knows, every byte of it summed; None where there is none."""
    read = (_read_or_put_away(folder) for folder in _known_stores(session, city, datum))
    return next((facts for facts in read if facts is not None), None)


def nearest_whole(session: Session, city: City, datum: str) -> CityVersion | None:
    """The version of the store that `nearest_stored` would read, judged by heads and lengths alone: quick to ask."""
    stores = _known_stores(session, city, datum)
    return next((_version_of(folder) for folder in stores if _seems_whole(folder)), None)


def _known_stores(session: Session, city: City, datum: str) -> Iterator[Path]:
    """Stores of versions that the city's log knows, the latest first."""
    return (folder for folder in _stores(city.code, datum) if is_known(session, city, _version_of(folder)))


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
    """Writes all facts to disk, what is recent folded in, and returns what is stored; once for each version.

    Raises StoreNotWritten.
    """
    with _one_builder(facts.city):
        return _stored(facts, datum)


def _stored(facts: CityFacts, datum: str) -> CityFacts:
    """As `store`, by the one builder: what others left half written is theirs no more."""
    folder = store_folder(facts.city, facts.version, datum)
    known = _read_or_put_away(folder)
    if known is not None:
        return known
    scratch = _scratch(facts.city)
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        _write(facts, scratch / folder.name)
        (scratch / folder.name).rename(folder)
        return read_city_facts(folder)
    except UNREADABLE as error:
        raise StoreNotWritten(
            "{folder} cannot be written to ({why}); free it, or name another.", folder=folder.parent, why=why_not(error)
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _read_or_put_away(folder: Path) -> CityFacts | None:
    """The facts of a store; None where there is none, or where it was damaged and is out of the way now."""
    try:
        return read_city_facts(folder)
    except UNREADABLE as why:
        if not folder.exists():  # it never was, or another process has removed it
            return None
        log.warning("The fact store %s cannot be used (%s); it is made again from the tables.", folder.name, why)
        _remove(folder)
        return None


def _remove(folder: Path) -> None:
    """Out of the way at once, whoever may read what is in it."""
    away = folder.with_name(f".{folder.name}-{token_hex(4)}")
    with suppress(OSError):
        folder.rename(away)
        shutil.rmtree(away, ignore_errors=True)


def is_stored(facts: CityFacts, datum: str) -> bool:
    """Whether the store is there that `facts` lie over."""
    return store_folder(facts.city, facts.stored.version, datum).exists()


def store_folder(city: str, version: CityVersion, datum: str) -> Path:
    """The same for equal tables, wherever the database lies: a copy of it finds the store of the original."""
    return VAR / "facts" / f"{city}-{version}-{datum}-{FORMAT}"


def remove_older(session: Session, city: City, datum: str) -> None:
    """Removes stores of the city that a later one has replaced, and those of no known version after a week.

    What a process has read of one it keeps.
    """
    latest = nearest_whole(session, city, datum)
    for folder in _stores(city.code, datum):
        version = _version_of(folder)
        if is_known(session, city, version):
            if latest is not None and version.number < latest.number:
                _remove(folder)
        elif _seconds_old(folder) > SECONDS_UNKNOWN:
            _remove(folder)


def _seconds_old(folder: Path) -> float:
    """Since it was written; 0 where it is gone."""
    try:
        return time() - folder.stat().st_mtime
    except FileNotFoundError:
        return 0


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
    """Whoever else would build this city's store waits. On a full disk nobody does, and the same is built twice."""
    try:
        VAR.joinpath("facts").mkdir(parents=True, exist_ok=True)
        lock = (VAR / "facts" / f"{city}.lock").open("w")
    except OSError:
        yield
        return
    with lock:
        flock(lock, LOCK_EX)
        yield


def _scratch(city: str) -> Path:
    """Where the one builder of a city works."""
    return VAR / "facts" / f".{city}"


def _same_buildings(facts: CityFacts, touched: np.ndarray, part: CityFacts) -> bool:
    """Whether the touched buildings are there as they were: none new, removed or changed."""
    if part.size != len(touched) or not np.isin(touched, facts.buildings["id"]).all():
        return False
    rows = facts.rows_of(part.buildings["id"])
    ours, theirs = facts.buildings, part.buildings
    columns = (name for name in theirs if name not in ("use", "uses"))
    same = all(np.array_equal(ours[name][rows], theirs[name], equal_nan=name in "xy") for name in columns)
    return same and np.array_equal(names_of_uses(ours, rows), names_of_uses(theirs))


def _write(facts: CityFacts, folder: Path) -> None:
    dated = facts.dated
    fact_log = dated.fact_log
    parts: dict[str, tuple[Mapping[str, np.ndarray], dict]] = {
        "visits": (dated.visits | {"inspectors": dated.inspectors}, {}),
        "vacancies": (dated.vacancies, {}),
        "spans": (dated.spans, {}),
        "former_areas": (dated.former_areas, {}),
        "open_periods": ({field.name: getattr(fact_log.open_periods, field.name) for field in fields(OpenPeriods)}, {}),
    }
    for number, (id_, checks) in enumerate(zip(dated.checklist_ids, fact_log.checklists, strict=True)):
        columns = {name: getattr(checks, name) for name in ("building", "day", "answers", "inspector")}
        parts[f"checks-{number}"] = columns, {"id": id_, "items": list(checks.items)}
    for number, (kind, (building, day)) in enumerate(fact_log.events.items()):
        parts[f"events-{number}"] = {"building": building, "day": day}, {"kind": kind}
    for name, (its_columns, its_notes) in parts.items():
        write_columns(_file(folder, name), folder.name, its_columns, its_notes)
    notes = {"city": facts.city, "version": facts.version, "n_on_map": facts.n_on_map, "parts": list(parts)}
    write_columns(_file(folder, BUILDINGS), folder.name, facts.buildings, notes)


def read_city_facts(folder: Path) -> CityFacts:
    """Raises ArraysDamaged or OSError where any of it is not as it was written."""

    def part(name: str) -> tuple[Columns, dict]:
        return read_columns(_file(folder, name), folder.name)

    buildings, notes = part(BUILDINGS)
    checks = [part(name) for name in notes["parts"] if name.startswith("checks-")]
    events = [part(name) for name in notes["parts"] if name.startswith("events-")]
    visits, _ = part("visits")
    inspectors = visits.pop("inspectors")
    fact_log = FactLog(
        buildings=len(buildings["id"]),
        events={its["kind"]: (columns["building"], columns["day"]) for columns, its in events},
        checklists=tuple(ChecklistAnswers(items=tuple(its["items"]), **columns) for columns, its in checks),
        open_periods=OpenPeriods(**part("open_periods")[0]),
    )
    checklist_ids = tuple(its["id"] for _, its in checks)
    version = CityVersion(*notes["version"])
    others = {name: part(name)[0] for name in ("vacancies", "spans", "former_areas")}
    dated = DatedFacts(version, fact_log, checklist_ids, visits, inspectors, **others)
    return CityFacts(notes["city"], buildings, notes["n_on_map"], dated)


def _seems_whole(folder: Path) -> bool:
    """Whether every part is there with the head and the length it was written with."""
    try:
        parts = read_notes(_file(folder, BUILDINGS), folder.name)["parts"]
    except UNREADABLE:
        return False
    return all(seems_whole(_file(folder, name), folder.name) for name in parts)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.arrays"
