"""Every word on the screen, in Chinese and in English: a folder a language, a file a page.

The other rooms say what they refuse in English; zh/errors holds the same sentences in Chinese, a file a room.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Protocol, runtime_checkable

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).parent
LISTING = {"zh": "、", "en": ", "}
CLAUSES = {"zh": "；", "en": "; "}
COLON = {"zh": "：", "en": ": "}


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


LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


class Translator:
    """The words of one language: `translator("map.title")`, with values for the placeholders by name."""

    def __init__(self, language: str, sentences: Mapping[str, str]) -> None:
        self.language = language
        self._sentences = sentences

    def __call__(self, key: str, **values: object) -> str:
        return self._sentences[key].format(**values)

    def __contains__(self, key: str) -> bool:
        return key in self._sentences

    def of(self, text: Text | Mapping[str, str] | str) -> str:
        """The fitting side of a text that came with the rules or the data; as a str it is "Chinese / English"."""
        if isinstance(text, Mapping):
            return text.get(self.language) or text["zh"]
        if isinstance(text, str):
            chinese, _, english = text.partition(" / ")
            return chinese if self.language == "zh" else english or chinese
        return getattr(text, self.language)

    def listed(self, words: Iterable[str]) -> str:
        return LISTING[self.language].join(words)

    def clauses(self, parts: Iterable[str]) -> str:
        return CLAUSES[self.language].join(parts)

    def pair(self, name: str, value: str) -> str:
        """A name and what it says, with a colon between them."""
        return f"{name}{COLON[self.language]}{value}"

    def sentence(self, said: Sentence) -> str:
        """What another room refuses, in this language."""
        template = said.template if self.language == "en" else errors().get(said.template, said.template)
        return template.format(**{name: self._value(value) for name, value in said.values.items()})

    def _value(self, value: object) -> object:
        if isinstance(value, Sentence):
            return self.sentence(value)
        if isinstance(value, tuple):
            return self.listed(str(self._value(one)) for one in value)
        return value


def supported_language(asked: str | None) -> str:
    """The language asked for where there is one, else Chinese."""
    return asked if asked in LANGUAGES else LANGUAGES[0]


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
def errors() -> dict[str, str]:
    """The Chinese sentence to each English one of the other rooms."""
    files = sorted((FOLDER / "zh" / "errors").glob("*.toml"))
    return {english: chinese for file in files for english, chinese in tomllib.loads(file.read_text("utf-8")).items()}


def sentences(language: str) -> dict[str, str]:
    """Every sentence by its dotted key."""
    files = sorted((FOLDER / language).glob("*.toml"))
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    rooms = [room for table in tables for room in table]
    assert len(rooms) == len(set(rooms)), "a table of texts stands in two files"
    return {f"{room}.{key}": text for table in tables for room, texts in table.items() for key, text in texts.items()}
