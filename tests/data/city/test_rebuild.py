"""`prepare` makes every city ready that can be: one that fails, or has no rules in force, stops no other."""

from datetime import date

import pytest

from data import __main__ as command
from data.access.roles import SYSTEM
from data.city import queries, rebuild
from data.city.rulebooks import editions_in_force
from data.db.engine import reading
from data.errors import DataError
from scoring.rulebook.editions import Rulebook
from tests.data.riverton import BUILDINGS, CAST, QUIET_VISIT, VISITS, Desk, write_csv

ON = date(2024, 6, 30)


@pytest.fixture
def three(desk, tmp_path, monkeypatch) -> Desk:
    """Three cities; the records of the second are older than its rules, which begin in 2018."""
    monkeypatch.setattr("data.city.fact_store.VAR", tmp_path / "var")
    for code, day in (("one", "2024-01-02"), ("two", "2016-12-31"), ("three", "2024-01-02")):
        desk.hand_in(BUILDINGS.replace('"riverton"', f'"{code}"'), write_csv(desk.folder / "buildings.csv", CAST))
        visits = VISITS.replace('"riverton"', f'"{code}"', 1)
        desk.hand_in(visits, write_csv(desk.folder / "visits.csv", [QUIET_VISIT | {"day": day}]))
    return desk


def prepare(desk: Desk) -> rebuild.Prepared:
    return rebuild.prepare(desk.engine, ON, "WGS84", lambda *_: None)


def graded(desk: Desk, code: str) -> bool:
    with reading(desk.engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, code)
        return rebuild.seen_until(session, city, "baoan", date(2024, 1, 2)) is not None


def test_a_city_whose_records_are_older_than_its_rules_is_named_and_the_others_are_graded(three):
    prepared = prepare(three)
    assert prepared.ungraded == ("two",)
    assert prepared.failed == {}
    assert [graded(three, code) for code in ("one", "two", "three")] == [True, False, True]


@pytest.mark.parametrize("error", [DataError("Broken."), ValueError("odd"), KeyError("x")])
def test_a_city_that_cannot_be_made_ready_is_named_and_the_others_are(three, monkeypatch, error):
    whole = rebuild.load_city_facts

    def load(session, city, *more):
        if city.code == "one":
            raise error
        return whole(session, city, *more)

    monkeypatch.setattr(rebuild, "load_city_facts", load)
    assert prepare(three).failed == {"one": error}
    assert graded(three, "three")


def test_where_no_city_can_be_made_ready_the_first_mistake_is_raised(three, monkeypatch):
    monkeypatch.setattr(rebuild, "load_city_facts", lambda *_: (_ for _ in ()).throw(DataError("Broken.")))
    with pytest.raises(DataError, match="Broken"):
        prepare(three)


def test_a_full_disk_stops_at_once(three, monkeypatch):
    monkeypatch.setattr(rebuild, "load_city_facts", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space"):
        prepare(three)


def test_the_command_says_which_city_in_one_sentence_and_ends_well(three, monkeypatch, capsys):
    monkeypatch.setattr(command, "_migrate", lambda: False)
    monkeypatch.setattr(command, "_database", lambda: three.engine)
    whole = rebuild.load_city_facts

    def load(session, city, *more):
        if city.code == "three":
            raise DataError("It is broken; mend it.")
        return whole(session, city, *more)

    monkeypatch.setattr(rebuild, "load_city_facts", load)
    assert command.main(["prepare", "--on", "2024-06-30"]) == 0
    said = capsys.readouterr().err
    assert "The city 'three' could not be made ready, and the others are: It is broken; mend it." in said
    assert "The city 'two' is shown without grades: no rule set was in force on its last day" in said
    assert "Traceback" not in said


def test_rule_sets_that_have_not_begun_are_left_out():
    names = ("baoan", "qishuyan")
    assert list(editions_in_force(Rulebook(), names, date(2016, 12, 31))) == ["qishuyan"]
    assert list(editions_in_force(Rulebook(), names, date(2000, 1, 1))) == []
    assert list(editions_in_force(Rulebook(), names, date(2018, 1, 1))) == list(names)
