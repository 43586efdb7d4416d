"""`python -m scoring.studies.backtest FILE`: replays a study from a table of visits, prints what it was worth."""

import argparse
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from scoring.errors import ScoringError, WrongFrame
from scoring.studies.backtest.report import report
from scoring.studies.backtest.run import ROUNDS, SEED, backtest
from scoring.third_party_faults import library_fault

COLUMNS = {
    "day": "the day of the visit",
    "unit": "what was visited",
    "score": "a number; the higher, the sooner the visit should have been",
    "outcome": "0 for no trouble found, else 1 or how much of it",
    "inspector": "who visited",
    "area": "what the bootstrap draws (default: the unit)",
    "last_result": "the result of the visit before; the higher, the worse",
    "other": "another score, to be held beside the first (default: the probability)",
    "probability": "of trouble at the visit, 0 to 1: its calibration is shown",
    "group": "what rates are counted by (default: tenths of the score)",
}
READING_FAULTS = (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError)
DECIMAL_COMMA = r"^\s*([+-]?\d+),(\d+)\s*$"  # beside ";"
MIDNIGHT = r"^(\d{4}-\d\d-\d\d) 00:00:00$"  # a day in a workbook
NEEDED = ("day", "unit", "score", "outcome")


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        print(report(backtest(_frame(asked), asked.rounds, asked.seed)))
    except ScoringError as mistake:
        print(f"{asked.file}: {mistake}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scoring.studies.backtest", description=__doc__)
    parser.add_argument("file", type=Path, help="CSV (, or ;) or XLSX with a header, one row a visit")
    for name, meaning in COLUMNS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="COLUMN", help=f"{meaning}; default: {name}")
    parser.add_argument("--day-format", default="%Y-%m-%d", metavar="FORMAT", help="how days are written (%(default)s)")
    parser.add_argument(
        "--period",
        default="none",
        metavar="month|none|COLUMN",
        help="visits are reordered inside their period; none (default): the whole file is one",
    )
    parser.add_argument("--rounds", type=_whole, default=ROUNDS, help="of the bootstrap (%(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, help="of the bootstrap (%(default)s)")
    return parser


def _whole(text: str) -> int:
    """Raises ValueError below 1, which the parser turns into its own sentence."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _frame(asked: argparse.Namespace) -> pd.DataFrame:
    """The columns asked for under the names of the backtest. Raises WrongFrame."""
    read = _read(asked.file)
    frame = pd.DataFrame(index=read.index)
    for name in COLUMNS:
        column = getattr(asked, name) or name
        if column in read:
            frame[name] = read[column]
        elif getattr(asked, name) or name in NEEDED:
            raise _missing(column, name.replace("_", "-"), read)
    days = pd.to_datetime(frame["day"], format=asked.day_format, errors="coerce")
    if days.isna().any():
        seen = frame["day"][days.isna()].iloc[0]
        raise WrongFrame(
            "The day {seen!r} is not written {day_format}; say how with --day-format.",
            seen=seen,
            day_format=asked.day_format,
        )
    frame["day"] = days
    if asked.period == "month":
        frame["period"] = days.to_numpy().astype("datetime64[M]").astype("int64")
    elif asked.period != "none":
        if asked.period not in read:
            raise _missing(asked.period, "period", read)
        frame["period"] = read[asked.period]
    return frame


def _missing(column: str, option: str, read: pd.DataFrame) -> WrongFrame:
    return WrongFrame(
        "There is no column '{column}'; name one of {columns} with --{option}.",
        column=column,
        columns=tuple(read.columns),
        option=option,
    )


def _read(file: Path) -> pd.DataFrame:
    """Everything as text: only the backtest knows what should be a number."""
    try:
        if zipfile.is_zipfile(file):
            return pd.read_excel(file, dtype=str, engine="openpyxl").replace(MIDNIGHT, r"\1", regex=True)
        delimiter = _delimiter(file)
        frame = pd.read_csv(file, dtype=str, encoding="utf-8-sig", sep=delimiter)
        return frame.replace(DECIMAL_COMMA, r"\1.\2", regex=True) if delimiter == ";" else frame
    except (ValueError, KeyError, BadZipFile) as fault:
        if isinstance(fault, READING_FAULTS):
            raise _not_csv(fault) from fault
        raise WrongFrame(
            "It is no XLSX file that can be read ({why}); save it as CSV in UTF-8.",
            why=library_fault(str(fault).splitlines()[0]),
        ) from fault
    except OSError as fault:
        why = library_fault(fault.strerror or fault)
        raise WrongFrame("It cannot be read ({why}); give the path of a CSV file.", why=why) from fault


def _not_csv(fault: Exception) -> WrongFrame:
    why = library_fault(str(fault).splitlines()[0])
    return WrongFrame("It is not a CSV file in UTF-8 ({why}); save it as one.", why=why)


def _delimiter(file: Path) -> str:
    """What parts the columns of its first line: ";", as spreadsheets of many countries write it, or ","."""
    with file.open(encoding="utf-8-sig") as opened:
        heading = opened.readline()
    return ";" if heading.count(";") > heading.count(",") else ","


if __name__ == "__main__":
    sys.exit(main())
