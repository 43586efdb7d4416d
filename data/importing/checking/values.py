"""From the text of a column to values of ours: each distinct text is parsed once, however many rows hold it."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import reduce

import numpy as np
import pandas as pd

from data.city.answer_text import NOT_APPLICABLE_SIGN, NOT_KNOWN_SIGN, wide_text
from data.importing.checking.object_arrays import not_null, nulls, objects
from data.importing.checking.row_errors import RowError
from data.importing.mapping.fields import Field
from data.importing.mapping.schema import Answers, Condition, Normalisation, Source
from scoring.errors import Sentence

ISO = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S")  # what spreadsheets and GeoPackages are turned into
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|1\.#\w+)", re.IGNORECASE)
SHORTENED = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
EXCEL_DIGITS = 15  # Excel keeps 15 digits of a number and writes zeros for the rest
BY_CHANCE = 0.01  # of codes with 18 digits one in a thousand ends in 000 by itself, of shortened ones every one
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd]")  # no writing, or a lost character
YES_NO = {"true": True, "false": False, "1": True, "0": False}
LONGEST_WHOLE = 9  # digits before the point: far past the highest answer


class _Unfit(Exception):
    """A text that does not give a value; becomes the fault of its rows."""

    def __init__(self, reason: str, template: str, /, **values: object) -> None:
        self.reason, self.what = reason, Sentence(template, **values)


def read_values(frame: pd.DataFrame, source: Source, field: Field, on: date) -> tuple[np.ndarray, np.ndarray]:
    """Values (None: missing) and faults (None: fine) of one field, each an object array of shape (rows,).

    Values are plain str, int, float, bool and date. A day after `on` is a fault where the field cannot lie ahead.
    """
    if source.constant is not None:
        return _spread([constant_value(source, field)[0]], np.zeros(len(frame), int)), nulls(len(frame))
    texts = _joined(frame, source, on) if source.parts else frame[source.column]
    codes, distinct = _distinct(texts)
    if field.is_code and not source.trailing_zeros and _zeros_by_chance(distinct):
        source = replace(source, trailing_zeros=True)
    read = [_read(text, source, field, on) for text in distinct]
    return _spread([value for value, _ in read], codes), _spread([fault for _, fault in read], codes)


def constant_value(source: Source, field: Field) -> tuple[object, Sentence | None]:
    """The value of a constant, or the clause on why it does not fit the field."""
    try:
        return _fitted(source.constant or "", source, field, date.max), None
    except _Unfit as unfit:
        return None, Sentence("'{text}' {mistake}", text=source.constant, mistake=unfit.what)


def _joined(frame: pd.DataFrame, source: Source, on: date) -> pd.Series:
    """The parts of a text put together; empty where any part is missing."""
    any_text = Field("text", required=True, is_code=True)
    parts = [read_values(frame, part, any_text, on)[0] for part in source.parts]
    complete = np.logical_and.reduce([not_null(part) for part in parts])
    joined = parts[0]
    for part in parts[1:]:
        joined = objects([f"{left}{source.join}{right}" for left, right in zip(joined, part, strict=True)])
    return pd.Series(np.where(complete, joined, ""), index=frame.index)


def _read(text: str, source: Source, field: Field, on: date) -> tuple[object, RowError | None]:
    try:
        return _value(text.strip(), source, field, on), None
    except _Unfit as unfit:
        columns = _quoted(source.columns())
        if not text.strip():
            return None, RowError(unfit.reason, "{columns} {mistake}.", columns=columns, mistake=unfit.what)
        held = {"columns": columns, "text": _shown(text), "mistake": unfit.what}
        return None, RowError(unfit.reason, "{columns} holds '{text}', which {mistake}.", **held)


def _quoted(columns: Sequence[str]) -> str | Sentence:
    """'a', or 'a' and 'b'."""
    quoted: Iterable[str | Sentence] = (f"'{column}'" for column in columns)
    return reduce(lambda left, right: Sentence("{left} and {right}", left=left, right=right), quoted)


def _shown(text: str) -> str:
    text = text.strip()
    return text if len(text) <= 60 else f"{text[:57]}…"


def _value(text: str, source: Source, field: Field, on: date) -> object:
    if text not in source.missing and source.values is not None:
        if text not in source.values:
            raise _Unfit(
                "value_unknown",
                "the mapping's values do not know ({known}); correct it or add it there",
                known=tuple(list(source.values)[:8]),
            )
        text = source.values[text]
    if text in source.missing:
        if field.required:
            raise _Unfit("value_missing", "is empty; fill it in")
        return field.default
    return _fitted(text, source, field, on)


def _fitted(text: str, source: Source, field: Field, on: date) -> object:
    if field.is_code:
        _refuse_shortened(text, source.trailing_zeros)
    if source.dates and field.kind == "text":
        text = _day(text, source.dates, field, on).isoformat()
    text = normalised(text, source.normalise)
    text = source.prefix + ((text.lstrip("0") or "0") if source.strip_zeros else text)
    if field.kind == "day":
        return _day(text, source.dates, field, on)
    return READERS[field.kind](text, field)


def _zeros_by_chance(codes: Iterable[str]) -> bool:
    """Whether so few of the long codes end in zeros that numbering alone explains it."""
    ends = [code[EXCEL_DIGITS:] for code in codes if len(code) > EXCEL_DIGITS and code.isdigit()]
    return sum(not end.strip("0") for end in ends) <= len(ends) * BY_CHANCE


def _refuse_shortened(code: str, zeros_are_meant: bool) -> None:
    digits_lost = len(code) > EXCEL_DIGITS and code.isdigit() and not code[EXCEL_DIGITS:].strip("0")
    if (digits_lost and not zeros_are_meant) or SHORTENED.fullmatch(code):
        raise _Unfit(
            "code_shortened",
            "was shortened by Excel, which keeps 15 digits of a number; save the column as text from the original "
            "(or, if the zeros are real, say trailing_zeros = true in the mapping)",
        )


def normalised(text: str, how: Normalisation | None) -> str:
    """upper_spaces: upper case, each run of spaces one. slug: upper case, everything but letters and digits a "-"."""
    if how == "upper_spaces":
        return " ".join(text.upper().split())
    if how == "slug":
        return re.sub(r"[\W_]+", "-", text.upper()).strip("-")
    return text


def _text(text: str, field: Field) -> str:
    if UNWRITABLE.search(text):
        raise _Unfit("text_unreadable", "has signs that are no writing; save the file as UTF-8 and look at this cell")
    if field.longest is not None and len(text) > field.longest:
        raise _Unfit(
            "text_too_long",
            "has {length} characters; at most {longest} fit, shorten it",
            length=len(text),
            longest=field.longest,
        )
    if field.choices and text not in field.choices:
        raise _Unfit(
            "value_unknown", "is none of {choices}; give the mapping a table of values", choices=tuple(field.choices)
        )
    return text


def _decimal(text: str, field: Field) -> float:
    if NOT_FINITE.fullmatch(text):
        raise _Unfit("number_not_finite", "is not a finite number; write the number, or leave it empty if not known")
    if not NUMBER.fullmatch(text):
        raise _Unfit("number_unreadable", "is not a number; write digits with a point, without units or commas")
    number = float(text)
    if not math.isfinite(number):
        raise _Unfit("number_not_finite", "is too large to be a finite number; correct it")
    if not field.low <= number <= field.high:
        raise _Unfit(
            "number_out_of_range", "is not between {low:g} and {high:.15g}; correct it", low=field.low, high=field.high
        )
    return number


def _whole(text: str, field: Field) -> int:
    number = _decimal(text, field)
    if number != int(number):
        raise _Unfit("number_unreadable", "is not a whole number; write it without a fraction")
    return int(number)


def _yes_no(text: str) -> bool:
    if text.lower() not in YES_NO:
        raise _Unfit("value_unknown", "is neither true nor false; give the mapping a table of values")
    return YES_NO[text.lower()]


READERS: dict[str, Callable[[str, Field], object]] = {
    "text": _text,
    "whole": _whole,
    "decimal": _decimal,
    "yes_no": lambda text, _: _yes_no(text),
}


def _day(text: str, formats: Sequence[str], field: Field, on: date) -> date:
    for form in (*formats, *ISO):
        try:
            day = datetime.strptime(text, form).date()
            break
        except ValueError:
            continue
    else:
        raise _Unfit(
            "date_unreadable",
            "is not a day written as {form}; correct it, or name its form in the mapping",
            form=(*formats, *ISO)[0],
        )
    if day > on and not field.may_lie_ahead:
        raise _Unfit("date_in_future", "lies after {on}, the day of this import; correct the day", on=on)
    return day


def answer_strings(frame: pd.DataFrame, answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    """One text of answers a row, see data.city.answer_text, and the faults; object arrays of shape (rows,)."""
    letters = np.empty((len(frame), len(answers.items) if answers.most is None else 0), "U1")
    numbers: list[np.ndarray] = []
    faults = nulls(len(frame))
    for item, column in enumerate(answers.items.values()):
        codes, distinct = _distinct(frame[column])
        read = [_answer(text.strip(), answers) for text in distinct]
        ours = np.array([answer or NOT_KNOWN_SIGN for answer in read], str)[codes]
        if answers.most is None:
            letters[:, item] = ours
        else:
            numbers.append(ours)
        for code in (code for code, answer in enumerate(read) if answer is None):
            faults[codes == code] = _unknown_answer(column, distinct[code], answers)
    if answers.most is None:
        return letters.view(f"U{letters.shape[1]}").ravel().astype(object), faults
    return objects([wide_text(row) for row in zip(*numbers, strict=True)]), faults


def _answer(text: str, answers: Answers) -> str | None:
    if text in answers.not_applicable:
        return NOT_APPLICABLE_SIGN
    if text in answers.not_known:
        return NOT_KNOWN_SIGN
    if answers.most is None or text in answers.values:
        return answers.values.get(text)
    return answer_number(text, answers.most, answers.decimals)


def answer_number(text: str, most: int, decimals: int) -> str | None:
    """A number from 0 to `most` as answers keep it, without noughts nobody needs; None where it is none."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return None
    whole, _, part = text.partition(".")
    whole, part = whole.lstrip("0") or "0", part.rstrip("0")
    number = f"{whole}.{part}" if part else whole
    return number if len(part) <= decimals and len(whole) <= LONGEST_WHOLE and float(number) <= most else None


def _unknown_answer(column: str, text: str, answers: Answers) -> RowError:
    words = (*answers.values, *sorted(answers.not_applicable), *sorted(answers.not_known))
    known = tuple(map(repr, words))
    if answers.most is not None:
        return RowError(
            "answer_unknown",
            "'{column}' holds '{text}', which is no number from 0 to {most} with at most {decimals} decimals; "
            "correct it.",
            column=column,
            text=_shown(text),
            most=answers.most,
            decimals=answers.decimals,
        )
    if text.strip().isdecimal():
        return RowError(
            "answer_unknown",
            "'{column}' holds '{text}', and an answer is one digit; where answers are numbers, say how high they go "
            "with 'most' in the mapping.",
            column=column,
            text=_shown(text),
        )
    return RowError(
        "answer_unknown",
        "'{column}' holds '{text}', which is no answer; write one of {known}.",
        column=column,
        text=_shown(text),
        known=known,
    )


def holds(frame: pd.DataFrame, condition: Condition, missing: frozenset[str]) -> np.ndarray:
    """The rows for which the condition is true; bool (rows,)."""
    codes, distinct = _distinct(frame[condition.column])
    return np.array([_is_true(text.strip(), condition, missing) for text in distinct], bool)[codes]


def _is_true(text: str, condition: Condition, missing: frozenset[str]) -> bool:
    if condition.equals is not None:
        return text in condition.equals
    if condition.contains is not None:
        return condition.contains in text
    if condition.matches is not None:
        return re.search(condition.matches, text) is not None
    return (text in missing) == condition.missing


def _distinct(texts: pd.Series) -> tuple[np.ndarray, list[str]]:
    """The index of each row's text among the distinct texts, and those texts."""
    codes, distinct = pd.factorize(texts)
    return codes, distinct.tolist()


def _spread(values: Sequence, codes: np.ndarray) -> np.ndarray:
    return objects(values)[codes]
