"""Undoing a whole import, while nothing builds on it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Column, ColumnElement, Select, Table, delete, exists, func, null, or_, select
from sqlalchemy.orm import Session

from data.access.roles import AccessScope
from data.audit import trail
from data.audit.trail import Actor
from data.city.changes import log_change
from data.db.models.city import (
    LEVELS,
    Area,
    Base,
    Building,
    Checklist,
    City,
    Event,
    Hazard,
    HazardStep,
    Home,
    HomeState,
    Import,
    Inspection,
    Project,
    Rating,
    RatingCorrection,
)
from data.db.models.imports import EarlierRow, UndoneImport
from data.db.models.planning import Officer
from data.db.tables import table_of
from data.importing.errors import CannotUndo
from data.importing.writing.authorize import check_may_change
from data.importing.writing.master_data import MASTERS, buildings_about
from data.importing.writing.row_versions import restore_rows
from scoring.errors import Sentence

MASTER_TABLES = tuple(map(table_of, MASTERS))
OWN_TABLES = ("import_keys", "earlier_rows", "undone_imports")  # they stay or are handled separately
DERIVED = (table_of(RatingCorrection), table_of(Rating))  # computed from the rest, and removed with it


def undo_import(session: Session, scope: AccessScope, import_id: int, *, actor: Actor) -> Import:
    """Removes what an import added and restores what it changed; its own row and its number stay.

    The session is one that writes. Raises NotAllowed, and CannotUndo when something builds on it.
    """
    record = session.get(Import, import_id)
    if record is None:
        raise CannotUndo("There is no import {import_id}; see the list by: python -m data imports", import_id=import_id)
    city = session.get_one(City, record.city_id)
    check_may_change(scope, city.id, city.code)
    _refuse_if_needed(session, record)
    answered = session.scalars(select(Inspection.checklist_id).where(Inspection.import_id == import_id))
    checklists = {checklist for checklist in answered if checklist is not None}
    touched = _touched(session, import_id)
    for table in (table_of(City), *MASTER_TABLES):
        restore_rows(session, import_id, table)
    _remove(session, import_id)
    _remove_unused(session, checklists)
    session.add(UndoneImport(import_id=import_id, undone_at=datetime.now(UTC).replace(tzinfo=None)))
    session.flush()
    details = {"import": import_id, "city": city.code, "file": record.file_name, "mapping": record.mapping}
    trail.record(session, actor, "undo_import", details)
    log_change(session, city.id, "undo", touched)
    return record


def _touched(session: Session, import_id: int) -> set[int]:
    """The buildings the import wrote about: those of its rows, of rows it corrected, and as they were before."""
    touched = set(session.scalars(select(Building.id).where(Building.import_id == import_id)))
    for model in (Inspection, Hazard, Event):
        corrected = select(model.corrects_id).where(model.import_id == import_id, model.corrects_id.is_not(None))
        its = or_(model.import_id == import_id, model.id.in_(corrected))
        touched.update(session.scalars(select(model.building_id).where(its).distinct()))
    for child, parent in ((HazardStep, Hazard), (HomeState, Home)):
        touched.update(session.scalars(select(parent.building_id).join(child).where(child.import_id == import_id)))
    touched.update(session.scalars(select(Home.building_id).where(Home.import_id == import_id)))
    earlier = select(EarlierRow.before).where(EarlierRow.import_id == import_id, EarlierRow.table_name == "homes")
    touched.update(before["building_id"] for before in session.scalars(earlier))
    for ending in (Area, Project):
        touched.update(buildings_about(session, ending, _ids_changed(session, import_id, ending)))
    return touched


def _ids_changed(session: Session, import_id: int, model: type[Area | Project]) -> list[int]:
    """The rows of master data that may have ended with the import, or stood again."""
    question = select(EarlierRow.row_id, EarlierRow.before).where(EarlierRow.import_id == import_id)
    rows = session.execute(question.where(EarlierRow.table_name == table_of(model).name))
    return [id_ for id_, before in rows if "ended_on" in before]


def _refuse_if_needed(session: Session, record: Import) -> None:
    if session.scalar(select(UndoneImport.id).where(UndoneImport.import_id == record.id)):
        raise CannotUndo("Import {import_id} was undone already.", import_id=record.id)
    if "tables" not in record.counts:
        raise CannotUndo(
            "Import {import_id} is an invented district: python -m data demo --replace draws it anew.",
            import_id=record.id,
        )
    later = _later_import(session, record)
    if later is not None:
        raise CannotUndo(
            "Import {import_id} stays: {later} came after it and builds on it; undo that first.",
            import_id=record.id,
            later=_named(later),
        )
    for column, target in _references():
        rows, last, single = session.execute(_dependents(column, target, record.id)).one()
        if rows:
            dependents, its = (Sentence(one.name.replace("_", " ")) for one in (column.table, target))
            cure = Sentence("undo import {last} first", last=last) if last else Sentence("remove those first")
            if single:
                cure = Sentence("they were recorded one by one and stay, so mend the import by another file")
            raise CannotUndo(
                "Import {import_id} stays: {rows:,} of the {later} that came later {rows:builds|build} on its {its}; "
                "{cure}.",
                import_id=record.id,
                rows=rows,
                later=dependents,
                its=its,
                cure=cure,
            )
    if edited := _edited_by_hand(session, record):
        raise CannotUndo(
            "Import {import_id} stays: {n} of its officers {n:was|were} changed by hand since; mend it by another "
            "file.",
            import_id=record.id,
            n=edited,
        )
    if not _is_whole(session, record):
        raise CannotUndo(
            "Import {import_id} stays: it was made before earlier rows were kept; mend it by another file.",
            import_id=record.id,
        )


def _named(record: Import) -> Sentence:
    return Sentence("import {id} ({file})", id=record.id, file=record.file_name)


def _later_import(session: Session, record: Import) -> Import | None:
    """A later import that changed rows of this one, or changed the same rows, or found its rows as they were, or placed
    buildings by outlines that this one moved, or ended areas that its buildings lay in before."""
    undone = exists().where(UndoneImport.import_id == Import.id)
    later = select(Import).where(Import.city_id == record.city_id, Import.id > record.id, ~undone).order_by(Import.id)
    changed = select(EarlierRow.table_name, EarlierRow.row_id).where(EarlierRow.import_id == record.id)
    own = changed.subquery()
    same = exists().where(
        EarlierRow.import_id == Import.id, EarlierRow.table_name == own.c.table_name, EarlierRow.row_id == own.c.row_id
    )
    replaced = exists().where(EarlierRow.import_id == Import.id, EarlierRow.earlier_import_id == record.id)
    dependent = session.scalar(later.where(same | replaced).limit(1))
    if dependent:
        return dependent
    moved_outlines = select(EarlierRow.id).where(EarlierRow.import_id == record.id, EarlierRow.table_name == "areas")
    if session.scalar(moved_outlines.limit(1)):
        by_place = or_(*(getattr(Building, f"{level}_by_place") for level in LEVELS))
        placed = session.scalar(later.where(exists().where(Building.import_id == Import.id, by_place)).limit(1))
        if placed:
            return placed
    ending = session.scalar(later.where(Import.id.in_(_imports_ending_areas_left_by(session, record))).limit(1))
    if ending:
        return ending
    found = (one for one in session.scalars(later) if _found_rows_of(one, record))
    return next(found, None)


def _imports_ending_areas_left_by(session: Session, record: Import) -> set[int]:
    """The imports with which areas ended that buildings would lie in again if this one were undone."""
    ended: dict[str, dict[int, int]] = {}
    question = select(Area.level, Area.id, Area.import_id).where(Area.city_id == record.city_id)
    for level, area, import_id in session.execute(question.where(Area.ended_on.is_not(None))):
        ended.setdefault(level, {})[area] = import_id
    kept = (EarlierRow.import_id == record.id, EarlierRow.table_name == table_of(Building).name)
    imports: set[int] = set()
    for level, areas in ended.items():
        was_in = EarlierRow.before[f"{level}_id"].as_integer()
        left = session.scalars(select(was_in).where(*kept, was_in.in_(list(areas))).distinct())
        imports.update(areas[area] for area in left)
    return imports


def _found_rows_of(later: Import, record: Import) -> bool:
    """Whether rows of a later file were rows of this one: it wrote nothing of them, and they must not go."""
    same_mapping = later.mapping == record.mapping and bool(later.counts.get("unchanged"))
    return same_mapping or record.id in later.counts.get("found", ())


def _references() -> Iterator[tuple[Column, Table]]:
    """Every column that points at a row an import can bring in, and that row's table."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            target = key.column.table
            if "import_id" in target.c and table not in DERIVED and table.name not in OWN_TABLES:
                yield key.parent, target


def _dependents(column: Column, target: Table, import_id: int) -> Select:
    """How many rows of others point at new rows of the import, the last import that brought any, and how many of them
    no import brings: they were recorded singly, or are of plans."""
    of_import = column.table.c.get("import_id")
    build_on = column.in_(_new_rows(target, import_id))
    if of_import is None:
        return select(func.count(), null(), func.count()).select_from(column.table).where(build_on)
    single = func.count().filter(of_import.is_(None))
    question = select(func.count(), func.max(of_import), single).select_from(column.table)
    return question.where(build_on, of_import.is_distinct_from(import_id))


def _new_rows(table: Table, import_id: int) -> Select:
    """Ids of the rows an import made; rows it only changed are its own too, but were kept as they had been."""
    return select(table.c.id).where(table.c.import_id == import_id, ~_was_changed(table, import_id))


def _was_changed(table: Table, import_id: int) -> ColumnElement[bool]:
    changed = select(EarlierRow.row_id)
    return table.c.id.in_(changed.where(EarlierRow.import_id == import_id, EarlierRow.table_name == table.name))


def _edited_by_hand(session: Session, record: Import) -> int:
    """How many of the officers it wrote are no import's any more, once it is clear that no later import wrote them."""
    counted = record.counts["tables"].get(table_of(Officer).name, {"new": 0, "changed": 0})
    left: int = session.scalar(select(func.count()).where(Officer.import_id == record.id)) or 0
    return counted["new"] + counted["changed"] - left


def _is_whole(session: Session, record: Import) -> bool:
    """Whether all rows the import counted as new and changed can be removed and restored."""
    for table in MASTER_TABLES:
        counted = record.counts["tables"].get(table.name, {"new": 0, "changed": 0})
        changed = select(func.count()).where(EarlierRow.import_id == record.id, EarlierRow.table_name == table.name)
        new = select(func.count()).select_from(_new_rows(table, record.id).subquery())
        if (session.scalar(new), session.scalar(changed)) != (counted["new"], counted["changed"]):
            return False
    return True


def _remove(session: Session, import_id: int) -> None:
    """All that is the import's own, once the rows it changed are again those of the import before."""
    for table in reversed(Base.metadata.sorted_tables):
        if table in DERIVED:
            buildings = select(Building.id).where(Building.import_id == import_id)
            session.execute(delete(table).where(table.c.building_id.in_(buildings)))
        elif "import_id" in table.c and table.name not in OWN_TABLES:
            session.execute(delete(table).where(table.c.import_id == import_id))
    session.execute(delete(EarlierRow).where(EarlierRow.import_id == import_id))


def _remove_unused(session: Session, checklists: set[int]) -> None:
    """Check-lists that came with the import and that no answer follows any more."""
    used = exists().where(Inspection.checklist_id == Checklist.id)
    session.execute(delete(Checklist).where(Checklist.id.in_(checklists), ~used))
