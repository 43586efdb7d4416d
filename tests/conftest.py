"""What all tests share."""

import os
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from data.access import passwords

# No property may fail because the machine is slow: no deadline, no complaint about slow draws.
NO_CLOCK = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# The same draws each time: who changes nothing sees what was seen before. New ones are for `make trust`.
settings.register_profile("same draws", derandomize=True, **NO_CLOCK)
settings.register_profile("new draws", **NO_CLOCK)
# For `make mutants`: fewer, as the same tests run a hundred times over.
settings.register_profile("mutants", settings.get_profile("same draws"), max_examples=30)
settings.load_profile("same draws")


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Hundreds of passwords are hashed in the tests; what a real hash costs is a test of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def same_priority() -> Iterator[None]:
    """A command that makes way for others is called within the tests' process, which would keep its low priority."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "nice", lambda _: 0)
        yield
