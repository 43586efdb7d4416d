"""Files to fill in: their columns are known by their headings, and their invented line never comes in."""

import csv
import io

import openpyxl
import pytest

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.importing.mapping.builder import Match, built
from data.importing.mapping.guess_columns import ANY, SLOTS, TARGETS_ON_SCREEN, guessed, likely_target, sample_of
from data.importing.templates import COLUMNS, FORMATS, template
from data.importing.writing.run import import_file
from tests.data.riverton import CAST, STREETS, Desk, read_here, reasons, square, write_geojson

WEST = {"code": "S1", "name": "西街"}
BOUNDS = (113.80, 22.45, 114.00, 22.65)  # of Riverton


def rows_in(content: bytes, format_: str) -> list[list[str]]:
    if format_ == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]


def laid_down(desk: Desk, target: str, format_: str, *more: dict[str, str]):
    """The file of a template with more rows, by their slots."""
    headings, invented = rows_in(template(target, format_, BOUNDS), format_)
    rows = [[row.get(slot, "") for slot in COLUMNS[target]] for row in more]
    path = desk.folder / f"{target}.{format_}"
    if format_ == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([headings, invented, *rows])
    else:
        book = openpyxl.Workbook()
        for row in (headings, invented, *rows):
            book.active.append(row)
        book.save(path)
    return path


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("target", COLUMNS)
def test_every_column_of_a_template_is_known_by_its_heading(desk, target, format_):
    path = laid_down(desk, target, format_)
    sample = sample_of(read_here(path, path.name, ANY, None))
    assert likely_target(sample, BOUNDS) == target
    assert guessed(target, sample, BOUNDS) == {slot: heading for slot, (heading, _) in COLUMNS[target].items()}


def test_there_is_one_for_every_kind_of_record_that_is_no_outline_and_each_has_every_field():
    assert set(COLUMNS) == set(TARGETS_ON_SCREEN) - {"area"}
    for target, columns in COLUMNS.items():
        assert set(columns) == {slot.name for slot in SLOTS[target]}
        assert len({heading for heading, _ in columns.values()}) == len(columns)


def test_a_spreadsheet_keeps_codes_that_are_filled_in_as_texts():
    sheet = openpyxl.load_workbook(io.BytesIO(template("building", "xlsx", BOUNDS))).active
    assert {sheet.column_dimensions["A"].number_format, sheet["A2"].number_format} == {"@"}


@pytest.mark.parametrize("target", COLUMNS)
def test_the_invented_line_is_set_aside_and_what_is_filled_in_below_it_comes_in(desk, target):
    desk.buildings(*CAST)
    desk.hand_in(STREETS, write_geojson(desk.folder / "s.geojson", [WEST], [square(113.85, 22.5)]))
    of_target = {
        "building": {"code": "440306001001001008", "name": "新楼", "lon": "113.9", "lat": "22.5"},
        "inspection": {"day": "2024-03-01"},
        "hazard": {"group": "消防", "category": "堆放杂物", "severity": "低", "found_on": "2024-03-01"},
        "event": {"kind": "火灾", "day": "2024-03-01"},
        "officer": {"code": "W0001", "role": "网格员", "area": "S1", "minutes_a_day": "240"},
    }
    row = {"key": "1", "building": CAST[0]["code"]} | of_target[target]
    path = laid_down(desk, target, "csv", row)
    sample = sample_of(read_here(path, path.name, ANY, None))
    match = Match("filled_in", "x", "riverton", target, guessed(target, sample, BOUNDS), level="street")
    _, mapping = built(match, sample)
    outcome = import_file(desk.engine, SYSTEM, mapping, path, None, actor=COMMAND_LINE, read=read_here)
    assert reasons(outcome) == ["example_row"] and outcome.row_numbers.tolist() == [1]
    assert sum(tally.new for tally in outcome.tallies.values()) == 1
