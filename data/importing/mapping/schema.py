"""What a mapping says, as values: which columns of one kind of file are which fields of ours.

docs/adding-a-city.md explains every key; parser.py reads and checks the TOML.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from data.db.models.city import LEVELS
from data.importing.mapping.layout import Layout
from data.importing.mapping.source import Condition, Normalisation, Source

RepeatedKeys = Literal["ask", "corrections", "others"]
REPEATED_KEYS: tuple[RepeatedKeys, ...] = ("ask", "corrections", "others")
BY_PLACE = "by place"


@dataclass(frozen=True)
class Exclusion:
    """Rows that are left out, or kept but not drawn, and why: in Chinese and English, or in one sentence for both.

    condition: None for rows without geometry.
    """

    condition: Condition | None
    reason: str


@dataclass(frozen=True)
class Place:
    """Where a row lies: two columns of degrees, or the file's own geometry (lon and lat are None)."""

    lon: Source | None
    lat: Source | None
    datum: str


@dataclass(frozen=True)
class AreaOf:
    """An area of one level: by a code or name the row states, or by the outline a place lies in (no source).

    within: the name of a wider area, where a name alone means several.
    """

    level: str
    source: Source | None
    by_name: bool = False
    within: Source | None = None

    def sources(self) -> Iterator[Source]:
        yield from (source for source in (self.source, self.within) if source)


@dataclass(frozen=True)
class Match:
    """Finds an existing building by another field than its code, both sides normalised."""

    field: str
    normalise: Normalisation


@dataclass(frozen=True)
class Answers:
    """The items of a check-list: our code → their column, in the order in which answers are kept.

    values: their answer → ours. most, decimals: of answers that are numbers, 0 to `most`; None: answers are digits.
    """

    checklist: str
    items: Mapping[str, str]
    not_applicable: frozenset[str]
    values: Mapping[str, str]
    not_known: frozenset[str] = frozenset()
    most: int | None = None
    decimals: int = 0


@dataclass(frozen=True)
class Step:
    """A step in the life of a hazard; rows without that day have not come so far.

    where: only rows of which this is true have come so far, and these must say when.
    """

    step: str
    day: Source
    where: Condition | None = None


@dataclass(frozen=True)
class Block:
    """How the rows of a file fill one of our tables.

    key: of facts only; without one they are known by what they say. repeats: several rows may describe the same one, in
    the same words or, with `latest`, each in its own: the row of the latest day counts. latest_by: that day, where it
    is not the day of what happened. existing: it must be in the database already. where: only rows of which this is
    true fill the table. void: rows whose fact is withdrawn. whole_list: what is missing from the file has ended.
    formerly: the code a building had before. parent: the wider area an area lies in, or the area that is an officer's.
    """

    target: str
    fields: Mapping[str, Source]
    key: Source | None = None
    repeats: bool = False
    latest: bool = False
    latest_by: Source | None = None
    existing: bool = False
    where: Condition | None = None
    void: Condition | None = None
    whole_list: bool = False
    formerly: Source | None = None
    place: Place | None = None
    areas: tuple[AreaOf, ...] = ()
    match: Match | None = None
    parent: AreaOf | None = None
    answers: Answers | None = None
    steps: tuple[Step, ...] = ()

    def sources(self) -> Iterator[Source]:
        yield from self.fields.values()
        place = (self.place.lon, self.place.lat) if self.place else ()
        others = (self.key, self.formerly, self.latest_by, *place, *(step.day for step in self.steps))
        yield from (source for source in others if source)
        for area in (*self.areas, *((self.parent,) if self.parent else ())):
            yield from area.sources()

    def conditions(self) -> Iterator[Condition]:
        of_steps = (step.where for step in self.steps)
        yield from (condition for condition in (self.where, self.void, *of_steps) if condition)


@dataclass(frozen=True)
class CityTable:
    """A city as a mapping brings it in; see data.db.models.city.City."""

    code: str
    names: Mapping[str, str]
    bounds: tuple[float, float, float, float]  # west, south, east, north; WGS 84 degrees
    levels: Mapping[str, Mapping[str, str]]
    rule_sets: tuple[str, ...]
    licence: str
    invented: bool
    time_zone: str | None

    def columns(self) -> dict[str, Any]:
        return {
            "names": dict(self.names),
            "bounds": list(self.bounds),
            "levels": {level: dict(names) for level, names in self.levels.items()},
            "rule_sets": list(self.rule_sets),
            "licence": self.licence,
            "invented": self.invented,
            "time_zone": self.time_zone,
        }


@dataclass(frozen=True)
class SourceMapping:
    """One kind of file of one city. `source` leads every source key, so that two files' numbers never clash.

    blocks: by the name of the table; where it stands several times, by "hazard", "hazard 2" and so on. formerly:
    sources under which the same records were kept before. repeated_keys: what a row is that names a stored fact and
    says something else. end_missing: whether all that whole lists do not name may end; never in a file.
    """

    name: str
    path: Path
    title: str
    city: str
    city_table: CityTable | None
    files: str
    formats: tuple[str, ...]
    source: str
    blocks: Mapping[str, Block]
    missing: frozenset[str] = frozenset({""})
    sheet: str | None = None
    layer: str | None = None
    delimiter: str | None = None
    heading_row: int | None = None
    encoding: str | None = None
    outline_datum: str = "WGS84"
    mend_outlines: bool = False
    leave_out: tuple[Exclusion, ...] = field(default=())
    off_map: tuple[Exclusion, ...] = field(default=())
    formerly: tuple[str, ...] = ()
    repeated_keys: RepeatedKeys = "ask"
    end_missing: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source, *self.formerly)

    def columns(self) -> tuple[str, ...]:
        """Every column of theirs it cannot do without, each once."""
        columns: dict[str, None] = {}
        for block in self.blocks.values():
            if block.answers:
                columns |= dict.fromkeys(block.answers.items.values())
        single = (names[0] for names in self._named_columns() if len(names) == 1)
        return tuple(columns | dict.fromkeys(single))

    def alternatives(self) -> tuple[tuple[str, ...], ...]:
        """The columns of theirs that may stand in each other's place."""
        return tuple(dict.fromkeys(names for names in self._named_columns() if len(names) > 1))

    def _named_columns(self) -> Iterator[tuple[str, ...]]:
        for block in self.blocks.values():
            for source in block.sources():
                yield from source.columns()
            for condition in block.conditions():
                yield (condition.column, *condition.others)
        for exclusion in (*self.leave_out, *self.off_map):
            if exclusion.condition:
                yield (exclusion.condition.column, *exclusion.condition.others)

    def layout(self) -> Layout:
        return Layout(
            mapping=self.name,
            mapping_file=self.path.name,
            formats=self.formats,
            columns=self.columns(),
            sheet=self.sheet,
            layer=self.layer,
            delimiter=self.delimiter,
            heading_row=self.heading_row,
            encoding=self.encoding,
            alternatives=self.alternatives(),
        )

    @property
    def rank(self) -> tuple[int, bool, int]:
        """Its turn when several files are brought in at once: areas, then buildings, then what looks them up.

        Of areas the mapping that describes the city goes first, then the wider level: they name their parents.
        """
        if "area" in self.blocks:
            level = self.blocks["area"].fields["level"].constant
            return 0, self.city_table is None, LEVELS.index(level) if level in LEVELS else len(LEVELS)
        looked_up = (self.blocks[name] for name in ("building", "officer") if name in self.blocks)
        return 2 if any(block.match or block.existing for block in looked_up) else 1, False, 0


def unread_columns(mapping: SourceMapping, headings: Iterable[str]) -> tuple[str, ...]:
    """Of the headings of a file those from which nothing is read; a column without a heading is none."""
    read = {*mapping.columns(), *(column for group in mapping.alternatives() for column in group)}
    return tuple(name for name in map(str, headings) if name.strip() and name not in read)
