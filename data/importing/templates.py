"""Empty files to fill in, a kind of record each: headings by which the columns are known, and one invented line."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Literal

from xlsxwriter import Workbook

from data.importing.checking.suspect_rows import INVENTED
from data.importing.mapping.guess_columns import PLACE

Format = Literal["xlsx", "csv"]
FORMATS: tuple[Format, ...] = ("xlsx", "csv")
MEDIA_TYPES: Mapping[Format, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
COLUMN_WIDTH = 20
# Table → slot → heading and what the invented line says. The first is a code or a key, and says that it is invented:
# such a line is set aside wherever somebody has left it in. Areas come with outlines, which no table of texts holds.
COLUMNS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "building": {
        "code": ("统一地址编码", f"{INVENTED}-请删除本行"),
        "name": ("楼栋名称", "梅苑1栋"),
        "address": ("地址", "示例路1号"),
        "homes": ("套数", "24"),
        "floors": ("层数", "6"),
        "built": ("建成年份", "1998"),
        "use": ("用途", "城中村"),
        "group_rental": ("是否群租", "否"),
        "lon": ("经度", ""),
        "lat": ("纬度", ""),
        "ended_on": ("拆除日期", ""),
    },
    "inspection": {
        "key": ("巡查编号", f"{INVENTED}-请删除本行"),
        "building": ("统一地址编码", "440306001001001001"),
        "day": ("巡查日期", "2026-01-15"),
        "inspector": ("巡查员编号", "0123"),
    },
    "hazard": {
        "key": ("隐患编号", f"{INVENTED}-请删除本行"),
        "building": ("统一地址编码", "440306001001001001"),
        "group": ("隐患类别", "消防"),
        "category": ("隐患内容", "楼道堆放杂物"),
        "severity": ("严重程度", "中"),
        "found_on": ("发现日期", "2026-01-15"),
        "due_on": ("整改期限", "2026-01-22"),
        "resolved": ("整改日期", "2026-01-20"),
    },
    "officer": {
        "code": ("巡查员编号", f"{INVENTED}-请删除本行"),
        "role": ("岗位", "网格员"),
        "area": ("负责区域编码", "440306001001"),
        "works_from": ("上班时间", "09:00"),
        "works_until": ("下班时间", "18:00"),
        "weekdays": ("工作日", "周一至周五"),
        "minutes_a_day": ("每日上门分钟数", "240"),
        "ended_on": ("离岗日期", ""),
    },
    "event": {
        "key": ("案件编号", f"{INVENTED}-请删除本行"),
        "building": ("统一地址编码", "440306001001001001"),
        "kind": ("案件类型", "刑事案件"),
        "day": ("案发日期", "2026-01-15"),
    },
}


def template(target: str, format_: Format, bounds: Sequence[float]) -> bytes:
    """The file. target: of COLUMNS; bounds: of the city, west, south, east, north in degrees: the invented building
    lies in its middle."""
    west, south, east, north = bounds
    middle = dict(zip(PLACE, (f"{(west + east) / 2:.6f}", f"{(south + north) / 2:.6f}"), strict=True))
    headings = [heading for heading, _ in COLUMNS[target].values()]
    invented = [middle.get(slot, text) for slot, (_, text) in COLUMNS[target].items()]
    return _workbook(headings, invented) if format_ == "xlsx" else _csv(headings, invented)


def _csv(*lines: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode("utf-8-sig")  # a spreadsheet takes it for its own encoding otherwise


def _workbook(headings: Sequence[str], invented: Sequence[str]) -> bytes:
    """Every column is one of texts, so that a spreadsheet shortens no code that is filled in."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.set_column(0, len(headings) - 1, COLUMN_WIDTH, book.add_format({"num_format": "@"}))
        for column, (heading, text) in enumerate(zip(headings, invented, strict=True)):
            sheet.write_string(0, column, heading, bold)
            sheet.write_string(1, column, text, book.add_format({"num_format": "@", "font_color": "#808080"}))
        sheet.freeze_panes(1, 0)
    return file.getvalue()
