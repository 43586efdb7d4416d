"""One officer's day on paper: a PDF set by typst from bytes alone, without a file or the net."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst
from pylopdf_fonts_zh_cn import sans_path

from data.exports.visits.planned_visit import PlannedVisit

TEMPLATE = Path(__file__).with_name("day_sheet.typ")
FONTS = [str(Path(sans_path()).parent)]
MODULES_AROUND = 4  # white around a QR code, as ISO/IEC 18004 asks for


@dataclass(frozen=True)
class DaySheet:
    """What is on a sheet, in the reader's language, "zh" or "en". facts: name and text. words: by the template's keys.

    lasts: how long each visit takes. items: the wording of the check-list. route: SVG; None: nothing on the map.
    """

    language: str
    title: str
    facts: Sequence[tuple[str, str]]
    visits: Sequence[PlannedVisit]
    lasts: Sequence[str]
    items: Sequence[str]
    words: Mapping[str, str]
    route: bytes | None


def day_sheet(sheet: DaySheet) -> bytes:
    """The PDF: the same bytes for the same sheet."""
    return _set(sheet, format="pdf")


def pictures(sheet: DaySheet, dots_an_inch: int = 96) -> list[bytes]:
    """Its pages as PNG."""
    made = _set(sheet, format="png", ppi=dots_an_inch)
    return made if isinstance(made, list) else [made]


def _set(sheet: DaySheet, **how: Any) -> Any:
    """By typst, whose types know of neither files from memory nor several pages."""
    compiled: Any = typst.compile
    return compiled(sources(sheet), font_paths=FONTS, ignore_system_fonts=True, **how)


def sources(sheet: DaySheet) -> dict[str, bytes]:
    """The files typst reads. What the data say is in sheet.json alone: as text, never as markup."""
    told = {
        "language": sheet.language,
        "title": sheet.title,
        "facts": [list(fact) for fact in sheet.facts],
        "visits": [_told(visit, lasts) for visit, lasts in zip(sheet.visits, sheet.lasts, strict=True)],
        "items": list(sheet.items),
        "words": dict(sheet.words),
        "route": sheet.route is not None,
    }
    files = {"main.typ": TEMPLATE.read_bytes(), "sheet.json": json.dumps(told, ensure_ascii=False).encode()}
    files |= {f"{visit.turn}.svg": _qr_code(visit.link) for visit in sheet.visits}
    return files if sheet.route is None else files | {"route.svg": sheet.route}


def _told(visit: PlannedVisit, lasts: str) -> dict[str, str | int]:
    texts = {name: getattr(visit, name) for name in ("called", "time", "grade", "why", "address", "code")}
    return texts | {"turn": visit.turn, "lasts": lasts}


def _qr_code(link: str) -> bytes:
    """make_qr, as `make` would draw short links as Micro QR, which phones do not read."""
    picture = BytesIO()
    segno.make_qr(link, error="q").save(picture, kind="svg", border=MODULES_AROUND, xmldecl=False)
    return picture.getvalue()
