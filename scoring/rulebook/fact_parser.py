"""The parts of a rule file that say what is known of a building: its check-list and its facts."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from scoring.errors import Sentence
from scoring.rulebook.fact import (
    BUILDING_FIELDS,
    MOST_ITEMS,
    Category,
    Fact,
    FactColumn,
    FactKind,
    Item,
    NotKnown,
    Text,
)
from scoring.rulebook.hazard_catalogue import GROUPS, SEVERITIES
from scoring.rulebook.toml_table import Table

KINDS: tuple[FactKind, ...] = ("events", "answer", "hazards", "inspections", "building")
STATES: tuple[Literal["open", "overdue", "late", "found"], ...] = ("open", "overdue", "late", "found")
LONGEST_WINDOW = 1_200  # months; before a hundred years there is no record
WINDOW_ADVICE = Sentence("only events, inspections and hazards found are counted over months; take 'months' away")
MOST_ANSWERED = 999_999  # the highest answer that check-lists keep
DOES_NOT_APPLY: Literal["does_not_apply"] = "does_not_apply"
DEAREST = 3  # the classes of cost: 1 small, 2 medium, 3 large


def no_doubles(where: Table, what: Sentence, names: Iterable[str]) -> None:
    doubles = [name for name, times in Counter(names).items() if times > 1]
    if doubles:
        raise where.wrong("{what} '{name}' stands twice; give each name once", what=what, name=doubles[0])


def checklist_in(top: Table, best: int | None) -> tuple[tuple[Category, ...], tuple[Item, ...]]:
    """best: the highest answer of an item that does not state its own."""
    categories: list[Category] = []
    items: list[Item] = []
    for one in top.tables("category"):
        with one:
            categories.append(Category(one.string("code"), one.text("name")))
            rows = one.tables("items")
            if not rows:
                raise one.wrong("no items; list at least one")
            if len(rows) > MOST_ITEMS:
                raise one.wrong("{count} items; a category has at most {most}", count=len(rows), most=MOST_ITEMS)
        for row in rows:
            with row:
                name = Text(row.string("zh"), row.string("en"))
                code, category = row.string("code"), categories[-1].code
                items.append(Item(code, category, name, _cost(row), _best(row, best), _weight(row)))
    no_doubles(top, Sentence("category"), (category.code for category in categories))
    return tuple(categories), tuple(items)


def facts_in(top: Table, checklist: Collection[Item]) -> dict[str, Fact]:
    declared = [
        Fact(item.code, item.name, "answer", (item.code,), cost=item.cost, best=item.best, weight=item.weight)
        for item in checklist
    ]
    best = {item.code: item.best for item in checklist}
    for fact in map(_fact, top.tables("fact")):
        is_answer = fact.kind == "answer" and fact.best is None
        declared.append(replace(fact, best=best.get(fact.of[0])) if is_answer else fact)
    no_doubles(top, Sentence("fact"), (fact.name for fact in declared))
    return {fact.name: fact for fact in declared}


def fact_columns(one: Table, names: Iterable[str], facts: Mapping[str, Fact]) -> tuple[FactColumn, ...]:
    """The facts named, each over `months` where it has a window."""
    months = one.whole_or_none("months", least=1)
    if months is not None and months > LONGEST_WINDOW:
        raise one.wrong(
            "'months' must be at most {longest_window}; without 'months' it counts for ever",
            longest_window=LONGEST_WINDOW,
        )
    for name in names:
        if name not in facts:
            raise one.wrong("fact '{name}' is not declared; declare it in a [[fact]]", name=name)
    if months is not None and not any(facts[name].has_window for name in names):
        raise one.wrong("'{name}' has no window: {advice}", name=next(iter(names)), advice=WINDOW_ADVICE)
    return tuple(FactColumn(name, months if facts[name].has_window else None) for name in names)


def _fact(one: Table) -> Fact:
    with one:
        kind = [kind for kind in KINDS if kind in one]
        if len(kind) != 1:
            raise one.wrong(
                "say once where it comes from: events = [kinds], answer = item, hazards = state, inspections = true, "
                "or building = field"
            )
        one.flag("police_only")  # a remark of the author's, as published editions carry it; it opens and closes nothing
        fact = Fact(one.string("name"), one.text("label"), kind[0])
        if fact.kind == "events":
            fact = replace(fact, of=one.strings("events"))
        elif fact.kind == "answer":
            fact = replace(fact, of=(one.string("answer"),), best=_best(one, None))
        elif fact.kind == "building":
            fact = replace(fact, of=(one.choice("building", BUILDING_FIELDS),))
        elif fact.kind == "inspections":
            if not one.flag("inspections"):
                raise one.wrong("'inspections' must be true; to leave it out, take the fact away")
        else:
            state = one.choice("hazards", STATES)
            groups, severities = one.strings("groups", GROUPS), one.strings("severities", SEVERITIES)
            fact = replace(fact, of=groups, state=state, severities=severities)
        if fact.kind == "events" and not fact.of:
            raise one.wrong("'events' must list at least one kind of event")
        cost = _cost(one)
        if cost is not None and (fact.has_window or fact.kind == "building"):
            raise one.wrong("'cost' is for answers and hazards that stand; what has happened cannot be mended")
    return replace(fact, cost=cost)


def _cost(one: Table) -> int | None:
    cost = one.whole_or_none("cost", least=1)
    if cost is not None and cost > DEAREST:
        raise one.wrong("'cost' must be 1 small, 2 medium or {dearest} large, not {cost}", dearest=DEAREST, cost=cost)
    return cost


def _best(one: Table, otherwise: int | None) -> int | None:
    best = one.whole_or_none("best", least=1)
    if best is not None and best > MOST_ANSWERED:
        raise one.wrong("'best' must be at most {most}, not {best}", most=MOST_ANSWERED, best=best)
    return otherwise if best is None else best


def _weight(one: Table) -> Decimal:
    weight = one.number("weight") if "weight" in one else Decimal(1)
    if weight <= 0:
        raise one.wrong("'weight' must be above 0, not {weight}; leave out an item that does not count", weight=weight)
    return weight


def not_known_in(table: Table) -> NotKnown:
    """What a fact counts as that is not known: a number, as if it did not apply, or None: it stays unrated."""
    if "not_known" not in table:
        return None
    if table.values["not_known"] == DOES_NOT_APPLY:
        return DOES_NOT_APPLY
    if isinstance(table.values["not_known"], str):
        raise table.wrong("'not_known' must be a number of 0 or more, or \"does_not_apply\"")
    counts_as = table.number("not_known")
    if counts_as < 0:
        raise table.wrong("'not_known' must be a number of 0 or more, or \"does_not_apply\"")
    return counts_as
