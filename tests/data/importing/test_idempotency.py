"""A form pressed twice imports once, whoever is quicker; and only who may import does."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from data.access.errors import NotAllowed
from data.access.roles import SYSTEM, AccessScope
from data.audit.trail import COMMAND_LINE, Actor
from data.db.models.accounts import AuditEntry
from data.db.models.city import Building, Import, RejectedRow
from data.importing.writing.run import import_file
from tests.data.riverton import BUILDINGS, CAST, HARBOUR, MILL, ON, PLUM, read_here, write_csv


def press(desk, path, key, scope=SYSTEM, actor=COMMAND_LINE, **more):
    mapping = desk.mapping(BUILDINGS)
    return import_file(desk.engine, scope, mapping, path, ON, actor=actor, key=key, read=read_here, **more)


def test_the_second_press_says_what_the_first_did_and_writes_nothing(desk):
    path = write_csv(desk.folder / "buildings.csv", [PLUM, HARBOUR, MILL | {"lon": ""}])
    first, second = (press(desk, path, "one form") for _ in range(2))
    assert second.import_id == first.import_id and second.counts() == first.counts()
    assert second.tallies["buildings"].new == 2
    assert second.faults == first.faults and second.frame.to_dict("records") == first.frame.to_dict("records")
    assert second.row_numbers.tolist() == first.row_numbers.tolist() == [3]
    assert (desk.count(Import), desk.count(Building), desk.count(RejectedRow)) == (1, 2, 1)


def test_presses_at_the_same_moment_give_one_import(desk):
    path = write_csv(desk.folder / "buildings.csv", CAST)
    mapping, together = desk.mapping(BUILDINGS), Barrier(6)

    def pressed(_):
        together.wait()
        named = {"actor": COMMAND_LINE, "key": "one form", "read": read_here}
        return import_file(desk.engine, SYSTEM, mapping, path, ON, **named).counts()

    with ThreadPoolExecutor(6) as threads:
        counts = list(threads.map(pressed, range(6)))
    assert desk.count(Import) == 1 and desk.count(Building) == 3
    assert counts == [counts[0]] * 6 and counts[0]["new"] == 3


def test_another_form_is_another_import(desk):
    path = write_csv(desk.folder / "buildings.csv", CAST)
    assert [press(desk, path, key).tallies["buildings"].new for key in ("one", "two", None, None)] == [3, 0, 0, 0]
    assert desk.count(Import) == 4


def test_a_press_that_failed_or_only_looked_leaves_the_form_to_be_pressed_again(desk):
    good = write_csv(desk.folder / "buildings.csv", CAST)

    def stops(doing, *_):
        if doing == "buildings":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        press(desk, good, "form", report=stops)
    assert press(desk, good, "form", preview=True).tallies["buildings"].new == 3
    assert desk.count(Import) == 0
    assert press(desk, good, "form").tallies["buildings"].new == 3


@pytest.mark.parametrize(
    "scope",
    [
        AccessScope("police", areas=None),
        AccessScope("public"),
        AccessScope("administrator"),
        AccessScope("administrator", areas=(1,)),
        AccessScope("administrator", cities=(99,)),
    ],
    ids=str,
)
def test_who_may_not_import_into_the_whole_city_imports_nothing(desk, scope):
    path = write_csv(desk.folder / "buildings.csv", CAST)
    for _ in range(2):  # into a city that is yet to be made, and into one that is there
        with pytest.raises(NotAllowed, match="ask an administrator"):
            press(desk, path, None, scope)
        desk.buildings(PLUM)
    assert desk.count(Building) == 1


def test_an_administrator_of_the_city_imports_into_it(desk):
    desk.buildings(PLUM)
    path = write_csv(desk.folder / "buildings.csv", CAST)
    assert press(desk, path, None, AccessScope("administrator", cities=(1,))).tallies["buildings"].new == 2


def test_the_audit_trail_tells_who_imported_what(desk):
    path = write_csv(desk.folder / "stored-under-our-name", [PLUM, MILL | {"lon": ""}])
    outcome = press(desk, path, "form", actor=Actor("wang", "administrator", "10.0.0.7"), name="buildings.csv")
    press(desk, path, "form")
    press(desk, path, "other", preview=True)
    (entry,) = desk.rows(AuditEntry)
    (record,) = desk.rows(Import)
    assert (entry.action, entry.account, entry.address) == ("import", "wang", "10.0.0.7")
    assert entry.details == {
        "import": outcome.import_id,
        "city": "riverton",
        "mapping": "riverton_buildings",
        "file": "buildings.csv",
        "sha256": record.sha256,
        "counts": outcome.counts(),
    }
