"""Sentences on their way from one process to another, as JSON."""

import json

from scoring.errors import Sentence
from scoring.third_party_faults import LibraryFault


def packed(sentence: Sentence) -> str:
    return json.dumps(sentence, default=_plain, ensure_ascii=False)


def _plain(value: object) -> object:
    """A sentence as its template and values; any other value JSON does not know as text."""
    if isinstance(value, LibraryFault):
        return {**_as_table(value), "own_words": value.own_words, "is_known": value.is_known}
    return _as_table(value) if isinstance(value, Sentence) else str(value)


def _as_table(sentence: Sentence) -> dict[str, object]:
    return {"template": sentence.template, "values": sentence.values}


def unpacked(text: str) -> Sentence:
    return json.loads(text, object_hook=_sentence)


def _sentence(kept: dict) -> object:
    if not {"template", "values"} <= kept.keys():
        return kept
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in kept["values"].items()}
    if "own_words" in kept:
        return LibraryFault(kept["template"], kept["own_words"], kept["is_known"], **values)
    return Sentence(kept["template"], **values)
