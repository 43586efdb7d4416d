"""Planned visits as CSV, for spreadsheets."""

from collections.abc import Iterable, Mapping

from data.exports.csv import lines
from data.exports.visits.planned_visit import PlannedVisit

COLUMNS = ("officer", "day", "turn", "time", "minutes", "code", "name", "address", "grade", "why")


def visit_table(visits: Iterable[PlannedVisit], headings: Mapping[str, str]) -> bytes:
    """A row a visit, in UTF-8 with a byte order mark, no text a formula. headings: by COLUMNS."""
    rows = ([str(getattr(visit, column)) for column in COLUMNS] for visit in visits)
    return f"\ufeff{lines([[headings[column] for column in COLUMNS]])}{lines(rows)}".encode()
