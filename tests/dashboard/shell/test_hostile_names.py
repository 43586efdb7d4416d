"""Whatever an address, an area, a building, a draft or a file is called: no page makes a picture or a link of it."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

import pytest
from google.protobuf.json_format import MessageToDict
from markdown_it import MarkdownIt
from sqlalchemy import select, text, update
from streamlit.testing.v1 import AppTest

from dashboard.cache import city_cache
from dashboard.look.plain_text import as_text
from dashboard.shell.navigation import PAGES
from data.access.accounts import EVERYWHERE, Grant, add_account
from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE, Actor
from data.db.engine import writing
from data.db.models.city import Area, Building, City, Import
from data.studies.rule_drafts import keep_draft
from scoring.rulebook.editions import Rulebook
from scoring.turning_signs import TURNING
from tests.dashboard.page_runs import page_run
from tests.data.lockside import ON
from tests.data.town_hall import CITY, Town
from tests.sessions import token_of

EVIL = (
    "![x](http://evil/x.png) [a](http://evil) <img src=x> <a href='http://evil'>b</a> $x$ :material/home: :smile: "
    ":red[c] {alert(1)} `d` **e** www.evil.com me@evil.com"
)
MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})
READ_AFTER_PARSING = re.compile(r"https?://evil|www\.evil|@evil|:material/|:smile:|:red\[", re.IGNORECASE)
READS_MARKDOWN = {"body", "label", "help"}
OPTIONS_READ = {"radio", "button_group"}
OUR_BADGE = re.compile(r"^:\w+-badge\[:material/\w+: (.*)\]$")
NAMED = (("areas", "name"), ("areas", "name_en"), ("buildings", "name"), ("buildings", "address"),
    ("imports", "file_name"), ("rule_drafts", "name"))  # fmt: skip
QUERIES = {
    "by its names": {},
    "by its address": {"area": EVIL, "building": EVIL, "show": EVIL, "day": EVIL, "qishuyan": EVIL, EVIL: EVIL},
    "by another city": {"city": EVIL},
}


@pytest.fixture(scope="module")
def evil_town(two_towns) -> Iterator[Town]:
    """Lockside, in which everything that can be named is named EVIL."""
    with writing(two_towns.engine, SYSTEM) as session:
        session.execute(update(City).values(names={"zh": EVIL, "en": EVIL}, licence=EVIL))
        session.execute(update(Area).values(name=EVIL, name_en=EVIL))
        session.execute(update(Building).values(name=EVIL, address=EVIL, off_map=None))
        session.execute(update(Import).values(file_name=EVIL))
        city = session.scalars(select(City).where(City.code == CITY)).one()
        edition = Rulebook().on("qishuyan", ON)
        keep_draft(session, SYSTEM, Actor("root", "administrator"), city, "qishuyan", EVIL[:80], edition.text)
        add_account(session, SYSTEM, COMMAND_LINE, EVIL[:80], "leader", Grant((EVERYWHERE,)), sign_on=EVIL)
        for table, column in NAMED:  # as an earlier version stored it, past the types of the tables
            session.execute(text(f"UPDATE {table} SET {column} = {column} || char(8238, 8295, 27, 155)"))
    yield two_towns


@pytest.fixture
def shown(evil_town, monkeypatch) -> Callable[..., AppTest]:
    def run(name: str, **query: str) -> AppTest:
        return page_run(monkeypatch, name, token_of(city_cache.database(), "administrator"), query)

    return run


def texts(app: AppTest) -> Iterator[tuple[str, str]]:
    """Each text of a page with the kind of its element."""
    for element in app._tree:
        if getattr(element, "proto", None) is None:
            continue
        said = MessageToDict(element.proto, preserving_proto_field_name=True)
        yield from _texts(element.type, said)


def _texts(kind: str, said: object) -> Iterator[tuple[str, str]]:
    if isinstance(said, dict):
        for name, value in said.items():
            if isinstance(value, str) and name in READS_MARKDOWN:
                yield kind, value
            elif kind in OPTIONS_READ and name in ("options", "content"):
                yield from ((kind, one) for one in value if isinstance(one, str))
            yield from _texts(kind, value) if not isinstance(value, str) else ()
    elif isinstance(said, list):
        for one in said:
            yield from _texts(kind, one)


class Elements(HTMLParser):
    """What an HTML text would make beside text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.made: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = " ".join(str(value) for _, value in attrs)
        if tag in ("img", "script", "iframe") or "evil" in dict(attrs).get("href", "") or "alert" in values:
            self.made.append(tag)


def made_of(text: str) -> list[str]:
    """Pictures, links, formulas and icons that a Markdown text becomes."""
    tokens = [one for block in MARKDOWN.parse(text) for one in (block, *(block.children or ()))]
    made = [one.type for one in tokens if one.type in ("image", "link_open", "html_inline", "html_block", "s_open")]
    plain = "".join(one.content for one in tokens if one.type == "text")
    formula = re.search(r"(?<!\\)\$[^$]*(?<!\\)\$", text)
    return made + READ_AFTER_PARSING.findall(plain) + ([formula[0]] if formula else [])


def test_the_walker_finds_what_is_made_of_a_hostile_name():
    assert {"image", "link_open", "html_inline", ":material/", ":smile:", "$x$"} <= set(made_of(EVIL))
    assert Elements(EVIL).made == ["img", "a"]


def test_nothing_is_made_of_it_once_it_is_shown_as_text():
    assert made_of(as_text(EVIL)) == []
    assert made_of(f"### {as_text(EVIL)} · {as_text(EVIL)}") == []


@pytest.mark.parametrize("text", ["- x", "# x", "> x", "1. x", "1) x", "    x", "+ x", "---", "a\n\n# b", "a  \nb"])
def test_a_text_is_one_paragraph_whatever_it_begins_with(text):
    kinds = [block.type for block in MARKDOWN.parse(as_text(text))]
    assert kinds == ["paragraph_open", "inline", "paragraph_close"]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_no_page_makes_anything_of_a_hostile_name(shown, name, query):
    page = shown(name, **({"city": CITY, "lang": "en"} | QUERIES[query]))
    assert not page.exception
    said = list(texts(page))
    assert said
    wrong = [(kind, made, text[:200]) for kind, text in said for made in _made(kind, text)]
    assert wrong == []


def _made(kind: str, text: str) -> list[str]:
    return Elements(text).made if kind == "html" else made_of(OUR_BADGE.sub(r"\1", text))


def every_text(said: object) -> Iterator[str]:
    """Every text of what a page sends, at any depth."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for one in said.values():
            yield from every_text(one)
    elif isinstance(said, list):
        for one in said:
            yield from every_text(one)


@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_no_page_shows_a_sign_that_turns_or_steers_what_stands_beside_it(shown, name):
    page = shown(name, city=CITY, lang="en")
    sent = [MessageToDict(one.proto) for one in page._tree if getattr(one, "proto", None) is not None]
    tables = [str(one.value.to_csv()) for one in page.dataframe]
    shown_texts = [*every_text(sent), *tables]
    assert any("evil" in one for one in shown_texts) or name in ("backtest", "quality", "imports")
    assert [one[:200] for one in shown_texts if TURNING.search(one)] == []
