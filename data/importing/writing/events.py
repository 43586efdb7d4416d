"""Writing what happened: inspections, hazards, events. Nothing is overwritten; a correction is a new row.

The row of the source with key K is kept under source_key "source:K". When the file says something else later, the
new row is "source:K#2" (then "#3" …) and its corrects_id names the row that counted until then.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from sqlalchemy import select

from data.db.models.city import Checklist, Hazard, HazardStep, Import
from data.importing.checking.records import Records
from data.importing.errors import FileRefused
from data.importing.mapping.schema import Answers
from data.importing.writing.master_data import Tally, Writer

Step = tuple[str, date]


@dataclass(frozen=True)
class Standing:
    """The last row of ours under a key. counts: the row that counts now; somebody may have corrected ours by hand."""

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
        standing = self._standing()
        values = list(zip(*self.columns.values(), strict=True))
        fresh, corrected, grown = [], [], []
        for place, key in enumerate(self.keys):
            before = standing.get(key)
            if before is None:
                fresh.append(place)
            elif before.values != values[place] or not self._had(before) <= set(self.steps[place]):
                corrected.append(place)
            elif len(self._had(before)) < len(self.steps[place]):
                grown.append(place)
        self._add(fresh + corrected, standing)
        self._grow(grown, standing)
        ids = self._ids() if fresh or corrected else {key: one.id for key, one in standing.items()}
        self._add_steps([(ids[self.keys[place]], step) for place in fresh + corrected for step in self.steps[place]])
        self.writer.ids[self.records.target.name] = np.array(
            [ids.get(key, -1) for key in self.records.key.tolist()], np.int64
        )
        changed = len(corrected) + len(grown)
        unchanged = len(self.rows) - len(fresh) - changed
        self.writer.advance(len(self.rows) - len(fresh) - len(corrected))
        return Tally(len(fresh), changed, unchanged)

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
        every = zip(*([(step, day) for day in column] for step, column in days), strict=True)
        return [tuple(step for step in steps if step[1] is not None) for steps in every]

    @cached_property
    def known_steps(self) -> dict[int, set[Step]]:
        """The steps this mapping brought in before, by hazard; the officers' own are theirs."""
        found: dict[int, set[Step]] = defaultdict(set)
        if self.records.target.model is Hazard:
            question = select(HazardStep.hazard_id, HazardStep.step, HazardStep.day).join(Import)
            mine = question.where(Import.mapping == self.mapping, Import.city_id == self.writer.city.id)
            for hazard, step, day in self.writer.session.execute(mine):
                found[hazard].add((step, day))
        return found

    def _had(self, before: Standing) -> set[Step]:
        return self.known_steps.get(before.id, set()) | self.known_steps.get(before.counts, set())

    def _standing(self) -> dict[str, Standing]:
        """Natural key → what stands under it."""
        model = self.records.target.model
        columns = [getattr(model, name) for name in self.columns]
        ours = model.source_key.startswith(f"{self.source}:", autoescape=True)
        question = select(model.id, model.source_key, model.corrects_id, *columns)
        question = question.where(model.city_id == self.writer.city.id, ours).order_by(model.id)
        correctors = self._correctors()
        found: dict[str, Standing] = {}
        for id_, source_key, corrects, *values in self.writer.session.execute(question):
            key, revision = (source_key, 1) if corrects is None else parted(source_key)
            counts = id_
            while counts in correctors:
                counts = correctors[counts]
            found[key] = Standing(id_, counts, revision, tuple(values))
        return found

    def _correctors(self) -> dict[int, int]:
        """Corrected row → the row that corrects it, whoever wrote it."""
        model = self.records.target.model
        question = select(model.corrects_id, model.id)
        question = question.where(model.city_id == self.writer.city.id, model.corrects_id.is_not(None))
        return dict(self.writer.session.execute(question.order_by(model.id)).all())

    def _ids(self) -> dict[str, int]:
        """Natural key → the last row of ours under it."""
        model = self.records.target.model
        ours = model.source_key.startswith(f"{self.source}:", autoescape=True)
        question = select(model.source_key, model.corrects_id, model.id)
        rows = self.writer.session.execute(
            question.where(model.city_id == self.writer.city.id, ours).order_by(model.id)
        )
        return {key if corrects is None else parted(key)[0]: id_ for key, corrects, id_ in rows}

    def _add(self, places: list[int], standing: dict[str, Standing]) -> None:
        """New rows; where the key stands already, each corrects what counted until now."""
        if not places:
            return
        table = self.records.target.model.__table__
        before = [standing.get(self.keys[place]) for place in places]
        new = {self._column(name): [values[place] for place in places] for name, values in self.columns.items()}
        new["source_key"] = [
            self.keys[place] if one is None else f"{self.keys[place]}#{one.revision + 1}"
            for place, one in zip(places, before, strict=True)
        ]
        new["corrects_id"] = [one.counts if one else None for one in before]
        if table is Hazard.__table__ and "inspection" in self.writer.ids:
            visits = self.writer.ids["inspection"][self.rows[places]].tolist()
            new["inspection_id"] = [None if visit < 0 else visit for visit in visits]
        same = {"city_id": self.writer.city.id, "import_id": self.writer.import_id, "recorded_on": self.writer.on}
        new |= {name: [value] * len(places) for name, value in same.items() if name in table.c}
        self.writer.insert(table, new)

    def _column(self, name: str) -> str:
        return getattr(self.records.target.model, name).property.columns[0].name

    def _grow(self, places: list[int], standing: dict[str, Standing]) -> None:
        """Steps taken since: they go to the hazard that counts."""
        later = []
        for place in places:
            before = standing[self.keys[place]]
            later += [(before.counts, step) for step in self.steps[place] if step not in self._had(before)]
        self._add_steps(later)

    def _add_steps(self, steps: list[tuple[int, Step]]) -> None:
        if not steps:
            return
        columns = {
            "hazard_id": [hazard for hazard, _ in steps],
            "step": [step for _, (step, _) in steps],
            "day": [day for _, (_, day) in steps],
            "recorded_on": [self.writer.on] * len(steps),
            "import_id": [self.writer.import_id] * len(steps),
        }
        self.writer.insert(HazardStep.__table__, columns, counted=False)


def parted(source_key: str) -> tuple[str, int]:
    """The natural key and the number of a correction's source key."""
    key, _, number = source_key.rpartition("#")
    return key, int(number)


def checklist_id(writer: Writer, answers: Answers) -> int:
    """The check-list the answers follow, made where it is new. Raises FileRefused when it has other items."""
    wanted = list(answers.items)
    question = select(Checklist).where(Checklist.city_id == writer.city.id, Checklist.code == answers.checklist)
    known = writer.session.scalar(question)
    if known is None:
        known = Checklist(city_id=writer.city.id, code=answers.checklist, items=wanted)
        writer.session.add(known)
        writer.session.flush()
    if known.items != wanted:
        raise FileRefused(
            "The check-list '{checklist}' is there with other items or another order; give the new one a code of "
            "its own, so that the old answers keep their meaning.",
            checklist=answers.checklist,
        )
    return known.id
