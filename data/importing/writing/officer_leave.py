"""Leave of officers: days that are not known yet are added; what was withdrawn by hand stays withdrawn."""

import numpy as np
from sqlalchemy import select

from data.db.models.planning import Officer, OfficerLeave
from data.db.tables import table_of
from data.importing.checking.records import Records
from data.importing.writing.master_data import Tally, Writer


def write_leave(writer: Writer, records: Records, good: np.ndarray) -> Tally:
    rows = records.first_rows(good)
    columns = {
        "officer_id": writer.ids["officer"][rows].tolist(),
        "first_day": records.values["first_day"][rows].tolist(),
        "last_day": records.values["last_day"][rows].tolist(),
    }
    known = _known(writer)
    new = [place for place, leave in enumerate(zip(*columns.values(), strict=True)) if leave not in known]
    if new:
        added = {name: [values[place] for place in new] for name, values in columns.items()}
        same: dict[str, list] = {"recorded_on": [writer.on] * len(new), "import_id": [writer.import_id] * len(new)}
        writer.insert(table_of(OfficerLeave), added | same)
    return Tally(new=len(new), unchanged=len(rows) - len(new))


def _known(writer: Writer) -> set[tuple]:
    """All that was ever said in the city: what a person has corrected since is not said anew by the same file."""
    leave = select(OfficerLeave.officer_id, OfficerLeave.first_day, OfficerLeave.last_day).join(Officer)
    return {tuple(row) for row in writer.session.execute(leave.where(Officer.city_id == writer.city.id))}
