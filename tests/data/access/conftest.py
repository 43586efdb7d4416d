"""A town with two accounts, and a clock for it that a test sets."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from data.access import sessions
from data.access.accounts import Grant, add_account
from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import writing
from tests.data.town_hall import CITY

PASSWORD = "copper kettle at noon"


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 5, 9, 0)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(sessions, "now", clock)
    return clock


@pytest.fixture
def town_with_accounts(own_lockside) -> Engine:
    """The town with the accounts of Mei and Lan."""
    with writing(own_lockside.engine, SYSTEM) as session:
        for name in ("mei", "lan"):
            add_account(session, SYSTEM, COMMAND_LINE, name, "leader", Grant((CITY,)), password=PASSWORD)
    return own_lockside.engine
