"""Trying other figures in a rule file: which figures it has, the file with some of them changed, how two files differ.

A draft is the text of a rule file. What the person did not change, comments and layout among it, stays as it is.
"""

from collections.abc import Collection, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import Item

from scoring.rulebook.model import Cap, Edition, FigurePath, Text, cap_label

Path = FigurePath
Group = Literal["start", "criterion", "group", "weight", "band", "cap", "interval"]
Value = Decimal | str | None


@dataclass(frozen=True)
class Figure:
    """One figure of a rule file that may be tried otherwise.

    path: where it stands in the file: ("criterion", 0, "points"). label: what it belongs to. value: None where the
    file is silent, such as a window that never ends. `grade`, the best a cap leaves, is the one that is not a number.
    """

    path: Path
    group: Group
    label: Text
    value: Value

    @property
    def key(self) -> str:
        return str(self.path[-1])


@dataclass(frozen=True)
class Difference:
    """A figure that two files do not have in common; None where one does not have it."""

    figure: Figure
    before: Value
    after: Value


def figures(edition: Edition) -> tuple[Figure, ...]:
    """Every figure of an edition, by what it belongs to: start, criteria, groups, weights, bands, caps, intervals."""
    return tuple(_figures(edition))


def _figures(edition: Edition) -> Iterator[Figure]:
    if edition.start_quote is not None:
        yield Figure(("start",), "start", Text("基本分", "Starting points"), edition.start)
    if edition.round_to not in (None, 1):
        yield Figure(("round_to",), "start", Text("总分取整到", "Score rounded to"), edition.round_to)
    for index, criterion in enumerate(edition.criteria):
        for path, value in criterion.figures(edition):
            yield Figure(("criterion", index, *path), "criterion", criterion.label(edition), value)
    for index, group in enumerate(edition.groups):
        for path, value in group.figures():
            yield Figure(("group", index, *path), "group", group.name, value)
    yield from _weights(edition)
    for index, band in enumerate(edition.bands):
        if band.below is not None:
            name = edition.grades[edition.position(band.grade)].name
            yield Figure(("band", index, "below"), "band", name, band.below)
    for index, cap in enumerate(edition.caps):
        yield from _of_cap(index, cap, cap_label(edition, cap), edition)
    for grade in edition.grades:
        for role, days in edition.inspect_every_days[grade.code].items():
            path = ("inspect_every_days", grade.code, role)
            yield Figure(path, "interval", grade.name, Decimal(days))


def _weights(edition: Edition) -> Iterator[Figure]:
    """Of the items of those categories in which not all weigh the same as by themselves."""
    for number, category in enumerate(edition.categories):
        items = [item for item in edition.checklist if item.category == category.code]
        if any(item.weight != 1 for item in items):
            for place, item in enumerate(items):
                yield Figure(("category", number, "items", place, "weight"), "weight", item.name, item.weight)


def _of_cap(index: int, cap: Cap, label: Text, edition: Edition) -> Iterator[Figure]:
    """Of a cap with several conditions the first; the others are changed in the text."""
    first, at = cap.conditions[0], ("cap", index)
    yield Figure((*at, "grade"), "cap", label, cap.grade)
    for key, value in (("at_least", first.at_least), ("below", first.below)):
        if value is not None:
            yield Figure((*at, key), "cap", label, Decimal(value))
    if first.group is None and any(edition.facts[need.fact].has_window for need in first.needs):
        months = max((need.months for need in first.needs if need.months), default=None)
        yield Figure((*at, "months"), "cap", label, _number(months))


def _number(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def with_figures(text: str, changes: Mapping[Path, Value]) -> str:
    """The rule file with these figures instead; None takes the key away. Everything else stays letter for letter."""
    document = tomlkit.parse(text)
    for path, value in changes.items():
        *parents, key = path
        table = _at(document, parents)
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value if isinstance(value, str) else _plain(value)
    return tomlkit.dumps(document)


def without_facts(text: str, names: Collection[str]) -> str:
    """The rule file without these facts and the criteria and caps that read them; the rest stays letter for letter."""
    document: Any = tomlkit.parse(text)
    gone = set(names)
    for one in document.get("group", []):  # a group names only those before it
        if _named_by_group(one) & gone:
            gone.add(one["code"])
    for part in ("fact", "group", "criterion", "cap"):
        tables = document.get(part, [])
        for index in reversed(range(len(tables))):
            if _facts_named(part, tables[index]) & gone:
                del tables[index]
    if "required" in document:
        document["required"] = [name for name in document["required"] if name not in gone]
    return tomlkit.dumps(document)


def _named_by_group(table: Mapping[str, Any]) -> set[str]:
    ratio = table.get("ratio", {})
    lists = (table.get("sum", ()), table.get("average", ()), ratio.get("of", ()), ratio.get("to", ()))
    return {name for one in lists for name in one}


def _facts_named(part: str, table: Mapping[str, Any]) -> set[str]:
    """What a table declares, or the facts and groups a criterion or cap reads, in its further conditions too."""
    if part in ("fact", "group"):
        return {table["name" if part == "fact" else "code"]}
    conditions = (table, *table.get("also", ()))
    return {name for one in conditions for name in (one.get("fact"), one.get("group"), *one.get("facts", ()))}


def _at(document: TOMLDocument, parents: list[str | int]) -> MutableMapping[str | int, Any]:
    table: Any = document
    for step in parents:
        table = table[step]
    return table


def _plain(value: Decimal) -> int | Item:
    """A whole number as one; another exactly as written."""
    return int(value) if value == value.to_integral_value() else tomlkit.value(f"{value:f}")


def differences(before: Edition, after: Edition) -> tuple[Difference, ...]:
    """Figures that differ between two editions of a rule set, in the order of the later file."""
    old = {figure.path: figure for figure in figures(before)}
    new = {figure.path: figure for figure in figures(after)}
    both = {**new, **{path: figure for path, figure in old.items() if path not in new}}
    values = ((figure, old.get(path), new.get(path)) for path, figure in both.items())
    pairs = ((figure, was.value if was else None, now.value if now else None) for figure, was, now in values)
    return tuple(Difference(figure, was, now) for figure, was, now in pairs if was != now)
