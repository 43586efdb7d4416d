"""What a mapping says, as values: which columns of one kind of file are which fields of ours.

docs/adding-a-city.md explains every key; parser.py reads and checks the TOML.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Normalisation = Literal["upper_spaces", "slug"]
NORMALISATIONS: tuple[Normalisation, ...] = ("upper_spaces", "slug")
BY_PLACE = "by place"


@dataclass(frozen=True)
class Source:
    """Where a value comes from: a constant, a column, or parts joined by `join`; and what to do with the text.

    missing: texts that mean "not known". values: their text → ours. dates: strptime formats, tried in order before
    ISO 8601; a text read by them becomes the ISO day. trailing_zeros: zeros past the 15th digit of a code are real
    and not left there by Excel.
    """

    constant: str | None = None
    column: str | None = None
    parts: tuple["Source", ...] = ()
    join: str = " "
    missing: frozenset[str] = frozenset({""})
    values: Mapping[str, str] | None = None
    dates: tuple[str, ...] = ()
    normalise: Normalisation | None = None
    strip_zeros: bool = False
    prefix: str = ""
    trailing_zeros: bool = False

    def columns(self) -> tuple[str, ...]:
        if self.column is not None:
            return (self.column,)
        return tuple(column for part in self.parts for column in part.columns())


@dataclass(frozen=True)
class Condition:
    """True of a row by the text of one column; exactly one of the four conditions is set."""

    column: str
    equals: tuple[str, ...] | None = None
    contains: str | None = None
    matches: str | None = None
    missing: bool | None = None


@dataclass(frozen=True)
class Exclusion:
    """Rows that are left out, or kept but not drawn, and why: in Chinese and English, or in one sentence for both."""

    condition: Condition
    reason: str


@dataclass(frozen=True)
class Place:
    """Where a row lies: two columns of degrees, or the file's own geometry (lon and lat are None)."""

    lon: Source | None
    lat: Source | None
    datum: str


@dataclass(frozen=True)
class AreaOf:
    """A building's area of one level: by a code the row states, or by the outline its place lies in (no code)."""

    level: str
    code: Source | None


@dataclass(frozen=True)
class Match:
    """Finds an existing building by another field than its code, both sides normalised."""

    field: str
    normalise: Normalisation


@dataclass(frozen=True)
class Answers:
    """The items of a check-list: our code → their column, in the order in which answers are kept."""

    checklist: str
    items: Mapping[str, str]
    not_applicable: frozenset[str]
    values: Mapping[str, str]


@dataclass(frozen=True)
class Step:
    """A step in the life of a hazard; rows without that day have not come so far."""

    step: str
    day: Source


@dataclass(frozen=True)
class Block:
    """How the rows of a file fill one of our tables.

    key: of facts only. repeats: several rows may describe the same one, in the same words. existing: it must
    be in the database already. where: only rows of which this is true fill the table.
    """

    target: str
    fields: Mapping[str, Source]
    key: Source | None = None
    repeats: bool = False
    existing: bool = False
    where: Condition | None = None
    place: Place | None = None
    areas: tuple[AreaOf, ...] = ()
    match: Match | None = None
    parent: AreaOf | None = None
    answers: Answers | None = None
    steps: tuple[Step, ...] = ()

    def sources(self) -> Iterator[Source]:
        yield from self.fields.values()
        place = (self.place.lon, self.place.lat) if self.place else ()
        parent = self.parent.code if self.parent else None
        others = (self.key, parent, *place, *(area.code for area in self.areas), *(step.day for step in self.steps))
        yield from (source for source in others if source)


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

    def columns(self) -> dict[str, Any]:
        return {
            "names": dict(self.names),
            "bounds": list(self.bounds),
            "levels": {level: dict(names) for level, names in self.levels.items()},
            "rule_sets": list(self.rule_sets),
            "licence": self.licence,
            "invented": self.invented,
        }


@dataclass(frozen=True)
class Layout:
    """All that must be known of a kind of file to read its table. mapping, mapping_file: for the sentences."""

    mapping: str
    mapping_file: str
    formats: tuple[str, ...]
    columns: tuple[str, ...]
    sheet: str | None = None
    layer: str | None = None
    delimiter: str = ","
    heading_row: int = 1


@dataclass(frozen=True)
class SourceMapping:
    """One kind of file of one city. `source` leads every source key, so that two files' numbers never clash."""

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
    delimiter: str = ","
    heading_row: int = 1
    outline_datum: str = "WGS84"
    mend_outlines: bool = False
    leave_out: tuple[Exclusion, ...] = field(default=())
    off_map: tuple[Exclusion, ...] = field(default=())

    def columns(self) -> tuple[str, ...]:
        """Every column of theirs it reads, each once."""
        columns: dict[str, None] = {}
        for block in self.blocks.values():
            for source in block.sources():
                columns |= dict.fromkeys(source.columns())
            if block.answers:
                columns |= dict.fromkeys(block.answers.items.values())
            if block.where:
                columns[block.where.column] = None
        return tuple(
            columns | dict.fromkeys(exclusion.condition.column for exclusion in (*self.leave_out, *self.off_map))
        )

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
        )

    @property
    def rank(self) -> int:
        """Its turn when several files are brought in at once: areas, then buildings, then what looks them up."""
        if "area" in self.blocks:
            return 0
        building = self.blocks.get("building")
        return 2 if building and (building.match or building.existing) else 1
