"""Databases of both kinds, empty."""

import pytest

from tests.data.secured_town import OWNER


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request) -> str:
    return request.param


@pytest.fixture
def empty_url(kind, request, tmp_path):
    """Makes addresses of empty databases; on PostgreSQL their owner is no superuser."""
    numbers = iter(range(100))

    def make() -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / f'town-{next(numbers)}.sqlite'}"
        return request.getfixturevalue("server").database(OWNER)

    return make
