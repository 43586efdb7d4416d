"""The audit trail is read by who has the right to it, and by nobody else."""

import inspect
from datetime import timedelta
from itertools import product

import pytest

from data.access.roles import EVERYTHING, PUBLIC, RIGHTS, Viewer
from data.audit import search
from data.audit.search import Sought
from data.audit.trail import Actor, record
from data.db.engine import open_database, reading, writing
from tests.data.town_hall import NOBODY

LI, WANG, NOBODY_KNOWN = (
    Actor("li", "police", "10.0.0.7"),
    Actor("wang", "administrator", "10.0.0.8"),
    Actor("", "", "9"),
)
DEEDS = ((LI, "sign_in"), (LI, "export"), (WANG, "import"), (NOBODY_KNOWN, "sign_in_refused"), (LI, "export"))
ADMINISTRATOR = Viewer("administrator", areas=None)
QUESTIONS = {
    name: question
    for name, question in inspect.getmembers(search, inspect.isfunction)
    if question.__module__ == search.__name__ and not name.startswith("_")
}
CHOICES = {"sought": [Sought(), Sought(account="li"), Sought(action="export")], "first": [0, 1], "most": [100]}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('trail') / 'trail.sqlite'}")
    for number, (actor, action) in enumerate(DEEDS):
        with writing(engine, EVERYTHING) as session:
            record(session, actor, action, {"number": number})
    return engine


def asked(engine, name: str, viewer: Viewer) -> list:
    """Answers to a question with every choice of its arguments."""
    names = list(inspect.signature(QUESTIONS[name]).parameters)[2:]
    with reading(engine, EVERYTHING) as session:
        return [QUESTIONS[name](session, viewer, *some) for some in product(*(CHOICES[one] for one in names))]


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_takes_the_session_and_the_viewer_first(name):
    assert list(inspect.signature(QUESTIONS[name]).parameters)[:2] == ["session", "viewer"]


@pytest.mark.parametrize("role", [*RIGHTS, "public", "no such role"])
@pytest.mark.parametrize("name", QUESTIONS)
def test_only_who_has_the_right_is_told_anything(engine, name, role):
    told = asked(engine, name, Viewer(role, areas=None))
    assert told
    assert all(map(bool, told)) == (role in ("administrator", "everything"))
    assert any(map(bool, told)) == (role in ("administrator", "everything"))


@pytest.mark.parametrize("viewer", [NOBODY, PUBLIC])
@pytest.mark.parametrize("name", QUESTIONS)
def test_nobody_is_told_nothing(engine, name, viewer):
    assert not any(asked(engine, name, viewer))


def numbers(engine, sought: Sought, first: int = 0, most: int = 100) -> list[int]:
    with reading(engine, EVERYTHING) as session:
        found = [entry.id for entry in search.entries(session, ADMINISTRATOR, sought, first, most)]
        assert search.entry_count(session, ADMINISTRATOR, sought) == len(found) or first or most < len(DEEDS)
    return found


def test_entries_come_latest_first_and_in_parts(engine):
    assert numbers(engine, Sought()) == [5, 4, 3, 2, 1]
    assert numbers(engine, Sought(), first=2, most=2) == [3, 2]


def test_conditions_all_hold(engine):
    assert numbers(engine, Sought(account="li")) == [5, 2, 1]
    assert numbers(engine, Sought(account="li", action="export")) == [5, 2]
    assert numbers(engine, Sought(account="")) == [4]
    assert numbers(engine, Sought(account="wang", action="export")) == []


def test_times_are_sought_from_the_first_up_to_before_the_last(engine):
    with reading(engine, EVERYTHING) as session:
        at = {entry.id: entry.at for entry in search.entries(session, ADMINISTRATOR, Sought(), 0, 100)}
    assert numbers(engine, Sought(since=at[2], until=at[4])) == [3, 2]
    assert numbers(engine, Sought(since=at[5] + timedelta(days=1))) == []


def test_every_account_and_action_is_named_once(engine):
    with reading(engine, EVERYTHING) as session:
        assert search.accounts_named(session, ADMINISTRATOR) == ["", "li", "wang"]
        assert search.actions_named(session, ADMINISTRATOR) == ["export", "import", "sign_in", "sign_in_refused"]
