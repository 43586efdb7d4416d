"""Rows that are no rows of the table: totals and signatures below it, the invented line of a template, and cells in
which a formula failed."""

import re
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from data.importing.checking.row_errors import RowError, RowErrors
from data.importing.mapping.schema import SourceMapping
from data.importing.mapping.source import Source

ERROR_CELLS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA")
TOTAL = re.compile(
    r"(合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|总\s*和|总\s*数|汇\s*总|(grand |sub-?\s?)?totals?)"
    r"(\s*[(（].*[)）])?\s*[:：]?",
    re.IGNORECASE,
)
SIGNATURE = re.compile(
    r"(制\s*表|填\s*表|填\s*报|审\s*核|复\s*核|统\s*计|打\s*印|导\s*出|负\s*责)(人|员|者|单位|部门|机构|日期|时间)"
    r"([\s:：].*|$)"
    r"|(备\s*注|说\s*明|注|数据来源|资料来源|单位)\s*[:：].*"
    r"|(prepared|compiled|checked|printed|exported) (by|on)\b.*|(source|notes?)\s*:.*",
    re.IGNORECASE | re.DOTALL,
)
INVENTED = "虚构示例"  # as the first cell of a template's example begins
FIRST_SIGNS = re.compile(r"\s*[合总小共累汇制填审复统打导负备说注数资单虚gstpcen]", re.IGNORECASE)  # of all of these


def set_suspects_aside(frame: pd.DataFrame, mapping: SourceMapping, faults: RowErrors) -> None:
    """Rejects rows that look like totals or signatures, and rows with a formula's error in a column that is read."""
    _totals(frame, mapping, faults)
    sources = [source for block in mapping.blocks.values() for source in _columns(block.sources())]
    for column in dict.fromkeys(source.column for source in sources):
        meant = {text for source in sources if source.column == column for text in _meant(source)}
        _errors(frame, column, meant, faults)


def _columns(sources: Iterable[Source]) -> Iterator[Source]:
    """Those that read a column, parts among them."""
    for source in sources:
        if source.column is not None:
            yield source
        else:
            yield from _columns(source.parts)


def _meant(source: Source) -> set[str]:
    """Texts the mapping itself gives a meaning."""
    return {*source.missing, *(source.values or ())}


def _errors(frame: pd.DataFrame, column: str | None, meant: set[str], faults: RowErrors) -> None:
    errors = [text for text in ERROR_CELLS if text not in meant]
    for row in np.flatnonzero(frame[column].isin(errors)).tolist():
        fault = RowError(
            "error_cell",
            "'{column}' holds {text}, the error of a formula; mend the formula, or empty the cell where the value is "
            "not known.",
            column=column,
            text=frame[column].iat[row],
        )
        faults.add_all(np.array([row]), fault)


def _totals(frame: pd.DataFrame, mapping: SourceMapping, faults: RowErrors) -> None:
    """By the first cell of a row that is filled: in the column of a code, or where most of what is read is empty."""
    read = [column for column in mapping.columns() if column in frame.columns]
    codes = _code_columns(mapping)
    rest = np.arange(len(frame))
    for place, column in enumerate(frame.columns):
        texts = frame.iloc[rest, place].tolist()
        filled = np.array(texts, object) != ""
        looks = [i for i, text in enumerate(texts) if FIRST_SIGNS.match(text) and _is_no_row(text.strip())]
        for row in rest[looks].tolist():
            if column in codes or (frame.loc[row, read] == "").mean() >= 0.5:
                text = frame.iat[row, place].strip()
                faults.add_all(np.array([row]), _example(text) if text.startswith(INVENTED) else _total(text))
        rest = rest[~filled]
        if not len(rest):
            return


def _is_no_row(text: str) -> bool:
    return bool(TOTAL.fullmatch(text) or SIGNATURE.fullmatch(text)) or text.startswith(INVENTED)


def _example(text: str) -> RowError:
    return RowError("example_row", "'{text}' is the invented line of the template; delete it.", text=text[:60])


def _total(text: str) -> RowError:
    return RowError(
        "total_row",
        "'{text}' seems to be a total or a note below the table and no row of it; delete it, or leave it out by the "
        "mapping.",
        text=text[:60],
    )


def _code_columns(mapping: SourceMapping) -> set[str]:
    sources = [one for block in mapping.blocks.values() for one in (block.key, block.fields.get("code")) if one]
    return {source.column for source in _columns(sources) if source.column}
