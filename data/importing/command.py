"""`python -m data import`: files in, a summary out, and the rejected rows as a file."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from data.importing.mapping.fields import TARGETS
from data.importing.mapping.saved_mappings import saved_mappings
from data.importing.mapping.schema import RepeatedKeys, SourceMapping
from data.importing.writing.history import PastImport, past_imports
from data.importing.writing.rejected_rows import ending, write_rejected_rows
from data.importing.writing.repeated_keys import REASON
from data.importing.writing.result import MendedOutline, Outcome
from data.importing.writing.run import Report, import_file, previews
from data.importing.writing.undo import undo_import
from data.settings import VAR
from scoring.errors import Sentence
from scoring.turning_signs import in_one_direction
from scoring.wording import worded

REJECTED = VAR / "set-aside"
SINGULAR = {target.plural: target.name for target in TARGETS.values()}
SHOWN = 5  # rejected rows in the summary; the file has them all


class Stopped(DataError):
    """The user pressed Ctrl-C."""


@dataclass(frozen=True)
class Options:
    """How files are to be taken in; see `import_file`. rejected_path: where the rows set aside go."""

    on: date | None
    rejected_path: Path | None = None
    preview: bool = False
    repeated_keys: RepeatedKeys | None = None
    end_missing: bool = False


def run(engine: Engine, mapping: str, files: list[Path], options: Options) -> None:
    """Imports each file in its turn and prints the result. Raises DataError at the first that is refused."""
    logging.getLogger("credit_map").addHandler(logging.NullHandler())  # a reader's trace is for the server's log
    with reading(engine, SYSTEM) as session:
        saved = saved_mappings(session)
    chosen = allotted(mappings_named(mapping, saved=saved), files)
    for file, outcome in _outcomes(engine, chosen, options):
        print(in_one_direction(summary(outcome, options.preview)))
        if outcome.faults:
            path = rejected_rows_path(options.rejected_path, file, len(files) > 1, ending(outcome.frame))
            write_rejected_rows(path, outcome.frame, outcome.faults, outcome.row_numbers.tolist())
            print(_rejected_rows(outcome, path))


def _outcomes(
    engine: Engine, chosen: Sequence[tuple[SourceMapping, Path]], options: Options
) -> Iterator[tuple[Path, Outcome]]:
    """What becomes of each file in its turn. Of several a preview holds each against what those before it bring."""
    if options.preview and len(chosen) > 1:
        yield from _previewed(engine, chosen, options)
        return
    for mapping, file in chosen:
        try:
            yield file, _imported(engine, mapping, file, options)
        except KeyboardInterrupt as stop:
            raise Stopped(
                "Stopped: nothing of {name} was written, files before it were; run it again.", name=file.name
            ) from stop


def _previewed(
    engine: Engine, chosen: Sequence[tuple[SourceMapping, Path]], options: Options
) -> Iterator[tuple[Path, Outcome]]:
    with tqdm(unit=" records", disable=None, leave=False) as bar:
        outcomes = previews(
            engine,
            SYSTEM,
            chosen,
            options.on,
            lambda file: _on_bar(bar, file),
            repeated_keys=options.repeated_keys,
            end_missing=options.end_missing,
        )
        try:
            yield from zip((file for _, file in chosen), outcomes, strict=True)
        except CityMissing as missing:
            raise _with_first(missing, chosen[0][0].city) from missing
        except KeyboardInterrupt as stop:
            raise Stopped("Stopped: this was a preview, nothing was written.") from stop


def _imported(engine: Engine, mapping: SourceMapping, file: Path, options: Options) -> Outcome:
    with tqdm(desc=file.name, unit=" records", disable=None, leave=False) as bar:
        try:
            return import_file(
                engine,
                SYSTEM,
                mapping,
                file,
                options.on,
                actor=COMMAND_LINE,
                report=_on_bar(bar, file),
                preview=options.preview,
                repeated_keys=options.repeated_keys,
                end_missing=options.end_missing,
            )
        except CityMissing as missing:
            raise _with_first(missing, mapping.city) from missing


def _with_first(missing: CityMissing, city: str) -> CityMissing:
    """It with the mapping that describes the city, where there is one."""
    name = describing(city)
    first = Sentence(" Here that is {name}.", name=name) if name else ""
    return CityMissing("{missing}{first}", missing=missing, first=first)


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
    read = worded("{n:,} {n:row|rows} read", {"n": outcome.read})
    lines = [f"{outcome.file_name} → {outcome.mapping}: {read}, {rejected:,} set aside"]
    if preview:
        lines[0] += " (preview: nothing was written)"
    lines += [f"  {note}" for note in outcome.notes]
    for table, tally in outcome.tallies.items():
        counts = f"{tally.new:>9,} new {tally.changed:>9,} changed {tally.unchanged:>9,} unchanged"
        lines.append(f"  {table:<12}{counts}")
    lines += [f"  buildings kept off the map: {count:,}, {reason}" for reason, count in outcome.off_map.items()]
    if outcome.seen_before:
        lines.append(f"  the same bytes came as import {outcome.seen_before.import_id} on {outcome.seen_before.day}")
    lines += [f"  {_same(table, count)}" for table, count in outcome.same.items()]
    if outcome.repeated:
        lines.append(_repeated(outcome))
    lines += [f"  {line}" for line in _endings(outcome)]
    lines += [
        worded("  outside every area: {n:,} {n:building lies|buildings lie} in no {level}", {"n": n, "level": level})
        for level, n in outcome.outside.items()
    ]
    lines += [f"  mended: {_mended(one)}" for one in outcome.mended]
    return "\n".join(lines)


def _counted(table: str) -> str:
    return f"{{n:,}} {{n:{SINGULAR[table].replace('_', ' ')}|{table}}}"


def _same(table: str, count: int) -> str:
    return worded(
        _counted(table)
        + " without a key {n:says|say} the same as {n:one|ones} of other files and {n:was|were} taken for "
        "{n:it|them}; if both happened, give {n:it|them} a key",
        {"n": count},
    )


def _endings(outcome: Outcome) -> Iterator[str]:
    """What ended, what was to end and did not, and what may not end unasked."""
    for table, count in outcome.ended.items():
        yield worded(_counted(table) + " ended and {n:counts|count} no more", {"n": count})
    for area in outcome.in_use:
        yield worded(
            "{level} {code} has not ended: {n:,} {n:building lies|buildings lie} in it ({codes}); import {n:it|these} "
            "with the area {n:it lies|they lie} in now, then this file again",
            {"level": area.level, "code": area.code, "n": area.buildings, "codes": ", ".join(area.codes)},
        )
    for table, counts in outcome.unanswered.items():
        yield worded(
            "{n:,} of {of:,} {table} {n:is|are} missing from this whole list, more than can end unasked: nothing of it "
            "ended; --end-missing ends {n:it|them}",
            {"n": counts.missing, "of": counts.standing, "table": table},
        )


def _repeated(outcome: Outcome) -> str:
    first = next((row for row, reason, _ in outcome.faults if reason == REASON), None)
    if first is None:
        template = (
            "  {n:,} {n:row|rows} named {n:an earlier one|earlier ones} with other content and {n:was|were} taken as "
            "it was answered"
        )
        return worded(template, {"n": outcome.repeated})
    template = (
        "  {n:,} {n:row replaces an earlier one|rows replace earlier ones} with other content (first: row {first}): "
        "are these corrections? They were set aside; --repeated-keys corrections takes them for corrections, "
        "--repeated-keys others for other records"
    )
    return worded(template, {"n": outcome.repeated, "first": outcome.row_numbers[first]})


def _mended(one: MendedOutline) -> str:
    return (
        f"the outline of '{one.code}' was broken ({one.why}); its area went from {one.km2_before:.4f} to "
        f"{one.km2_after:.4f} km2"
    )


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
