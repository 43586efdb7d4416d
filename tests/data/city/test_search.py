"""The index narrows a search down and never changes what it finds, whatever is written and whatever is asked."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, event, select, update

from data.access.roles import SYSTEM, AccessScope
from data.city import queries
from data.db import building_search
from data.db.engine import insert_columns, reading, writing
from data.db.models.city import Building, City
from data.db.tables import table_of
from tests.data.lockside import SOUTH
from tests.data.town_hall import CITY, Town

NAMES = (
    *("听潮新城6栋", "枫塘公寓35区27栋", "枫塘公寓3区", "\U00020000\U00020001\U00020002里"),
    *("Row Lane 1", "ROW LANE 2", "row", "Ärger STRASSE", "ärger straße", "ΣΊΣΥΦΟΣ", "İstanbul", "ﬃ office"),
    *("100% sure", "under_score", "a\\b\\c", "it's; DROP TABLE buildings;--", 'say "hi"', "''''", '""""'),
    *("AND OR NOT NEAR(a b)", "name : ^ *", "(((", "{name}", "+++", "-x-", "a*b*c", "tab\tnew\nline", "é́é", "   "),
)
CODES = tuple(f"{name[:5]}#{number}" for number, name in enumerate(NAMES))
PIECES = st.sampled_from(NAMES + CODES).flatmap(
    lambda name: st.tuples(st.integers(0, len(name)), st.integers(0, len(name))).map(lambda cut: name[cut[0] : cut[1]])
)
ASKED = st.lists(PIECES | st.text(max_size=4), min_size=1, max_size=2).map("".join) | st.sampled_from(NAMES + CODES)
SCOPES = st.sampled_from(("everything", "south", "nothing"))


@pytest.fixture(scope="module")
def town(lockside, tmp_path_factory) -> Town:
    """Lockside with buildings of the strangest names, half of them in the south."""
    own = lockside.copied(tmp_path_factory.mktemp("search"))
    south = own.area("street", SOUTH)
    with writing(own.engine, SYSTEM) as session:
        model = session.scalars(select(Building).limit(1)).one()
        same = {"city_id": model.city_id, "import_id": model.import_id}
        for number, name in enumerate(NAMES):
            place = {"street_id": south} if number % 2 else {}
            session.add(Building(**same, **place, code=CODES[number], name=name, address=name[::-1]))
    return own


def found(town: Town, scope: AccessScope, words: str, most: int = 1000) -> list[int]:
    with reading(town.engine, SYSTEM) as session:
        city = session.scalars(select(City).where(City.code == CITY)).one()
        return [building.id for building in queries.search(session, scope, city, words, most)]


@given(words=ASKED, seen=SCOPES)
@example(words='""""', seen="everything")
@example(words='say "hi"', seen="everything")
@example(words=CODES[0], seen="everything")
@example(words=f" {NAMES[6].lower()} ", seen="south")
@example(words="a\0b", seen="everything")
def test_a_search_finds_what_reading_every_building_finds(town, words, seen):
    scopes = {"everything": SYSTEM, "south": town.scope_of(SOUTH), "nothing": AccessScope("police")}
    by_index = found(town, scopes[seen], words)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "candidates", lambda *_: None)
        assert found(town, scopes[seen], words) == by_index


def test_every_building_is_found_by_its_whole_name_and_nothing_is_where_nothing_may_be_seen(town):
    for name in NAMES:
        if name.strip():
            assert found(town, SYSTEM, name)
            assert found(town, AccessScope("police"), name) == []


def test_from_three_signs_on_the_index_is_asked_and_not_every_building(town):
    asked: list[str] = []

    def note(_connection, _cursor, statement, parameters, *_) -> None:
        asked.append(statement)
        plans.extend(town_plan(town.engine, statement, parameters) if "MATCH" in statement else ())

    plans: list[str] = []
    event.listen(town.engine, "before_cursor_execute", note)
    assert found(town, SYSTEM, "枫塘公")
    assert found(town, SYSTEM, "枫塘")
    event.remove(town.engine, "before_cursor_execute", note)
    assert sum("MATCH" in statement for statement in asked) == 1
    assert any("buildings USING INTEGER PRIMARY KEY" in step for step in plans), plans


def town_plan(engine: Engine, statement: str, parameters) -> list[str]:
    raw = engine.raw_connection()
    steps = raw.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
    raw.close()
    return [step[-1] for step in steps]


@pytest.fixture
def index_is_right(own_lockside) -> Iterator[None]:
    """After the test, SQLite itself compares the index with the buildings."""
    yield
    with writing(own_lockside.engine, SYSTEM) as session:
        session.connection().exec_driver_sql(
            f"INSERT INTO {building_search.TABLE} ({building_search.TABLE}, rank) VALUES ('integrity-check', 1)"
        )


@pytest.mark.parametrize("many", [1, 10_000])
def test_buildings_that_come_change_and_go_are_found_as_they_are(own_lockside, index_is_right, monkeypatch, many):
    """many: with and without the index being written to together."""
    monkeypatch.setattr(building_search, "MANY", many)
    with writing(own_lockside.engine, SYSTEM) as session:
        model = session.scalars(select(Building).limit(1)).one()
        columns = {"city_id": [model.city_id] * 3, "import_id": [model.import_id] * 3}
        texts = {"code": ["new-1", "new-2", "new-3"], "name": ["望潮楼"] * 3, "address": ["一号", "二号", "三号"]}
        insert_columns(session, table_of(Building), columns | texts)
    assert len(found(own_lockside, SYSTEM, "望潮楼")) == len(found(own_lockside, SYSTEM, "new-")) == 3
    with writing(own_lockside.engine, SYSTEM) as session:
        session.execute(update(Building).where(Building.code == "new-1").values(name="听涛阁楼"))
        session.execute(delete(Building).where(Building.code == "new-2"))
    assert len(found(own_lockside, SYSTEM, "望潮楼")) == len(found(own_lockside, SYSTEM, "听涛阁")) == 1
    with writing(own_lockside.engine, SYSTEM) as session:
        session.add(Building(city_id=1, import_id=1, code="new-4", name="望潮楼"))
    assert len(found(own_lockside, SYSTEM, "望潮楼")) == 2


def test_a_write_that_is_taken_back_leaves_the_index_as_it_was(own_lockside, index_is_right, monkeypatch):
    monkeypatch.setattr(building_search, "MANY", 1)
    with pytest.raises(RuntimeError), writing(own_lockside.engine, SYSTEM) as session:
        columns = {"city_id": [1], "import_id": [1], "code": ["new"], "name": ["望潮楼"], "address": [""]}
        insert_columns(session, table_of(Building), columns)
        raise RuntimeError
    assert found(own_lockside, SYSTEM, "望潮楼") == []
    with writing(own_lockside.engine, SYSTEM) as session:
        session.add(Building(city_id=1, import_id=1, code="new", name="望潮楼"))
    assert len(found(own_lockside, SYSTEM, "望潮楼")) == 1
