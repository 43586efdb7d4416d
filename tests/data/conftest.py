from collections.abc import Iterator
from pathlib import Path

import pytest

from data.city import fact_store
from data.db.engine import open_database
from tests.data import postgresql_server, riverton, town_hall


@pytest.fixture
def desk(tmp_path) -> riverton.Desk:
    return riverton.desk(tmp_path)


@pytest.fixture(scope="session")
def server() -> Iterator[postgresql_server.Server]:
    """A PostgreSQL server of our own; without one, tests that need it are left out."""
    if reason := postgresql_server.missing():
        pytest.skip(reason)
    with postgresql_server.running() as server:
        yield server


@pytest.fixture(scope="session")
def var(tmp_path_factory) -> Iterator[Path]:
    """A folder for fact stores that is thrown away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fact_store, "VAR", tmp_path_factory.mktemp("var"))
        yield fact_store.VAR


@pytest.fixture(scope="session")
def lockside(var, tmp_path_factory) -> town_hall.Town:
    """Lockside, to be looked at only."""
    return town_hall.settle(open_database(f"sqlite:///{tmp_path_factory.mktemp('lockside') / 'lockside.sqlite'}"))


@pytest.fixture
def own_lockside(lockside, tmp_path) -> town_hall.Town:
    """Lockside, to do with as one likes."""
    return lockside.copied(tmp_path)
