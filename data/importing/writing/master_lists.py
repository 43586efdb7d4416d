"""A whole list of areas, buildings, projects, homes or officers: what it does not name any more ends, what it names
again stands again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select, update

from data.db.engine import ROWS_AT_ONCE
from data.db.models.city import Area
from data.db.tables import table_of
from data.importing.checking.after_the_end import NOT_LISTED
from data.importing.checking.object_arrays import nulls
from data.importing.checking.records import Records
from data.importing.checking.row_errors import RowErrors
from data.importing.writing.master_data import (
    Key,
    Tally,
    Writer,
    buildings_about,
    in_city,
    keep_stored,
    key_columns,
    stored_rows,
)
from data.importing.writing.whole_lists import Missing, must_ask, on_the_list


def with_endings(writer: Writer, records: Records) -> Records:
    """Master data with the days on which it ended: as the file says or as it stands, but that what had only been
    missing stands again."""
    if not records.whole_list:
        return records
    known = {key: ending for key, ending in _endings(writer, records).items() if ending[1] != NOT_LISTED}
    values = dict(records.values)
    for place, name in enumerate(("ended_on", "ended_as")):
        if name not in values:
            values[name] = nulls(len(records.key))
            values[name][:] = [known.get(key, (None, None))[place] for key in records.key.tolist()]
    return replace(records, values=values)


def missing_rows(
    writer: Writer, records: Records, faults: RowErrors, end_missing: bool
) -> tuple[list[Key], Missing | None]:
    """The keys of the rows that end, and how many the list does not name."""
    if not records.whole_list:
        return [], None
    listed = records.writes & on_the_list(faults)
    named = set(records.key[listed].tolist())
    standing = {key for key, (day, _) in _endings(writer, records).items() if day is None or day > writer.on}
    if records.target.model is Area:
        levels = {key[0] for key in named}
        standing = {key for key in standing if key[0] in levels}
    missing = sorted(standing - named)
    if not missing:
        return [], None
    ends = end_missing or not must_ask(len(missing), len(standing))
    return missing if ends else [], Missing(len(missing), len(standing), ends)


def end_rows(writer: Writer, records: Records, keys: Sequence[Key], tally: Tally) -> Tally:
    """Ends them on the day of the import; their rows and what happened there stay."""
    if not keys:
        return tally
    ids, current = stored_rows(writer, records)
    keep_stored(writer, records, {ids[key]: current[key] for key in keys})
    table = table_of(records.target.model)
    wanted = [ids[key] for key in keys]
    for start in range(0, len(wanted), ROWS_AT_ONCE):
        part = table.c.id.in_(wanted[start : start + ROWS_AT_ONCE])
        ending = {"ended_on": writer.on, "ended_as": NOT_LISTED, "import_id": writer.import_id}
        writer.session.execute(update(table).where(part).values(**ending))
    writer.touched.update(buildings_about(writer.session, records.target.model, wanted))
    return replace(tally, changed=tally.changed + len(keys))


def _endings(writer: Writer, records: Records) -> dict[Key, tuple[date | None, str | None]]:
    """By key, when and as what each row of the city's table ended."""
    model = records.target.model
    columns = key_columns(model)
    question = in_city(writer, model, select(*columns, model.ended_on, model.ended_as))
    rows = (row if len(columns) == 1 else (tuple(row[:-2]), *row[-2:]) for row in writer.session.execute(question))
    return {key: (day, how) for key, day, how in rows}
