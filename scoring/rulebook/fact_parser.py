"""The parts of a rule file that say what is known of a building: its check-list and its facts."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Literal

from scoring.errors import Sentence
from scoring.rulebook.hazard_catalogue import GROUPS, SEVERITIES
from scoring.rulebook.model import Category, Fact, FactColumn, Item, Text
from scoring.rulebook.toml_table import Table

KINDS: tuple[Literal["events", "answer", "hazards", "inspections"], ...] = (
    "events",
    "answer",
    "hazards",
    "inspections",
)
STATES: tuple[Literal["open", "overdue", "late", "found"], ...] = ("open", "overdue", "late", "found")
LONGEST_WINDOW = 1_200  # months; before a hundred years there is no record
WINDOW_ADVICE = Sentence("only events, inspections and hazards found are counted over months; take 'months' away")
DEAREST = 3  # the classes of cost: 1 small, 2 medium, 3 large


def no_doubles(where: Table, what: Sentence, names: Iterable[str]) -> None:
    doubles = [name for name, times in Counter(names).items() if times > 1]
    if doubles:
        raise where.wrong("{what} '{name}' stands twice; give each name once", what=what, name=doubles[0])


def checklist_in(top: Table) -> tuple[tuple[Category, ...], tuple[Item, ...]]:
    categories, items = [], []
    for one in top.tables("category"):
        with one:
            categories.append(Category(one.string("code"), one.text("name")))
            rows = one.tables("items")
            if not rows:
                raise one.wrong("no items; list at least one")
        for row in rows:
            with row:
                name = Text(row.string("zh"), row.string("en"))
                items.append(Item(row.string("code"), categories[-1].code, name, _cost(row)))
    no_doubles(top, Sentence("category"), (category.code for category in categories))
    return tuple(categories), tuple(items)


def facts_in(top: Table, checklist: Collection[Item]) -> dict[str, Fact]:
    declared = [Fact(item.code, item.name, "answer", (item.code,), cost=item.cost) for item in checklist]
    declared += [_fact(one) for one in top.tables("fact")]
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
                "say once where it comes from: events = [kinds], answer = item, hazards = state, or inspections = true"
            )
        one.flag("police_only")  # a remark of the author's, as published editions carry it; it opens and closes nothing
        fact = Fact(one.string("name"), one.text("label"), kind[0])
        if fact.kind == "events":
            fact = replace(fact, of=one.strings("events"))
        elif fact.kind == "answer":
            fact = replace(fact, of=(one.string("answer"),))
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
        if cost is not None and fact.has_window:
            raise one.wrong("'cost' is for answers and hazards that stand; what has happened cannot be mended")
    return replace(fact, cost=cost)


def _cost(one: Table) -> int | None:
    cost = one.whole_or_none("cost", least=1)
    if cost is not None and cost > DEAREST:
        raise one.wrong("'cost' must be 1 small, 2 medium or {dearest} large, not {cost}", dearest=DEAREST, cost=cost)
    return cost
