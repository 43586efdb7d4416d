"""`python -m data import`: files in, a summary out, and the rows set aside as a file."""

from datetime import date
from pathlib import Path

from sqlalchemy import Engine
from tqdm import tqdm

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import reading, writing
from data.errors import DataError
from data.importing.errors import CityMissing
from data.importing.mapping.choose_mapping import allotted, describing, mappings_named
from data.importing.mapping.saved_mappings import saved_mappings
from data.importing.mapping.schema import SourceMapping
from data.importing.writing.history import PastImport, past_imports
from data.importing.writing.rejected_rows import write_rejected_rows
from data.importing.writing.result import Outcome
from data.importing.writing.run import Report, import_file
from data.importing.writing.undo import undo_import
from data.settings import VAR
from scoring.errors import Sentence

SET_ASIDE = VAR / "set-aside"
SHOWN = 5  # rows set aside that the summary shows; the file has them all


class Stopped(DataError):
    """The user pressed Ctrl-C."""


def run(engine: Engine, mapping: str, files: list[Path], on: date, set_aside: Path | None, preview: bool) -> None:
    """Imports each file in its turn and prints what became of it. Raises DataError at the first that is refused."""
    with reading(engine, SYSTEM) as session:
        saved = saved_mappings(session)
    for chosen, file in allotted(mappings_named(mapping, saved=saved), files):
        try:
            outcome = _imported(engine, chosen, file, on, preview)
        except KeyboardInterrupt as stop:
            raise Stopped(
                "Stopped: nothing of {name} was written, files before it were; run it again.", name=file.name
            ) from stop
        print(summary(outcome, preview))
        if outcome.faults:
            path = set_aside_path(set_aside, file, several=len(files) > 1)
            write_rejected_rows(path, outcome.frame, outcome.faults, outcome.row_numbers)
            print(_mending(outcome, path))


def _imported(engine: Engine, mapping: SourceMapping, file: Path, on: date, preview: bool) -> Outcome:
    with tqdm(desc=file.name, unit=" records", disable=None, leave=False) as bar:
        try:
            return import_file(
                engine, SYSTEM, mapping, file, on, actor=COMMAND_LINE, report=_on_bar(bar, file), preview=preview
            )
        except CityMissing as missing:
            raise CityMissing("{missing}{first}", missing=missing, first=_first(mapping.city)) from missing


def _first(city: str) -> Sentence | str:
    name = describing(city)
    return Sentence(" Here that is {name}.", name=name) if name else ""


def _on_bar(bar: tqdm, file: Path) -> Report:
    def report(doing: str, done: int, total: int) -> None:
        bar.set_description(f"{file.name}: {doing}", refresh=False)
        bar.total = total
        bar.n = done
        bar.refresh()

    return report


def set_aside_path(asked: Path | None, file: Path, several: bool) -> Path:
    """Where the rows set aside of a file go: the path asked for, or the file's name in a folder."""
    if asked is not None and not several and asked.suffix.lower() == ".csv":
        return asked
    return (asked or SET_ASIDE) / f"{file.stem}-set-aside.csv"


def summary(outcome: Outcome, preview: bool = False) -> str:
    """What became of a file: a line for it, a line a table, a line for each reason to stay off the map."""
    set_aside = len(outcome.faults)
    lines = [f"{outcome.file_name} → {outcome.mapping}: {outcome.read:,} rows read, {set_aside:,} set aside"]
    if preview:
        lines[0] += " (preview: nothing was written)"
    for table, tally in outcome.tallies.items():
        counts = f"{tally.new:>9,} new {tally.changed:>9,} changed {tally.unchanged:>9,} unchanged"
        lines.append(f"  {table:<12}{counts}")
    lines += [f"  buildings kept off the map: {count:,}, {reason}" for reason, count in outcome.off_map.items()]
    return "\n".join(lines)


def listing(engine: Engine) -> str:
    """A line an import, the latest first."""
    with reading(engine, SYSTEM) as session:
        found = past_imports(session, SYSTEM)
    return "\n".join(_line(one) for one in found) or "Nothing was imported yet."


def _line(one: PastImport) -> str:
    counts = "{:>9,} new {:>9,} changed".format(*(one.counts.get(name, 0) for name in ("new", "changed")))
    file = f"{one.file_name or one.mapping}{' (undone)' if one.undone else ''}"
    return f"{one.id:>6}  {one.finished_at:%Y-%m-%d %H:%M}  {one.city:<12} {counts}  {file}"


def undone(engine: Engine, import_id: int) -> str:
    """Takes an import out again and says so. Raises CannotUndo."""
    with writing(engine, SYSTEM) as session:
        record = undo_import(session, SYSTEM, import_id, actor=COMMAND_LINE)
        return f"Import {record.id} ({record.file_name}) was undone; run `python -m data prepare` to grade anew."


def _mending(outcome: Outcome, path: Path) -> str:
    lines = [f"  row {outcome.row_numbers[row]}: {sentence}" for row, _, sentence in outcome.faults[:SHOWN]]
    if len(outcome.faults) > SHOWN:
        lines.append(f"  … and {len(outcome.faults) - SHOWN:,} more")
    return "\n".join([*lines, f"  The rows set aside stand in {path}: mend them there and import that file."])
