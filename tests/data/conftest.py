import pytest

from tests.data import riverton


@pytest.fixture
def desk(tmp_path) -> riverton.Desk:
    return riverton.desk(tmp_path)
