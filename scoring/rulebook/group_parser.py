"""The groups of a rule file, and the share of a category, which is one without a name of its own."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from scoring.rulebook.fact import MOST_ITEMS, Category, Fact, FactColumn, Item
from scoring.rulebook.fact_parser import fact_columns, not_known_in
from scoring.rulebook.group import FactPart, Group, How, Part, weight_unit
from scoring.rulebook.toml_table import Table

MOST_VALUE = 1_000_000  # past every answer and count of one building
LISTS: tuple[How, ...] = ("sum", "average")


def groups_in(
    top: Table, facts: Mapping[str, Fact], categories: Collection[Category], checklist: Collection[Item]
) -> dict[str, Group]:
    """By code, in the order of the file. Raises WrongRule."""
    groups: dict[str, Group] = {}
    taken = {*facts, *(category.code for category in categories)}
    for one in top.tables("group"):
        with one:
            code = one.string("code")
            if code in taken or code in groups:
                raise one.wrong("'{code}' is the name of something else already; give each name once", code=code)
            groups[code] = _group(one, code, _Known(facts, categories, checklist, groups))
    return groups


def group_named(table: Table, groups: Mapping[str, Group]) -> Group:
    """The group a criterion or condition names. Raises WrongRule."""
    code = table.string("group")
    if code not in groups:
        raise table.wrong("group '{code}' is not declared; declare it in a [[group]]", code=code)
    return groups[code]


def share_of(
    table: Table, facts: Mapping[str, Fact], categories: Collection[Category], checklist: Collection[Item]
) -> tuple[Category, Group]:
    """The category named, and the share of its items. Raises WrongRule."""
    code = table.choice("share_of", [category.code for category in categories])
    category = next(category for category in categories if category.code == code)
    items = [facts[item.code] for item in checklist if item.category == code]
    if any(item.best is None for item in items):
        raise table.wrong(
            "a share needs 'best_answer' at the head of the file, the highest answer an item can get, "
            "or 'best' on each item"
        )
    parts = tuple(FactPart(item, FactColumn(item.name)) for item in items)
    _refuse_past_floats(table, parts)
    counts_as = not_known_in(table)
    least = min(item.best or 1 for item in items)
    if isinstance(counts_as, Decimal) and counts_as > least:
        raise table.wrong("'not_known' {counts_as} is above {best}, the best answer", counts_as=counts_as, best=least)
    return category, Group(code, category.name, "share", parts, not_known=counts_as)


class _Known:
    """What a group may name."""

    def __init__(
        self,
        facts: Mapping[str, Fact],
        categories: Collection[Category],
        checklist: Collection[Item],
        groups: Mapping[str, Group],
    ) -> None:
        self.facts, self.categories, self.checklist, self.groups = facts, categories, checklist, groups

    def parts(self, table: Table, *lists: tuple[str, ...]) -> tuple[tuple[Part, ...], ...]:
        """The groups, facts and items of each list of names, a category standing for its items. Raises WrongRule."""
        named = [self._expanded(table, names) for names in lists]
        facts = [name for name in dict.fromkeys(name for names in named for name in names) if name in self.facts]
        columns = dict(zip(facts, fact_columns(table, facts, self.facts), strict=True)) if facts else {}
        found = tuple(
            tuple(
                self.groups[name] if name in self.groups else FactPart(self.facts[name], columns[name])
                for name in names
            )
            for names in named
        )
        for parts in found:
            _refuse_past_floats(table, tuple(part for part in parts if isinstance(part, FactPart)))
        return found

    def _expanded(self, table: Table, names: tuple[str, ...]) -> list[str]:
        categories = {category.code for category in self.categories}
        expanded: list[str] = []
        for name in names:
            in_category = [item.code for item in self.checklist if item.category == name]
            expanded += in_category if name in categories and name not in self.facts else [name]
        if not 1 <= len(expanded) <= MOST_ITEMS:
            raise table.wrong("a group has 1 to {most} parts, not {count}", most=MOST_ITEMS, count=len(expanded))
        for name in expanded:
            if name not in self.facts and name not in self.groups:
                raise table.wrong("'{name}' is no group before this one, no fact, item or category", name=name)
        return expanded


def _group(one: Table, code: str, known: _Known) -> Group:
    name = one.text("name")
    stated = [key for key in (*LISTS, "ratio", "share_of") if key in one]
    if len(stated) != 1:
        raise one.wrong("say once how it is made: sum = [names], average = [names], ratio or share_of = category")
    how = stated[0]
    to: tuple[Part, ...] = ()
    if how == "share_of":
        share = share_of(one, known.facts, known.categories, known.checklist)[1]
        parts, made = share.parts, "share"
    elif how == "ratio":
        parts, to = _ratio(one, known)
        made = "ratio"
    else:
        (parts,) = known.parts(one, one.strings(how))
        made = how
    return Group(code, name, _how(made), parts, to, not_known=not_known_in(one), **_bounds(one))


def _how(made: str) -> How:
    return next(how for how in ("sum", "average", "ratio", "share") if how == made)


def _ratio(one: Table, known: _Known) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    with one.table("ratio") as inner:
        of: tuple[str, ...] = inner.strings("of")
        to: tuple[str, ...] = inner.strings("to")
    parts, others = known.parts(one, of, to)
    return parts, others


def _bounds(one: Table) -> dict:
    numbers = {key: one.number(key) for key in ("factor", "round_to", "at_least", "at_most") if key in one}
    if numbers.get("factor") == 0:
        raise one.wrong("'factor' must not be 0, or nothing of it would count")
    if numbers.get("round_to", 1) <= 0:
        raise one.wrong("'round_to' must be above 0, such as 5 for multiples of five")
    least, most = numbers.get("at_least"), numbers.get("at_most")
    if least is not None and most is not None and least >= most:
        raise one.wrong("'at_least' {least} does not lie below 'at_most' {most}", least=least, most=most)
    return numbers


def _refuse_past_floats(table: Table, facts: tuple[FactPart, ...]) -> None:
    """Sums of thousandths must be told apart in floats, however they were rounded on the way."""
    if not facts:
        return
    unit = weight_unit(facts)
    most = sum(part.fact.weight * unit * (part.fact.best or MOST_VALUE) for part in facts)
    if len(facts) * most * 1000 >= 2**50:
        raise table.wrong(
            "weights and best answers too large or too fine to be added up exactly; write shorter weights"
        )
