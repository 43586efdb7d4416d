"""The audit trail is read by who has the right to it, and by nobody else."""

import inspect
from datetime import timedelta
from itertools import product

import pytest

from data.access.roles import PERMISSIONS, PUBLIC, SYSTEM, AccessScope
from data.audit import search
from data.audit.search import AuditFilter
from data.audit.trail import Actor, record
from data.db.engine import open_database, reading, writing
from tests.data.town_hall import NOBODY

LI, WANG, NOBODY_KNOWN = (
    Actor("li", "police", "10.0.0.7"),
    Actor("wang", "administrator", "10.0.0.8"),
    Actor("", "", "9"),
)
COUNTED_ACTIONS = ((LI, "sign_in"), (LI, "export"), (WANG, "import"), (NOBODY_KNOWN, "sign_in_refused"), (LI, "export"))
ADMINISTRATOR = AccessScope("administrator", areas=None)
QUESTIONS = {
    name: question
    for name, question in inspect.getmembers(search, inspect.isfunction)
    if question.__module__ == search.__name__ and not name.startswith("_")
}
CHOICES = {
    "audit_filter": [AuditFilter(), AuditFilter(account="li"), AuditFilter(action="export")],
    "first": [0, 1],
    "most": [100],
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('trail') / 'trail.sqlite'}")
    for number, (actor, action) in enumerate(COUNTED_ACTIONS):
        with writing(engine, SYSTEM) as session:
            record(session, actor, action, {"number": number})
    return engine


def asked(engine, name: str, scope: AccessScope) -> list:
    """Answers to a question with every choice of its arguments."""
    names = list(inspect.signature(QUESTIONS[name]).parameters)[2:]
    with reading(engine, SYSTEM) as session:
        return [QUESTIONS[name](session, scope, *some) for some in product(*(CHOICES[one] for one in names))]


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_takes_the_session_and_the_viewer_first(name):
    assert list(inspect.signature(QUESTIONS[name]).parameters)[:2] == ["session", "scope"]


@pytest.mark.parametrize("role", [*PERMISSIONS, "public", "no such role"])
@pytest.mark.parametrize("name", QUESTIONS)
def test_only_who_has_the_right_is_told_anything(engine, name, role):
    told = asked(engine, name, AccessScope(role, areas=None))
    assert told
    assert all(map(bool, told)) == (role in ("administrator", "everything"))
    assert any(map(bool, told)) == (role in ("administrator", "everything"))


@pytest.mark.parametrize("scope", [NOBODY, PUBLIC])
@pytest.mark.parametrize("name", QUESTIONS)
def test_nobody_is_told_nothing(engine, name, scope):
    assert not any(asked(engine, name, scope))


def numbers(engine, audit_filter: AuditFilter, first: int = 0, most: int = 100) -> list[int]:
    with reading(engine, SYSTEM) as session:
        found = [entry.id for entry in search.entries(session, ADMINISTRATOR, audit_filter, first, most)]
        assert (
            search.entry_count(session, ADMINISTRATOR, audit_filter) == len(found)
            or first
            or most < len(COUNTED_ACTIONS)
        )
    return found


def test_entries_come_latest_first_and_in_parts(engine):
    assert numbers(engine, AuditFilter()) == [5, 4, 3, 2, 1]
    assert numbers(engine, AuditFilter(), first=2, most=2) == [3, 2]


def test_conditions_all_hold(engine):
    assert numbers(engine, AuditFilter(account="li")) == [5, 2, 1]
    assert numbers(engine, AuditFilter(account="li", action="export")) == [5, 2]
    assert numbers(engine, AuditFilter(account="")) == [4]
    assert numbers(engine, AuditFilter(account="wang", action="export")) == []


def test_times_are_sought_from_the_first_up_to_before_the_last(engine):
    with reading(engine, SYSTEM) as session:
        at = {entry.id: entry.at for entry in search.entries(session, ADMINISTRATOR, AuditFilter(), 0, 100)}
    assert numbers(engine, AuditFilter(since=at[2], until=at[4])) == [3, 2]
    assert numbers(engine, AuditFilter(since=at[5] + timedelta(days=1))) == []


def test_every_account_and_action_is_named_once(engine):
    with reading(engine, SYSTEM) as session:
        assert search.accounts_named(session, ADMINISTRATOR) == ["", "li", "wang"]
        assert search.actions_named(session, ADMINISTRATOR) == ["export", "import", "sign_in", "sign_in_refused"]
