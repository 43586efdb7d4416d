"""Sentences on their way from one process to another, as JSON."""

import json

from scoring.errors import Sentence


def packed(sentence: Sentence) -> str:
    return json.dumps(sentence, default=_plain, ensure_ascii=False)


def _plain(value: object) -> object:
    """A sentence as its template and values; any other value JSON does not know as text."""
    return {"template": value.template, "values": value.values} if isinstance(value, Sentence) else str(value)


def unpacked(text: str) -> Sentence:
    return json.loads(text, object_hook=_sentence)


def _sentence(kept: dict) -> object:
    if kept.keys() != {"template", "values"}:
        return kept
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in kept["values"].items()}
    return Sentence(kept["template"], **values)
