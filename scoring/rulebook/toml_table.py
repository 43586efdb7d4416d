"""Strict reading of TOML: every key is asked for by name, and a key nobody asked for is refused."""

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from scoring.errors import Sentence, WrongRule
from scoring.rulebook.fact import Text
from scoring.third_party_faults import library_fault

LONGEST_NUMBER = 12  # digits of a figure: far past any rule, and short enough to work with
Word = TypeVar("Word", bound=str)


class Table:
    """One table of a rule file. Used as a context: leaving it refuses the keys that were not read."""

    def __init__(self, file: str, place: str | Sentence, values: object) -> None:
        self.file, self.place = file, place
        if not isinstance(values, dict):
            raise self.wrong("a table was expected, not {values!r}", values=values)
        self.values: Mapping[str, Any] = values
        self.asked: set[str] = set()

    def __enter__(self) -> "Table":
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        unknown = sorted(set(self.values) - self.asked)
        if kind is None and unknown:
            raise self.wrong(
                "unknown key '{key}'; known here: {known}", key=unknown[0], known=tuple(sorted(self.asked))
            )

    def wrong(self, template: str, /, **values: object) -> WrongRule:
        """The error for a mistake in this table, to be raised by the caller."""
        mistake = Sentence(template, **values)
        return WrongRule("{file}, {place}: {mistake}.", file=self.file, place=self.place, mistake=mistake)

    def __contains__(self, key: str) -> bool:
        self.asked.add(key)
        return key in self.values

    def value(self, key: str) -> Any:
        if key not in self:
            raise self.wrong("'{key}' is missing", key=key)
        return self.values[key]

    def string(self, key: str) -> str:
        value = self.value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong("'{key}' must be a sentence or word, not {value!r}", key=key, value=value)
        return value

    def strings(self, key: str, allowed: Sequence[Word] | None = None) -> tuple[Word, ...]:
        """A list of words; () when the key is not there."""
        words = self.value(key) if key in self else []
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise self.wrong("'{key}' must be a list of words, not {words!r}", key=key, words=words)
        return tuple(words if allowed is None else (self.one_of(key, word, allowed) for word in words))

    def choice(self, key: str, allowed: Sequence[Word]) -> Word:
        return self.one_of(key, self.string(key), allowed)

    def one_of(self, key: str, word: str, allowed: Sequence[Word]) -> Word:
        for name in allowed:
            if name == word:
                return name
        raise self.wrong(
            "'{key}' says '{word}'; it must be one of {allowed}", key=key, word=word, allowed=tuple(allowed)
        )

    def number(self, key: str) -> Decimal:
        value = self.value(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            raise self.wrong("'{key}' must be a finite number, not {value!r}", key=key, value=value)
        number = Decimal(value)
        digits, exponent = number.as_tuple()[1:]
        if max(len(digits), len(digits) + int(exponent), -int(exponent)) > LONGEST_NUMBER:
            raise self.wrong(
                "'{key}' is too large or too fine; write at most {most} digits", key=key, most=LONGEST_NUMBER
            )
        return number

    def flag(self, key: str) -> bool:
        """true or false; false when the key is not there."""
        value = key in self and self.values[key]
        if not isinstance(value, bool):
            raise self.wrong("'{key}' must be true or false, not {value!r}", key=key, value=value)
        return value

    def whole(self, key: str, least: int) -> int:
        """A whole number of at least `least`."""
        value = self.value(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.wrong(
                "'{key}' must be a whole number of at least {least}, not {value!r}", key=key, least=least, value=value
            )
        return value

    def whole_or_none(self, key: str, least: int) -> int | None:
        return self.whole(key, least) if key in self else None

    def text(self, key: str) -> Text:
        with self.table(key) as both:
            return Text(both.string("zh"), both.string("en"))

    def text_or_none(self, key: str) -> Text | None:
        return self.text(key) if key in self else None

    def texts(self, key: str) -> tuple[Text, ...]:
        texts = []
        for both in self.tables(key):
            with both:
                texts.append(Text(both.string("zh"), both.string("en")))
        return tuple(texts)

    def table(self, key: str) -> "Table":
        return Table(self.file, Sentence("{place}, {key}", place=self.place, key=key), self.value(key))

    def tables(self, key: str) -> list["Table"]:
        """The tables of a list, placed by their number from 1; none when the key is not there."""
        rows = self.value(key) if key in self else []
        if not isinstance(rows, list):
            raise self.wrong("'{key}' must be a list of tables, not {rows!r}", key=key, rows=rows)
        return [
            Table(self.file, Sentence("{place}, {key} {number}", place=self.place, key=key, number=number), row)
            for number, row in enumerate(rows, 1)
        ]


def table(file: str, text: str) -> Table:
    """The whole file as one table. Decimals are kept exactly as written. Raises WrongRule with the line."""
    try:
        return Table(file, Sentence("the file"), tomllib.loads(text, parse_float=Decimal))
    except tomllib.TOMLDecodeError as error:
        raise WrongRule("{file}: not TOML: {why}.", file=file, why=library_fault(error)) from error
