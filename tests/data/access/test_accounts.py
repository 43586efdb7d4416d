"""Accounts: who may be made, what each may see, and how they are made on the command line."""

import pytest
from argon2 import Type
from sqlalchemy import func, select

from data.__main__ import main
from data.access import accounts, passwords
from data.access.accounts import EVERYWHERE, Grant, add_account, areas_of, scope_of_account, set_disabled, set_password
from data.access.errors import (
    AccountRefused,
    NoSuchAccount,
    NotAllowed,
    PasswordRefused,
    SignInRefused,
    TooManyAttempts,
)
from data.access.passwords import generated_password, hashed, verify_password
from data.access.roles import ROLES, SYSTEM, AccessScope
from data.access.sessions import auth_session, begin, sign_in
from data.access.throttling import MOST_FAILURES, ClientInfo
from data.audit.trail import COMMAND_LINE, Actor
from data.db.engine import open_database, reading, writing
from data.db.models.accounts import Account, AuditEntry, UserSession
from data.db.models.city import Area
from tests.data.lockside import NORTH, SOUTH
from tests.data.town_hall import CITY

GOOD = "copper kettle at noon"
CALLER = ClientInfo("10.0.0.7", "a test")


def made(town, name="mei", role="leader", grant=None, password=GOOD, **more) -> Account:
    with writing(town.engine, SYSTEM) as session:
        session.expire_on_commit = False
        chosen = grant or Grant((CITY,))
        return add_account(session, SYSTEM, COMMAND_LINE, name, role, chosen, password=password, **more)


def sees(town, account: Account) -> AccessScope:
    with reading(town.engine, SYSTEM) as session:
        return scope_of_account(session, session.get_one(Account, account.id))


def test_an_account_sees_the_areas_it_was_given_and_only_those(own_lockside):
    town = own_lockside
    whole = made(town, "whole")
    street = made(town, "street", "street_office", Grant((f"{CITY}/street:{SOUTH}",)))
    both = made(town, "both", "police", Grant(("otherbank", f"{CITY}/street:{NORTH}")))
    root = made(town, "root", "administrator", Grant((EVERYWHERE,)))
    with town.looked_at() as (_, city):
        assert sees(town, whole) == AccessScope("leader", areas=(), cities=(city.id,))
        assert sees(town, street) == AccessScope("street_office", areas=(town.area("street", SOUTH),))
        assert sees(town, both).areas == (town.area("street", NORTH),)
        assert sees(town, both).cities not in ((), (city.id,))
    assert sees(town, root) == AccessScope("administrator", areas=None)


def test_an_area_that_is_no_longer_there_is_seen_by_nobody(own_lockside):
    street = made(own_lockside, grant=Grant((f"{CITY}/street:{SOUTH}",)))
    with writing(own_lockside.engine, SYSTEM) as session:
        session.execute(Area.__table__.update().where(Area.level == "street", Area.code == SOUTH).values(code="gone"))
    assert sees(own_lockside, street) == AccessScope("leader")


def test_a_department_sees_its_hazard_groups(own_lockside):
    fire = made(own_lockside, "fire", "department", Grant((EVERYWHERE,), ("fire", "safety")))
    assert sees(own_lockside, fire) == AccessScope("department", areas=None, hazard_groups=("fire", "safety"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"role": "king"}, "no role 'king'; choose one of"),
        ({"role": "everything"}, "no role 'everything'"),
        ({"role": "public"}, "no role 'public'"),
        ({"name": " "}, "1 to 80 characters"),
        ({"name": "x" * 81}, "1 to 80 characters"),
        ({"name": "a\nb"}, "1 to 80 characters"),
        ({"name": "MEI"}, "an account 'mei' already"),
        ({"grant": Grant(())}, "Name what the account may see"),
        ({"grant": Grant(("atlantis",))}, "no city 'atlantis'; there are: lockside, otherbank"),
        ({"grant": Grant((f"{CITY}/street:atlantis",))}, "no area 'street:atlantis'"),
        ({"grant": Grant((f"{CITY}/planet:{SOUTH}",))}, "no area 'planet:"),
        ({"grant": Grant((CITY,), ("fire",))}, "A department, and no other role"),
        ({"role": "department"}, "A department, and no other role"),
        ({"role": "department", "grant": Grant((CITY,), ("water",))}, "not water"),
        ({"role": "department", "grant": Grant((CITY,), ())}, "not none"),
        ({"password": None}, "needs a password"),
    ],
)
def test_an_account_that_makes_no_sense_is_refused_with_the_cure(own_lockside, change, sentence):
    made(own_lockside, "mei")
    with pytest.raises(AccountRefused, match=sentence):
        made(own_lockside, **({"name": "lan"} | change))
    with reading(own_lockside.engine, SYSTEM) as session:
        assert session.scalars(select(Account.name)).all() == ["mei"]


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short pass", "10 characters; take at least 12"),
        ("aaaaaaaaaaaaaa", "repeats a few signs"),
        ("i am MEI, let me in", "holds the account's name"),
        ("x1" * 101, "202 characters; take at most 200"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(own_lockside, password, sentence):
    with pytest.raises(PasswordRefused, match=sentence):
        made(own_lockside, password=password)


def test_two_accounts_cannot_sign_on_as_the_same_person(own_lockside):
    made(own_lockside, "mei", password=None, sign_on="m.chen")
    with pytest.raises(AccountRefused, match=r"signs on as 'm\.chen' already"):
        made(own_lockside, "lan", password=None, sign_on="m.chen")


def test_any_number_of_accounts_may_sign_on_as_nobody(own_lockside):
    assert [made(own_lockside, name, sign_on="").sign_on for name in ("mei", "lan")] == [None, None]


def test_a_password_is_kept_as_argon2id_and_is_not_to_be_found(own_lockside):
    account = made(own_lockside)
    assert account.password_hash.startswith("$argon2id$")
    assert GOOD not in account.password_hash
    assert verify_password(GOOD, account.password_hash)
    assert not verify_password(GOOD + "!", account.password_hash)
    assert not verify_password(GOOD, None)
    assert hashed(GOOD) != hashed(GOOD)


def test_a_guess_costs_what_rfc_9106_asks_for_at_least():
    assert passwords.COST.type is Type.ID
    assert passwords.COST.memory_cost >= 64 * 1024  # KiB
    assert passwords.COST.time_cost >= 3


def test_passwords_made_up_are_long_and_never_the_same():
    some = {generated_password("mei") for _ in range(50)}
    assert len(some) == 50
    assert all(len(one.replace("-", "")) * 5 >= 128 for one in some)  # of 32 signs, 5 bits each


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_only_an_administrator_looks_after_accounts(own_lockside, role):
    account, scope, actor = made(own_lockside), AccessScope(role, areas=None), Actor("li", role)
    deeds = (
        lambda session: add_account(session, scope, actor, "lan", "leader", Grant((CITY,)), password=GOOD),
        lambda session: set_password(session, scope, actor, session.get_one(Account, account.id), GOOD + "!"),
        lambda session: set_disabled(session, scope, actor, session.get_one(Account, account.id), True),
    )
    for deed in deeds:
        with pytest.raises(NotAllowed), writing(own_lockside.engine, SYSTEM) as session:
            deed(session)
    with reading(own_lockside.engine, SYSTEM) as session:
        assert accounts.accounts(session, scope) == []
        kept = session.get_one(Account, account.id)
        assert (kept.password_hash, kept.disabled) == (account.password_hash, False)


def test_an_administrator_cannot_shut_the_door_on_itself(own_lockside):
    root = made(own_lockside, "root", "administrator", Grant((EVERYWHERE,)))
    with writing(own_lockside.engine, SYSTEM) as session, pytest.raises(AccountRefused, match="your own account"):
        account = session.get_one(Account, root.id)
        set_disabled(session, SYSTEM, Actor("root", "administrator"), account, True)


def test_disabling_and_a_new_password_end_every_session(own_lockside):
    for change in (
        lambda session, account: set_disabled(session, SYSTEM, COMMAND_LINE, account, True),
        lambda session, account: set_password(session, SYSTEM, COMMAND_LINE, account, "another kettle of tea"),
    ):
        with writing(own_lockside.engine, SYSTEM) as session:
            name = f"mei-{session.scalar(select(func.count()).select_from(Account))}"
            account = add_account(session, SYSTEM, COMMAND_LINE, name, "leader", Grant((CITY,)), password=GOOD)
            tokens = [begin(session, account, CALLER, "password").token for _ in range(2)]
            account_id = account.id
        assert all(auth_session(own_lockside.engine, token) for token in tokens)
        with writing(own_lockside.engine, SYSTEM) as session:
            change(session, session.get_one(Account, account_id))
        assert not any(auth_session(own_lockside.engine, token) for token in tokens)


@pytest.fixture
def command(own_lockside, monkeypatch, capsys):
    """Runs `python -m data account …` on the town; its exit code, what it printed, what it complained of."""
    monkeypatch.setenv("CREDIT_MAP_DATABASE", own_lockside.engine.url.render_as_string())

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["account", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_command_line_makes_the_first_administrator(command, own_lockside):
    code, said, _ = command("add", "Root", "--role", "administrator", "--area", "everywhere", "--generate")
    assert code == 0
    name, password = said.strip().split(": ")
    with reading(own_lockside.engine, SYSTEM) as session:
        account = accounts.account_named(session, "root")
        assert verify_password(password, account.password_hash)
        assert areas_of(session, account) == (EVERYWHERE,)
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.action, entry.details["name"]) == ("add_account", "root")
        assert password not in str(entry.details)
    assert name == "Root"
    assert command("list")[1].split()[:3] == ["root", "administrator", "everywhere"]


def test_the_command_line_changes_disables_and_opens_accounts(command, own_lockside, monkeypatch):
    made(own_lockside)
    new = command("password", "mei", "--generate")[1].strip().split(": ")[1]
    assert command("disable", "mei")[0] == 0
    assert command("list")[1].split()[-1] == "disabled"
    assert command("enable", "mei")[0] == 0
    with reading(own_lockside.engine, SYSTEM) as session:
        account = accounts.account_named(session, "mei")
        assert verify_password(new, account.password_hash)
        assert not account.disabled


def test_the_command_line_has_wrong_passwords_forgotten(command, own_lockside):
    made(own_lockside)
    for _ in range(MOST_FAILURES):
        with pytest.raises(SignInRefused):
            sign_in(own_lockside.engine, "mei", "a wrong password", CALLER)
    with pytest.raises(TooManyAttempts):
        sign_in(own_lockside.engine, "mei", GOOD, CALLER)
    assert command("unlock", "mei")[0] == 0
    assert sign_in(own_lockside.engine, "mei", GOOD, CALLER)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("disable", "nobody"), "no account 'nobody'"),
        (("add", "lan", "--role", "leader", "--area", "atlantis", "--generate"), "no city 'atlantis'"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_sentence(command, arguments, sentence):
    code, _, complaint = command(*arguments)
    assert code == 2
    assert sentence in complaint
    assert complaint.count("\n") == 1


def test_an_account_that_is_not_there_is_named_with_the_cure(own_lockside):
    with reading(own_lockside.engine, SYSTEM) as session, pytest.raises(NoSuchAccount, match="account list"):
        accounts.account_named(session, "nobody")


def test_a_new_database_has_no_account_and_the_demonstration_district_gets_its_own_once(tmp_path, monkeypatch, capsys):
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    monkeypatch.setenv("CREDIT_MAP_DATABASE", url)
    monkeypatch.setattr("data.city.fact_store.VAR", tmp_path)
    monkeypatch.setattr("data.city.grade_history.MONTHS", 1)
    engine = open_database(url)
    assert main(["demo", "--buildings", "1000", "--on", "2025-06-30"]) == 0
    with reading(engine, SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 0
    capsys.readouterr()
    assert main(["prepare"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  demo-")]
    told = {name: password for name, password, *_ in lines}
    with reading(engine, SYSTEM) as session:
        kept = {account.name: account for account in session.scalars(select(Account))}
        assert {account.role for account in kept.values()} == {"administrator", "leader", "police", "street_office"}
        assert all(verify_password(told[name], account.password_hash) for name, account in kept.items())
        assert session.scalar(select(func.count()).select_from(UserSession)) == 0
    assert main(["prepare"]) == 0
    assert "demo-" not in capsys.readouterr().out


def test_a_real_city_gets_no_account_by_itself(own_lockside, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CREDIT_MAP_DATABASE", own_lockside.engine.url.render_as_string())
    monkeypatch.setattr("data.city.fact_store.VAR", tmp_path)
    monkeypatch.setattr("data.city.grade_history.MONTHS", 1)
    assert main(["prepare"]) == 0
    with reading(own_lockside.engine, SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_an_account_is_made_once_however_often_its_form_is_sent(own_lockside):
    ids = {made(own_lockside, form="a form").id for _ in range(4)}
    assert len(ids) == 1
    with reading(own_lockside.engine, SYSTEM) as session:
        actions = session.scalars(select(AuditEntry.action)).all()
        assert actions.count("add_account") == session.scalar(select(func.count()).select_from(Account)) == 1
    with pytest.raises(AccountRefused, match="already"):
        made(own_lockside, form="another form")
    with pytest.raises(AccountRefused, match="already"):
        made(own_lockside, role="police", form="a form")  # the same form, and it says something else


def test_a_form_of_somebody_else_is_another_form(own_lockside):
    made(own_lockside, form="a form")
    with pytest.raises(AccountRefused, match="already"), writing(own_lockside.engine, SYSTEM) as session:
        add_account(
            session,
            SYSTEM,
            Actor("wang", "administrator"),
            "mei",
            "leader",
            Grant((CITY,)),
            password=GOOD,
            form="a form",
        )
