"""Workbooks as offices keep them: the sheet that has the columns is found, and what nobody sees is said."""

import openpyxl
import pytest

from data.importing.command import summary
from data.importing.errors import FileRefused
from data.importing.mapping.guess_columns import ANY
from data.importing.mapping.layout import Layout
from data.importing.reading.sandboxed_reader import read_apart
from data.importing.reading.tables import read_table
from data.importing.reading.workbook_xml import SheetDetails, look_at
from tests.data.riverton import BUILDINGS, CAST, HARBOUR, PLUM, reasons

HEADING = list(PLUM)
ROWS = [list(row.values()) for row in CAST]
LAYOUT = Layout("ours", "ours.toml", ("xlsx",), tuple(HEADING))


def saved(folder, **sheets: list[list]):
    """A workbook with these sheets; the book, and where it is saved."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "buildings.xlsx"
    book.save(path)
    return book, path


def notes(outcome) -> list[str]:
    return [str(note) for note in outcome.notes]


def test_a_sheet_is_found_by_its_columns(desk):
    _, path = saved(desk.folder, 填表说明=[["本表由网格员填写"], ["请勿改动格式"]], 台账=[HEADING, *ROWS])
    outcome = desk.hand_in(BUILDINGS, path)
    assert outcome.tallies["buildings"].new == 3
    assert notes(outcome) == ["The sheet '台账' is read: no other has the columns."]


def test_of_several_sheets_with_the_columns_the_first_is_read_and_the_others_are_named(desk):
    _, path = saved(desk.folder, 一月=[HEADING, ROWS[0]], 二月=[HEADING, *ROWS[1:]], 说明=[["x"]])
    outcome = desk.hand_in(BUILDINGS, path)
    assert outcome.tallies["buildings"].new == 1
    assert notes(outcome) == [
        "Only the sheet '一月' is read. Others hold rows too: '二月' (2); 'sheet' in the mapping names another."
    ]
    assert notes(outcome)[0] in summary(outcome)
    named = BUILDINGS.replace("\n[city]", '\nsheet = "二月"\n\n[city]', 1)
    assert desk.hand_in(named, path).tallies["buildings"].new == 2
    assert desk.hand_in(named, path).notes == ()


def test_where_the_first_sheet_lacks_the_columns_and_two_others_have_them_one_is_asked_for(desk):
    _, path = saved(desk.folder, 说明=[["x"]], 一月=[HEADING, ROWS[0]], 二月=[HEADING, ROWS[1]])
    with pytest.raises(FileRefused, match="the sheets 一月, 二月 all have the columns; name one with 'sheet' in"):
        desk.hand_in(BUILDINGS, path)


def test_a_hidden_sheet_does_not_go_before_those_that_are_shown(desk):
    book, path = saved(desk.folder, old=[HEADING, ROWS[0]], new=[HEADING, *ROWS[1:]])
    book["old"].sheet_state = "hidden"
    book.active = 1
    book.save(path)
    outcome = desk.hand_in(BUILDINGS, path)
    assert outcome.tallies["buildings"].new == 2 and "'old' (1)" in notes(outcome)[0]


def test_a_heading_on_another_sheet_and_in_another_row_is_named(desk):
    _, path = saved(desk.folder, 说明=[["x"]], 台账=[["河湾市"], HEADING, *ROWS])
    with pytest.raises(FileRefused, match="the heading seems to stand in row 2; say heading_row = 2"):
        desk.hand_in(BUILDINGS, path)
    named = BUILDINGS.replace("\n[city]", "\nheading_row = 2\n\n[city]", 1)
    assert desk.hand_in(named, path).tallies["buildings"].new == 3


def test_hidden_rows_and_columns_are_read_and_said_with_their_number(desk):
    book, path = saved(desk.folder, s=[HEADING, *ROWS])
    book["s"].row_dimensions[3].hidden = book["s"].row_dimensions[4].hidden = True
    book["s"].column_dimensions.group("C", "D", hidden=True)
    book.save(path)
    outcome = desk.hand_in(BUILDINGS, path)
    assert outcome.tallies["buildings"].new == 3
    assert notes(outcome) == [
        "Hidden rows of the sheet are read like the others: 2; delete them if they are not meant.",
        "Hidden columns of the sheet can be read like the others: 2.",
    ]


def test_hidden_rows_of_a_long_sheet_are_all_counted(tmp_path):
    """Longer than the chunks in which it is looked at."""
    book, path = saved(tmp_path, s=[HEADING, *([f"B{n}", "x" * 200, *[""] * 6] for n in range(9_000))])
    hidden = range(3, 9_000, 7)
    for row in hidden:
        book["s"].row_dimensions[row].hidden = True
    book.save(path)
    assert f": {len(hidden):,};" in str(read_table("x.xlsx", path.read_bytes(), LAYOUT).notes[0])


def test_cells_in_which_a_formula_failed_set_their_rows_aside(desk):
    book, path = saved(desk.folder, s=[[*HEADING, "note"], *([*row, "x"] for row in ROWS)])
    book["s"]["A3"], book["s"]["B4"], book["s"]["I2"] = "#N/A", "#REF!", "#DIV/0!"
    for cell in ("A3", "B4", "I2"):
        book["s"][cell].data_type = "e"
    book.save(path)
    outcome = desk.hand_in(BUILDINGS, path)
    assert reasons(outcome) == ["error_cell"] * 2 and outcome.row_numbers.tolist() == [2, 3]
    assert "'code' holds #N/A" in outcome.faults[0][2] and "'name' holds #REF!" in outcome.faults[1][2]


def test_formulas_whose_result_the_file_does_not_have_are_said_with_their_number(desk):
    """As programs write them that do not calculate."""
    book, path = saved(desk.folder, s=[HEADING, *ROWS])
    book["s"]["D2"], book["s"]["D4"], book["s"]["E4"] = "=6+6", "=SUM(D2:D3)", "=1990+8"
    book.save(path)
    outcome = desk.hand_in(BUILDINGS, path)
    assert notes(outcome) == [
        "Cells with a formula of which no result is saved: 3, the first in row 2; they count as empty. Open the "
        "workbook in a spreadsheet program and save it."
    ]
    assert (desk.building(PLUM).homes, desk.building(PLUM).built) == (None, 1998)


@pytest.mark.parametrize(
    ("cell", "without"),
    [
        ('<c r="B2"><f>1+1</f><v>2</v></c>', []),
        ('<c r="B2" t="str"><f>IF(A1=1,"x","")</f><v></v></c>', []),
        ('<c r="B2"><v></v></c>', []),
        ('<c r="B2"><f>1+1</f></c>', [(1, 1)]),
        ('<c r="B2" s="1"><f>1+1</f><v/></c>', [(1, 1)]),
        ('<c r="A2"/><c r="AB12"><f t="shared" si="0"/><v></v></c>', [(11, 27)]),
        ('<x:c r="B2"><x:f>1+1</x:f><x:v /></x:c>', [(1, 1)]),
    ],
)
def test_a_formula_is_without_a_result_only_where_none_is_saved(cell, without):
    sheet = SheetDetails()
    look_at(sheet, cell.encode())
    assert sheet.without_value == without


def test_merged_groups_above_the_names_are_part_of_the_heading(desk):
    book, path = saved(desk.folder, s=[["基本信息", *[""] * 5, "位置", ""], HEADING, *ROWS])
    book["s"].merge_cells("A1:F1")
    book["s"].merge_cells("G1:H1")
    book.save(path)
    outcome = desk.hand_in(BUILDINGS, path)
    assert outcome.tallies["buildings"].new == 3 and notes(outcome) == ["The heading has two lines, rows 1 and 2."]


def test_merged_cells_among_the_rows_are_said(desk):
    book, path = saved(desk.folder, s=[HEADING, *ROWS])
    book["s"].merge_cells("C2:C3")
    book.save(path)
    assert "Merged cells among the rows: 1" in notes(desk.hand_in(BUILDINGS, path))[0]


def test_a_workbook_without_a_cell_and_a_sheet_that_is_not_there_are_named(desk):
    _, path = saved(desk.folder, a=[], b=[])
    with pytest.raises(FileRefused, match="no sheet of the workbook holds anything"):
        desk.hand_in(BUILDINGS, path)
    _, path = saved(desk.folder, a=[HEADING, *ROWS], b=[])
    with pytest.raises(FileRefused, match="there is no sheet 'c', only a"):
        desk.hand_in(BUILDINGS.replace("\n[city]", '\nsheet = "c"\n\n[city]', 1), path)
    with pytest.raises(FileRefused, match="the sheet 'b' is empty"):
        desk.hand_in(BUILDINGS.replace("\n[city]", '\nsheet = "b"\n\n[city]', 1), path)


def test_a_screen_is_shown_the_first_sheet_with_a_table_and_told_of_all(desk):
    book, path = saved(desk.folder, 封面=[["说明"]], 台账=[["河湾市"], HEADING, *ROWS])
    book["台账"].row_dimensions[3].hidden = True
    book.save(path)
    table = read_apart(path, "x.xlsx", ANY)
    assert (table.read_from.part, table.read_from.parts, table.read_from.heading_row) == ("台账", ("封面", "台账"), 2)
    assert list(table.frame.columns) == HEADING
    assert str(table.notes[0]).startswith("Hidden rows of the sheet are read like the others: 1;")


def test_a_workbook_locked_by_a_password_is_called_an_old_excel_file_or_locked():
    """Excel packs what it locks into the container of the old format."""
    with pytest.raises(FileRefused, match="save it as"):
        read_table("x.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"EncryptedPackage" * 9, ANY)


def test_what_a_number_looks_like_in_a_cell_does_not_change_the_building(desk):
    _, path = saved(desk.folder, s=[HEADING, [*ROWS[1][:4], 1998.0, *ROWS[1][5:]]])
    desk.hand_in(BUILDINGS, path)
    assert desk.building(HARBOUR).built == 1998
