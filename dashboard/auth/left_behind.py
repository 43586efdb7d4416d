"""What was typed or handed in and not finished goes when its account signs out."""

from collections.abc import Mapping
from typing import Any

from dashboard.admin.imports import upload_store
from dashboard.auth.request_user import CurrentUser
from dashboard.cache import kept_input
from dashboard.cache.background_jobs import JOBS
from dashboard.cache.city_cache import database
from data.access.roles import SYSTEM
from data.access.sessions import open_sessions
from data.db.engine import reading


def remove_left_behind(user: CurrentUser) -> None:
    """Of this session and of those that have ended; what the account types elsewhere at this moment stays."""
    with reading(database(), SYSTEM) as session:
        others = {each.id for each, _ in open_sessions(session, user.scope, user.owner.account_id)}
    kept_input.forget(user.owner, others - {user.owner.session_id}, lambda page, typed: _remove_upload(user, typed))


def _remove_upload(user: CurrentUser, typed: Mapping[str, Any]) -> None:
    job = JOBS.of(str(typed.get("import_key")), user.actor.account)
    if job is None or job.over.is_set():  # an import that was begun goes on, and reads its file
        upload_store.remove(typed.get("import_upload"))
