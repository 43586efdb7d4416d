"""`python -m data …`: import files, compare with published scores, load the demonstration district."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from errno import EISDIR, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from data.access.roles import SYSTEM
from data.db.engine import connect_database, is_busy, open_database, reading
from data.errors import DataError, disk_refusal, why_not
from data.progress import progress
from data.settings import settings
from geo.errors import GeoError
from scoring.errors import ScoringError
from scoring.turning_signs import in_one_direction

USERS_MISTAKE = 2
DIFFERENT = 1
OF_THE_PATH = (ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP)
LOCKED = "Another program holds the database locked; nothing was kept. End it or wait for it, and run this again."
NICENESS = 10  # pages go before the work beside them
USERS_MISTAKES = (DataError, GeoError, ScoringError)


class DatabaseUnusable(DataError):
    """The address in CREDIT_MAP_DATABASE leads to no database of ours."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; a user's mistake is one sentence on stderr."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except USERS_MISTAKES as mistake:
        print(in_one_direction(str(mistake)), file=sys.stderr)
    except OperationalError as error:  # locked for too long: nothing was kept
        print(LOCKED if is_busy(error) else f"The database could not be written ({error.orig}).", file=sys.stderr)
    except OSError as error:
        if (refused := disk_refusal(error)) is None and not (error.filename and error.errno in OF_THE_PATH):
            raise
        print(refused or f"{error.filename} cannot be read or written: {why_not(error)}.", file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped: nothing half-done was kept. Run it again.", file=sys.stderr)
    return USERS_MISTAKE


def _database(to_restore: bool = False) -> Engine:
    return _connected(partial(open_database, to_restore=to_restore))


def _connected(connect: Callable[[], Engine]) -> Engine:
    try:
        return connect()
    except (DatabaseError, ArgumentError, OSError) as error:
        if is_busy(error):
            raise DatabaseUnusable(LOCKED) from error
        why = getattr(error, "orig", error)
        raise DatabaseUnusable(
            "The database cannot be opened ({why}); see CREDIT_MAP_DATABASE.", why=why_not(why)
        ) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_import(commands)
    _add_imports(commands)
    _add_undo(commands)
    _add_verify(commands)
    _add_demo(commands)
    _add_prepare(commands)
    _add_refresh(commands)
    _add_account(commands)
    _add_audit(commands)
    _add_protect(commands)
    _add_migrate(commands)
    _add_backup(commands)
    return parser


def _add_import(commands) -> None:
    command = commands.add_parser("import", help="import files by a mapping", description=import_files.__doc__)
    command.add_argument("mapping", help="a .toml path, a name in data/mappings, or the beginning of several names")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE", help="in a format the mapping names")
    command.add_argument("--set-aside", type=Path, metavar="PATH", help="a .csv path, or a folder for several files")
    command.add_argument("--on", type=date.fromisoformat, help="day of the import, YYYY-MM-DD (today in the city)")
    command.add_argument("--preview", action="store_true", help="check and count, write nothing to the database")
    command.add_argument(
        "--repeated-keys",
        choices=("corrections", "others"),
        help="what rows are that name a stored record and say something else (they are set aside)",
    )
    command.add_argument(
        "--end-missing", action="store_true", help="end all that a whole list does not name, however much it is"
    )
    command.set_defaults(run=import_files)


def _add_imports(commands) -> None:
    command = commands.add_parser("imports", help="list past imports", description=list_imports.__doc__)
    command.set_defaults(run=list_imports)


def _add_undo(commands) -> None:
    command = commands.add_parser("undo", help="undo a whole import", description=undo.__doc__)
    command.add_argument("import_id", type=int, metavar="IMPORT", help="its number, see: python -m data imports")
    command.set_defaults(run=undo)


def _add_verify(commands) -> None:
    command = commands.add_parser("verify", help="compare with published scores", description=verify_city.__doc__)
    command.add_argument("city", help="a city's code")
    command.add_argument("--show", type=int, default=10, metavar="N", help="differing rows to list (10)")
    command.set_defaults(run=verify_city)


def _add_demo(commands) -> None:
    command = commands.add_parser("demo", help="load the invented district", description=load_demo.__doc__)
    command.add_argument("--buildings", type=int, default=None, metavar="N", help="how many (all 175,700)")
    command.add_argument("--seed", type=int, default=None, metavar="N", help="another number draws another district")
    command.add_argument("--on", type=date.fromisoformat, default=date.today(), help="its last day, YYYY-MM-DD")
    command.add_argument("--replace", action="store_true", help="take the place of the district that is there")
    command.set_defaults(run=load_demo)


def _add_prepare(commands) -> None:
    command = commands.add_parser("prepare", help="make everything ready for the map", description=prepare.__doc__)
    command.add_argument("--on", type=date.fromisoformat, default=date.today(), help="last day of a new district")
    command.set_defaults(run=prepare)


def _add_refresh(commands) -> None:
    command = commands.add_parser("refresh", help="catch up with what was written", description=refresh.__doc__)
    command.add_argument("city", help="a city's code")
    command.set_defaults(run=refresh)


def _add_account(commands) -> None:
    from data.access import command as account

    command = commands.add_parser("account", help="make and look after accounts", description=account.__doc__)
    account.add_arguments(command)
    command.set_defaults(run=lambda options: account.run(_database(), options))


def _add_audit(commands) -> None:
    from data.audit import command as audit_command

    command = commands.add_parser("audit", help="check and show the audit trail", description=audit_command.__doc__)
    audit_command.add_arguments(command)
    command.set_defaults(run=lambda options: audit_command.run(_database(), options))


def _add_protect(commands) -> None:
    command = commands.add_parser("protect", help="row-level security on PostgreSQL", description=protect.__doc__)
    command.add_argument("role", help="the role the product connects as; it is created if it is missing")
    command.set_defaults(run=protect)


def _add_migrate(commands) -> None:
    command = commands.add_parser("migrate", help="bring an older database up to date", description=migrate.__doc__)
    command.set_defaults(run=migrate)


def _add_backup(commands) -> None:
    command = commands.add_parser("backup", help="copy the database into a file", description=back_up.__doc__)
    command.add_argument("file", type=Path, metavar="FILE", help="a file that is not there yet")
    command.add_argument("--keep", type=_at_least_one, metavar="N", help="remove all but the last N of this database")
    command.set_defaults(run=back_up)
    command = commands.add_parser("restore", help="go back to a backup", description=restore.__doc__)
    command.add_argument("file", type=Path, metavar="FILE", help="what `backup` wrote")
    command.add_argument("--replace", action="store_true", help="take the place of the data that is there")
    command.set_defaults(run=restore)


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError
    return number


def import_files(options: argparse.Namespace) -> int:
    """Imports each file as a whole or not at all; the same file again changes nothing."""
    from data.importing.command import Options, run  # each command loads only what it needs

    how = Options(options.on, options.set_aside, options.preview, options.repeated_keys, options.end_missing)
    run(_database(), options.mapping, options.files, how)
    return 0


def list_imports(options: argparse.Namespace) -> int:
    """Every import by its number, the latest first."""
    from data.importing.command import listing

    print(listing(_database()))
    return 0


def undo(options: argparse.Namespace) -> int:
    """Removes what an import added and restores what it changed, while nothing builds on it."""
    from data.importing.command import undone

    print(undone(_database(), options.import_id))
    return 0


def verify_city(options: argparse.Namespace) -> int:
    """Compares our score and our result of every inspection with what the city published, each where there is one."""
    from data.city.published_scores import verification

    with reading(_database(), SYSTEM) as session:
        result = verification(session, SYSTEM, options.city)
    print(result.sentence())
    if result.differing.empty:
        return 0
    shown = ["agrees", "score_agrees", "result_agrees", "edition_day"]
    print(result.differing.drop(columns=shown).head(options.show).to_string(index=False))
    return DIFFERENT


def load_demo(options: argparse.Namespace) -> int:
    """Draws the demonstration district, which is invented, and loads it in one transaction."""
    from data.demo import load

    chosen = {name: value for name in ("buildings", "seed") if (value := getattr(options, name)) is not None}
    with progress() as report:
        load(_database(), **chosen, on=options.on, report=report, replace=options.replace)
    return 0


def prepare(options: argparse.Namespace) -> int:
    """Loads the demonstration district where there is no city, and rates every city's past months."""
    from data.city import rebuild

    _migrate()
    with progress() as report:
        prepared = rebuild.prepare(_database(), options.on, settings().tiles_datum, report)
    for city, why in prepared.failed.items():
        print(f"The city '{city}' could not be made ready, and the others are: {_as_sentence(why)}", file=sys.stderr)
    for city in prepared.ungraded:
        print(
            f"The city '{city}' is shown without grades: no rule set was in force on its last day; add a rule file "
            "that begins earlier, or name another rule set in its mapping.",
            file=sys.stderr,
        )
    if prepared.accounts:
        print("Accounts to try the demonstration district with; their passwords are shown this once:")
    for account in prepared.accounts:
        print(f"  {account.name:<20} {account.password}   ({account.role}, sees {account.area})")
    return 0


def _as_sentence(error: Exception) -> str:
    """A user's mistake by its own sentence, anything else with its kind."""
    return str(error) if isinstance(error, USERS_MISTAKES) else f"{type(error).__name__}: {error}"


def refresh(options: argparse.Namespace) -> int:
    """Brings a city's fact store, grades and trend up to date; the server starts it beside the pages by itself."""
    from data.city import rebuild

    os.nice(NICENESS)
    with progress() as report:
        rebuild.prepare_city(_database(), options.city, settings().tiles_datum, report)
    return 0


def migrate(options: argparse.Namespace) -> int:
    """Brings a database of an earlier version up to date, with a backup first. Run as the tables' owner."""
    if not _migrate():
        print("The database is up to date.")
    return 0


def _migrate() -> bool:
    """Whether there was anything to do; says what was done."""
    from data.db.migrate import migrate

    done = migrate(_connected(connect_database), settings().folder / "backups")
    if done is None:
        return False
    print(f"The database was brought from version {done.before or '0'} to {done.after}; before that it was backed up:")
    print(f"  {done.backup}")
    return True


def protect(options: argparse.Namespace) -> int:
    """Installs row-level security on PostgreSQL for a role. Run as the tables' owner, after each upgrade."""
    from data.db.row_security import install_policies

    tables = install_policies(_database(), options.role)
    print(f"{len(tables)} tables have row-level security; connect the product as {options.role}, not as their owner.")
    print(f"A new role has no password yet: set one in psql with \\password {options.role}")
    return 0


def back_up(options: argparse.Namespace) -> int:
    """Copies a consistent snapshot of the database into a new file; others may go on writing meanwhile."""
    from data.db.backup import backup

    _print_counts(backup(_database(), options.file, options.keep))
    return 0


def restore(options: argparse.Namespace) -> int:
    """Replaces the database by a backup, all of it or nothing, and signs everyone out."""
    from data.db.backup import restore

    _print_counts(restore(_database(to_restore=True), options.file, options.replace))
    print("Accounts are as they were then. Make the map ready again: python -m data prepare")
    return 0


def _print_counts(counts: Mapping[str, int]) -> None:
    for table, rows in counts.items():
        print(f"{rows:>12,}  {table}")


if __name__ == "__main__":
    sys.exit(main())
