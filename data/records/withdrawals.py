"""Withdrawing a fact: a void row corrects it, so that it counts no more and stays. Each raises RecordRefused."""

from data.db.models.city import Event, Hazard, Inspection
from data.records.commands import EventWithdrawn, HazardWithdrawn, VisitWithdrawn
from data.records.desk import Desk, Written
from data.records.subjects import event_of, hazard_of, inspection_of

OF_ITS_OWN = ("id", "recorded_on", "source_key", "corrects_id", "import_id", "void")


def withdraw_visit(desk: Desk, command: VisitWithdrawn) -> Written:
    return _withdrawn(desk, inspection_of(desk, command.withdraws))


def withdraw_hazard(desk: Desk, command: HazardWithdrawn) -> Written:
    return _withdrawn(desk, hazard_of(desk, command.withdraws))


def withdraw_event(desk: Desk, command: EventWithdrawn) -> Written:
    return _withdrawn(desk, event_of(desk, command.withdraws))


def _withdrawn(desk: Desk, row: Inspection | Hazard | Event) -> Written:
    attributes = (attribute.key for attribute in type(row).__mapper__.column_attrs)
    said = {name: getattr(row, name) for name in attributes if name not in OF_ITS_OWN}
    if not isinstance(row, Hazard):  # of a hazard its steps say when it was recorded
        said["recorded_on"] = desk.on
    void = type(row)(**said, corrects_id=row.id, void=True)
    desk.session.add(void)
    desk.session.flush()
    return Written(void.id, (row.building_id,), row.id)
