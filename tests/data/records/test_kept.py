"""What was recorded is in a backup, with the keys of its forms."""

from dataclasses import replace

from sqlalchemy import func, select

from data.db.backup import backup, restore
from data.db.engine import open_database
from data.db.models.city import Hazard
from tests.data.records.clerk import Clerk, south_command
from tests.data.town_hall import Town


def test_a_backup_brings_facts_back_and_their_forms_are_still_recorded_once(own_lockside, tmp_path):
    clerk, key = Clerk(own_lockside), "a form from before the backup"
    command = south_command(clerk, "visit_with_a_hazard")
    recorded = clerk.record(command, key=key)
    backup(own_lockside.engine, tmp_path / "town.backup")
    other = Clerk(Town(open_database(f"sqlite:///{tmp_path / 'other.sqlite'}")))
    restore(other.town.engine, tmp_path / "town.backup", replace=False)
    before = other.counts()
    assert other.record(command, key=key) == replace(recorded, repeated=True)
    assert other.counts() == before
    assert other.row(Hazard, clerk.one(select(func.max(Hazard.id)))).inspection_id == recorded.id
