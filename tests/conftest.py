"""What all tests share."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from data.access import passwords


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Hundreds of passwords are hashed in the tests; what a real hash costs is a test of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield
