"""What becomes of rows that name a stored fact and say something else: asked, never assumed."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from data.importing.checking.records import Records
from data.importing.checking.row_errors import RowError, RowErrors
from data.importing.mapping.schema import RepeatedKeys, SourceMapping
from data.importing.writing.fact_matching import FactMatcher, FactPlan
from data.importing.writing.master_data import Writer, stored_ids, stored_rows
from data.importing.writing.stored_facts import StoredFact
from scoring.errors import Sentence

REASON = "key_repeats"
NOT_SAID = "–"
Plans = Mapping[str, tuple[FactMatcher, FactPlan]]


def planned_facts(
    writer: Writer,
    records: Mapping[str, Records],
    mapping: SourceMapping,
    twins: tuple[int, ...],
    answer: RepeatedKeys,
    faults: RowErrors,
) -> tuple[Plans, int]:
    """What is to become of the rows of facts of a file, before anything is written, and how many rows repeat others.

    twins: earlier imports of the same bytes. answer: "ask" sets the repeating rows aside (added to `faults`),
    "corrections" lets each correct the fact it repeats, "others" keeps each beside it.
    """
    matchers = {
        name: FactMatcher(writer, of_target, mapping.sources, mapping.name, twins)
        for name, of_target in records.items()
        if of_target.target.is_fact
    }
    if matchers:
        stored_rows(writer, records["building"])
    asked = 0
    while True:
        plans = _plans(matchers, ~faults.bad)
        repeating = _repeating_rows(plans)
        if answer != "ask" or not len(repeating):
            break
        before = int(faults.bad.sum())
        for matcher, plan in plans.values():
            _set_aside(matcher, plan, faults)
        asked += int(faults.bad.sum()) - before
    if answer == "others":
        plans = {name: (matcher, _beside(plan)) for name, (matcher, plan) in plans.items()}
    return plans, asked or len(repeating)


def imports_found(plans: Plans) -> tuple[int, ...]:
    """The imports whose facts some rows are, so that those cannot be undone alone; what is corrected says so itself."""
    facts = (fact for _, plan in plans.values() for fact in plan.found)
    return tuple(sorted({fact.import_id for fact in facts if fact is not None and fact.import_id is not None}))


def taken_for_the_same(plans: Plans) -> dict[str, int]:
    """Table → rows without a key that were taken for a fact of an earlier file because they say the same.

    Those of the very same bytes are not among them: that is said by itself.
    """
    counts: Counter[str] = Counter()
    for matcher, plan in plans.values():
        if not matcher.records.has_keys:
            counts[matcher.records.target.plural] += sum(
                fact.id not in matcher.stored.brought_by_twins for fact in plan.same
            )
    return {table: count for table, count in counts.items() if count}


def _plans(matchers: Mapping[str, FactMatcher], good: np.ndarray) -> Plans:
    taken: dict[type, set[int]] = defaultdict(set)  # tables that are filled twice share their facts
    return {
        name: (matcher, matcher.plan(matcher.records.first_rows(good), taken[matcher.records.target.model]))
        for name, matcher in matchers.items()
    }


def _repeating_rows(plans: Plans) -> np.ndarray:
    rows = [plan.rows[plan.repeating] for _, plan in plans.values() if plan.repeating]
    return np.unique(np.concatenate(rows)) if rows else np.empty(0, np.int64)


def _beside(plan: FactPlan) -> FactPlan:
    """Repeating rows as records of their own."""
    before = [None if row in set(plan.repeating) else fact for row, fact in enumerate(plan.before)]
    return replace(plan, before=before, new=sorted([*plan.new, *plan.repeating]), repeating=[])


def _set_aside(matcher: FactMatcher, plan: FactPlan, faults: RowErrors) -> None:
    """Each repeating row, and the rows that speak of the same fact."""
    if not plan.repeating:
        return
    records, columns = matcher.records, matcher.columns(plan.rows)
    codes = {id_: code for code, id_ in stored_ids(matcher.writer, "building").items()}
    by_key: dict = {}
    for row in plan.repeating:
        fact = plan.before[row]
        assert fact is not None
        now = [values[row] for values in columns.values()]
        changes = tuple(_changes(list(columns), fact, now, codes)) or (Sentence("its steps"),)
        by_key[records.key[plan.rows[row]]] = RowError(
            REASON,
            "The {table} '{said}' came in before and said otherwise ({changes}); say whether such rows are corrections "
            "or other records, on the page or by --repeated-keys.",
            table=Sentence(records.target.name),
            said=_said(matcher, columns, row, codes, records.key[plan.rows[row]]),
            changes=changes,
        )
    wanted = records.writes & ~faults.bad
    rows = np.flatnonzero(wanted & np.array([key in by_key for key in records.key.tolist()], bool))
    faults.add_each(rows, lambda row: by_key[records.key[row]])


def _changes(names: list[str], fact: StoredFact, now: list, codes: Mapping[int, str]) -> Iterator[Sentence]:
    for name, old, new in zip(names, fact.values, now, strict=True):
        if old != new:
            if name == "building_id":
                name, old, new = "building", codes.get(old), codes.get(new)
            yield Sentence("{name}: {before}, here {now}", name=name, before=_text(old), now=_text(new))


def _text(value: object) -> str:
    return NOT_SAID if value is None else str(value)


def _said(matcher: FactMatcher, columns: dict[str, list], row: int, codes: Mapping[int, str], label: str) -> str:
    """What people call a fact: its key, or its building and day."""
    if matcher.records.has_keys:
        return label.partition(":")[2].replace("##", "#")
    day, _ = matcher.day_and_matter(columns, row)
    return f"{codes.get(columns['building_id'][row], NOT_SAID)} {day}"
