"""Lockside on both databases, to record facts in: on PostgreSQL behind its row-level security."""

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import make_url

from data.db.engine import open_database
from data.db.row_security import install_policies
from tests.data.records.clerk import Clerk
from tests.data.secured_town import OWNER, PRODUCT
from tests.data.town_hall import Town, settle


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def clerk(request, tmp_path_factory) -> Iterator[Clerk]:
    """One town for all tests of a module: facts are only added, and no test counts what others recorded."""
    if request.param == "sqlite":
        engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('records') / 'lockside.sqlite'}")
        yield Clerk(settle(engine))
        engine.dispose()
        return
    server = request.getfixturevalue("server")
    owner = open_database(server.database(OWNER))
    install_policies(owner, PRODUCT)
    settle(owner)
    product = open_database(server.url(make_url(str(owner.url)).database, PRODUCT))
    yield Clerk(Town(product))
    product.dispose()
    owner.dispose()
