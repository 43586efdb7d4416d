"""A short form of what `make trust` tries at length: a backup made while others write comes back whole."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine

from tests.data import postgresql_server
from tests.trust.backups import postgresql_towns, returned
from tests.trust.town import own_town


@contextmanager
def towns(kind: str) -> Iterator[tuple[Engine, Engine]]:
    if kind == "postgresql":
        if reason := postgresql_server.missing():
            pytest.skip(reason)
        with postgresql_towns() as two:
            yield two
        return
    with own_town() as engine, own_town() as other:
        yield engine, other


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_made_while_others_write_comes_back_whole(kind, tmp_path):
    with towns(kind) as (engine, other):
        for one in returned(engine, other, tmp_path, writers=2, backups=2, load_s=0.5):
            assert one.faults == []
            assert one.kept_before
            assert one.kept_after > one.kept_before
