"""Rule files → checked editions. Whatever is not understood is refused, with file, place and cure."""

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path

from scoring.errors import Sentence, WrongRule
from scoring.rulebook.criteria import RuleContext, read_criterion
from scoring.rulebook.fact_parser import checklist_in, fact_columns, facts_in, no_doubles
from scoring.rulebook.group import Group
from scoring.rulebook.group_parser import group_named, groups_in
from scoring.rulebook.model import (
    Band,
    Cap,
    Condition,
    Criterion,
    Edition,
    Fact,
    FactColumn,
    Grade,
    LeftOut,
)
from scoring.rulebook.toml_table import Table, table

MEASURED = ("answer", "building")  # facts of any number, not counts


def read_edition(path: Path) -> Edition:
    """The edition in a file <rule set>/<first day in force>.toml. Raises WrongRule."""
    file = f"{path.parent.name}/{path.name}"
    try:
        in_force = date.fromisoformat(path.stem)
    except ValueError:
        raise WrongRule(
            "{file}: the name must be the first day in force, such as 2009-10-01.toml.", file=file
        ) from None
    return edition_from(path.read_text(encoding="utf-8"), path.parent.name, in_force)


def edition_from(text: str, rule_set: str, in_force: date) -> Edition:
    """The edition in the text of a rule file: one kept in a database, or a draft. Raises WrongRule."""
    with table(f"{rule_set}/{in_force}.toml", text) as top:
        grades = _grades(top)
        codes = [grade.code for grade in grades]
        categories, checklist = checklist_in(top, top.whole_or_none("best_answer", least=1))
        facts = facts_in(top, checklist)
        groups = groups_in(top, facts, categories, checklist)
        intervals = _intervals(top, codes)
        return Edition(
            rule_set=rule_set,
            in_force=in_force,
            title=top.text("title"),
            source=top.text("source"),
            grades=grades,
            start=top.number("start") if "start" in top else Decimal(0),
            start_quote=top.string("start_quote") if "start" in top else None,
            criteria=_criteria(top, RuleContext(facts, categories, checklist, groups)),
            bands=_bands(top, codes),
            caps=tuple(_cap(one, codes, facts, groups) for one in top.tables("cap")),
            required=_required(top, facts),
            left_out=tuple(_left_out(one) for one in top.tables("left_out")),
            assumed=top.texts("assumed"),
            facts=facts,
            categories=categories,
            checklist=checklist,
            groups=tuple(groups.values()),
            inspect_every_days=intervals,
            visit_counts_also_for=_counts_also_for(top, intervals),
            round_to=_round_to(top),
            warning=top.text_or_none("warning"),
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            text=text,
        )


def _grades(top: Table) -> tuple[Grade, ...]:
    grades = []
    for one in top.tables("grade"):
        with one:
            grades.append(
                Grade(
                    code=one.string("code"),
                    name=one.text("name"),
                    published=one.string("published") if "published" in one else None,
                    sign=one.text_or_none("sign"),
                    visits=one.text_or_none("visits"),
                )
            )
    if not grades:
        raise top.wrong("no [[grade]]; list the grades, worst first")
    no_doubles(top, Sentence("grade"), (grade.code for grade in grades))
    return tuple(grades)


def _required(top: Table, facts: dict[str, Fact]) -> tuple[FactColumn, ...]:
    names: tuple[str, ...] = top.strings("required")
    no_doubles(top, Sentence("required fact"), names)
    for name in names:
        if name not in facts:
            raise top.wrong("'required' names '{name}', which is not declared; declare it in a [[fact]]", name=name)
    return tuple(FactColumn(name) for name in names)


def _criteria(top: Table, context: RuleContext) -> tuple[Criterion, ...]:
    return tuple(read_criterion(criterion, context) for criterion in top.tables("criterion"))


def _round_to(top: Table) -> Decimal | None:
    """The step scores are rounded to: `rounding = "half_up"` alone means whole points."""
    step = top.number("round_to") if "round_to" in top else None
    if step is not None and step <= 0:
        raise top.wrong("'round_to' must be above 0, such as 5 for multiples of five")
    if "rounding" in top:
        top.choice("rounding", ["half_up"])
        return step or Decimal(1)
    return step


def _bands(top: Table, grades: list[str]) -> tuple[Band, ...]:
    bands: list[Band] = []
    last = Decimal("-Infinity")
    rows = top.tables("band")
    for one in rows:
        with one:
            grade = one.choice("grade", grades)
            below = one.number("below") if "below" in one else None
            if below is None and one is not rows[-1]:
                raise one.wrong("'below' is missing; only the last band is open")
            if below is not None and one is rows[-1]:
                raise one.wrong("the last band must have no 'below', or the best scores have no grade")
            if below is not None and below <= last:
                raise one.wrong(
                    "'below' {below} does not rise above {last}; put the bands in rising order", below=below, last=last
                )
            if bands and grades.index(grade) <= grades.index(bands[-1].grade):
                raise one.wrong(
                    "'{grade}' is not better than '{last}' before it; grades rise with scores",
                    grade=grade,
                    last=bands[-1].grade,
                )
            last = last if below is None else below
            bands.append(Band(grade, below, one.string("quote"), one.text_or_none("assumed")))
    if not bands:
        raise top.wrong("no [[band]]; give at least one, without 'below'")
    return tuple(bands)


def _cap(one: Table, grades: list[str], facts: dict[str, Fact], groups: dict[str, Group]) -> Cap:
    with one:
        grade, quote = one.choice("grade", grades), one.string("quote")
        conditions = [_condition(one, facts, groups)]
        for also in one.tables("also"):
            with also:
                conditions.append(_condition(also, facts, groups))
        return Cap(grade, tuple(conditions), quote, one.text_or_none("assumed"))


def _condition(one: Table, facts: dict[str, Fact], groups: dict[str, Group]) -> Condition:
    if "group" in one:
        group = group_named(one, groups)
        return Condition(group.needs, *_limits(one, counted=False), group)
    names = one.strings("facts") if "facts" in one else (one.string("fact"),)
    if not names:
        raise one.wrong("'facts' must name at least one fact")
    needs = fact_columns(one, names, facts)
    return Condition(needs, *_limits(one, counted=not any(facts[name].kind in MEASURED for name in names)))


def _limits(one: Table, counted: bool) -> tuple[Decimal | None, Decimal | None]:
    """counted: a number of something, of which there cannot be a half."""

    def limit(key: str) -> Decimal | None:
        if not counted:
            return one.number(key) if key in one else None
        whole = one.whole_or_none(key, least=1)
        return None if whole is None else Decimal(whole)

    at_least, below = limit("at_least"), limit("below")
    if at_least is None and below is None:
        raise one.wrong("'at_least' or 'below' is missing; without either it would always hold")
    return at_least, below


def _left_out(one: Table) -> LeftOut:
    with one:
        return LeftOut(one.string("quote"), one.text("why"))


def _intervals(top: Table, grades: list[str]) -> dict[str, dict[str, int]]:
    """Days between visits by grade and role; a grade without any is an error."""
    intervals = {}
    with top.table("inspect_every_days") as every:
        for grade in grades:
            with every.table(grade) as roles:
                intervals[grade] = {role: roles.whole(role, least=1) for role in roles.values}
                if not intervals[grade]:
                    raise roles.wrong("no role; say who visits, such as officer = 21")
    return intervals


def _counts_also_for(top: Table, intervals: dict[str, dict[str, int]]) -> dict[str, tuple[str, ...]] | None:
    """Which roles' needs a role's visit ends beside its own; None where the file does not say."""
    if "visit_counts_also_for" not in top:
        return None
    known = tuple(dict.fromkeys(role for roles in intervals.values() for role in roles))
    with top.table("visit_counts_also_for") as also:
        for role in also.values:
            also.one_of("visit_counts_also_for", role, known)
        return {role: also.strings(role, known) for role in also.values}
