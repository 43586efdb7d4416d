"""A whole list of buildings: one that it does not name any more ends, one that it names again stands again."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import or_, select, update

from data.db.engine import ROWS_AT_ONCE
from data.db.models.city import Building
from data.db.tables import table_of
from data.importing.checking.object_arrays import nulls
from data.importing.checking.records import Records
from data.importing.checking.row_errors import RowErrors
from data.importing.writing.master_data import Tally, Writer, keep_stored, stored_rows
from data.importing.writing.whole_lists import Missing, must_ask, on_the_list

NOT_LISTED = "not_listed"


def with_endings(writer: Writer, records: Records) -> Records:
    """The buildings with the days on which they ended: as the file says or as they stand, but that what had only been
    missing stands again."""
    if not records.whole_list:
        return records
    ended = select(Building.code, Building.ended_on, Building.ended_as).where(
        Building.city_id == writer.city.id,
        Building.ended_on.is_not(None),
        Building.ended_as.is_distinct_from(NOT_LISTED),
    )
    known = {code: (day, how) for code, day, how in writer.session.execute(ended)}
    values = dict(records.values)
    for place, name in enumerate(("ended_on", "ended_as")):
        if name not in values:
            values[name] = nulls(len(records.key))
            values[name][:] = [known.get(key, (None, None))[place] for key in records.key.tolist()]
    return replace(records, values=values)


def missing_buildings(
    writer: Writer, records: Records, faults: RowErrors, end_missing: bool
) -> tuple[list[str], Missing | None]:
    """The codes of the buildings that end, and how many the list does not name."""
    if not records.whole_list:
        return [], None
    standing = set(
        writer.session.scalars(
            select(Building.code).where(
                Building.city_id == writer.city.id, or_(Building.ended_on.is_(None), Building.ended_on > writer.on)
            )
        )
    )
    named = set(records.key[records.writes & on_the_list(faults)].tolist())
    missing = sorted(standing - named)
    if not missing:
        return [], None
    ends = end_missing or not must_ask(len(missing), len(standing))
    return missing if ends else [], Missing(len(missing), len(standing), ends)


def end_buildings(writer: Writer, records: Records, codes: Sequence[str], tally: Tally) -> Tally:
    """Ends them on the day of the import; their rows and what happened there stay."""
    if not codes:
        return tally
    ids, current = stored_rows(writer, records)
    keep_stored(writer, records, {ids[code]: current[code] for code in codes})
    table = table_of(Building)
    wanted = [ids[code] for code in codes]
    for start in range(0, len(wanted), ROWS_AT_ONCE):
        part = table.c.id.in_(wanted[start : start + ROWS_AT_ONCE])
        ending = {"ended_on": writer.on, "ended_as": NOT_LISTED, "import_id": writer.import_id}
        writer.session.execute(update(table).where(part).values(**ending))
    writer.touched.update(wanted)
    return replace(tally, changed=tally.changed + len(codes))
