"""Lockside with its station, once for those who only look."""

import pytest

from tests.data.planning.station import staffed
from tests.data.town_hall import Town


@pytest.fixture(scope="module")
def station(lockside, tmp_path_factory) -> Town:
    return staffed(lockside.copied(tmp_path_factory.mktemp("station")))


@pytest.fixture
def own_station(own_lockside) -> Town:
    return staffed(own_lockside)
