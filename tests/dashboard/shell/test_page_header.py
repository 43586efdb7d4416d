"""What a page says of the state it shows."""

from dataclasses import replace

import pytest

from dashboard.cache.city_state import CityStates
from dashboard.i18n import translator
from tests.dashboard.demonstration import ON


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("is_behind", [True, False])
def test_while_something_newer_is_made_ready_the_page_says_so_and_shows_the_whole_state_before(
    page, monkeypatch, language, is_behind
):
    current = CityStates.current
    monkeypatch.setattr(CityStates, "current", lambda *asked: replace(current(*asked), is_behind=is_behind))
    shown = page(lang=language)
    sentence = translator(language)("shell.behind")
    assert any(sentence in badge.value for badge in shown.markdown) is is_behind
    assert any(ON.isoformat() in badge.value for badge in shown.markdown)
    assert not shown.exception
    assert any("3,000" in html.proto.body for html in shown.get("html"))
