"""With row-level security PostgreSQL itself shows each viewer its own rows, whatever a query forgets to ask."""

from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import Column, Integer, Table, create_engine, delete, func, insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from data.__main__ import main
from data.access.roles import PUBLIC, SYSTEM, AccessScope
from data.audit.trail import COMMAND_LINE, record
from data.audit.verify import verify
from data.city import fact_store, queries
from data.city.changes import latest_version
from data.city.city_metadata import checklists, first_and_last_day
from data.db.engine import as_scope, insert_columns, open_database, reading, writing
from data.db.models.city import HAZARD_GROUPS, Base, Building, City, Event, Hazard, Inspection
from data.db.row_security import CLOSED, POLICIES, NoRowSecurity, install_policies
from data.db.schema_version import TablesMissing
from tests.data.city.test_fact_store import assert_same
from tests.data.city.test_queries import all_answers
from tests.data.lockside import NORTH, ON, PLUM_COURT, SOUTH, Records, told
from tests.data.secured_town import OWNER, PRODUCT, WHO, SecuredTown, a_secured_town, fill_other_tables, viewers
from tests.data.town_hall import CITY, Town, keep_only

TABLES: Mapping[str, Table] = Base.metadata.tables
WITH_ROWS = [name for name in TABLES if name in POLICIES or name in CLOSED]


@pytest.fixture(scope="module")
def secured(server, var) -> Iterator[SecuredTown]:
    yield from a_secured_town(server)


@pytest.fixture
def own_secured(server, var) -> Iterator[SecuredTown]:
    """To do with as one likes."""
    yield from a_secured_town(server)


@pytest.fixture(scope="module")
def graded_lockside(lockside, tmp_path_factory) -> Town:
    """The same town on SQLite, with the same ratings and accounts."""
    town = lockside.copied(tmp_path_factory.mktemp("graded"))
    fill_other_tables(town.engine)
    return town


def ids(session: Session, table: Table) -> list:
    """What comes when nobody asks for whom: no WHERE at all."""
    return list(session.scalars(select(table.c.id).order_by(table.c.id)))


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_a_rule_or_is_closed(name):
    assert (name in POLICIES) != (name in CLOSED), "Say in data.db.row_security who may read the new table."


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_rows_for_one_who_sees_everything(secured, name):
    with reading(secured.town.engine, SYSTEM) as session:
        assert ids(session, TABLES[name])


@pytest.mark.parametrize("name", TABLES)
def test_without_a_viewer_no_table_shows_a_row(secured, name):
    for engine in (secured.town.engine, secured.owner):
        with engine.connect() as connection:
            assert connection.execute(select(TABLES[name])).all() == []


@pytest.mark.parametrize("street", [SOUTH, NORTH])
def test_one_of_a_street_gets_the_rows_of_a_town_of_that_street_alone(secured, graded_lockside, tmp_path, street):
    alone = graded_lockside.copied(tmp_path)
    keep_only(alone, street)
    scope = secured.town.scope_of(street)
    with reading(secured.town.engine, scope) as behind, reading(alone.engine, SYSTEM) as apart:
        found = {name: ids(behind, table) for name, table in TABLES.items()}
        wanted = {name: [] if name in CLOSED else ids(apart, table) for name, table in TABLES.items()}
    wanted |= {name: wanted[name][:1] for name in ("cities", "ground_features")}  # of the other city
    wanted |= {
        key: [] for key in ("imports", "undone_imports", "saved_mappings", "rule_drafts")
    }  # of other streets or rights
    assert found == wanted
    assert len(found["buildings"]) > 1


def test_one_who_deals_with_fire_gets_no_other_hazard_and_no_building_without(secured):
    scope = viewers(secured.town)["fire department"]
    with reading(secured.town.engine, scope) as session:
        assert set(session.scalars(select(Hazard.group))) == {"fire"}
        houses = set(session.scalars(select(Hazard.building_id)))
        assert set(session.scalars(select(Building.id))) == houses
        assert set(session.scalars(select(Inspection.building_id))) <= houses


@pytest.mark.parametrize("who", WHO)
def test_every_query_answers_as_without_the_wall(secured, graded_lockside, who):
    behind, open_ = (all_answers(town, viewers(town)[who], town) for town in (secured.town, graded_lockside))
    assert behind == open_


@pytest.mark.parametrize("who", WHO)
def test_version_days_and_checklists_are_those_of_the_whole_city_whoever_asks(secured, graded_lockside, who):
    answers = []
    for town, scope in ((secured.town, viewers(secured.town)[who]), (graded_lockside, SYSTEM)):
        with town.looked_at() as (session, city):
            session.expunge_all()
        with reading(town.engine, scope) as session:
            answers.append(
                (first_and_last_day(session, city), checklists(session, city), latest_version(session, city).number > 0)
            )
    assert answers[0] == answers[1]
    assert answers[0][1]


@pytest.mark.parametrize("right", ["cases", "homes", "hazards", "buildings", "import", "drafts", "plan_view"])
def test_what_a_role_has_no_right_to_stays_hidden(secured, monkeypatch, right):
    tables = {
        "cases": {"events"},
        "homes": {"homes", "home_states", "projects", "credit_records", "credit_record_steps"},
        "hazards": {"hazards", "hazard_steps"},
        "buildings": set(POLICIES) - {"saved_mappings"},
        "import": {"saved_mappings"},
        "drafts": {"rule_drafts"},
        "plan_view": {name for name in POLICIES if name.startswith(("officer", "plan"))},
    }[right]
    rights = frozenset({"buildings", "hazards", "homes", "cases", "import", "drafts", "plan_view"}) - {right}
    monkeypatch.setattr("data.db.row_security.PERMISSIONS", {"stranger": rights})
    with reading(secured.town.engine, AccessScope("stranger", areas=None)) as session:
        assert {name for name in POLICIES if not ids(session, TABLES[name])} == tables


@pytest.mark.parametrize("name", WITH_ROWS)
def test_a_viewer_changes_and_removes_nothing_even_of_its_own(secured, name):
    table = TABLES[name]
    for scope in (secured.town.scope_of(SOUTH), viewers(secured.town)["administrator"], PUBLIC):
        for deed in (update(table).values(id=table.c.id), delete(table)):
            try:
                with writing(secured.town.engine, scope) as session:
                    assert session.execute(deed).rowcount == 0
            except DBAPIError as refused:
                assert name == "audit_entries", refused
    with reading(secured.town.engine, SYSTEM) as session:
        assert ids(session, table)


@pytest.mark.parametrize("name", WITH_ROWS)
def test_a_viewer_adds_nothing(secured, name):
    table = TABLES[name]
    with reading(secured.town.engine, SYSTEM) as session:
        row = dict(session.execute(select(table).limit(1)).mappings().one()) | {"id": 987_654}
    scope = AccessScope("administrator", areas=None)
    with pytest.raises(ProgrammingError, match="row-level security"), writing(secured.town.engine, scope) as session:
        session.execute(insert(table).values(row))


def test_the_product_cannot_empty_a_table_or_change_the_trail_or_the_wall(secured):
    deeds = (
        "TRUNCATE events",
        "UPDATE audit_entries SET account = 'x'",
        "DELETE FROM audit_entries",
        "DROP POLICY viewers ON buildings",
        "ALTER TABLE buildings DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE mine (id int)",
    )
    for deed in deeds:
        with pytest.raises(ProgrammingError), writing(secured.town.engine, SYSTEM) as session:
            session.execute(text(deed))


def test_a_fact_store_first_asked_for_by_one_of_a_street_is_that_of_the_whole_town(
    secured, lockside, monkeypatch, tmp_path
):
    monkeypatch.setattr(fact_store, "VAR", tmp_path)
    south = secured.town.scope_of(SOUTH)
    with reading(secured.town.engine, south) as session:
        city = queries.city_by_code(session, south, CITY)
        before = ids(session, TABLES["buildings"])
        made = fact_store.load_city_facts(session, city, "WGS84")
        assert ids(session, TABLES["buildings"]) == before
    assert_same(made, lockside.city_facts())


def test_seeing_everything_within_seeing_everything_does_not_end_the_outer_block(secured):
    south = secured.town.scope_of(SOUTH)
    with reading(secured.town.engine, south) as session:
        mine = ids(session, TABLES["buildings"])
        with as_scope(session, SYSTEM):
            with as_scope(session, SYSTEM):
                every = ids(session, TABLES["buildings"])
            assert ids(session, TABLES["buildings"]) == every
        assert ids(session, TABLES["buildings"]) == mine
        assert len(every) > len(mine)


def test_seeing_everything_ends_with_its_block_even_when_it_fails(secured):
    south = secured.town.scope_of(SOUTH)
    with reading(secured.town.engine, south) as session:
        mine = ids(session, TABLES["buildings"])
        with pytest.raises(ProgrammingError), as_scope(session, SYSTEM):
            assert len(ids(session, TABLES["buildings"])) > len(mine)
            session.execute(text("SELECT no_such_column FROM buildings"))
        session.rollback()
        assert ids(session, TABLES["buildings"]) == mine  # a new transaction says anew who looks
        with pytest.raises(KeyError), as_scope(session, SYSTEM):
            raise KeyError
        assert ids(session, TABLES["buildings"]) == mine


def test_a_connection_used_again_remembers_no_viewer(secured):
    with reading(secured.town.engine, SYSTEM) as session:
        assert ids(session, TABLES["accounts"])
    with secured.town.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(Building)).scalar() == 0


def test_facts_and_histories_are_written_through_the_wall(own_secured):
    town = own_secured.town
    town.learn(PLUM_COURT, Records(events=told("lead_given 2024-05-05")))
    _, run = town.grade("qishuyan", ON)
    with writing(town.engine, SYSTEM) as session:
        record(session, COMMAND_LINE, "test", {})
    assert run.added > 0
    with pytest.raises(IntegrityError), writing(town.engine, SYSTEM) as session:
        event = session.scalars(select(Event).limit(1)).one()
        same = {name: [getattr(event, name)] for name in ("city_id", "import_id", "kind", "day", "recorded_on")}
        insert_columns(session, Event.__table__, same | {"building_id": [987_654]})


def test_one_who_may_not_read_the_trail_leaves_an_entry_in_it(own_secured):
    south = own_secured.town.scope_of(SOUTH)
    with writing(own_secured.town.engine, south) as session:
        record(session, COMMAND_LINE, "export", {})
        assert ids(session, TABLES["audit_entries"]) == []
    with reading(own_secured.town.engine, SYSTEM) as session:
        assert verify(session).entries == 2


def test_a_new_table_without_a_rule_shows_nothing_to_anybody(own_secured):
    table = Table("notes", Base.metadata, Column("id", Integer, primary_key=True))
    try:
        table.create(own_secured.owner)
        install_policies(own_secured.owner, PRODUCT)
        with own_secured.owner.begin() as connection:
            connection.execute(text("ALTER TABLE notes NO FORCE ROW LEVEL SECURITY"))
            connection.execute(insert(table).values(id=1))
            connection.execute(text("ALTER TABLE notes FORCE ROW LEVEL SECURITY"))
        with reading(own_secured.town.engine, SYSTEM) as session:
            assert ids(session, table) == []
    finally:
        Base.metadata.remove(table)


def test_a_role_that_may_make_no_tables_is_told_who_does(server):
    owned = make_url(server.database(OWNER)).database
    install_policies(open_database(server.database(OWNER)), PRODUCT)
    with pytest.raises(
        TablesMissing, match="has no tables yet; run `python -m data protect credit_map` as their owner"
    ):
        open_database(server.url(owned, PRODUCT))


def test_the_command_sets_it_up_and_may_be_run_again(server, monkeypatch, capsys):
    url = server.database(OWNER)
    monkeypatch.setenv("CREDIT_MAP_DATABASE", url)
    for _ in range(2):
        assert main(["protect", "Second Role"]) == 0
        assert f"{len(TABLES)} tables have row-level security" in capsys.readouterr().out
    product = create_engine(server.url(make_url(url).database, "Second Role"))
    with reading(product, SYSTEM) as session:
        assert queries.cities(session, SYSTEM) == []
    product.dispose()


@pytest.mark.parametrize("role", [OWNER, "postgres"])
def test_a_role_that_row_security_would_not_bind_is_refused(secured, role):
    with pytest.raises(NoRowSecurity, match="name a role of its own"):
        install_policies(secured.owner, role)


def test_a_role_that_passes_by_row_security_is_refused_though_it_owns_nothing(server, secured):
    administrator = create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE passer_by LOGIN BYPASSRLS")
    administrator.dispose()
    with pytest.raises(NoRowSecurity, match="name a role of its own"):
        install_policies(secured.owner, "passer_by")


def test_only_the_owner_can_build_the_wall(secured):
    with pytest.raises(NoRowSecurity, match="run this as the owner of the tables"):
        install_policies(secured.town.engine, "someone")


def test_sqlite_has_no_row_security_and_says_so(lockside):
    with pytest.raises(NoRowSecurity, match="PostgreSQL address"):
        install_policies(lockside.engine, PRODUCT)


def test_every_hazard_group_can_be_named_in_a_setting():
    assert not [group for group in HAZARD_GROUPS if "," in group]


def test_a_city_row_is_only_for_those_with_a_building_in_it(secured):
    with reading(secured.town.engine, secured.town.scope_of(SOUTH)) as session:
        assert list(session.scalars(select(City.code))) == [CITY]
