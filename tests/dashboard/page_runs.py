"""A page of the navigation, run once as somebody sees it, without a server."""

from collections.abc import Mapping

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from dashboard.shell.navigation import PAGES
from dashboard.studies import beside_page
from tests.sessions import COOKIE

LONGEST_WORK_S = 600  # its work is waited for, however slow the machine


def page_run(
    monkeypatch: pytest.MonkeyPatch, name: str, token: str, query: Mapping[str, str], chosen: Mapping[str, str] = {}
) -> AppTest:
    """The page of that name after its run, in the session of the token and at an address with that query.

    chosen: what was chosen on it before, by the keys of its widgets.
    """
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: {COOKIE: token}))
    monkeypatch.setattr(beside_page, "AT_ONCE_SECONDS", LONGEST_WORK_S)
    app = AppTest.from_file(next(page for page in PAGES if page.name == name).file, default_timeout=120)
    for key, value in query.items():
        app.query_params[key] = value
    for key, value in chosen.items():
        app.session_state[key] = value
    return app.run()
