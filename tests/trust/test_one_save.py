"""A short form of what `make trust` tries at length: a save happens once and whole."""

from sqlalchemy import delete, select

from data.access.roles import SYSTEM
from data.db.engine import open_database, writing
from data.db.models.city import Building
from tests.trust.one_save import PRESSES, ROWS, cut_off, form, race, saved, seconds_of_one


def test_a_form_handed_in_twice_at_once_is_imported_once_and_both_are_told_so():
    with form() as folder:
        found, said = race(folder, "race")
    assert found.whole
    assert said == [str(ROWS)] * PRESSES


def test_an_import_killed_in_the_middle_leaves_nothing_or_all_of_it_and_half_of_it_would_be_noticed():
    with form() as folder:
        whole = seconds_of_one(folder)
        cuts = [cut_off(folder, f"cut-{part}", part * whole) for part in (0.4, 0.8)]
        assert all(found.none or found.whole for found in cuts)
        assert any(found.none for found in cuts)
        engine = open_database(f"sqlite:///{folder / 'timed.sqlite'}")
        assert saved(engine).whole
        with writing(engine, SYSTEM) as session:
            session.execute(delete(Building).where(Building.id == select(Building.id).limit(1).scalar_subquery()))
        assert not saved(engine).whole
        assert not saved(engine).none
        engine.dispose()
