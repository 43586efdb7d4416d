"""Which stored fact a row of a file is: by its key and what it says, or by what it says alone.

Neither the file's name nor the row's place in it matters. A row is the stored fact that its key names when that says
the same. Where it has no key, or its key is new, it is one that says the same in every column the mapping fills, among
the facts of its source that have no key and those that the same bytes brought before; each stored fact is one row's at
most. What is left repeats a stored fact with other content when its key, or its building, day and matter, names one
that no row is; everything else is new.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from sqlalchemy import select

from data.db.models.city import Hazard, HazardStep, Import
from data.importing.checking.records import Records
from data.importing.writing.master_data import Writer, stored_ids
from data.importing.writing.stored_facts import StoredFact, StoredFacts, stored_facts

Step = tuple[str, date]
MATTER = {  # beside building and day, what makes two facts without keys the same one
    "inspection": ("inspector",),
    "hazard": ("group", "category"),
    "event": ("kind",),
}
DAY = {"inspection": "day", "hazard": "found_on", "event": "day"}


@dataclass(frozen=True)
class FactPlan:
    """What is to become of the rows of one table. rows: of the file, shape (n,); the lists hold places in it.

    before: the stored fact each is, or repeats. extended: only later steps are new. repeating: other content.
    revived: said anew after it was withdrawn. withdrawn: void rows of facts that count. missing: facts that a whole
    list does not name any more.
    """

    rows: np.ndarray
    before: list[StoredFact | None]
    new: list[int]
    extended: list[int]
    repeating: list[int]
    revived: list[int]
    withdrawn: list[int]
    missing: tuple[StoredFact, ...] = ()

    @property
    def written(self) -> list[int]:
        """Rows that become rows of the table."""
        return [*self.new, *self.repeating, *self.revived]

    @property
    def found(self) -> list[StoredFact | None]:
        """What the rows are that neither repeat nor withdraw it: those name what they build on by themselves."""
        written = {*self.written, *self.withdrawn}
        return [fact for row, fact in enumerate(self.before) if row not in written]

    @property
    def same(self) -> list[StoredFact]:
        """The facts that rows are which bring nothing new."""
        more = {*self.written, *self.withdrawn, *self.extended}
        return [fact for row, fact in enumerate(self.before) if fact is not None and row not in more]

    @property
    def ended(self) -> list[StoredFact]:
        """Facts that count no more from this import on."""
        named = (self.before[row] for row in self.withdrawn)
        return [*(fact for fact in named if fact is not None), *self.missing]


@dataclass(frozen=True)
class FactMatcher:
    """One table of one file. mapping: the name under which its imports are recorded."""

    writer: Writer
    records: Records
    sources: tuple[str, ...]
    mapping: str
    twins: tuple[int, ...]

    def plan(self, rows: np.ndarray, taken: set[int]) -> FactPlan:
        """taken: ids of stored facts that rows are already; those of this plan are added."""
        if not self.stored.by_label:
            return self._all_new(rows)
        values = list(zip(*self.columns(rows).values(), strict=True))
        steps = self.steps(rows)
        before: list[StoredFact | None] = [None] * len(rows)
        void, live = self._void_and_live(rows)
        unknown = self._found_by_key(live, rows, values, steps, before, taken)
        unknown = self._found_by_content(unknown, values, steps, before, taken)
        same = [row for row in live if before[row] is not None]
        self._find_void(void, rows, values, before, taken)
        repeating = self._found_otherwise(unknown, rows, values, before, taken)
        return FactPlan(
            rows=rows,
            before=before,
            new=[row for row in live if before[row] is None],
            extended=self._extended(same, before, steps) if self._of_hazards else [],
            repeating=repeating,
            revived=[row for row in same if (fact := before[row]) and fact.void],
            withdrawn=[row for row in void if (fact := before[row]) and not fact.gone],
        )

    def _all_new(self, rows: np.ndarray) -> FactPlan:
        _, live = self._void_and_live(rows)
        return FactPlan(rows, [None] * len(rows), live, [], [], [], [])

    def _void_and_live(self, rows: np.ndarray) -> tuple[list[int], list[int]]:
        void = np.zeros(len(rows), bool) if self.records.void is None else self.records.void[rows]
        return np.flatnonzero(void).tolist(), np.flatnonzero(~void).tolist()

    def _extended(self, same: list[int], before: list[StoredFact | None], steps: Sequence) -> list[int]:
        facts = ((row, before[row]) for row in same)
        return [row for row, fact in facts if fact and not fact.void and set(steps[row]) - self.written_steps(fact)]

    def columns(self, rows: np.ndarray) -> dict[str, list]:
        """What is compared, by attribute of the model; building_id is -1 for a building that is yet to be written."""
        values = {name: values[rows].tolist() for name, values in self.records.values.items()}
        return values | {f"{name}_id": ids[rows].tolist() for name, ids in self._refs.items()}

    def steps(self, rows: np.ndarray) -> Sequence[tuple[Step, ...]]:
        """Each record's steps, beginning with `found`; () for what is no hazard."""
        if self.records.target.model is not Hazard:
            return [()] * len(rows)
        days = [("found", self.records.values["found_on"][rows].tolist())]
        days += [(step, days[rows].tolist()) for step, days in self.records.steps]
        steps_of_rows = zip(*([(step, day) for day in column] for step, column in days), strict=True)
        return [tuple(step for step in steps if step[1] is not None) for steps in steps_of_rows]

    @property
    def column_names(self) -> tuple[str, ...]:
        return (*self.records.values, *(f"{name}_id" for name in self.records.refs))

    @cached_property
    def stored(self) -> StoredFacts:
        model = self.records.target.model
        return stored_facts(self.writer, model, self.column_names, self.sources, self.twins)

    def written_steps(self, fact: StoredFact | None, own: bool = False) -> set[Step]:
        """The steps imports wrote of a hazard; those entered by officers are not among them. own: by this mapping."""
        if fact is None:
            return set()
        every, by_mapping = self._steps_by_hazard
        steps = by_mapping if own else every
        return steps.get(fact.id, set()) | steps.get(fact.counts, set())

    def _found_by_key(
        self, live: list[int], rows: np.ndarray, values: list[tuple], steps: Sequence, before: list, taken: set[int]
    ) -> list[int]:
        """Fills in `before` where a key's record says the same; the rows that are left."""
        if not self.records.has_keys or not self.stored.by_label:
            return live
        unknown = []
        keys = self.records.key[rows].tolist()
        for row in live:
            for fact in self.stored.under(keys[row]):
                if fact.id not in taken and self._says_the_same(fact, values[row], steps[row]):
                    before[row] = fact
                    taken.add(fact.id)
                    break
            else:
                unknown.append(row)
        return unknown

    def _found_by_content(
        self, unknown: list[int], values: list[tuple], steps: Sequence, before: list, taken: set[int]
    ) -> list[int]:
        """Fills in `before` where a fact without a key, or of the same bytes, says the same; the rows that are left."""
        pool = [*(self.stored.keyless if self.records.has_keys else self.stored.ours), *self.stored.twins]
        if not unknown or not pool:
            return unknown
        alike: dict[tuple, list[StoredFact]] = defaultdict(list)
        for fact in pool:
            alike[fact.values].append(fact)
        left: list[int] = []
        for row in unknown:
            free = (one for one in alike.get(values[row], ()) if one.id not in taken)
            same = next((one for one in free if self._says_the_same(one, values[row], steps[row])), None)
            if same is None:
                left.append(row)
            else:
                before[row] = same
                taken.add(same.id)
        return left

    def _found_otherwise(
        self, unknown: list[int], rows: np.ndarray, values: list[tuple], before: list, taken: set[int]
    ) -> list[int]:
        """Fills in `before` where a record that no row is has the key, or the building, day and matter; those rows.

        Rows without keys are taken by what they say, so that the order of the file does not matter.
        """
        if not unknown or not self.stored.by_label:
            return []
        keys = self.records.key[rows].tolist()
        alike: dict[tuple, list[StoredFact]] = defaultdict(list)
        for fact in self.stored.keyless if self.records.has_keys else self.stored.ours:
            alike[self._matter(fact.values)].append(fact)
        repeating = []
        for row in unknown if self.records.has_keys else sorted(unknown, key=lambda row: repr(values[row])):
            named = self.stored.under(keys[row]) if self.records.has_keys else []
            others = (one for one in (*named, *alike.get(self._matter(values[row]), ())) if one.id not in taken)
            other = next(others, None)
            if other is not None:
                before[row] = other
                taken.add(other.id)
                repeating.append(row)
        return sorted(repeating)

    def _find_void(self, void: list[int], rows: np.ndarray, values: list[tuple], before: list, taken: set[int]) -> None:
        """Fills in `before` for void rows: what their key means or, of several and without one, what says the same."""
        if not void:
            return
        keys = self.records.key[rows].tolist()
        alike: dict[tuple, list[StoredFact]] = defaultdict(list)
        for fact in [] if self.records.has_keys else self.stored.ours:
            alike[fact.values].append(fact)
        for row in void:
            named = self.stored.under(keys[row]) if self.records.has_keys else alike[values[row]]
            free = [fact for fact in named if fact.id not in taken]
            same = [fact for fact in free if fact.values == values[row]]
            if same or len(free) == 1:
                before[row] = (same or free)[0]
                taken.add(before[row].id)

    def _says_the_same(self, fact: StoredFact, values: tuple, steps: tuple[Step, ...]) -> bool:
        if fact.values != values:
            return False
        return not self._of_hazards or self.written_steps(fact, own=True) <= set(steps)

    def day_and_matter(self, columns: dict[str, list], row: int) -> tuple[date, list]:
        """What a fact without a key is called by, beside its building."""
        target = self.records.target.name
        return columns[DAY[target]][row], [columns[name][row] for name in MATTER[target] if name in columns]

    def _matter(self, values: tuple) -> tuple:
        return tuple(values[place] for place in self._matter_places)

    @cached_property
    def _matter_places(self) -> list[int]:
        names = list(self.column_names)
        target = self.records.target.name
        matter = [name for name in MATTER[target] if name in names]
        return [names.index(name) for name in ("building_id", DAY[target], *matter)]

    @property
    def _of_hazards(self) -> bool:
        return self.records.target.model is Hazard

    @cached_property
    def _steps_by_hazard(self) -> tuple[dict[int, set[Step]], dict[int, set[Step]]]:
        every: dict[int, set[Step]] = defaultdict(set)
        by_mapping: dict[int, set[Step]] = defaultdict(set)
        question = select(HazardStep.hazard_id, HazardStep.step, HazardStep.day, Import.mapping).join(Import)
        for hazard, step, day, mapping in self.writer.session.execute(
            question.where(Import.city_id == self.writer.city.id)
        ):
            every[hazard].add((step, day))
            if mapping == self.mapping:
                by_mapping[hazard].add((step, day))
        return every, by_mapping

    @cached_property
    def _refs(self) -> dict[str, np.ndarray]:
        refs = {}
        for name, keys in self.records.refs.items():
            ids = stored_ids(self.writer, name)
            refs[name] = np.array([ids.get(key, -1) for key in keys.tolist()], np.int64)
        return refs
