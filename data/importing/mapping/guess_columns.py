"""Which column of a file is which field of ours, guessed from headings and values; a person has the last word."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from data.importing.checking.days import Clock, day_value, proven_order
from data.importing.checking.numbers import NUMBER
from data.importing.checking.texts import Unfit, cell
from data.importing.mapping.fields import DAY, TARGETS
from data.importing.mapping.layout import Layout
from data.importing.mapping.number_forms import LONGEST_NUMBER, number_field, numbers_in
from data.importing.mapping.source import Source, WhichDay
from data.importing.reading.content import FROM_THE_WHOLE, ReadFrom
from data.importing.reading.tables import SourceTable
from data.importing.source_formats import FORMATS, SOURCE_FORMATS
from scoring.errors import Sentence

SYNONYMS = Path(__file__).with_name("synonyms.toml")
SIGNS = re.compile(r"[\W_]+")
IN_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")
CLOSING = ")]"
AS_IT_SAYS = ""  # days that need no form in the mapping
ASK_ORDER = "?"  # days of which nothing tells whether the day or the month comes first
NAMED = ("roc", "excel")  # forms that a heading which speaks of days makes likely
INCOMPLETE = "date_incomplete"  # the reason for which a month or a year is no day
NEAR_NOW = Clock(date.max, ZoneInfo("UTC"))
EXAMPLES = 200  # rows looked at: enough to tell a day from a number
MOST_DIFFERENT = 60  # a column with more different texts holds no list of values
NUMBERED = r"^([^A-Za-z\d]*?)(\d+)(?:\.0+)?([^A-Za-z\d]*)$"  # 1, 001, 1.0, 第1条
LONGEST_COUNTER = 15
MOST_GAPS = 2  # the highest number of a counter is at most so many times the number of rows
FITTING = 0.9  # so many of the values must fit: every file has some that do not
ANY = Layout("", "", FORMATS, (), looking=True)
EXACT, WITHIN, BY_VALUES = 4.0, 2.0, 1.0  # how much a match of the heading, or of the values alone, is worth
PLACE = ("lon", "lat")
MISSING = ("", "-", "/", "N/A", "NULL", "无", "不详", "未知")  # what others write for "not known"


@dataclass(frozen=True)
class Slot:
    """One field a target asks for. kind: the type of its values."""

    name: str
    kind: str
    required: bool = False


def _slots(target: str) -> tuple[Slot, ...]:
    fields = tuple(Slot(name, one.kind, one.required) for name, one in TARGETS[target].fields.items())
    fields = tuple(slot for slot in fields if slot.name != "ended_as")
    if target == "building":
        return (*fields, *(Slot(name, "degrees") for name in PLACE))
    if target == "officer":
        return (*fields, Slot("area", "text", True))
    if target == "area":
        return tuple(slot for slot in fields if slot.name != "level")  # one level a file, chosen apart
    wanted = [slot for slot in fields if not slot.name.startswith("published_")]
    steps = [Slot("resolved", "day")] if target == "hazard" else []
    return (Slot("building", "text", True), Slot("key", "text"), *wanted, *steps)


TARGETS_ON_SCREEN = ("building", "inspection", "event", "hazard", "area", "officer")
SLOTS: Mapping[str, tuple[Slot, ...]] = {target: _slots(target) for target in TARGETS_ON_SCREEN}


@dataclass(frozen=True)
class Sample:
    """The beginning of a file, small enough to be held while somebody matches columns.

    examples: the first rows. different: the texts of each column that holds few different ones. unique: columns of
    which no text stands in two rows. counters: columns that only number the rows, and begin anew in the next file.
    read_from: where in the file. notes: what a person should know of how it was read. otherwise: of columns that begin
    with numbers as programs write them, texts further down that are none.
    """

    kind: str
    headings: tuple[str, ...]
    rows: int
    examples: pd.DataFrame
    different: Mapping[str, tuple[str, ...]]
    unique: frozenset[str]
    counters: frozenset[str]
    read_from: ReadFrom = FROM_THE_WHOLE
    notes: tuple[Sentence, ...] = ()
    otherwise: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def number_texts(self, column: str) -> tuple[str, ...]:
        """The texts of a column by which its form of numbers is told, each once."""
        return tuple(dict.fromkeys((*_known(self.examples[column]), *self.otherwise.get(column, ()))))

    @property
    def drawn(self) -> bool:
        return SOURCE_FORMATS[self.kind].has_geometry


def sample_of(table: SourceTable) -> Sample:
    frame = table.frame.loc[:, [bool(str(name).strip()) for name in table.frame.columns]]
    names = tuple(str(name) for name in frame.columns)
    different = {
        name: tuple(sorted(set(frame[name]) - {""})) for name in names if frame[name].nunique() <= MOST_DIFFERENT
    }
    present = {name: _present(frame[name]) for name in names}
    unique = frozenset(
        name for name, texts in present.items() if len(texts) >= FITTING * len(frame) and not texts.duplicated().any()
    )
    seen = (table.read_from, table.notes)
    counters = frozenset(name for name in unique if _counts_rows(present[name]))
    otherwise = {name: _otherwise(texts) for name, texts in present.items()}
    return Sample(table.kind, names, len(frame), frame.head(EXAMPLES), different, unique, counters, *seen, otherwise)


def _otherwise(texts: pd.Series) -> tuple[str, ...]:
    """Of a column that begins with numbers as programs write them, the texts that are written otherwise."""
    if not texts.head(EXAMPLES).str.fullmatch(NUMBER).all():
        return ()
    others = texts[~texts.str.fullmatch(NUMBER)].head(EXAMPLES)
    return tuple(text for text in others.unique() if len(text) <= LONGEST_NUMBER)


def _present(texts: pd.Series) -> pd.Series:
    stripped = texts.str.strip()
    return stripped[~stripped.isin(MISSING)]


def _counts_rows(texts: pd.Series) -> bool:
    """Whether the texts are the numbers from 1 on, with few gaps, whatever their order; of one text nobody can tell."""
    parts = texts.str.extract(NUMBERED)
    if len(texts) < 2 or parts[1].isna().any() or len(parts[[0, 2]].drop_duplicates()) > 1:
        return False
    numbers = parts[1].str[:LONGEST_COUNTER].map(int)
    return bool(numbers.min() <= 1 and numbers.max() <= MOST_GAPS * len(texts))


def guessed(target: str, sample: Sample, bounds: Sequence[float] | None = None) -> dict[str, str]:
    """Slot → column, each column at most once, the surest first. bounds: of the city, west, south, east, north."""
    scores = [
        (_match_score(target, slot, heading, sample, bounds), -order, slot.name, heading)
        for order, slot in enumerate(SLOTS[target])
        for heading in sample.headings
    ]
    columns: dict[str, str] = {}
    for points, _, slot, heading in sorted(scores, key=lambda candidate: candidate[:2], reverse=True):
        if points > 0 and slot not in columns and heading not in columns.values():
            columns[slot] = heading
    if not set(PLACE) <= columns.keys():
        return {slot: heading for slot, heading in columns.items() if slot not in PLACE}
    return columns


def likely_target(sample: Sample, bounds: Sequence[float] | None = None) -> str:
    """What the file seems to hold: of the targets it could fill, the one that matches most of its columns."""

    def points(target: str) -> float:
        columns = guessed(target, sample, bounds)
        if any(slot.required and slot.name not in columns for slot in SLOTS[target]):
            return 0
        matched = [slot for slot in SLOTS[target] if slot.name in columns]
        return sum(_match_score(target, slot, columns[slot.name], sample, bounds) for slot in matched)

    return max(TARGETS_ON_SCREEN, key=points)


def _match_score(target: str, slot: Slot, heading: str, sample: Sample, bounds: Sequence[float] | None) -> float:
    """How well a column matches a slot; 0 where its values do not fit."""
    values = _known(sample.examples[heading])
    score = _heading_score(target, slot, heading)
    if not score and slot.kind == "degrees" and bounds is not None and values:
        score = BY_VALUES
    if not score or not _may_be_key(target, slot, heading, sample) or not _fits(target, slot, values, bounds):
        return 0
    return score


def _heading_score(target: str, slot: Slot, heading: str) -> float:
    words, heading_text = _words("headings", f"{target}.{slot.name}") or _words("headings", slot.name), plain(heading)
    if heading_text in words:
        return EXACT - words.index(heading_text) / 100
    longest = max((len(word) for word in words if len(word) > 1 and word in heading_text), default=0)
    return WITHIN + longest / 100 if longest else 0


def _may_be_key(target: str, slot: Slot, heading: str, sample: Sample) -> bool:
    """Keys tell records apart, in the next file too. Codes of areas may well be 1 to 20."""
    if slot.name == "key":
        return heading in sample.unique and heading not in sample.counters
    return (target, slot.name) != ("building", "code") or heading not in sample.counters


def plain(text: str) -> str:
    """Lower case without spaces, punctuation and text in brackets."""
    closed = max(map(text.rfind, CLOSING)) + 1  # a bracket that nothing closes would be followed to the end, each anew
    return SIGNS.sub("", (IN_BRACKETS.sub("", text[:closed]) + text[closed:]).lower())


@cache
def _synonyms() -> dict:
    return tomllib.loads(SYNONYMS.read_text(encoding="utf-8"))


def _words(table: str, name: str) -> list[str]:
    return _synonyms()[table].get(name, [])


def _fits(target: str, slot: Slot, values: Sequence[str], bounds: Sequence[float] | None) -> bool:
    """Whether most of the values could be what the slot asks for; a column without values could be anything."""
    if not values:
        return slot.kind != "degrees"
    if slot.kind == "degrees":
        west, south, east, north = bounds or (-180, -90, 180, 90)
        low, high = (west, east) if slot.name == "lon" else (south, north)
        margin = (high - low) * 0.2  # another datum, or a house over the border
        return _share(values, target, slot, lambda number: low - margin <= number <= high + margin)
    if slot.kind in ("whole", "decimal"):
        return _share(values, target, slot, lambda number: number >= 0)
    if slot.kind == "day":
        return day_form(values) is not None or _are_periods(values)
    return True


def _share(values: Sequence[str], target: str, slot: Slot, holds: Callable[[float], bool]) -> bool:
    """Whether most of the values are numbers for which that holds, in whatever form the column writes them."""
    as_programs_write = [float(text) for text in values if NUMBER.fullmatch(text)]
    if sum(map(holds, as_programs_write)) >= FITTING * len(values):
        return True
    numbers = number_field(target, slot.name)
    return numbers is not None and sum(map(holds, numbers_in(tuple(values), numbers))) >= FITTING * len(values)


def day_form(values: Iterable[str]) -> str | None:
    """What a mapping must say for most texts to be days: a form, AS_IT_SAYS or ASK_ORDER; None: they are none."""
    texts = [cell(text) for text in values][:EXAMPLES]
    for form in (AS_IT_SAYS, *NAMED):
        reasons = [_why_no_day(text, form) for text in texts]
        asked = reasons.count("date_order")
        if texts and reasons.count(None) + asked >= FITTING * len(texts):
            return ASK_ORDER if asked and not proven_order(texts) else form
    return None


def _are_periods(values: Iterable[str]) -> bool:
    """Whether most texts are months or years, or days; under a heading that speaks of days they stand for some."""
    reasons = [_why_no_day(cell(text), AS_IT_SAYS) for text in values][:EXAMPLES]
    return reasons.count(None) + reasons.count(INCOMPLETE) >= FITTING * len(reasons)


def _why_no_day(text: str, form: str) -> str | None:
    """The reason for which a text is no day; None where it is one."""
    try:
        day_value(text, Source(dates=(form,) if form else ()), DAY, NEAR_NOW)
    except Unfit as unfit:
        return unfit.reason
    return None


def undecided_days(target: str, matches: Mapping[str, str], sample: Sample) -> list[str]:
    """The texts of all columns of days of which a person has to say if the day or the month comes first."""
    of_days = (matches[slot.name] for slot in SLOTS[target] if slot.kind == "day" and slot.name in matches)
    columns = [_known(sample.examples[column]) for column in of_days]
    return [text for texts in columns if day_form(texts) == ASK_ORDER for text in texts]


def incomplete_days(target: str, matches: Mapping[str, str], sample: Sample) -> list[str]:
    """The texts of all columns of days that name a month or a year alone."""
    of_days = (matches[slot.name] for slot in SLOTS[target] if slot.kind == "day" and slot.name in matches)
    texts = (text for column in of_days for text in _known(sample.examples[column]))
    return [text for text in texts if _why_no_day(cell(text), AS_IT_SAYS) == INCOMPLETE]


def day_read(text: str, order: str = "", which_day: WhichDay | None = None) -> date | None:
    """The day of a text in that order of day and month, or of a month or year that one; None where it is none."""
    try:
        return day_value(cell(text), Source(dates=(order,) if order else (), which_day=which_day), DAY, NEAR_NOW)
    except Unfit:
        return None


def _known(texts: pd.Series) -> list[str]:
    return [text for text in texts.str.strip() if text not in MISSING]


def meanings(slot: str, texts: Sequence[str]) -> dict[str, str]:
    """Their values → ours, where they are known; a value that is ours already maps to itself."""
    ours_by_word = {
        word: ours for ours, words in _synonyms()["values"].get(slot, {}).items() for word in (plain(ours), *words)
    }
    return {text: ours_by_word[plain(text)] for text in texts if plain(text) in ours_by_word}


def has_meanings(slot: str) -> bool:
    return slot in _synonyms()["values"]
