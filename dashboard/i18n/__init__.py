"""Every word on the screen, in Chinese and in English: a folder a language, a file a page."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("zh", "en")
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

    def side(self, both: str) -> str:
        """The fitting half of a text that came as "Chinese / English"."""
        chinese, _, english = both.partition(" / ")
        return chinese if self.language == "zh" else english or chinese

    def either(self, both: Mapping[str, str]) -> str:
        """The fitting one of a pair of texts that came with the data."""
        return both.get(self.language) or both["zh"]


def supported_language(asked: str | None) -> str:
    """The language asked for where there is one, else Chinese."""
    return asked if asked in LANGUAGES else LANGUAGES[0]


@lru_cache
def translator(language: str) -> Translator:
    return Translator(language, sentences(language))


def in_every_language(key: str, **values: object) -> str:
    """For answers to one whose language is not known."""
    return " ".join(translator(language)(key, **values) for language in LANGUAGES)


def sentences(language: str) -> dict[str, str]:
    """Every sentence by its dotted key."""
    files = sorted((Path(__file__).parent / language).glob("*.toml"))
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    rooms = [room for table in tables for room in table]
    assert len(rooms) == len(set(rooms)), "a table of texts stands in two files"
    return {f"{room}.{key}": text for table in tables for room, texts in table.items() for key, text in texts.items()}
