"""Delegated power: nobody gives, ends, unlocks or sees what they do not hold themselves."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from data.access.accounts import (
    EVERYWHERE,
    Grant,
    account_by_id,
    account_named,
    accounts,
    add_account,
    scope_of_account,
    set_disabled,
    set_password,
    unlock,
)
from data.access.authority import Authority, authorities_of, authority, authority_of_scope
from data.access.errors import AccountRefused, NoSuchAccount, NotAllowed
from data.access.roles import PERMISSIONS, ROLES, SYSTEM, AccessScope
from data.access.sessions import ClientInfo, auth_session, begin, end_session, open_sessions
from data.audit import search
from data.audit.search import AuditFilter
from data.audit.trail import COMMAND_LINE, Actor
from data.db.engine import reading, writing
from data.db.models.accounts import Account, AuditEntry
from data.db.models.city import HAZARD_GROUPS, Area
from tests.data.lockside import NORTH, SOUTH
from tests.data.town_hall import CITY

PASSWORD, NEW = "copper kettle at noon", "seven swans a-swimming"
HELD = {  # by the administrator of Lockside
    "mei": ("leader", Grant((CITY,))),
    "lan": ("street_office", Grant((f"{CITY}/street:{SOUTH}",))),
    "fire": ("department", Grant((CITY,), ("fire",))),
    "deputy": ("administrator", Grant((CITY,))),
}
NOT_HELD = {
    "root": ("administrator", Grant((EVERYWHERE,))),
    "far": ("police", Grant(("otherbank",))),
    "far-root": ("administrator", Grant(("otherbank",))),
    "both": ("leader", Grant((CITY, "otherbank"))),
}


@pytest.fixture
def engine(own_lockside):
    """Lockside and Otherbank with accounts of each, one of both, one of everywhere."""
    with writing(own_lockside.engine, SYSTEM) as session:
        for name, (role, grant) in (HELD | NOT_HELD | {"keeper": ("administrator", Grant((CITY,)))}).items():
            account = add_account(session, SYSTEM, COMMAND_LINE, name, role, grant, password=PASSWORD)
            begin(session, account, ClientInfo("10.0.0.7"), "password")
    return own_lockside.engine


def keeper_of(session) -> tuple[AccessScope, Actor]:
    """The administrator of Lockside alone."""
    return scope_of_account(session, account_named(session, "keeper")), Actor("keeper", "administrator", "10.0.0.8")


DEEDS = {
    "a reset": lambda session, scope, actor, account: set_password(session, scope, actor, account, NEW),
    "an end": lambda session, scope, actor, account: set_disabled(session, scope, actor, account, True),
    "an opening": lambda session, scope, actor, account: set_disabled(session, scope, actor, account, False),
    "an unlock": unlock,
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("name", NOT_HELD)
def test_nobody_changes_an_account_that_holds_more(engine, name, deed):
    with pytest.raises(NotAllowed), writing(engine, SYSTEM) as session:
        DEEDS[deed](session, *keeper_of(session), account_named(session, name))


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("name", HELD)
def test_an_account_that_is_held_is_changed(engine, name, deed):
    with writing(engine, SYSTEM) as session:
        DEEDS[deed](session, *keeper_of(session), account_named(session, name))


@pytest.mark.parametrize(("role", "grant"), NOT_HELD.values(), ids=NOT_HELD)
def test_nobody_makes_an_account_that_holds_more(engine, role, grant):
    with pytest.raises(NotAllowed), writing(engine, SYSTEM) as session:
        add_account(session, *keeper_of(session), "new", role, grant, password=PASSWORD)
    with reading(engine, SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(Account).where(Account.name == "new")) == 0


@pytest.mark.parametrize(("role", "grant"), HELD.values(), ids=HELD)
def test_an_account_within_ones_own_is_made(engine, role, grant):
    with writing(engine, SYSTEM) as session:
        add_account(session, *keeper_of(session), "new", role, grant, password=PASSWORD)


@pytest.mark.parametrize("area", ["otherbank", "atlantis", "otherbank/street:gone", f"otherbank/street:{SOUTH}"])
def test_whether_something_is_there_beyond_ones_own_is_not_told(engine, area):
    with pytest.raises(NotAllowed) as refusal, writing(engine, SYSTEM) as session:
        add_account(session, *keeper_of(session), "new", "leader", Grant((area,)), password=PASSWORD)
    assert area.partition("/")[0] not in str(refusal.value)


def test_within_ones_own_city_a_wrong_area_is_told_with_the_cure(engine):
    with pytest.raises(AccountRefused, match="no area 'street:gone'"), writing(engine, SYSTEM) as session:
        add_account(session, *keeper_of(session), "new", "leader", Grant((f"{CITY}/street:gone",)), password=PASSWORD)


def test_accounts_and_sessions_are_listed_for_who_holds_them(engine):
    with reading(engine, SYSTEM) as session:
        scope, _ = keeper_of(session)
        assert {account.name for account in accounts(session, scope)} == {*HELD, "keeper"}
        assert {name for _, name in open_sessions(session, scope, None)} == {*HELD, "keeper"}
        everywhere = scope_of_account(session, account_named(session, "root"))
        assert {account.name for account in accounts(session, everywhere)} == {*HELD, *NOT_HELD, "keeper"}


def test_an_account_that_is_not_held_is_not_there(engine):
    with reading(engine, SYSTEM) as session:
        scope, _ = keeper_of(session)
        with pytest.raises(NoSuchAccount) as not_held:
            account_by_id(session, scope, account_named(session, "far").id)
        with pytest.raises(NoSuchAccount) as not_there:
            account_by_id(session, scope, 999_999)
        assert str(not_held.value) == str(not_there.value)
        assert account_by_id(session, scope, account_named(session, "mei").id).name == "mei"


@pytest.mark.parametrize("name", [*HELD, *NOT_HELD])
def test_a_session_is_ended_by_who_holds_its_account(engine, name):
    with writing(engine, SYSTEM) as session:
        token = begin(session, account_named(session, name), ClientInfo("10.0.0.7"), "password").token
    session_id = auth_session(engine, token).session_id
    with writing(engine, SYSTEM) as session:
        end_session(session, *keeper_of(session), session_id)
    assert (auth_session(engine, token) is None) == (name in HELD)


def test_the_audit_trail_shows_what_those_did_whom_one_holds(engine):
    with reading(engine, SYSTEM) as session:
        scope, _ = keeper_of(session)
        seen = search.entries(session, scope, AuditFilter(), 0, 100)
        assert {entry.account for entry in seen} == {*HELD, "keeper"}
        assert search.accounts_named(session, scope) == sorted({*HELD, "keeper"})
        assert search.actions_named(session, scope) == ["sign_in"]
        assert search.entries(session, scope, AuditFilter(account="far"), 0, 100) == []
        assert search.entry_count(session, scope, AuditFilter(account="")) == 0


def test_the_audit_trail_does_not_show_what_was_done_to_an_account_one_does_not_hold(engine):
    with writing(engine, SYSTEM) as session:
        for name in ("far", "mei"):
            set_password(session, SYSTEM, Actor("deputy", "administrator"), account_named(session, name), NEW)
    with reading(engine, SYSTEM) as session:
        scope, _ = keeper_of(session)
        changed = search.entries(session, scope, AuditFilter(action="set_password"), 0, 100)
        assert [entry.details["name"] for entry in changed] == ["mei"]
        assert session.scalar(select(func.count()).where(AuditEntry.action == "set_password")) == 2


def test_an_area_that_is_not_there_at_the_moment_is_still_not_given_away(engine):
    with writing(engine, SYSTEM) as session:
        session.execute(update(Area).where(Area.level == "street").values(code=Area.code + "-renamed"))
    with reading(engine, SYSTEM) as session:
        of_north = AccessScope("administrator", areas=tuple(session.scalars(select(Area.id).where(Area.code == NORTH))))
        assert "lan" not in {account.name for account in accounts(session, of_north)}
        assert "lan" in {account.name for account in accounts(session, keeper_of(session)[0])}


def test_an_area_is_within_the_areas_above_it_and_not_the_other_way(own_lockside):
    with reading(own_lockside.engine, SYSTEM) as session:
        of_south = select(Area.level, Area.id).where(Area.code.in_((SOUTH, "town"))).order_by(Area.id.desc())
        ids = dict(session.execute(of_south).all())
        held = [  # of Lockside, which was put in first
            authority_of_scope(session, AccessScope("leader", areas=(ids[level],)))
            for level in ("district", "street", "community", "grid")
        ]
    for wide, wider in enumerate(held):
        for narrow, narrower in enumerate(held):
            assert wider.contains(narrower) == (wide <= narrow)


# properties

PLACES = st.lists(st.sampled_from(("a", "b")), min_size=1, max_size=4).map(tuple)
AUTHORITIES = st.builds(
    Authority,
    st.frozensets(st.sampled_from(sorted(PERMISSIONS["everything"])), max_size=4),
    st.none() | st.frozensets(PLACES, max_size=3),
    st.none() | st.frozensets(st.sampled_from(HAZARD_GROUPS), max_size=3),
    st.booleans(),
)
OF_A_ROLE = st.builds(
    authority,
    st.sampled_from(sorted(PERMISSIONS)),
    st.none() | st.frozensets(PLACES, max_size=3),
    st.none() | st.frozensets(st.sampled_from(HAZARD_GROUPS), max_size=3),
)


@given(AUTHORITIES)
def test_everyone_holds_what_they_hold(one):
    assert one.contains(one)


@given(AUTHORITIES | OF_A_ROLE, AUTHORITIES | OF_A_ROLE, AUTHORITIES | OF_A_ROLE)
def test_what_is_held_by_one_who_is_held_is_held(first, second, third):
    assume(first.contains(second) and second.contains(third))
    assert first.contains(third)


@given(st.lists(OF_A_ROLE, min_size=2, max_size=8))
def test_no_chain_of_grants_exceeds_the_first_granter(offers):
    """Each is given what they ask for when the one before holds it, and gives on."""
    holder = first = offers[0]
    for asked in offers[1:]:
        if holder.contains(asked):
            holder = asked
    assert first.contains(holder)
    assert holder.permissions <= first.permissions


@given(AUTHORITIES | OF_A_ROLE)
def test_the_system_holds_everything(one):
    assert authority("everything", None, None).contains(one)


@given(st.sampled_from(ROLES), st.data())
def test_what_one_account_may_give_another_may_not_take_more_of(role, data):
    place = data.draw(PLACES)
    narrower = authority(role, [(*place, "below")], None)
    assert authority(role, [place], None).contains(narrower)
    assert not narrower.contains(authority(role, [place], None))


def test_each_deed_around_accounts_asks_for_what_is_held(engine):
    """A chain in the tables: the keeper's deputy's deputy cannot make what the keeper could not."""
    with writing(engine, SYSTEM) as session:
        scope, actor = keeper_of(session)
        for step in range(3):
            made = add_account(
                session, scope, actor, f"step-{step}", "administrator", Grant((CITY,)), password=PASSWORD
            )
            scope, actor = scope_of_account(session, made), Actor(made.name, made.role)
        with pytest.raises(NotAllowed):
            add_account(session, scope, actor, "last", "leader", Grant((EVERYWHERE,)), password=PASSWORD)
        first = authority_of_scope(session, keeper_of(session)[0])
        assert all(first.contains(held) for held in authorities_of(session, accounts(session, scope)).values())
