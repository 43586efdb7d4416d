"""`python -m data import`: files in, a summary out, and the rejected rows as a file."""

import logging
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
from data.importing.writing.rejected_rows import ending, write_rejected_rows
from data.importing.writing.result import Outcome
from data.importing.writing.run import Report, import_file
from data.importing.writing.undo import undo_import
from data.settings import VAR
from scoring.errors import Sentence

REJECTED = VAR / "set-aside"
SHOWN = 5  # rejected rows in the summary; the file has them all


class Stopped(DataError):
    """The user pressed Ctrl-C."""


def run(engine: Engine, mapping: str, files: list[Path], on: date, rejected_path: Path | None, preview: bool) -> None:
    """Imports each file in its turn and prints the result. Raises DataError at the first that is refused."""
    logging.getLogger("credit_map").addHandler(logging.NullHandler())  # a reader's trace is for the server's log
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
            path = rejected_rows_path(rejected_path, file, len(files) > 1, ending(outcome.frame))
            write_rejected_rows(path, outcome.frame, outcome.faults, outcome.row_numbers.tolist())
            print(_rejected_rows(outcome, path))


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


def rejected_rows_path(given: Path | None, file: Path, several: bool, suffix: str = ".csv") -> Path:
    """Where the rejected rows of a file go: the given path, or the file's name in a folder. suffix: of their format."""
    if given is not None and not several and given.suffix.lower() in (".csv", ".geojson"):
        return given.with_suffix(suffix)
    return (given or REJECTED) / f"{file.stem}-set-aside{suffix}"


def summary(outcome: Outcome, preview: bool = False) -> str:
    """What became of a file: a line for it, a line a table, a line for each reason to stay off the map."""
    rejected = len(outcome.faults)
    lines = [f"{outcome.file_name} → {outcome.mapping}: {outcome.read:,} rows read, {rejected:,} set aside"]
    if preview:
        lines[0] += " (preview: nothing was written)"
    lines += [f"  {note}" for note in outcome.notes]
    for table, tally in outcome.tallies.items():
        counts = f"{tally.new:>9,} new {tally.changed:>9,} changed {tally.unchanged:>9,} unchanged"
        lines.append(f"  {table:<12}{counts}")
    lines += [f"  buildings kept off the map: {count:,}, {reason}" for reason, count in outcome.off_map.items()]
    return "\n".join(lines)


def listing(engine: Engine) -> str:
    """A line an import, the latest first."""
    with reading(engine, SYSTEM) as session:
        imports = past_imports(session, SYSTEM)
    return "\n".join(_line(past) for past in imports) or "Nothing was imported yet."


def _line(past: PastImport) -> str:
    counts = "{:>9,} new {:>9,} changed".format(*(past.counts.get(name, 0) for name in ("new", "changed")))
    file = f"{past.file_name or past.mapping}{' (undone)' if past.undone else ''}"
    return f"{past.id:>6}  {past.finished_at:%Y-%m-%d %H:%M}  {past.city:<12} {counts}  {file}"


def undone(engine: Engine, import_id: int) -> str:
    """Takes an import out again and says so. Raises CannotUndo."""
    with writing(engine, SYSTEM) as session:
        record = undo_import(session, SYSTEM, import_id, actor=COMMAND_LINE)
        return f"Import {record.id} ({record.file_name}) was undone; run `python -m data prepare` to grade anew."


def _rejected_rows(outcome: Outcome, path: Path) -> str:
    lines = [f"  row {outcome.row_numbers[row]}: {sentence}" for row, _, sentence in outcome.faults[:SHOWN]]
    if len(outcome.faults) > SHOWN:
        lines.append(f"  … and {len(outcome.faults) - SHOWN:,} more")
    return "\n".join([*lines, f"  The rows set aside stand in {path}: mend them there and import that file."])
