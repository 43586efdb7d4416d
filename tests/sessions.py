"""Accounts and open sessions for tests: what a browser holds after signing in."""

from sqlalchemy import Engine, select

from data.access.accounts import EVERYWHERE, Grant, add_account
from data.access.roles import SYSTEM
from data.access.sessions import ClientInfo, begin
from data.audit.trail import COMMAND_LINE
from data.db.engine import writing
from data.db.models.accounts import Account

COOKIE = "credit-map"


def token_of(
    engine: Engine, role: str, *areas: str, name: str | None = None, hazard_groups: tuple[str, ...] | None = None
) -> str:
    """The token of a new session of an account that is made when it is not there. areas: none means everywhere."""
    name = name or "-".join((role, *areas)).replace("/", "-").replace(":", "-")
    with writing(engine, SYSTEM) as session:
        account = session.scalar(select(Account).where(Account.name == name))
        if account is None:
            grant = Grant(areas or (EVERYWHERE,), hazard_groups)
            account = add_account(session, SYSTEM, COMMAND_LINE, name, role, grant, sign_on=f"test:{name}")
        return begin(session, account, ClientInfo("127.0.0.1", "a test"), "sign_on").token
