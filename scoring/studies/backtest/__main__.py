"""`python -m scoring.studies.backtest FILE`: replays a study from a CSV of visits, prints what its order was worth."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from scoring.errors import ScoringError, WrongFrame
from scoring.studies.backtest.report import report
from scoring.studies.backtest.run import ROUNDS, SEED, backtest

COLUMNS = {
    "day": "the day of the visit",
    "unit": "what was visited",
    "score": "a number; the higher, the sooner the visit should have been",
    "outcome": "0 for no trouble found, else 1 or how much of it",
    "inspector": "who visited",
    "area": "what the bootstrap draws (default: the unit)",
    "last_result": "the result of the visit before; the higher, the worse",
    "group": "what rates are counted by (default: tenths of the score)",
}
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
    parser.add_argument("file", type=Path, help="CSV with a header, one row a visit")
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
        return pd.read_csv(file, dtype=str, encoding="utf-8-sig")
    except OSError as fault:
        raise WrongFrame("It cannot be read ({why}); give the path of a CSV file.", why=fault.strerror) from fault
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        raise WrongFrame(
            "It is not a CSV file in UTF-8 ({why}); save it as one.", why=str(fault).splitlines()[0]
        ) from fault


if __name__ == "__main__":
    sys.exit(main())
