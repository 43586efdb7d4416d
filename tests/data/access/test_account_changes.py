"""Another role and other areas for an account: within what the giver holds, at once, and told in the trail."""

import pytest
from sqlalchemy import select, update

from data.__main__ import main
from data.access.account_changes import change_rights
from data.access.accounts import EVERYWHERE, Grant, account_named, add_account, areas_of, scope_of_account
from data.access.errors import AccountRefused, NotAllowed
from data.access.roles import SYSTEM, AccessScope
from data.access.sessions import ClientInfo, auth_session, begin
from data.audit.trail import COMMAND_LINE, Actor
from data.db.engine import reading, writing
from data.db.models.accounts import Account, AuditEntry
from data.db.models.city import Area
from tests.data.lockside import NORTH, SOUTH
from tests.data.town_hall import CITY

PASSWORD = "copper kettle at noon"
OF_SOUTH, OF_NORTH = f"{CITY}/street:{SOUTH}", f"{CITY}/street:{NORTH}"


@pytest.fixture
def engine(own_lockside):
    """Mei is a leader of the south; the keeper looks after Lockside, and a root after everything."""
    with writing(own_lockside.engine, SYSTEM) as session:
        for name, role, area in (
            ("mei", "leader", OF_SOUTH),
            ("keeper", "administrator", CITY),
            ("root", "administrator", EVERYWHERE),
        ):
            add_account(session, SYSTEM, COMMAND_LINE, name, role, Grant((area,)), password=PASSWORD)
    return own_lockside.engine


def change(engine, name, role, *areas, groups=None, by="keeper") -> None:
    with writing(engine, SYSTEM) as session:
        scope = scope_of_account(session, account_named(session, by))
        change_rights(
            session, scope, Actor(by, "administrator"), account_named(session, name), role, Grant(areas, groups)
        )


def rights(engine, name="mei"):
    with reading(engine, SYSTEM) as session:
        account = account_named(session, name)
        return account.role, set(areas_of(session, account)), account.hazard_groups


def told(engine) -> list[dict]:
    with reading(engine, SYSTEM) as session:
        return list(session.scalars(select(AuditEntry.details).where(AuditEntry.action == "change_account")))


def test_an_account_gets_another_role_and_other_areas_and_the_trail_says_what_was_before(engine):
    change(engine, "mei", "police", OF_NORTH, OF_SOUTH)
    assert rights(engine) == ("police", {OF_NORTH, OF_SOUTH}, None)
    change(engine, "mei", "department", CITY, groups=("fire",))
    assert rights(engine) == ("department", {CITY}, ["fire"])
    change(engine, "mei", "leader", EVERYWHERE, CITY, by="root")
    assert rights(engine) == ("leader", {EVERYWHERE}, None)
    change(engine, "mei", "leader", OF_SOUTH, by="root")
    assert rights(engine) == ("leader", {OF_SOUTH}, None)
    first, second, *_ = told(engine)
    assert first == {
        "name": "mei",
        "role": "police",
        "areas": [OF_NORTH, OF_SOUTH],
        "role_before": "leader",
        "areas_before": [OF_SOUTH],
    }
    assert second["hazard_groups"] == ["fire"] and "hazard_groups_before" not in second


def test_what_is_as_it_was_is_not_told(engine):
    change(engine, "mei", "leader", OF_SOUTH, OF_SOUTH)
    assert told(engine) == []


def test_an_open_session_sees_by_the_new_role_and_areas_from_its_next_request(engine, own_lockside):
    with writing(engine, SYSTEM) as session:
        token = begin(session, account_named(session, "mei"), ClientInfo("10.0.0.7"), "password").token
    assert auth_session(engine, token).scope.role == "leader"
    change(engine, "mei", "grid_officer", OF_NORTH)
    assert auth_session(engine, token).scope == AccessScope("grid_officer", areas=(own_lockside.area("street", NORTH),))


@pytest.mark.parametrize(
    ("name", "role", "area"),
    [
        ("mei", "leader", EVERYWHERE),
        ("mei", "leader", "otherbank"),
        ("mei", "leader", "atlantis"),
        ("root", "leader", CITY),
    ],
)
def test_nobody_gives_or_takes_what_they_do_not_hold(engine, name, role, area):
    before = rights(engine, name)
    with pytest.raises(NotAllowed):
        change(engine, name, role, area)
    assert rights(engine, name) == before and told(engine) == []


def test_who_looks_after_no_accounts_changes_none(engine):
    change(engine, "mei", "leader", CITY, by="root")
    with pytest.raises(NotAllowed):
        change(engine, "mei", "leader", OF_SOUTH, by="mei")


def test_nobody_changes_what_they_are_themselves(engine):
    with pytest.raises(AccountRefused, match="your own role"):
        change(engine, "keeper", "leader", CITY)


@pytest.mark.parametrize(
    ("role", "areas", "groups", "sentence"),
    [
        ("king", (CITY,), None, "no role 'king'"),
        ("leader", (), None, "Name what the account may see"),
        ("leader", (f"{CITY}/street:gone",), None, "no area 'street:gone'"),
        ("leader", (CITY,), ("fire",), "A department, and no other role"),
        ("department", (CITY,), None, "A department, and no other role"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(engine, role, areas, groups, sentence):
    with pytest.raises(AccountRefused, match=sentence):
        change(engine, "mei", role, *areas, groups=groups)
    assert rights(engine) == ("leader", {OF_SOUTH}, None)


def test_an_area_that_is_no_more_may_stay_and_may_not_be_given(engine):
    with writing(engine, SYSTEM) as session:
        session.execute(update(Area).where(Area.level == "street", Area.code == SOUTH).values(code="renamed"))
    change(engine, "mei", "police", OF_SOUTH, OF_NORTH)
    assert rights(engine) == ("police", {OF_SOUTH, OF_NORTH}, None)
    change(engine, "mei", "police", OF_NORTH)
    with pytest.raises(AccountRefused, match="no area"):
        change(engine, "mei", "police", OF_SOUTH)


def test_the_command_line_changes_an_account(engine, monkeypatch):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", str(engine.url))
    assert main(["account", "change", "mei", "--role", "street_office", "--area", OF_NORTH]) == 0
    assert rights(engine) == ("street_office", {OF_NORTH}, None)
    with reading(engine, SYSTEM) as session:
        assert session.scalar(select(Account.disabled).where(Account.name == "mei")) is False
