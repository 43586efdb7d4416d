"""Every word on the screen, in Chinese and in English: a folder a language, a file a page.

The other rooms say what they refuse in English; zh/errors holds the same sentences in Chinese, a file a room. In
English a word follows how many there are: "{n} {n:row|rows}", see scoring.wording.
"""

import logging
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol, runtime_checkable

from scoring.wording import worded

FOLDER = Path(__file__).parent
log = logging.getLogger("credit_map")


@dataclass(frozen=True)
class Language:
    """name: as its speakers call it. listing, clauses, colon: its signs between words, clauses, a name and a value."""

    name: str
    listing: str
    clauses: str
    colon: str


LANGUAGES: Mapping[str, Language] = {
    "zh": Language("中文", "、", "；", "："),
    "en": Language("English", ", ", "; ", ": "),
}
DEFAULT_LANGUAGE = "zh"


@runtime_checkable
class Sentence(Protocol):
    """What the other rooms refuse with: an English template, and the values of its placeholders by name."""

    @property
    def template(self) -> str: ...

    @property
    def values(self) -> Mapping[str, object]: ...


class Text(Protocol):
    """A text of a rule file, in both languages."""

    @property
    def zh(self) -> str: ...

    @property
    def en(self) -> str: ...


class Translator:
    """The words of one language: `translator("map.title")`, with values for the placeholders by name."""

    def __init__(self, language: str, sentences: Mapping[str, str]) -> None:
        self.language = language
        self._sentences = sentences

    def __call__(self, key: str, **values: object) -> str:
        return worded(self._sentences[key], values)

    def __contains__(self, key: str) -> bool:
        return key in self._sentences

    def of(self, text: Text | Mapping[str, str] | str) -> str:
        """The fitting side of a text that came with the rules or the data; as a str it is "Chinese / English".

        Where a further language is not there, it is the English one.
        """
        if isinstance(text, Mapping):
            return text.get(self.language) or text["zh"]
        if isinstance(text, str):
            chinese, _, english = text.partition(" / ")
            return chinese if self.language == "zh" else english or chinese
        return getattr(text, self.language, text.en)

    def listed(self, words: Iterable[str]) -> str:
        return LANGUAGES[self.language].listing.join(words)

    def clauses(self, parts: Iterable[str]) -> str:
        return LANGUAGES[self.language].clauses.join(parts)

    def pair(self, name: str, value: str) -> str:
        """A name and what it says, with a colon between them."""
        return f"{name}{LANGUAGES[self.language].colon}{value}"

    def sentence(self, said: Sentence) -> str:
        """What another room refuses, in this language."""
        own_words = getattr(said, "own_words", None)
        if own_words is not None and not getattr(said, "is_known", False):
            log_once(said.values["number"], own_words)
        template = errors(self.language).get(said.template, said.template)
        return worded(template, {name: self._value(value) for name, value in said.values.items()})

    def _value(self, value: object) -> object:
        if isinstance(value, Sentence):
            return self.sentence(value)
        if isinstance(value, tuple):
            return self.listed(str(self._value(one)) for one in value)
        return value


def supported_language(asked: str | None) -> str:
    """The language asked for where there is one, else Chinese."""
    return asked if asked is not None and asked in LANGUAGES else DEFAULT_LANGUAGE


@lru_cache(1024)
def log_once(number: object, own_words: str) -> None:
    """What a library has said that no sentence is known for, under the number that stands on the screen."""
    log.warning("what a library said, number %s: %s", number, own_words)


@lru_cache
def translator(language: str) -> Translator:
    return Translator(language, sentences(language))


def in_every_language(key: str, **values: object) -> str:
    """For answers to one whose language is not known."""
    return " ".join(translator(language)(key, **values) for language in LANGUAGES)


def refusal_in_every_language(refused: Exception) -> str:
    """Why an address is not answered; for one whose language is not known."""
    if not isinstance(refused, Sentence):
        return in_every_language("shell.wrong_address")
    return " ".join(translator(language).sentence(refused) for language in LANGUAGES)


@lru_cache
def errors(language: str) -> dict[str, str]:
    """The sentence in a language to each English one of the other rooms; of English itself there are none."""
    files = sorted((FOLDER / language / "errors").glob("*.toml"))
    return {english: said for file in files for english, said in tomllib.loads(file.read_text("utf-8")).items()}


def sentences(language: str) -> dict[str, str]:
    """Every sentence by its dotted key."""
    files = sorted((FOLDER / language).glob("*.toml"))
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    rooms = [room for table in tables for room in table]
    assert len(rooms) == len(set(rooms)), "a table of texts stands in two files"
    return {f"{room}.{key}": text for table in tables for room, texts in table.items() for key, text in texts.items()}
