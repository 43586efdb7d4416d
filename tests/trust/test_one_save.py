"""A short form of what `make trust` tries at length: a save happens once and whole."""

from sqlalchemy import delete, select

from data.access.roles import SYSTEM
from data.db.engine import open_database, writing
from data.db.models.city import Building
from tests.trust.one_save import PRESSES, ROWS, cut_off_in, form, race, saved, seconds_of_one


def test_a_form_handed_in_twice_at_once_is_imported_once_and_both_are_told_so():
    with form() as folder:
        found, said = race(folder, "race")
    assert found.whole
    assert said == [str(ROWS)] * PRESSES


def test_an_import_killed_in_the_middle_leaves_nothing_and_half_of_it_would_be_noticed():
    with form() as folder:
        seconds_of_one(folder)
        assert all(cut_off_in(folder, f"cut-while-{step}", step).none for step in ("reading", "buildings"))
        engine = open_database(f"sqlite:///{folder / 'timed.sqlite'}")
        assert saved(engine).whole
        with writing(engine, SYSTEM) as session:
            session.execute(delete(Building).where(Building.id == select(Building.id).limit(1).scalar_subquery()))
        assert not saved(engine).whole
        assert not saved(engine).none
        engine.dispose()
