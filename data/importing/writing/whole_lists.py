"""A file that is the whole list of something: what it does not name any more has ended, within a bound."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from data.importing.checking.row_errors import RowErrors
from data.importing.errors import FileRefused
from data.importing.writing.fact_matching import FactMatcher, FactPlan
from data.importing.writing.stored_facts import StoredFact

MOST_AT_ONCE = 0.1  # of what stands; more is asked about, as half a file looks like a whole list
LEFT_OUT = "left_out"
Plans = Mapping[str, tuple[FactMatcher, FactPlan]]


@dataclass(frozen=True)
class Missing:
    """How many of those that stand a whole list does not name, and whether they ended."""

    missing: int
    standing: int
    ended: bool


def must_ask(missing: int, standing: int) -> bool:
    return missing > MOST_AT_ONCE * standing


def with_missing_facts(plans: Plans, faults: RowErrors, end_missing: bool) -> tuple[Plans, dict[str, Missing]]:
    """The plans with what whole lists do not name. end_missing: however many there are.

    Rows set aside are on the list all the same; rows the mapping leaves out are not. Raises FileRefused where a row has
    no readable key.
    """
    found: dict[str, Missing] = {}
    ending = dict(plans)
    for name, (matcher, plan) in plans.items():
        table = matcher.records.target.plural
        if not matcher.records.whole_list or table in found:
            continue
        of_table = [one for one in plans.values() if one[0].records.target is matcher.records.target]
        missing, standing = _missing(matcher, of_table, faults)
        ends = end_missing or not must_ask(len(missing), standing)
        found[table] = Missing(len(missing), standing, ends)
        if ends:
            ending[name] = (matcher, replace(plan, missing=tuple(missing)))
    return ending, {table: counts for table, counts in found.items() if counts.missing}


def ended_by_table(plans: Plans) -> dict[str, int]:
    """Table → how many of its facts count no more."""
    ended: Counter[str] = Counter()
    for matcher, plan in plans.values():
        ended[matcher.records.target.plural] += len(plan.ended)
    return {table: count for table, count in ended.items() if count}


def _missing(
    matcher: FactMatcher, of_table: list[tuple[FactMatcher, FactPlan]], faults: RowErrors
) -> tuple[list[StoredFact], int]:
    """The facts of the source that count and no row is, and how many count."""
    named = {fact.id for _, plan in of_table for fact in plan.before if fact is not None}
    for one, _ in of_table:
        for row in np.flatnonzero(one.records.writes & faults.bad & on_the_list(faults)).tolist():
            named.update(fact.id for fact in one.stored.under(_key(one, row)))
    standing = [fact for fact in matcher.stored.ours if not fact.gone]
    return [fact for fact in standing if fact.id not in named], len(standing)


def on_the_list(faults: RowErrors) -> np.ndarray:
    """Rows that are part of the list: all but those the mapping leaves out. Bool (rows,)."""
    left_out = [row for row, found in faults.by_row.items() if all(fault.reason == LEFT_OUT for fault in found)]
    listed = np.ones(len(faults.bad), bool)
    listed[left_out] = False
    return listed


def _key(matcher: FactMatcher, row: int) -> str:
    key = matcher.records.key[row]
    if key == f"{matcher.sources[0]}:":
        raise FileRefused(
            "A row of this whole list has no readable key, so that nobody can say what is missing; mend it, or leave "
            "'whole_list' out."
        )
    return key
