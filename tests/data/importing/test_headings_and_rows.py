"""Tables as offices keep them: titles, headings of two lines, totals, uneven lines; read, said, or refused."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from data.importing.command import summary
from data.importing.errors import FileRefused
from data.importing.mapping.guess_columns import ANY
from data.importing.mapping.layout import Layout
from data.importing.reading.tables import read_table
from data.importing.reading.text_tables import likely_delimiter
from tests.data.riverton import BUILDINGS, CAST, HARBOUR, MILL, PLUM, csv_bytes, reasons, sentence

COLUMNS = ",".join(PLUM)
LAYOUT = Layout("ours", "ours.toml", ("csv",), tuple(PLUM))


def table(text: str, layout: Layout = LAYOUT):
    return read_table("x.csv", text.encode(), layout)


def rows(*cast, delimiter: str = ",") -> str:
    return csv_bytes(cast or CAST, delimiter=delimiter).decode()


def hand_in(desk, text: str, mapping: str = BUILDINGS):
    path = desk.folder / "buildings.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return desk.hand_in(mapping, path)


@pytest.mark.parametrize("above", [1, 2, 5])
def test_a_heading_below_a_title_is_named_and_taken_once_it_is_said(desk, above):
    text = "河湾市出租屋一览表\n" + "\n" * (above - 1) + rows()
    with pytest.raises(FileRefused, match=rf"seems to stand in row {above + 1}; say heading_row = {above + 1} in"):
        hand_in(desk, text)
    said = BUILDINGS.replace("\n[city]", f"\nheading_row = {above + 1}\n\n[city]", 1)
    assert hand_in(desk, text, said).tallies["buildings"].new == 3


def test_a_screen_finds_the_heading_below_titles_by_itself():
    found = table("河湾市出租屋一览表\n统计日期：2024\n" + rows(), ANY)
    assert found.read_from.heading_row == 3 and list(found.frame.columns) == list(PLUM)


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("基本信息,,,,,,位置,", COLUMNS),
        ("code,基本信息,,,,,位置,", ",name,address,homes,built,use,lon,lat"),
        ("code,name,address,规模,,use,位置,", ",,,homes,built,,lon,lat"),
    ],
)
def test_two_lines_are_read_as_one_heading_and_it_is_said(desk, upper, lower):
    text = "\n".join([upper, lower, *rows().splitlines()[1:]])
    outcome = hand_in(desk, text)
    assert outcome.tallies["buildings"].new == 3 and outcome.faults == []
    assert "The heading has two lines, rows 1 and 2." in summary(outcome)
    assert desk.building(HARBOUR).address == "2 Quay Street"


def test_names_that_repeat_under_groups_are_told_apart_by_the_group():
    text = "编号,起点,,终点,\n,经度,纬度,经度,纬度\nB1,113.9,22.5,113.8,22.6\n"
    assert list(table(text, ANY).frame.columns) == ["编号", "起点 经度", "起点 纬度", "终点 经度", "终点 纬度"]
    layout = Layout("ours", "ours.toml", ("csv",), ("编号", "终点 经度"))
    assert table(text, layout).frame["终点 经度"].tolist() == ["113.8"]


def test_a_first_row_in_words_is_not_taken_for_a_second_line_of_the_heading():
    assert len(table("code,name,kind\nplum,Court,house\nmill,House,barn\n", ANY).frame) == 2


def test_only_a_column_that_is_read_must_stand_once(desk):
    twice = "\n".join(f"{line},{'note,note' if number == 0 else 'a,b'}" for number, line in enumerate(rows().split()))
    layout = Layout("ours", "ours.toml", ("csv",), ("code",))
    assert list(table("code,note,note\nB1,a,b\n", layout).frame.columns) == ["code", "note", "note (2)"]
    assert twice and hand_in(desk, "note,note," + rows(PLUM).replace("\n4", "\na,b,4")).tallies["buildings"].new == 1
    with pytest.raises(FileRefused, match="the heading has the column 'code' twice"):
        table("code,note,code\nB1,a,b\n", layout)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (2, "line 2 has 9 cells and the heading 8; take out"),
        (4, "line 4 has 9 cells and the heading 8; take out"),
    ],
)
def test_a_row_longer_than_the_heading_is_named_by_its_line(line, words):
    lines = rows().splitlines()
    lines[line - 1] += ",too much"
    with pytest.raises(FileRefused, match=words):
        table("\n".join(lines))


def test_empty_cells_behind_the_last_column_do_no_harm():
    lines = rows().splitlines()
    uneven = "\n".join([lines[0], lines[1] + ",,", lines[2], lines[3] + ","])
    assert table(uneven).frame.to_dict("records") == [dict(one) for one in CAST]


def test_rows_shorter_than_the_heading_are_counted_and_the_first_is_named():
    lines = rows().splitlines()
    short = table("\n".join([*lines, "B9,Short", "B10,Shorter"]))
    assert [str(note) for note in short.notes] == [
        "Rows with fewer cells than the heading: 2, the first in line 5; what they lack counts as empty."
    ]
    quoted = table("\n".join([lines[0], '"a\nb",2', lines[1]]))
    assert "1, the first in line 2" in str(quoted.notes[0])
    assert table("\n".join([*lines, "", MILL["code"] + "1,,,,,,,"])).notes == ()


def test_a_quotation_mark_that_is_never_closed_is_named_by_its_line():
    lines = rows().splitlines()
    lines[2] = lines[2].replace("2 Quay", '"2 Quay')
    with pytest.raises(FileRefused, match="from line 3 on a quotation mark is not closed"):
        table("\n".join(lines))


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1;2,3,4\n", ","),
        ("a;b;c\r\n1,2;3;4\r\n", ";"),
        ("a\tb\r1\t2\r", "\t"),
        ('"x;y;z"|b|c\n', "|"),
        ("a title\n\na;b;c\n1;2;3\n", ";"),
        ("", ","),
    ],
)
def test_a_screen_finds_the_delimiter_by_itself(text, delimiter):
    assert likely_delimiter(text) == delimiter


@given(st.text(alphabet='a"\r\n,;\t|\0\x0b\x85\u2028', max_size=40))
@example("PK\x03\x04 a \r member")
def test_no_text_breaks_the_search_for_the_delimiter(text):
    assert likely_delimiter(text) in ",;\t|"


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_line_by_which_excel_names_its_delimiter_is_skipped_and_followed(desk, first, end):
    outcome = hand_in(desk, first + end + rows(delimiter=";").replace("\r\n", end))
    assert outcome.tallies["buildings"].new == 3


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ('[{"code": "A1"}]', "this is JSON, and neither CSV nor GeoJSON"),
        ("[1, 2]", "this is JSON, and neither CSV nor GeoJSON"),
        ('{"code": "A1"}', "this is JSON, and neither CSV nor GeoJSON"),
        ('{"type": "Topology", "objects": {}}', "JSON of type 'Topology'"),
        ('{"type": "Feature"}\n{"type": "Feature"}\n', "one JSON a line"),
        ('{"a": }', "the JSON is broken at line 1"),
    ],
)
def test_json_that_is_no_geojson_is_called_so(data, words):
    with pytest.raises(FileRefused, match=words):
        table(data, ANY)


def test_a_heading_in_brackets_is_no_json():
    assert list(table("[code],[name]\nB1,x\n", ANY).frame.columns) == ["[code]", "[name]"]


@pytest.mark.parametrize("text", ["合计", "总计", "小 计", "合计：", "Total", "GRAND TOTAL", "Subtotal", "合计（户）"])
def test_a_total_in_the_column_of_the_code_is_set_aside(desk, text):
    total = PLUM | {"code": text, "name": "", "homes": "99"}
    outcome = desk.buildings(PLUM, total)
    assert reasons(outcome) == ["total_row"] and "seems to be a total" in sentence(outcome)
    assert outcome.row_numbers.tolist() == [2] and outcome.tallies["buildings"].new == 1


@pytest.mark.parametrize(
    "text",
    [
        "制表人：某某",
        "制表人 某某",
        "审核人",
        "填报单位：河湾街道",
        "备注：以上为初步数",
        "统计日期：2024年",
        "Source: the council",
    ],
)
def test_a_signature_below_the_table_is_set_aside(desk, text):
    outcome = desk.buildings(PLUM, dict.fromkeys(PLUM, "") | {"code": text})
    assert reasons(outcome) == ["total_row"] and outcome.tallies["buildings"].new == 1


@pytest.mark.parametrize(
    "row",
    [
        PLUM | {"name": "合计"},
        PLUM | {"name": "Total"},
        PLUM | {"code": "合计01"},
        PLUM | {"code": "TOTALENERGIES"},
        PLUM | {"address": "备注：后门"},
    ],
)
def test_a_building_whose_name_looks_like_a_total_is_none(desk, row):
    assert desk.buildings(row).faults == []


def test_a_total_whose_code_is_empty_is_known_by_its_empty_cells(desk):
    outcome = desk.buildings(PLUM, dict.fromkeys(PLUM, "") | {"name": "合计", "homes": "12"})
    assert reasons(outcome) == ["total_row"]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?"])
def test_the_error_of_a_formula_is_never_a_value(desk, error):
    outcome = desk.buildings(PLUM, HARBOUR | {"code": error}, MILL | {"name": error})
    assert reasons(outcome) == ["error_cell"] * 2 and outcome.tallies["buildings"].new == 1
    assert outcome.faults[1][2] == (
        f"'name' holds {error}, the error of a formula; mend the formula, or empty the cell where the value is not "
        "known."
    )


def test_a_mapping_may_say_that_an_error_means_not_known(desk):
    mapping = BUILDINGS.replace('missing = ["N/A"]', 'missing = ["N/A", "#N/A"]')
    assert desk.buildings(PLUM | {"homes": "#N/A"}, mapping=mapping).faults == []
    assert desk.building(PLUM).homes is None


def test_an_error_in_a_column_that_nobody_reads_does_no_harm(desk):
    assert desk.buildings(PLUM | {"note": "#N/A"}).faults == []
