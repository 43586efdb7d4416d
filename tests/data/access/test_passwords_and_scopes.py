"""Which passwords are taken, and what an account comes to see: to the sign and to the area."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from data.access import passwords
from data.access.accounts import (
    EVERYWHERE,
    LONGEST_NAME,
    Grant,
    account_named,
    accounts,
    add_account,
    areas_of,
    demand,
    scope_of_account,
    set_disabled,
    set_password,
)
from data.access.errors import AccountRefused, NoSuchAccount, NotAllowed, PasswordRefused
from data.access.passwords import (
    DIFFERENT_CHARACTERS,
    LONGEST,
    SHORTEST,
    check_strength,
    generated_password,
    hashed,
    verify_password,
)
from data.access.roles import PERMISSIONS, SYSTEM, AccessScope
from data.access.sessions import ClientInfo, auth_session, sign_in
from data.audit.trail import COMMAND_LINE, Actor
from data.db.engine import reading, writing
from data.db.models.accounts import Account, AccountArea, AuditEntry
from data.db.models.city import Area, City
from tests.data.lockside import NORTH, SOUTH
from tests.data.town_hall import CITY

PASSWORD = "copper kettle at noon"


def added(town, name: str = "mei", role: str = "leader", scope: Grant = Grant((CITY,)), **more) -> AccessScope:  # noqa: B008
    """What a new account sees."""
    with writing(town.engine, SYSTEM) as session:
        more = more or {"sign_on": f"test:{name}"}
        return scope_of_account(session, add_account(session, SYSTEM, COMMAND_LINE, name, role, scope, **more))


def refused(town, *words: str, **more) -> None:
    with pytest.raises(AccountRefused) as refusal:
        added(town, **more)
    for word in words:
        assert word in str(refusal.value)
    with reading(town.engine, SYSTEM) as session:
        assert session.scalars(select(AccountArea)).all() == []


# passwords


def test_a_password_is_long_enough_and_not_too_long():
    signs = "abcdefghij" * 30
    check_strength(signs[:SHORTEST], "")
    check_strength(signs[:LONGEST], "")
    for length in (0, 1, SHORTEST - 1, LONGEST + 1):
        with pytest.raises(PasswordRefused, match=f"has {length} characters?;"):
            check_strength(signs[:length], "")
    assert (SHORTEST, LONGEST, DIFFERENT_CHARACTERS) == (12, 200, 5)


def test_a_password_has_enough_different_signs():
    check_strength("abcde" * 3, "")
    with pytest.raises(PasswordRefused, match="at least 5 different"):
        check_strength("abcd" * 4, "")


def test_a_password_does_not_hold_the_name():
    for password in ("mei is my password", "my name is MEI, yes", "xxMeiabcdefg"):
        with pytest.raises(PasswordRefused, match="account's name"):
            check_strength(password, "mei")
    check_strength(PASSWORD, "mei")
    check_strength(PASSWORD, "")


def test_only_the_very_password_fits():
    kept = hashed(PASSWORD)
    assert verify_password(PASSWORD, kept) is True
    for other in (PASSWORD + "x", PASSWORD[:-1], PASSWORD.upper(), "", kept):
        assert verify_password(other, kept) is False
    assert verify_password(PASSWORD, None) is False
    assert verify_password(PASSWORD, "no hash at all") is False
    assert verify_password(PASSWORD, "") is False
    assert kept != hashed(PASSWORD)


def test_what_is_longer_than_any_password_fits_none():
    longest = ("abcdefghij" * 20)[:LONGEST]
    assert verify_password(longest, hashed(longest))
    assert not verify_password(longest + "x", hashed(longest))


def test_a_missing_account_costs_a_hash_too(monkeypatch):
    asked = []

    class Hasher(PasswordHasher):
        def verify(self, kept: str, password: str) -> bool:
            asked.append(kept)
            return super().verify(kept, password)

    monkeypatch.setattr(passwords, "HASHER", Hasher(time_cost=1, memory_cost=8, parallelism=1))
    for kept in (None, hashed(PASSWORD)):
        verify_password("a guess", kept)
    assert len(asked) == 2
    assert asked[0].startswith("$argon2id$")


def test_a_made_up_password_is_strong_and_never_the_same():
    made = {generated_password("mei") for _ in range(50)}
    assert len(made) == 50
    for one in made:
        parts = one.split("-")
        assert [len(part) for part in parts] == [7] * 4
        assert set("".join(parts)) <= set("abcdefghijkmnpqrstuvwxyz23456789")  # none that is read for another
        check_strength(one, "mei")
    assert len(set("".join(made))) == 33


def test_a_made_up_password_that_holds_the_name_by_chance_is_drawn_again(monkeypatch):
    letters = iter("mei2345" + "6789abc" * 7)
    monkeypatch.setattr(passwords.secrets, "choice", lambda _: next(letters))
    assert generated_password("Mei") == "6789abc-6789abc-6789abc-6789abc"


@pytest.mark.parametrize("name", ["", "a", "li"])
def test_a_name_of_a_letter_or_two_may_stand_in_a_password(name):
    check_strength(f"{name}-plum-court-lantern", name)


# what an account sees


def test_a_leader_of_a_city_sees_that_city_whole(own_lockside):
    with own_lockside.looked_at() as (_, city):
        assert added(own_lockside) == AccessScope("leader", areas=(), cities=(city.id,))


def test_one_of_everywhere_sees_every_area(own_lockside):
    assert added(own_lockside, scope=Grant((EVERYWHERE,))) == AccessScope("leader", areas=None)
    fire = Grant((EVERYWHERE,), ("fire",))
    assert added(own_lockside, "lan", "department", fire) == AccessScope(
        "department", areas=None, hazard_groups=("fire",)
    )


@pytest.mark.parametrize("level", ["street", "community", "grid"])
def test_one_of_an_area_sees_that_area_of_that_city_at_that_level(own_lockside, level):
    scope = added(own_lockside, role="police", scope=Grant((f"{CITY}/{level}:{NORTH}",)))
    assert scope == AccessScope("police", areas=(own_lockside.area(level, NORTH),))


def test_areas_of_two_cities_are_told_apart_though_they_share_a_code(own_lockside):
    scope = added(own_lockside, role="police", scope=Grant((f"otherbank/street:{SOUTH}", f"{CITY}/street:{NORTH}")))
    with reading(own_lockside.engine, SYSTEM) as session:
        found = session.execute(
            select(City.code, Area.code, Area.level).join(City, Area.city_id == City.id).where(Area.id.in_(scope.areas))
        ).all()
    assert sorted(map(tuple, found)) == [(CITY, NORTH, "street"), ("otherbank", SOUTH, "street")]
    assert scope.cities == ()


def test_a_city_and_an_area_of_another_go_together(own_lockside):
    scope = added(own_lockside, scope=Grant(("otherbank", f"{CITY}/street:{NORTH}")))
    assert scope.areas == (own_lockside.area("street", NORTH),)
    assert len(scope.cities) == 1


def test_one_account_sees_nothing_of_what_another_was_given(own_lockside):
    added(own_lockside, "mei", scope=Grant(("otherbank",)))
    lan = added(own_lockside, "lan", "police", Grant((f"{CITY}/street:{SOUTH}",)))
    assert lan == AccessScope("police", areas=(own_lockside.area("street", SOUTH),))


def test_areas_are_told_as_they_were_given(own_lockside):
    given = (f"{CITY}/street:{NORTH}", "otherbank")
    added(own_lockside, scope=Grant(given))
    added(own_lockside, "lan", scope=Grant((EVERYWHERE,)))
    with reading(own_lockside.engine, SYSTEM) as session:
        assert areas_of(session, account_named(session, " MEI ")) == given
        assert areas_of(session, account_named(session, "lan")) == (EVERYWHERE,)
        with pytest.raises(NoSuchAccount, match="'nobody'"):
            account_named(session, "nobody")


# what is refused


def test_wrong_areas_are_refused_with_what_there_is(own_lockside):
    refused(own_lockside, "no city 'atlantis'", CITY, "otherbank", scope=Grant(("atlantis",)))
    for part in ("street:west", "village:north", "street", "street:", ":north", "grid-north"):
        refused(own_lockside, f"has no area '{part}'", f"{CITY}/LEVEL:CODE", scope=Grant((f"{CITY}/{part}",)))
    refused(own_lockside, "Name what the account may see", scope=Grant(()))


def test_hazard_groups_are_named_by_a_department_and_nobody_else(own_lockside):
    refused(own_lockside, "A department, and no other role", role="leader", scope=Grant((CITY,), ("fire",)))
    refused(own_lockside, "A department, and no other role", role="department", scope=Grant((CITY,)))
    refused(own_lockside, "A hazard group is one of", "not none", role="department", scope=Grant((CITY,), ()))
    refused(own_lockside, "not flood", role="department", scope=Grant((CITY,), ("fire", "flood")))


def test_a_role_that_accounts_may_not_have_is_refused(own_lockside):
    for role in ("everything", "public", "king", ""):
        refused(own_lockside, f"no role '{role}'", role=role)


def test_names_are_neither_empty_nor_long_nor_taken(own_lockside):
    for name in ("", "   ", "a\nb", "x" * (LONGEST_NAME + 1)):
        refused(own_lockside, f"1 to {LONGEST_NAME} characters", name=name, sign_on="x")
    with pytest.raises(AccountRefused, match="needs a password"), writing(own_lockside.engine, SYSTEM) as session:
        add_account(session, SYSTEM, COMMAND_LINE, "mei", "leader", Grant((CITY,)))
    added(own_lockside, "x" * LONGEST_NAME)
    added(own_lockside, "mei", sign_on="m.chen")
    with pytest.raises(AccountRefused, match="an account 'mei' already"):
        added(own_lockside, " Mei ")
    with pytest.raises(AccountRefused, match="already"):
        added(own_lockside, "lan", sign_on="m.chen")


@pytest.mark.parametrize("role", [*sorted(set(PERMISSIONS) - {"everything"}), "public"])
def test_only_administrators_look_after_accounts(own_lockside, role):
    added(own_lockside, "mei", password=PASSWORD)
    scope, actor = AccessScope(role, areas=None), Actor("lan", role)
    with writing(own_lockside.engine, SYSTEM) as session:
        mei = account_named(session, "mei")
        deeds = [
            lambda: demand(scope, "accounts"),
            lambda: add_account(session, scope, actor, "new", "leader", Grant((CITY,)), sign_on="new"),
            lambda: set_password(session, scope, actor, mei, "seven swans a-swimming"),
            lambda: set_disabled(session, scope, actor, mei, True),
        ]
        if role == "administrator":
            for deed in deeds:
                deed()
            assert [one.name for one in accounts(session, scope)] == ["mei", "new"]
            return
        for deed in deeds:
            with pytest.raises(NotAllowed):
                deed()
        assert accounts(session, scope) == []
        assert not mei.disabled


def test_closing_and_opening_an_account_is_entered_and_closing_ends_its_sessions(own_lockside):
    added(own_lockside, "mei", password=PASSWORD)
    token = sign_in(own_lockside.engine, "mei", PASSWORD, ClientInfo("")).token
    root = Actor("root", "administrator")
    for disabled in (True, False):
        with writing(own_lockside.engine, SYSTEM) as session:
            set_disabled(session, SYSTEM, root, account_named(session, "mei"), disabled)
    assert auth_session(own_lockside.engine, token) is None
    with reading(own_lockside.engine, SYSTEM) as session:
        assert not account_named(session, "mei").disabled
        entries = session.execute(select(AuditEntry.account, AuditEntry.action, AuditEntry.details)).all()
    assert [tuple(entry) for entry in entries[-2:]] == [
        ("root", "disable_account", {"name": "mei"}),
        ("root", "enable_account", {"name": "mei"}),
    ]


def test_another_password_is_entered_with_whose_it_is_and_not_with_what_it_is(own_lockside):
    added(own_lockside, "mei", password=PASSWORD)
    with writing(own_lockside.engine, SYSTEM) as session:
        mei = account_named(session, "mei")
        set_password(session, SYSTEM, Actor("root", "administrator"), mei, "seven swans a-swimming")
    with reading(own_lockside.engine, SYSTEM) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.account, entry.action, entry.details) == ("root", "set_password", {"name": "mei"})


def test_nobody_disables_themselves_but_may_be_open_already(own_lockside):
    added(own_lockside, "mei", "administrator", password=PASSWORD)
    with writing(own_lockside.engine, SYSTEM) as session:
        mei = account_named(session, "mei")
        with pytest.raises(AccountRefused, match="your own account"):
            set_disabled(session, SYSTEM, Actor("mei", "administrator"), mei, True)
        assert not mei.disabled
        set_disabled(session, SYSTEM, Actor("mei", "administrator"), mei, False)


def test_a_set_password_is_the_new_one_and_ends_every_session_of_that_account_alone(own_lockside):
    added(own_lockside, "mei", password=PASSWORD)
    added(own_lockside, "lan", password=PASSWORD)
    engine = own_lockside.engine
    mine, others = (sign_in(engine, name, PASSWORD, ClientInfo("")).token for name in ("mei", "lan"))
    with writing(engine, SYSTEM) as session:
        set_password(session, SYSTEM, COMMAND_LINE, account_named(session, "mei"), "seven swans a-swimming")
        kept = session.scalars(select(Account.password_hash).where(Account.name == "mei")).one()
    assert verify_password("seven swans a-swimming", kept)
    assert auth_session(engine, mine) is None
    assert auth_session(engine, others)
