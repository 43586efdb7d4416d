"""Whatever the other rooms refuse is said in Chinese too."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from dashboard.i18n import errors, log_once, refusal_in_every_language, translator
from data.db.models.city import HAZARD_STEPS, LEVELS
from data.errors import DataError
from data.importing.checking.row_errors import RowError
from data.importing.mapping.fields import TARGETS
from data.importing.reading.packed_sentences import packed, unpacked
from data.importing.writing.undo import _references
from geo.errors import GeoError, NoSuchTile
from scoring.errors import ScoringError, Sentence
from scoring.rulebook.toml_table import table
from scoring.third_party_faults import library_fault

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("data", "scoring", "geo", "dashboard")
AT = {"wrong": 0, "Sentence": 0, "LibraryFault": 0, "RowError": 1, "Unfit": 1}  # which argument is the template
HANDED_ON = {  # templates that were collected elsewhere, or are words of the tables
    "template",
    "error.template",
    "refused.template",
    "sentence.template",
    "kept['template']",
    "step",
    "first.step",
    "second.step",
    "self.level",
    "self.table",
    "stored.table",
    "records.target.name",
    "target.name",
    "self.records.target.plural",
    "what",
    "name",
    "other",
    "one.name.replace('_', ' ')",
}
PLACEHOLDER = re.compile(r"\{(\w+)[^{}]*\}")
CHINESE = re.compile("[\u4e00-\u9fff]")


@cache
def modules() -> dict[Path, ast.Module]:
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def families() -> set[str]:
    """The names of the rooms' base errors and of everything derived from them."""
    classes = [node for tree in modules().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    names = {DataError.__name__, ScoringError.__name__, GeoError.__name__}
    while more := {one.name for one in classes if names & {ast.unparse(base) for base in one.bases}} - names:
        names |= more
    return names


def arguments() -> Iterator[tuple[str, ast.expr]]:
    """Module and template of each sentence that can be refused with."""
    known = AT | dict.fromkeys(families(), 0)
    for path, tree in modules().items():
        constants = {
            node.targets[0].id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            at = known.get(getattr(call.func, "id", getattr(call.func, "attr", "")))
            if at is not None and len(call.args) > at:
                found = call.args[at]
                for one in (found.body, found.orelse) if isinstance(found, ast.IfExp) else (found,):
                    yield path.name, constants.get(one.id, one) if isinstance(one, ast.Name) else one


def templates() -> set[str]:
    words = {*TARGETS, *LEVELS, *HAZARD_STEPS}
    tables = {one.name.replace("_", " ") for column, table in _references() for one in (column.table, table)}
    return words | tables | {one.value for _, one in arguments() if isinstance(one, ast.Constant)}


def test_no_sentence_is_put_together_where_it_is_raised():
    others = {(path, ast.unparse(one)) for path, one in arguments() if not isinstance(one, ast.Constant)}
    assert {(path, text) for path, text in others if text not in HANDED_ON} == set()


def test_every_sentence_the_rooms_refuse_with_has_a_chinese_one_and_no_other_is_kept():
    assert len(templates()) > 250
    assert templates() - errors("zh").keys() == set()
    assert errors("zh").keys() - templates() == set()


def test_the_chinese_sentence_has_the_same_placeholders_in_chinese_words_and_signs():
    for english, chinese in errors("zh").items():
        assert set(PLACEHOLDER.findall(english)) == set(PLACEHOLDER.findall(chinese)), english
        words = re.search("[a-z]", PLACEHOLDER.sub("", english))
        assert not words or CHINESE.search(chinese), english
        assert not (english.endswith(".") and not chinese.endswith(("。", "）", "}"))), chinese


def test_a_refusal_within_a_refusal_and_a_list_are_said_in_the_language_asked_for():
    with pytest.raises(ScoringError) as refused, table("ours.toml", "a = 1\n[b]\nkind = 'x'") as top:
        top.number("a")
        with top.table("b") as inner:
            inner.choice("kind", ("open", "late"))
    assert str(refused.value) == "ours.toml, the file, b: 'kind' says 'x'; it must be one of open, late."
    assert translator("en").sentence(refused.value) == str(refused.value)
    assert translator("zh").sentence(refused.value) == "ours.toml，文件，b：“kind”写为“x”，应为以下之一：open、late。"


def test_a_sentence_nobody_translated_is_said_in_english():
    assert translator("zh").sentence(Sentence("Plum Court is {state}.", state="quiet")) == "Plum Court is quiet."


def test_an_address_is_refused_in_both_languages():
    said = refusal_in_every_language(NoSuchTile("There is no tile {z}/{x}/{y}; z goes from 0 to {deepest_zoom}, "
        "x and y from 0 to 2^z - 1.", z=30, x=0, y=0, deepest_zoom=20))  # fmt: skip
    assert said.startswith("没有瓦片30/0/0；") and "There is no tile 30/0/0; z goes" in said
    assert refusal_in_every_language(ValueError("invalid literal")).startswith("网址有误")


def test_a_sentence_is_the_same_after_it_went_to_another_process():
    what = Sentence("{left} and {right}", left="a", right=Sentence("the file"))
    said = Sentence("{what}: {days}, {n:,}", what=what, days=("1", "2"), n=1000, on=date(2024, 1, 2))
    again = unpacked(packed(said))
    assert str(again) == str(said) == "a and the file: 1, 2, 1,000"
    assert again.values["what"] == what
    assert str(unpacked(packed(RowError("duplicate_code", "{a}", a="b")))) == "b"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_page_no_library_speaks_itself_and_what_nobody_knows_is_in_the_log(language, caplog):
    log_once.cache_clear()
    words = "Zyx: the frob of 'a.gpkg' is unfrobbed"
    refused = DataError(
        "{name}: cannot be read ({why}); name a file that is there.", name="a", why=library_fault(words)
    )
    with caplog.at_level("WARNING", "credit_map"):
        said = [translator(language).sentence(unpacked(packed(refused))) for _ in range(2)]
    assert "frob" not in said[0] and said[0] == said[1]
    number = library_fault(words).values["number"]
    assert number in said[0]
    (line,) = [record.getMessage() for record in caplog.records]
    assert number in line and words in line
    caplog.clear()
    known = translator(language).sentence(Sentence("{why}", why=library_fault("database is locked")))
    assert known == {"zh": "数据库正被其他程序锁定", "en": "another program holds the database locked"}[language]
    assert not caplog.records


def test_a_fault_of_a_library_is_the_same_after_it_went_to_another_process():
    for words in ("database is locked", "Zyx"):
        again = unpacked(packed(Sentence("{why}", why=library_fault(words)))).values["why"]
        assert again == library_fault(words) and again.own_words == words
