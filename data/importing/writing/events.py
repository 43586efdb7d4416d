"""Writing what happened: inspections, hazards, events. Nothing is overwritten; a correction is a new row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from data.db.engine import ROWS_AT_ONCE
from data.db.models.city import Checklist, Hazard, HazardStep
from data.db.tables import table_of
from data.importing.checking.records import Records
from data.importing.errors import FileRefused
from data.importing.mapping.fact_labels import label_of_content
from data.importing.mapping.schema import Answers
from data.importing.writing.fact_matching import FactMatcher, FactPlan, Step
from data.importing.writing.master_data import Tally, Writer, buildings_with
from data.importing.writing.stored_facts import StoredFact
from scoring.errors import Sentence


@dataclass(frozen=True)
class FactWriter:
    """Adds the facts of one table of a file as planned: what repeats a stored fact corrects it, what ended is void."""

    matcher: FactMatcher
    plan: FactPlan

    def write(self) -> Tally:
        """Leaves the id of every row's fact in `writer.ids`."""
        plan = self.plan
        added = self._add(plan.written)
        self._withdraw()
        self._extend()
        self._touch()
        ids = {row: fact.id for row, fact in enumerate(plan.before) if fact is not None} | added
        self._add_steps([(added[row], step) for row in plan.written for step in self.steps[row]])
        self._take_along(added)
        if plan.repeating or plan.revived or plan.ended:
            self._refuse_if_overtaken()
        by_key = {self.records.key[at]: ids[row] for row, at in enumerate(plan.rows.tolist()) if row in ids}
        self.writer.ids[self.records.target.name] = np.array(
            [by_key.get(key, -1) for key in self.records.key.tolist()], np.int64
        )
        changed = len(plan.repeating) + len(plan.revived) + len(plan.extended)
        unchanged = len(plan.rows) - len(plan.new) - changed - len(plan.withdrawn)
        self.writer.advance(len(plan.rows) - len(plan.written))
        return Tally(len(plan.new), changed + len(plan.ended), unchanged)

    @property
    def writer(self) -> Writer:
        return self.matcher.writer

    @property
    def records(self) -> Records:
        return self.matcher.records

    @cached_property
    def columns(self) -> dict[str, list]:
        """What is written, by attribute of the model."""
        values = {name: values[self.plan.rows].tolist() for name, values in self.records.values.items()}
        return values | self.writer.ids_of_refs(self.records, self.plan.rows)

    @cached_property
    def steps(self) -> Sequence[tuple[Step, ...]]:
        return self.matcher.steps(self.plan.rows)

    def _add(self, rows: list[int]) -> dict[int, int]:
        """The ids of rows that are written; what repeats a stored fact corrects the row that was valid until now."""
        if not rows:
            return {}
        table = table_of(self.records.target.model)
        before = [self.plan.before[row] for row in rows]
        columns: dict[str, list] = {
            self._column(name): [values[row] for row in rows] for name, values in self.columns.items()
        }
        columns["source_key"] = [
            self._new_label(row) if fact is None else f"{fact.label}#{fact.revision + 1}"
            for row, fact in zip(rows, before, strict=True)
        ]
        columns["corrects_id"] = [fact.counts if fact else None for fact in before]
        if table is table_of(Hazard) and "inspection" in self.writer.ids:
            visits = self.writer.ids["inspection"][self.plan.rows[rows]].tolist()
            columns["inspection_id"] = [None if visit < 0 else visit for visit in visits]
        same = {"city_id": self.writer.city.id, "import_id": self.writer.import_id, "recorded_on": self.writer.on}
        columns |= {name: [value] * len(rows) for name, value in same.items() if name in table.c}
        return dict(zip(rows, self.writer.insert(table, columns), strict=True))

    def _withdraw(self) -> None:
        """A void row for each fact that ended: what its last row said, and that it counts no more."""
        ended = self.plan.ended
        if not ended:
            return
        table = table_of(self.records.target.model)
        by_id = {fact.id: fact for fact in ended}
        columns: dict[str, list] = {column.name: [] for column in table.c if column.name != "id"}
        for start in range(0, len(ended), ROWS_AT_ONCE):
            part = [fact.id for fact in ended[start : start + ROWS_AT_ONCE]]
            for row in self.writer.session.execute(select(table).where(table.c.id.in_(part))).mappings():
                for name, value in {**row, **self._of_void(by_id[row["id"]])}.items():
                    if name in columns:
                        columns[name].append(value)
        self.writer.insert(table, columns, counted=False)

    def _of_void(self, fact: StoredFact) -> dict[str, Any]:
        said = {"source_key": f"{fact.label}#{fact.revision + 1}", "corrects_id": fact.counts, "void": True}
        return said | {"import_id": self.writer.import_id, "recorded_on": self.writer.on, "inspection_id": None}

    def _new_label(self, row: int) -> str:
        """That of its key or of what it says; with a number where another record has that."""
        at, records, taken = self.plan.rows[row], self.records, self.writer.labels[self.records.target.plural]
        if records.has_keys:
            label = records.key[at]
        else:
            day, matter = self.matcher.day_and_matter(self.columns, row)
            label = label_of_content(self.matcher.sources[0], records.refs["building"][at], day, matter)
        free, number = label, 1
        while free in taken or free in self.matcher.stored.by_label:
            number += 1
            free = f"{label}#c{number}"
        taken.add(free)
        return free

    def _touch(self) -> None:
        """A correction may move a fact from one building to another: both are touched."""
        plan = self.plan
        self.writer.touched.update(self.columns["building_id"][row] for row in (*plan.written, *plan.extended))
        facts = [plan.before[row] for row in (*plan.repeating, *plan.revived, *plan.extended)]
        before = [fact.counts for fact in (*facts, *plan.ended) if fact is not None]
        self.writer.touched.update(buildings_with(self.writer.session, self.records.target.model, before))

    def _column(self, name: str) -> str:
        return getattr(self.records.target.model, name).property.columns[0].name

    def _extend(self) -> None:
        """Later steps: they are added to the hazard row that is valid."""
        later = []
        for row in self.plan.extended:
            if (before := self.plan.before[row]) is not None:
                written = self.matcher.written_steps(before)
                later += [(before.counts, step) for step in self.steps[row] if step not in written]
        self._add_steps(later)

    def _take_along(self, added: dict[int, int]) -> None:
        """Gives each hazard that was corrected the steps officers had recorded of the row before.

        They stay theirs, without an import, so that the same file says nothing new when it is handed in again.
        """
        if self.records.target.model is not Hazard:
            return
        facts = ((row, self.plan.before[row]) for row in self.plan.repeating)
        rows = {fact.counts: row for row, fact in facts if fact is not None}
        taken = [
            (added[rows[step.hazard_id]], step)
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
