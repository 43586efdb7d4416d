"""What a study comes to, said first: a sentence or two in plain words, in a calm box above the figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from dashboard.i18n import Translator
from dashboard.look.plain_text import as_html


@dataclass(frozen=True)
class Statement:
    """A sentence by its key in the texts, and the values of its placeholders, so that every language words it."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)

    def sentence(self, t: Translator) -> str:
        return t(self.key, **self.values)


def said(key: str, **values: str) -> Statement:
    return Statement(key, values)


def conclusion(statements: Sequence[Statement], t: Translator) -> None:
    """The first sentence in larger type, the others below it."""
    first, *others = (as_html(one.sentence(t)) for one in statements)
    more = "".join(f"<p>{sentence}</p>" for sentence in others)
    name = as_html(t("study.conclusion"))
    st.html(f"<div class='conclusion' role='note' aria-label='{name}'><p class='first'>{first}</p>{more}</div>")
