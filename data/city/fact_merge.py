"""Facts of some buildings in the place of what was known of them: what comes out equals facts made from the tables."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from data.city.array_files import Columns
from data.city.dated_facts import DatedFacts, Recent
from scoring.grading.facts import ChecklistAnswers, FactLog, OpenPeriods

GONE = -1


@dataclass(frozen=True)
class Rows:
    """Where the buildings of two tables stand when they are merged. old, new: int32, their rows then, or GONE."""

    size: int
    old: np.ndarray
    new: np.ndarray


def with_recent(stored: DatedFacts, recent: Recent) -> DatedFacts:
    """The stored facts with the recent ones in one; the buildings are the same."""
    size = stored.fact_log.buildings
    rows = np.arange(size, dtype=np.int32)
    rows[recent.rows] = GONE
    return merged(stored, recent.facts, Rows(size, rows, recent.rows.astype(np.int32)))


def added_to(recent: Recent | None, newer: Recent) -> Recent:
    """Recent facts with newer ones in one; what is newer takes the place of the older."""
    if recent is None:
        return newer
    rows = np.union1d(recent.rows, newer.rows)
    of_older = np.searchsorted(rows, recent.rows).astype(np.int32)
    of_older[np.isin(recent.rows, newer.rows)] = GONE
    of_newer = np.searchsorted(rows, newer.rows).astype(np.int32)
    return Recent(rows, merged(recent.facts, newer.facts, Rows(len(rows), of_older, of_newer)))


def merged(old: DatedFacts, new: DatedFacts, rows: Rows) -> DatedFacts:
    """The facts of both, as of the newer version; a building has facts in one of them only."""
    inspectors = np.union1d(old.inspectors, new.inspectors)

    def recoded(facts: DatedFacts, columns: Columns) -> Columns:
        codes = np.append(np.searchsorted(inspectors, facts.inspectors), -1).astype(np.int32)  # -1, the last, stays -1
        return columns | {"inspector": codes[columns["inspector"]]}

    visits = _spliced(recoded(old, old.visits), recoded(new, new.visits), rows)
    checks = [
        _spliced(recoded(old, _checks(old, id_, items)), recoded(new, _checks(new, id_, items)), rows)
        for id_, items in zip(new.checklist_ids, (answers.items for answers in new.fact_log.checklists), strict=True)
    ]
    present = np.unique(visits["inspector"][visits["inspector"] >= 0])
    renumbered = np.full(len(inspectors) + 1, -1, np.int32)
    renumbered[present] = np.arange(len(present))
    for columns in (visits, *checks):
        columns["inspector"] = renumbered[columns["inspector"]]
    kinds = sorted(old.fact_log.events.keys() | new.fact_log.events.keys())
    events = {kind: _spliced(_events(old, kind), _events(new, kind), rows) for kind in kinds}
    fact_log = FactLog(
        buildings=rows.size,
        events={kind: (its["building"], its["day"]) for kind, its in events.items() if len(its["day"])},
        checklists=tuple(
            ChecklistAnswers(items=answers.items, **columns)
            for answers, columns in zip(new.fact_log.checklists, checks, strict=True)
        ),
        open_periods=OpenPeriods(**_spliced(_periods(old), _periods(new), rows)),
    )
    others = {
        name: _spliced(getattr(old, name), getattr(new, name), rows) for name in ("vacancies", "spans", "former_areas")
    }
    return DatedFacts(new.version, fact_log, new.checklist_ids, visits, inspectors[present], **others)


def _spliced(old: Columns, new: Columns, rows: Rows) -> Columns:
    """Both tables in one, in the order of buildings; a building has entries in one of them only."""
    at_old = rows.old[old["building"]]
    kept = at_old != GONE
    at_old, at_new = at_old[kept], rows.new[new["building"]]
    building = np.concatenate((at_old, at_new))
    if (at_old[1:] >= at_old[:-1]).all() and (at_new[1:] >= at_new[:-1]).all():
        order = _merge_order(at_old, at_new)
    else:
        order = np.argsort(building, kind="stable")
    return {
        name: building[order] if name == "building" else np.concatenate((values[kept], new[name]))[order]
        for name, values in old.items()
    }


def _merge_order(old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """What sorts the one behind the other, where each is sorted; as a stable sort would, in less time."""
    order = np.empty(len(old) + len(new), np.int64)
    place = np.searchsorted(old, new, side="right") + np.arange(len(new))
    is_old = np.ones(len(order), bool)
    is_old[place] = False
    order[is_old] = np.arange(len(old))
    order[place] = len(old) + np.arange(len(new))
    return order


def _events(facts: DatedFacts, kind: str) -> Columns:
    building, day = facts.fact_log.events.get(kind, (np.array([], np.int32), np.array([], "datetime64[D]")))
    return {"building": building, "day": day}


def _checks(facts: DatedFacts, checklist_id: int, items: Sequence[str]) -> Columns:
    if checklist_id not in facts.checklist_ids:
        none, answers = np.array([], np.int32), np.empty((0, len(items)), np.int8)
        return {"building": none, "day": np.array([], "datetime64[D]"), "answers": answers, "inspector": none}
    checks = facts.fact_log.checklists[facts.checklist_ids.index(checklist_id)]
    inspector = np.full(len(checks.building), -1, np.int32) if checks.inspector is None else checks.inspector
    return {"building": checks.building, "day": checks.day, "answers": checks.answers, "inspector": inspector}


def _periods(facts: DatedFacts) -> Columns:
    periods = facts.fact_log.open_periods
    return {field.name: getattr(periods, field.name) for field in fields(OpenPeriods)}
