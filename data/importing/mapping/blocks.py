"""The tables of a mapping file that say how one of our tables is filled."""

import string
from dataclasses import replace
from typing import Any

from data.city.answer_text import MARKS
from data.db.models.city import HAZARD_STEPS, LEVELS, Checklist
from data.importing.checking.values import answer_number, constant_value
from data.importing.mapping.fields import (
    AREA_CODE,
    AREA_NAME,
    BUILDING_CODE,
    DAY,
    DEGREES,
    KEY,
    TARGETS,
    Field,
    Target,
    length_of,
)
from data.importing.mapping.keys import condition, from_columns, source
from data.importing.mapping.schema import BY_PLACE, Answers, AreaOf, Block, Match, Place, Step
from data.importing.mapping.source import NORMALISATIONS, Condition
from geo.coordinates import DATUMS
from scoring.errors import Sentence
from scoring.rulebook.fact import MOST_ITEMS
from scoring.rulebook.fact_parser import MOST_ANSWERED
from scoring.rulebook.toml_table import Table

MOST_DECIMALS = 3  # that scores are worked out with exactly
LATEST = "latest"
AREA_BY = ("code", "name")
MATCHABLE = ("address", "name")
LATER_STEPS = tuple(step for step in HAZARD_STEPS if step != "found")


def block(name: str, table: Table, missing: frozenset[str]) -> Block:
    """One table of the mapping; unknown keys are refused. Raises WrongRule with the position."""
    target = TARGETS[name]
    with table:
        existing = table.flag("existing")
        match = _match(table) if name == "building" and "match" in table else None
        parsed = Block(
            target=name,
            fields=_fields(table, target, existing, match is not None, missing),
            key=source(table, "key", KEY, missing) if target.is_fact and "key" in table else None,
            existing=existing,
            where=_condition(table, "where"),
            void=_condition(table, "void") if target.is_fact else None,
            whole_list=_whole_list(table, target, existing),
        )
        return replace(parsed, match=match, **_repeats(table, target, missing), **_extras(name, table, missing))


def _repeats(table: Table, target: Target, missing: frozenset[str]) -> dict[str, Any]:
    """false, true (the rows agree) or "latest" (the row of the latest day counts)."""
    latest = not target.is_fact and "repeats" in table and table.value("repeats") == LATEST
    return {
        "repeats": latest or table.flag("repeats"),
        "latest": latest,
        "latest_by": source(table, "latest_by", DAY, missing) if latest and "latest_by" in table else None,
    }


def _extras(name: str, table: Table, missing: frozenset[str]) -> dict:
    if name == "area":
        return {"parent": _area_in(table, "parent", missing)}
    if name == "officer":
        if not table.flag("existing"):
            table.value("area")  # refuses: it is missing
        return {"parent": _area_in(table, "area", missing)}
    if name == "building":
        formerly = source(table, "formerly", BUILDING_CODE, missing) if "formerly" in table else None
        return {"place": _place(table, missing), "areas": _areas(table, missing), "formerly": formerly}
    if name == "project":
        if not table.flag("existing"):
            table.value("place")  # refuses: it is missing
        return {"place": _place(table, missing)}
    if name == "inspection":
        return {"answers": _answers(table)}
    if name == "hazard":
        return {"steps": _steps(table, missing)}
    return {}


def _fields(table: Table, target: Target, existing: bool, matched: bool, missing: frozenset[str]) -> dict:
    sources = {}
    for name, field in target.fields.items():
        if name in table:
            sources[name] = source(table, name, field, missing)
            _check_constant(table, name, sources[name], field)
        elif field.required and not existing:
            table.value(name)  # refuses: it is missing
    only_code = set(sources) <= {"code"}
    if existing and not (matched or "code" in sources):
        table.value("code")
    if existing and not matched and not only_code:
        others = tuple(sorted(set(sources) - {"code"}))
        raise table.wrong(
            "'existing' only finds a {table} by its code; leave out {others}",
            table=Sentence(target.name),
            others=others,
        )
    return sources


def _check_constant(table: Table, name: str, given, field: Field) -> None:
    if given.constant is None:
        return
    mistake = constant_value(given, field)[1]
    if mistake:
        raise table.wrong("'{name}': {mistake}", name=name, mistake=mistake)


def _condition(table: Table, key: str) -> Condition | None:
    if key not in table:
        return None
    with table.table(key) as inner:
        return condition(inner)


def _whole_list(table: Table, target: Target, existing: bool) -> bool:
    """Whether the file lists everything there is, so that what is missing from it has ended."""
    if target.name in ("home_state", "ground", "officer_leave") or not table.flag("whole_list"):
        return False
    if existing:
        raise table.wrong("'whole_list' is for what a file describes, 'existing' for what it looks up; leave one out")
    if target.is_fact and "key" not in table:
        raise table.wrong("'whole_list' needs a 'key': without one nobody can say what is missing")
    return True


def _match(table: Table) -> Match:
    with table.table("match") as inner:
        return Match(inner.choice("field", MATCHABLE), inner.choice("normalise", NORMALISATIONS))


def _place(table: Table, missing: frozenset[str]) -> Place | None:
    if "place" not in table:
        return None
    with table.table("place") as inner:
        datum = inner.choice("datum", DATUMS)
        if inner.flag("geometry"):
            return Place(None, None, datum)
        return Place(source(inner, "lon", DEGREES, missing), source(inner, "lat", DEGREES, missing), datum)


def _areas(table: Table, missing: frozenset[str]) -> tuple[AreaOf, ...]:
    if "areas" not in table:
        return ()
    with table.table("areas") as inner:
        return tuple(_area_of(inner, level, missing) for level in LEVELS if level in inner)


def _area_of(inner: Table, level: str, missing: frozenset[str]) -> AreaOf:
    if isinstance(inner.value(level), str):
        inner.choice(level, (BY_PLACE,))
        return AreaOf(level, None)
    with inner.table(level) as stated:
        return _stated_area(stated, level, missing)


def _stated_area(stated: Table, level: str, missing: frozenset[str]) -> AreaOf:
    """By code, or with by = "name" by name."""
    if "by" in stated and stated.choice("by", AREA_BY) == "name":
        return _named_area(stated, level, missing)
    return AreaOf(level, from_columns(stated, AREA_CODE, missing))


def _named_area(named: Table, level: str, missing: frozenset[str]) -> AreaOf:
    within = source(named, "within", AREA_NAME, missing) if "within" in named else None
    return AreaOf(level, from_columns(named, AREA_NAME, missing), by_name=True, within=within)


def _area_in(table: Table, key: str, missing: frozenset[str]) -> AreaOf | None:
    if key not in table:
        return None
    with table.table(key) as inner:
        level = inner.choice("level", LEVELS)
        if "name" not in inner:
            return AreaOf(level, source(inner, "code", AREA_CODE, missing))
        with inner.table("name") as named:
            return _named_area(named, level, missing)


def _answers(table: Table) -> Answers | None:
    if "answers" not in table:
        return None
    with table.table("answers") as inner:
        items = inner.table("items")
        columns = {code: items.string(code) for code in items.values}
        if not 1 <= len(columns) <= MOST_ITEMS:
            raise inner.wrong(
                "a check-list has 1 to {most_items} items, not {count}", most_items=MOST_ITEMS, count=len(columns)
            )
        checklist = inner.string("checklist")
        longest = length_of(Checklist, "code")
        if len(checklist) > longest:
            raise inner.wrong(
                "'checklist' has {length} characters; at most {longest} fit", length=len(checklist), longest=longest
            )
        not_applicable: frozenset[str] = frozenset(inner.strings("not_applicable"))
        not_known: frozenset[str] = frozenset(inner.strings("not_known"))
        both = sorted(not_applicable & not_known)
        if both:
            raise inner.wrong("'{text}' stands in not_applicable and in not_known; choose one", text=both[0])
        most, decimals = _numbers(inner)
        values = _answer_values(inner, most, decimals)
        return Answers(checklist, columns, not_applicable, values, not_known, most, decimals)


def _numbers(inner: Table) -> tuple[int | None, int]:
    """The highest answer and its decimals, where answers are numbers; None: they are digits."""
    most = inner.whole_or_none("most", least=1)
    decimals = inner.whole_or_none("decimals", least=1) or 0
    if most is None and decimals:
        raise inner.wrong("'decimals' is for answers that are numbers; say how high they go with 'most'")
    if most is not None and most > MOST_ANSWERED:
        raise inner.wrong("'most' must be at most {highest}, not {most}", highest=MOST_ANSWERED, most=most)
    if decimals > MOST_DECIMALS:
        raise inner.wrong(
            "'decimals' must be at most {highest}, not {decimals}", highest=MOST_DECIMALS, decimals=decimals
        )
    return most, decimals


def _answer_values(inner: Table, most: int | None, decimals: int) -> dict[str, str]:
    """Their answer → ours: a digit, which maps to itself unless a table says otherwise, or a number."""
    if "values" not in inner:
        return {} if most is not None else {digit: digit for digit in string.digits}
    values = inner.table("values")
    if most is None:
        return {theirs: values.choice(theirs, (*string.digits, *MARKS)) for theirs in values.values}
    ours = {theirs: answer_number(values.string(theirs), most, decimals) for theirs in values.values}
    for theirs, number in ours.items():
        if number is None:
            raise values.wrong("'{theirs}' must stand for a number from 0 to {most}", theirs=theirs, most=most)
    return {theirs: number for theirs, number in ours.items() if number is not None}


def _steps(table: Table, missing: frozenset[str]) -> tuple[Step, ...]:
    steps = []
    for step in table.tables("step"):
        with step:
            name = step.choice("step", LATER_STEPS)
            steps.append(Step(name, source(step, "day", DAY, missing), _condition(step, "where")))
    return tuple(steps)
