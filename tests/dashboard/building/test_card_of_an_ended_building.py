"""The card of a building that ended: when and as what, and what happened there; no grade, no advice, nothing to do."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from dashboard.cache import city_cache
from dashboard.i18n import translator
from data.access.roles import SYSTEM
from data.db.engine import writing
from data.db.models.city import ENDINGS, Building
from tests.dashboard.conftest import new_database
from tests.dashboard.page_runs import page_run
from tests.data.lockside import HARBOUR_ROW, RULE_SETS
from tests.data.town_hall import CITY, settle
from tests.sessions import token_of

ENDED, BEFORE = date(2024, 6, 15), date(2024, 6, 14)
LANGUAGES = ("zh", "en")


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Iterator[None]:
    """Lockside, of which Harbour Row ended in June."""
    with new_database(tmp_path_factory.mktemp("town")) as engine:
        _end(settle(engine).engine, "demolished")
        yield


def _end(engine, how: str) -> None:
    with writing(engine, SYSTEM) as session:
        this = update(Building).where(Building.code == HARBOUR_ROW.code)
        session.execute(this.values(ended_on=ENDED, ended_as=how))


@pytest.fixture
def card(town, monkeypatch) -> Callable[..., AppTest]:
    """The map's page with the card of Harbour Row open on a day."""

    def opened(language: str, **query: str) -> AppTest:
        token = token_of(city_cache.database(), "administrator")
        asked = {"city": CITY, "lang": language, "building": HARBOUR_ROW.code} | query
        page = page_run(monkeypatch, "city", token, asked, {"panel": "card", "card_of": HARBOUR_ROW.code})
        assert [error.value for error in (*page.exception, *page.error)] == []
        return page

    return opened


def markup(page: AppTest) -> str:
    return "\n".join(one.proto.body for one in page.get("html"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("how", ENDINGS)
def test_the_card_says_when_it_ended_and_as_what(card, language, how):
    _end(city_cache.database(), how)
    said = translator(language)(f"card.ended_{how}", day=ENDED)
    assert ENDED.isoformat() in said and said in markup(card(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_holds_no_grade_no_reasons_and_no_advice_but_what_happened(card, language):
    page, t = card(language), translator(language)
    assert 'class="rating"' not in markup(page) and "advice" not in markup(page)
    assert f"<h5>{t('card.reasons')}</h5>" not in markup(page) and "class='visit'" not in markup(page)
    assert markup(page).count("<time>") > 0 and HARBOUR_ROW.code in markup(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_day_before_it_is_graded_under_every_rule_set_and_says_nothing_of_its_end(card, language):
    page, t = card(language, day=BEFORE.isoformat()), translator(language)
    assert markup(page).count('class="rating"') == len(RULE_SETS)
    assert f"<h5>{t('card.reasons')}</h5>" in markup(page) and "class='ended'" not in markup(page)


def test_the_button_in_its_row_closes_the_card(card):
    page = card("zh")
    assert "building-card" in markup(page)
    page.button(key="close-card").click().run()
    assert "building-card" not in markup(page) and "building" not in page.query_params
