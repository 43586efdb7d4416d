"""The facts that earlier imports wrote, as an import of the same source finds them again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from data.importing.checking.codes import AS_IT_IS, normal_code
from data.importing.mapping.fact_labels import ANOTHER, split_source_key
from data.importing.writing.master_data import Writer


class StoredFact(NamedTuple):
    """The last row written under a label. counts: the row that is valid now, which may be a manual correction of it.

    values: of the columns that the mapping fills, in its order. void: the row withdraws the fact. gone: the row that is
    valid now does.
    """

    id: int
    counts: int
    revision: int
    label: str
    import_id: int | None
    values: tuple
    void: bool
    gone: bool


@dataclass(frozen=True)
class StoredFacts:
    """sources: the mapping's, then those it went by earlier. by_label: every fact read; brought_by_twins: ids of those
    that imports of the same bytes brought."""

    sources: tuple[str, ...]
    by_label: Mapping[str, StoredFact]
    brought_by_twins: frozenset[int] = field(default=frozenset())

    def under(self, label: str) -> list[StoredFact]:
        """The records a key may mean: its own, others kept beside it, and those of earlier sources."""
        own = self.by_label.get(label) or self._written_otherwise.get(label)
        return ([own] if own else []) + self._beside.get(label, [])

    @cached_property
    def keyless(self) -> list[StoredFact]:
        return [fact for fact in self.by_label.values() if self._is_keyless(fact.label)]

    @cached_property
    def ours(self) -> list[StoredFact]:
        return [fact for fact in self.by_label.values() if self._within(fact.label) is not None]

    @cached_property
    def twins(self) -> list[StoredFact]:
        return [fact for fact in self.by_label.values() if fact.id in self.brought_by_twins]

    @cached_property
    def _beside(self) -> dict[str, list[StoredFact]]:
        beside: dict[str, list[StoredFact]] = {}
        main = f"{self.sources[0]}:"
        for label, fact in self.by_label.items():
            if label.startswith(main) and "#" not in label:
                continue
            within = self._within(label)
            if within is not None and not self._is_keyless(label):
                own = main + ANOTHER.sub("", within)
                if own != label:
                    beside.setdefault(own, []).append(fact)
        return beside

    @cached_property
    def _written_otherwise(self) -> dict[str, StoredFact]:
        """Those kept under another way of writing their key, before there was a normal form of codes."""
        main = f"{self.sources[0]}:"
        unlike = (one for one in self.by_label if not AS_IT_IS.fullmatch(one) and one.startswith(main))
        normal = {main + normal_code(one.removeprefix(main)): self.by_label[one] for one in unlike}
        return {label: fact for label, fact in normal.items() if label not in self.by_label}

    def _within(self, label: str) -> str | None:
        """A label without the source it begins with; None where that is another's."""
        return next((label[len(one) + 1 :] for one in self.sources if label.startswith(f"{one}:")), None)

    def _is_keyless(self, label: str) -> bool:
        within = self._within(label) if ":#" in label else None
        return within is not None and within.startswith("#") and not within.startswith("##")


def stored_facts(
    writer: Writer, model: Any, columns: Sequence[str], sources: tuple[str, ...], twins: Collection[int]
) -> StoredFacts:
    """twins: imports of the same bytes, whose facts are known again under whatever name they were kept."""
    wanted = or_(
        *(model.source_key.startswith(f"{source}:", autoescape=True) for source in sources),
        *([model.import_id.in_(twins) & model.source_key.is_not(None)] if twins else []),
    )
    named = [getattr(model, name) for name in columns]
    question = select(model.id, model.source_key, model.corrects_id, model.import_id, model.void, *named)
    question = question.where(model.city_id == writer.city.id, wanted).order_by(model.id)
    correctors = _correctors(writer, model)
    voids = set(
        writer.session.scalars(select(model.id).where(model.city_id == writer.city.id, model.void.is_not(None)))
    )
    facts: dict[str, StoredFact] = {}
    of_twins = []
    for id_, source_key, corrects, import_id, void, *values in writer.session.execute(question):
        label, revision = (source_key, 1) if corrects is None else split_source_key(source_key)
        counts = id_
        while counts in correctors:
            counts = correctors[counts]
        facts[label] = StoredFact(id_, counts, revision, label, import_id, tuple(values), bool(void), counts in voids)
        if import_id in twins:
            of_twins.append(id_)
    return StoredFacts(sources, facts, frozenset(of_twins))


def _correctors(writer: Writer, model: Any) -> dict[int, int]:
    """Corrected row → the row that corrects it, whoever wrote it."""
    question = select(model.corrects_id, model.id)
    question = question.where(model.city_id == writer.city.id, model.corrects_id.is_not(None))
    return dict(writer.session.execute(question.order_by(model.id)).all())
