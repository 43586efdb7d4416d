"""Writing what happened: inspections, hazards, events. Nothing is overwritten; a correction is a new row.

The row of the source with key K is stored under source_key "source:K". When the file says something else later, the
new row is "source:K#2" (then "#3" …) and its corrects_id names the row that counted until then.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from data.db.engine import ROWS_AT_ONCE
from data.db.models.city import Checklist, Hazard, HazardStep, Import
from data.db.tables import table_of
from data.importing.checking.codes import AS_IT_IS, normal_code
from data.importing.checking.records import Records
from data.importing.errors import FileRefused
from data.importing.mapping.schema import Answers
from data.importing.writing.master_data import Tally, Writer, buildings_with
from scoring.errors import Sentence

Step = tuple[str, date]


@dataclass(frozen=True)
class CurrentFact:
    """The last row written under a key. counts: the row that is valid now, which may be a manual correction of it."""

    id: int
    counts: int
    revision: int
    values: tuple


@dataclass(frozen=True)
class FactWriter:
    """Adds the facts of one table of one file. mapping: the name under which its imports are recorded."""

    writer: Writer
    records: Records
    source: str
    mapping: str
    rows: np.ndarray

    def write(self) -> Tally:
        """Leaves the id of every row's fact in `writer.ids`."""
        current = self._current()
        values = list(zip(*self.columns.values(), strict=True))
        new: list[int] = []
        corrected: list[int] = []
        extended: list[int] = []
        for row, key in enumerate(self.keys):
            before = current.get(key)
            if before is None:
                new.append(row)
            elif before.values != values[row] or not self._written_steps(before) <= set(self.steps[row]):
                corrected.append(row)
            elif len(self._written_steps(before)) < len(self.steps[row]):
                extended.append(row)
        added = self._add(new + corrected, current)
        self._extend(extended, current)
        self._touch(new, corrected, extended, current)
        ids = {key: fact.id for key, fact in current.items()} | added
        self._add_steps([(ids[self.keys[row]], step) for row in new + corrected for step in self.steps[row]])
        self._take_along(corrected, current, ids)
        if corrected:
            self._refuse_if_overtaken()
        self.writer.ids[self.records.target.name] = np.array(
            [ids.get(key, -1) for key in self.records.key.tolist()], np.int64
        )
        changed = len(corrected) + len(extended)
        unchanged = len(self.rows) - len(new) - changed
        self.writer.advance(len(self.rows) - len(new) - len(corrected))
        return Tally(len(new), changed, unchanged)

    @cached_property
    def keys(self) -> list[str]:
        return self.records.key[self.rows].tolist()

    @cached_property
    def columns(self) -> dict[str, list]:
        """What is compared and written, by attribute of the model."""
        values = {name: values[self.rows].tolist() for name, values in self.records.values.items()}
        return values | self.writer.ids_of_refs(self.records, self.rows)

    @cached_property
    def steps(self) -> Sequence[tuple[Step, ...]]:
        """Each record's steps, beginning with `found`; () for what is no hazard."""
        if self.records.target.model is not Hazard:
            return [()] * len(self.rows)
        days = [("found", self.columns["found_on"])]
        days += [(step, days[self.rows].tolist()) for step, days in self.records.steps]
        steps_of_rows = zip(*([(step, day) for day in column] for step, column in days), strict=True)
        return [tuple(step for step in steps if step[1] is not None) for steps in steps_of_rows]

    @cached_property
    def known_steps(self) -> dict[int, set[Step]]:
        """The steps earlier imports by this mapping wrote, by hazard; those entered by officers are not among them."""
        steps: dict[int, set[Step]] = defaultdict(set)
        if self.records.target.model is Hazard:
            question = select(HazardStep.hazard_id, HazardStep.step, HazardStep.day).join(Import)
            of_mapping = question.where(Import.mapping == self.mapping, Import.city_id == self.writer.city.id)
            for hazard, step, day in self.writer.session.execute(of_mapping):
                steps[hazard].add((step, day))
        return steps

    def _written_steps(self, before: CurrentFact) -> set[Step]:
        return self.known_steps.get(before.id, set()) | self.known_steps.get(before.counts, set())

    def _current(self) -> dict[str, CurrentFact]:
        """Natural key → the fact now stored under it."""
        model = self.records.target.model
        columns = [getattr(model, name) for name in self.columns]
        ours = model.source_key.startswith(f"{self.source}:", autoescape=True)
        question = select(model.id, model.source_key, model.corrects_id, *columns)
        question = question.where(model.city_id == self.writer.city.id, ours).order_by(model.id)
        correctors = self._correctors()
        facts: dict[str, CurrentFact] = {}
        for id_, source_key, corrects, *values in self.writer.session.execute(question):
            key, revision = (source_key, 1) if corrects is None else split_source_key(source_key)
            counts = id_
            while counts in correctors:
                counts = correctors[counts]
            facts[key] = CurrentFact(id_, counts, revision, tuple(values))
        return facts | self._under_normal_keys(facts)

    def _under_normal_keys(self, facts: dict[str, CurrentFact]) -> dict[str, CurrentFact]:
        """Those kept under another way of writing their key, before there was a normal form of codes."""
        ours = f"{self.source}:"
        unlike = (key for key in facts if not AS_IT_IS.fullmatch(key))
        normal = {ours + normal_code(key.removeprefix(ours)): facts[key] for key in unlike}
        return {key: fact for key, fact in normal.items() if key not in facts}

    def _correctors(self) -> dict[int, int]:
        """Corrected row → the row that corrects it, whoever wrote it."""
        model = self.records.target.model
        question = select(model.corrects_id, model.id)
        question = question.where(model.city_id == self.writer.city.id, model.corrects_id.is_not(None))
        return dict(self.writer.session.execute(question.order_by(model.id)).all())

    def _add(self, rows: list[int], current: dict[str, CurrentFact]) -> dict[str, int]:
        """New rows, their ids by key; where the key exists already, each corrects the row that was valid until now."""
        if not rows:
            return {}
        table = table_of(self.records.target.model)
        before = [current.get(self.keys[row]) for row in rows]
        columns: dict[str, list] = {
            self._column(name): [values[row] for row in rows] for name, values in self.columns.items()
        }
        columns["source_key"] = [
            self.keys[row] if fact is None else f"{self.keys[row]}#{fact.revision + 1}"
            for row, fact in zip(rows, before, strict=True)
        ]
        columns["corrects_id"] = [fact.counts if fact else None for fact in before]
        if table is table_of(Hazard) and "inspection" in self.writer.ids:
            visits = self.writer.ids["inspection"][self.rows[rows]].tolist()
            columns["inspection_id"] = [None if visit < 0 else visit for visit in visits]
        same = {"city_id": self.writer.city.id, "import_id": self.writer.import_id, "recorded_on": self.writer.on}
        columns |= {name: [value] * len(rows) for name, value in same.items() if name in table.c}
        return dict(zip((self.keys[row] for row in rows), self.writer.insert(table, columns), strict=True))

    def _touch(
        self, new: list[int], corrected: list[int], extended: list[int], current: dict[str, CurrentFact]
    ) -> None:
        """A correction may move a fact from one building to another: both are touched."""
        self.writer.touched.update(self.columns["building_id"][row] for row in (*new, *corrected, *extended))
        before = [current[self.keys[row]].counts for row in (*corrected, *extended)]
        self.writer.touched.update(buildings_with(self.writer.session, self.records.target.model, before))

    def _column(self, name: str) -> str:
        return getattr(self.records.target.model, name).property.columns[0].name

    def _extend(self, rows: list[int], current: dict[str, CurrentFact]) -> None:
        """Later steps: they are added to the hazard row that is valid."""
        later = []
        for row in rows:
            before = current[self.keys[row]]
            later += [(before.counts, step) for step in self.steps[row] if step not in self._written_steps(before)]
        self._add_steps(later)

    def _take_along(self, corrected: list[int], current: dict[str, CurrentFact], ids: dict[str, int]) -> None:
        """Gives each hazard that was corrected the steps officers had recorded of the row before.

        They stay theirs, without an import, so that the same file says nothing new when it is handed in again.
        """
        if self.records.target.model is not Hazard:
            return
        rows = {current[self.keys[row]].counts: row for row in corrected}
        taken = [
            (ids[self.keys[rows[step.hazard_id]]], step)
            for step in self._steps_of_officers(list(rows))
            if (step.step, step.day) not in self.steps[rows[step.hazard_id]]
        ]
        if taken:
            same = ("step", "day", "recorded_on", "department")
            columns: dict[str, list] = {name: [getattr(step, name) for _, step in taken] for name in same}
            columns["hazard_id"] = [hazard for hazard, _ in taken]
            self.writer.insert(table_of(HazardStep), columns, counted=False)

    def _steps_of_officers(self, hazards: list[int]) -> Iterator[HazardStep]:
        question = select(HazardStep).where(HazardStep.import_id.is_(None), HazardStep.step != "found")
        for start in range(0, len(hazards), ROWS_AT_ONCE):
            part = question.where(HazardStep.hazard_id.in_(hazards[start : start + ROWS_AT_ONCE]))
            yield from self.writer.session.scalars(part.order_by(HazardStep.day, HazardStep.id))

    def _refuse_if_overtaken(self) -> None:
        """Raises FileRefused where officers corrected a row after this import had read it: only one may count.

        From here on they wait for the import; SQLite has one writer at a time, and it does not come to this.
        """
        model = self.records.target.model
        other = aliased(model)
        quicker = exists().where(other.corrects_id == model.corrects_id, other.id != model.id)
        ours = (model.corrects_id.is_not(None), model.import_id == self.writer.import_id)
        question = select(func.count()).select_from(model).where(*ours, quicker)
        if rows := self.writer.session.scalar(question):
            raise FileRefused(
                "Officers corrected {rows} of these {table} while the file was being imported; import it again.",
                rows=rows,
                table=Sentence(self.records.target.plural),
            )

    def _add_steps(self, steps: list[tuple[int, Step]]) -> None:
        if not steps:
            return
        columns: dict[str, list] = {
            "hazard_id": [hazard for hazard, _ in steps],
            "step": [step for _, (step, _) in steps],
            "day": [day for _, (_, day) in steps],
            "recorded_on": [self.writer.on] * len(steps),
            "import_id": [self.writer.import_id] * len(steps),
        }
        self.writer.insert(table_of(HazardStep), columns, counted=False)


def split_source_key(source_key: str) -> tuple[str, int]:
    """The natural key and the number of a correction's source key."""
    key, _, number = source_key.rpartition("#")
    return key, int(number)


def checklist_id(writer: Writer, answers: Answers) -> int:
    """The check-list the answers follow, created where it is new. Raises FileRefused when it has other items."""
    items = list(answers.items)
    question = select(Checklist).where(Checklist.city_id == writer.city.id, Checklist.code == answers.checklist)
    checklist = writer.session.scalar(question)
    if checklist is None:
        checklist = Checklist(city_id=writer.city.id, code=answers.checklist, items=items)
        writer.session.add(checklist)
        writer.session.flush()
    if checklist.items != items:
        raise FileRefused(
            "The check-list '{checklist}' is there with other items or another order; give the new one a code of "
            "its own, so that the old answers keep their meaning.",
            checklist=answers.checklist,
        )
    return checklist.id
