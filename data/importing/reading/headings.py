"""Which line of a table is its heading: as the mapping says, the first, or the two that are read as one."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate

from data.importing.errors import FileRefused
from data.importing.mapping.layout import Layout
from scoring.errors import Sentence

LOOKED_AT = 30  # lines; no title is longer
FEWEST = 2  # cells of a heading: a title has one
DIGIT = re.compile(r"\d")
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Heading:
    """row: from 0, of its last line. lines: one or two. names: one a column, each once but for empty ones."""

    row: int
    lines: int
    names: tuple[str, ...]
    twice: frozenset[str] = frozenset()

    def note(self) -> tuple[Sentence, ...]:
        if self.lines == 1:
            return ()
        return (Sentence("The heading has two lines, rows {first} and {last}.", first=self.row, last=self.row + 1),)


def heading_of(name: str, rows: Rows, layout: Layout) -> Heading:
    """The heading among the first lines of a table. Raises FileRefused where a column that is read stands twice."""
    first = (layout.heading_row or (_likely(rows) if layout.looking else 1)) - 1
    if first >= len(rows):
        return Heading(first, 1, ())
    heading = _one_line(rows, first)
    both = _two_lines(rows, first, layout.names())
    if both is not None and (_has_all(both, layout) or not _has_all(heading, layout)):
        heading = both
    read_twice = [column for column in layout.names() if column in heading.twice]
    if read_twice:
        raise FileRefused(
            "{name}: the heading has the column '{twice}' twice; rename or remove one.", name=name, twice=read_twice[0]
        )
    return heading


def lacking(names: Collection[str], layout: Layout) -> list[str]:
    """What a layout needs and is not there: columns, and of alternatives the first."""
    groups = (*((column,) for column in layout.columns), *layout.alternatives)
    return [group[0] for group in groups if not any(column in names for column in group)]


def _has_all(heading: Heading, layout: Layout) -> bool:
    return not lacking(heading.names, layout)


def elsewhere(rows: Rows, layout: Layout) -> int | None:
    """The line, from 1, in which all columns of the layout stand; None where there is none."""
    if not layout.names():
        return None
    for row in range(min(len(rows), LOOKED_AT)):
        both = _two_lines(rows, row, layout.names())
        if _has_all(_one_line(rows, row), layout) or (both is not None and _has_all(both, layout)):
            return row + 1
    return None


def _one_line(rows: Rows, row: int) -> Heading:
    return _named(row, 1, [cell.strip() for cell in rows[row]])


def _two_lines(rows: Rows, row: int, wanted: Sequence[str]) -> Heading | None:
    """This line and the next as one heading, the upper naming groups; None where they do not look like one."""
    if row + 1 >= len(rows):
        return None
    upper, lower = ([cell.strip() for cell in rows[at]] for at in (row, row + 1))
    upper = [*upper, *[""] * (len(lower) - len(upper))]
    lower = [*lower, *[""] * (len(upper) - len(lower))]
    groups = [above for above, below in zip(upper, lower, strict=True) if above and below]
    under_a_group = any(below and not above for above, below in zip(upper, lower, strict=True))
    if sum(map(bool, upper)) < FEWEST or sum(map(bool, lower)) < FEWEST or not groups or not under_a_group:
        return None
    data = rows[row + 2] if row + 2 < len(rows) else ()
    if any(DIGIT.search(cell) for cell in lower) or not upper[0] or not any(DIGIT.search(cell) for cell in data):
        return None
    above_all: list[str] = list(accumulate(upper, _group))
    names = [_joined(above, below, wanted) for above, below in zip(above_all, lower, strict=True)]
    repeated = Counter(names)
    full = [
        f"{above} {below}" if below and repeated[one] > 1 else one
        for above, below, one in zip(above_all, lower, names, strict=True)
    ]
    return _named(row + 1, 2, full)


def _group(before: str, cell: str) -> str:
    """The group of a column: a merged cell has its text in the first column alone."""
    return cell or before


def _joined(above: str, below: str, wanted: Sequence[str]) -> str:
    both = f"{above} {below}"
    return both if both in wanted else (below or above)


def _named(row: int, lines: int, names: Sequence[str]) -> Heading:
    """A name that stands again gets a number: it may be a column that nobody reads."""
    seen: Counter[str] = Counter()
    once = []
    for name in names:
        seen[name] += 1
        once.append(name if seen[name] == 1 or not name else f"{name} ({seen[name]})")
    return Heading(row, lines, tuple(once), frozenset(name for name, times in seen.items() if name and times > 1))


def _likely(rows: Rows) -> int:
    """The line, from 1, that looks like a heading: the first with the most texts that are no numbers."""
    if not rows:
        return 1
    filled = [_texts(row) for row in rows[:LOOKED_AT]]
    widest = max(len([cell for cell in row if cell.strip()]) for row in rows[:LOOKED_AT])
    first = next((row for row, texts in enumerate(filled) if texts >= max(FEWEST, widest - 1)), 0)
    above = first - 1
    return (first if above >= 0 and _two_lines(rows, above, ()) else first + 1) if first else 1


def _texts(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) and not DIGIT.match(cell.strip()) for cell in row)


def check_columns(name: str, names: Sequence[str], layout: Layout, rows: Rows = ()) -> None:
    """Raises FileRefused where the heading lacks a column of the layout, with where it may stand."""
    missing = lacking(names, layout)
    if not missing:
        return
    row = elsewhere(rows, layout)
    if row is not None:
        raise FileRefused(
            "{name}: the heading seems to stand in row {row}; say heading_row = {row} in {mapping_file}.",
            name=name,
            row=row,
            mapping_file=layout.mapping_file,
        )
    heading = ", ".join(names)
    one_column = len(names) == 1 and any(mark in heading for mark in ";\t|")
    hint = Sentence(" The heading is one column: say 'delimiter' in the mapping.") if one_column else ""
    named = tuple(f"'{column}'" for column in missing[:5])
    there = heading if len(heading) <= 300 else f"{heading[:297]}…"
    verb = Sentence("column {columns} is" if len(missing) == 1 else "columns {columns} are", columns=named)
    raise FileRefused(
        "{name}: the {verb} missing (there are: {there}); correct the heading, or {mapping_file}.{hint}",
        name=name,
        verb=verb,
        there=there,
        mapping_file=layout.mapping_file,
        hint=hint,
    )
