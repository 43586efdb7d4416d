"""From the text of a column to values of ours: each distinct text is parsed once, however many rows hold it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data.city.answer_text import NOT_APPLICABLE_SIGN, NOT_KNOWN_SIGN, wide_text
from data.importing.checking.codes import CODE_SIGN, FLOAT, check_no_number, check_whole, normal_code, shortened_lengths
from data.importing.checking.days import Clock, day_value, proven_order
from data.importing.checking.hours import minute_of_day, weekday_digits
from data.importing.checking.numbers import decimal_value, whole_value
from data.importing.checking.object_arrays import not_null, nulls, objects
from data.importing.checking.row_errors import RowError
from data.importing.checking.texts import Unfit, cell, is_plain, normalised, plain, shown, text_value, yes_no
from data.importing.mapping.fields import Field
from data.importing.mapping.schema import Answers
from data.importing.mapping.source import Condition, Source
from scoring.errors import Sentence

AT_ANY_TIME = Clock(date.max, ZoneInfo("UTC"))
NONE_SHORTENED: frozenset[int] = frozenset()
TEXT_FORM = r"(?![ =]|\d+\.0*\Z)[ -~\u4e00-\u9fff]"  # "=": see texts.cell; a float may be among the missing
LONGEST_WHOLE = 9  # digits before the point: far past the highest answer


def read_values(frame: pd.DataFrame, source: Source, field: Field, clock: Clock) -> tuple[np.ndarray, np.ndarray]:
    """Values (None: missing) and faults (None: fine) of one field, each an object array of shape (rows,).

    Values are plain str, int, float, bool and date. A day after the clock's is a fault where the field cannot lie
    ahead.
    """
    if source.constant is not None:
        return _spread([constant_value(source, field)[0]], np.zeros(len(frame), int)), nulls(len(frame))
    texts = _joined(frame, source, field, clock) if source.parts else frame[source.column]
    codes, distinct = _distinct(texts)
    shortened = shortened_lengths(distinct) if field.is_code and not source.trailing_zeros else NONE_SHORTENED
    read = _each_read(distinct, source, field, clock, shortened)
    if any(fault is not None and fault.reason == "date_order" for _, fault in read):
        order = proven_order(distinct)
        if order:
            read = _each_read(distinct, replace(source, dates=(*source.dates, order)), field, clock, shortened)
    return _spread([value for value, _ in read], codes), _spread([fault for _, fault in read], codes)


def constant_value(source: Source, field: Field) -> tuple[object, Sentence | None]:
    """The value of a constant, or the clause on why it does not fit the field."""
    try:
        return _fitted(source.constant or "", source, field, AT_ANY_TIME, NONE_SHORTENED), None
    except Unfit as unfit:
        return None, Sentence("'{text}' {mistake}", text=source.constant, mistake=unfit.what)


def _joined(frame: pd.DataFrame, source: Source, field: Field, clock: Clock) -> pd.Series:
    """The parts of a text put together; empty where any part is missing."""
    any_text = Field("text", required=True, is_code=field.is_code)
    parts = [read_values(frame, part, any_text, clock)[0] for part in source.parts]
    complete = np.logical_and.reduce([not_null(part) for part in parts])
    joined = parts[0]
    for part in parts[1:]:
        joined = objects([f"{left}{source.join}{right}" for left, right in zip(joined, part, strict=True)])
    return pd.Series(np.where(complete, joined, ""), index=frame.index)


def _each_read(
    texts: Sequence[str], source: Source, field: Field, clock: Clock, shortened: frozenset[int]
) -> list[tuple[object, RowError | None]]:
    fits = None if shortened else taken_as_written(source, field)
    if fits is None:
        return [_read(text, source, field, clock, shortened) for text in texts]
    return [(text, None) if fits(text) else _read(text, source, field, clock, shortened) for text in texts]


def taken_as_written(source: Source, field: Field) -> Callable[[str], object] | None:
    """Tells the texts that are values just as they stand from those to be looked at; None: all are to be.

    Most texts of most files are such, and one pattern costs a fifth of asking everything about each.
    """
    changed = source.values is not None or source.dates or source.normalise or source.prefix or source.strip_zeros
    if changed or field.kind != "text" or field.choices:
        return None
    missing = "|".join(map(re.escape, source.missing))
    form = CODE_SIGN if field.is_code else TEXT_FORM
    return re.compile(rf"(?!(?:{missing})\Z){form}{{1,{field.longest or ''}}}(?<! )").fullmatch


def _read(
    text: str, source: Source, field: Field, clock: Clock, shortened: frozenset[int]
) -> tuple[object, RowError | None]:
    try:
        return _value(cell(text), source, field, clock, shortened), None
    except Unfit as unfit:
        columns = _quoted([names[0] for names in source.columns()])
        if not text.strip():
            return None, RowError(unfit.reason, "{columns} {mistake}.", columns=columns, mistake=unfit.what)
        held = {"columns": columns, "text": shown(text), "mistake": unfit.what}
        return None, RowError(unfit.reason, "{columns} holds '{text}', which {mistake}.", **held)


def _quoted(columns: Sequence[str]) -> str | Sentence:
    """'a', or 'a' and 'b'."""
    quoted: Iterable[str | Sentence] = (f"'{column}'" for column in columns)
    return reduce(lambda left, right: Sentence("{left} and {right}", left=left, right=right), quoted)


def _value(text: str, source: Source, field: Field, clock: Clock, shortened: frozenset[int]) -> object:
    text = _as_listed(text, source)
    if text not in source.missing and source.values is not None:
        if text not in source.values:
            raise Unfit(
                "value_unknown",
                "the mapping's values do not know ({known}); correct it or add it there",
                known=tuple(list(source.values)[:8]),
            )
        text = source.values[text]
    if text in source.missing:
        if field.required:
            raise _empty()
        return field.default
    return _fitted(text, source, field, clock, shortened)


def _empty() -> Unfit:
    return Unfit("value_missing", "is empty; fill it in")


def _as_listed(text: str, source: Source) -> str:
    """The text, or where only that is one the mapping lists its plain form, or the whole number of a float."""
    if _is_listed(text, source) or (text[-1:] not in "0." and is_plain(text)):
        return text
    return next((form for form in _other_forms(text) if _is_listed(form, source)), text)


def _other_forms(text: str) -> Iterator[str]:
    """What a text that is written otherwise than expected may stand for: nobody sees the difference."""
    if not text.isascii():
        text = plain(text)
        yield text
    if whole := FLOAT.fullmatch(text):
        yield whole[1]


def _is_listed(text: str, source: Source) -> bool:
    return text in source.missing or (source.values is not None and text in source.values)


def _fitted(text: str, source: Source, field: Field, clock: Clock, shortened: frozenset[int]) -> object:
    if field.is_code:
        text = normal_code(text)
        if not text:
            raise _empty()
        check_whole(text, shortened)
        if not source.parts:
            check_no_number(text)
    if source.dates and field.kind == "text":
        text = day_value(text, source, field, clock).isoformat()
    text = normalised(text, source.normalise)
    text = source.prefix + ((text.lstrip("0") or "0") if source.strip_zeros else text)
    return _of_kind(text, source, field, clock)


def _of_kind(text: str, source: Source, field: Field, clock: Clock) -> object:
    if field.kind == "day":
        return day_value(text, source, field, clock)
    if field.kind == "decimal":
        return decimal_value(text, source, field)
    if field.kind == "whole":
        return whole_value(text, source, field)
    if field.kind == "time":
        return minute_of_day(text)
    if field.kind == "weekdays":
        return weekday_digits(text)
    return yes_no(text) if field.kind == "yes_no" else text_value(text, field)


def answer_strings(frame: pd.DataFrame, answers: Answers) -> tuple[np.ndarray, np.ndarray]:
    """One text of answers a row, see data.city.answer_text, and the faults; object arrays of shape (rows,)."""
    letters = np.empty((len(frame), len(answers.items) if answers.most is None else 0), "U1")
    numbers: list[np.ndarray] = []
    faults = nulls(len(frame))
    for item, column in enumerate(answers.items.values()):
        codes, distinct = _distinct(frame[column])
        read = [_answer(cell(text), answers) for text in distinct]
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
            text=shown(text),
            most=answers.most,
            decimals=answers.decimals,
        )
    if text.strip().isdecimal():
        return RowError(
            "answer_unknown",
            "'{column}' holds '{text}', and an answer is one digit; where answers are numbers, say how high they go "
            "with 'most' in the mapping.",
            column=column,
            text=shown(text),
        )
    return RowError(
        "answer_unknown",
        "'{column}' holds '{text}', which is no answer; write one of {known}.",
        column=column,
        text=shown(text),
        known=known,
    )


def holds(frame: pd.DataFrame, condition: Condition, missing: frozenset[str]) -> np.ndarray:
    """The rows for which the condition is true; bool (rows,)."""
    codes, distinct = _distinct(frame[condition.column])
    cells = [cell(text) for text in distinct]
    if condition.missing is not None:
        return np.array([_is_missing(text, missing) == condition.missing for text in cells], bool)[codes]
    return np.array([_is_true(text, condition) for text in cells], bool)[codes]


def _is_missing(text: str, missing: frozenset[str]) -> bool:
    return text in missing or any(form in missing for form in _other_forms(text))


def _is_true(text: str, condition: Condition) -> bool:
    """Of the text as it stands or of a form of it that looks the same."""
    return any(_fits(form, condition) for form in (text, *_other_forms(text)))


def _fits(text: str, condition: Condition) -> bool:
    if condition.equals is not None:
        return text in condition.equals
    if condition.contains is not None:
        return condition.contains in text
    return condition.matches is not None and re.search(condition.matches, text) is not None


def _distinct(texts: pd.Series) -> tuple[np.ndarray, list[str]]:
    """The index of each row's text among the distinct texts, and those texts."""
    codes, distinct = pd.factorize(texts)
    return codes, distinct.tolist()


def _spread(values: Sequence, codes: np.ndarray) -> np.ndarray:
    return objects(values)[codes]
