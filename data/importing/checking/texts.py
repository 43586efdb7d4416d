"""Texts as files hold them: what spreadsheets put round them, signs nobody sees, and the text fields of ours."""

import re
import unicodedata

from data.importing.mapping.fields import Field
from data.importing.mapping.source import Normalisation
from scoring.errors import Sentence
from scoring.turning_signs import in_one_direction

TEXT_TRICK = re.compile(r'=\s*(?:T\()?"(.*)"\)?', re.DOTALL)  # ="001": so that no spreadsheet makes it 1
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")  # no writing, or a lost character
INVISIBLE = re.compile(  # takes no room of its own: Unicode's format signs, joiners, fillers, choosers of a picture
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))  # word processors set them
YES_NO = {"true": True, "false": False, "1": True, "0": False}


class Unfit(Exception):
    """A text that does not give a value; becomes the fault of its rows."""

    def __init__(self, reason: str, template: str, /, **values: object) -> None:
        self.reason, self.what = reason, Sentence(template, **values)


def cell(text: str) -> str:
    """The text of a cell: trimmed, and without what a spreadsheet puts round a text to keep it one."""
    text = text.strip()
    if text[:1] != "=":
        return text
    trick = TEXT_TRICK.fullmatch(text)
    return trick[1].replace('""', '"').strip() if trick else text


def plain(text: str) -> str:
    """Full-width signs as plain ones (NFKC), nothing invisible, each run of spaces one; twice is the same as once."""
    if not is_plain(text):
        folded = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        text = unicodedata.normalize("NFKC", folded)
    return " ".join(text.split())


def is_plain(text: str) -> bool:
    """Whether `plain` leaves every sign as it is; spaces aside."""
    return text.isascii() or (unicodedata.is_normalized("NFKC", text) and not INVISIBLE.search(text))


def shown(text: str) -> str:
    """For a sentence: trimmed and cut short."""
    text = text.strip()
    return text if len(text) <= 60 else f"{text[:57]}…"


def normalised(text: str, how: Normalisation | None) -> str:
    """upper_spaces: upper case, each run of spaces one. slug: upper case, everything but letters and digits a "-"."""
    if how == "upper_spaces":
        return " ".join(text.upper().split())
    if how == "slug":
        return re.sub(r"[\W_]+", "-", text.upper()).strip("-")
    return text


def text_value(text: str, field: Field) -> str:
    """Raises Unfit."""
    if UNWRITABLE.search(text):
        raise Unfit("text_unreadable", "has signs that are no writing; save the file as UTF-8 and look at this cell")
    text = in_one_direction(text)
    if field.longest is not None and len(text) > field.longest:
        raise Unfit(
            "text_too_long",
            "has {length} characters; at most {longest} fit, shorten it",
            length=len(text),
            longest=field.longest,
        )
    if field.choices and text not in field.choices:
        raise Unfit(
            "value_unknown", "is none of {choices}; give the mapping a table of values", choices=tuple(field.choices)
        )
    return text


def yes_no(text: str) -> bool:
    """Raises Unfit."""
    if text.lower() not in YES_NO:
        raise Unfit("value_unknown", "is neither true nor false; give the mapping a table of values")
    return YES_NO[text.lower()]
