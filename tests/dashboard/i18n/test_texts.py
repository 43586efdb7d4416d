"""Every text in both languages."""

import ast
import re
import string
from pathlib import Path

from dashboard.i18n import LANGUAGES, sentences, translator
from data.city.snapshots import HAZARD_STATES
from data.db.models.city import HAZARD_GROUPS, HAZARD_STEPS, HOME_STATES, LEVELS
from data.records.writing import KINDS

ROOT = Path(__file__).resolve().parents[3]
DASHBOARD = ROOT / "dashboard"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FAMILIES = {
    "level": LEVELS,
    "hazard": HAZARD_GROUPS,
    "step": HAZARD_STEPS,
    "home_state": HOME_STATES,
    "state": HAZARD_STATES,
}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_language_says_the_same_things_with_the_same_placeholders():
    first, *others = (sentences(language) for language in LANGUAGES)
    for other in others:
        assert first.keys() == other.keys()
        assert {key for key in first if placeholders(first[key]) != placeholders(other[key])} == set()


COUNTED = re.compile(r"\{(\w+)\} (?:more )?[a-z]+s\b")


def test_an_english_word_follows_how_many_there_are():
    english = sentences("en")
    counts = {"n", "of", "rows", "columns", "drawn", "homes", "points", "unknown", "last", "units"}
    bare = {key: name for key, text in english.items() for name in COUNTED.findall(text) if name in counts}
    numbers_of_other_kinds = {"imports.undone", "data_quality.none_flagged", "building_groups.homes"}
    assert bare.keys() == numbers_of_other_kinds  # of an import; a list of words; a range
    assert translator("en")("imports.places", n="1") == "The file's 1 building."


def test_chinese_is_chinese_and_english_is_english():
    chinese, english = sentences("zh"), sentences("en")
    assert [key for key, text in chinese.items() if not CHINESE.search(text)] == []
    assert [key for key, text in english.items() if CHINESE.search(text)] == []


def test_every_word_of_the_tables_has_a_text():
    known = sentences("zh")
    assert [
        f"{room}.{name}" for room, names in FAMILIES.items() for name in names if f"{room}.{name}" not in known
    ] == []


def test_no_module_of_the_dashboard_holds_a_chinese_sentence_of_its_own():
    allowed = {"语言 · Language", "中文"}  # shown before a language is chosen
    found = {
        node.value
        for path in DASHBOARD.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value)
    }
    assert found <= allowed


def test_every_key_asked_for_in_the_code_exists():
    known = sentences("zh")
    asked = re.compile(r"""\bt\(\s*"([a-z_]+\.[a-z_0-9]+)\"""")
    wanted = {key for path in DASHBOARD.rglob("*.py") for key in asked.findall(path.read_text(encoding="utf-8"))}
    assert wanted - known.keys() == set()
    assert len(wanted) > 60


def test_every_text_asked_for_by_its_key_is_given_the_values_it_has_places_for():
    texts = sentences("zh")
    calls = (
        (path.name, node)
        for path in DASHBOARD.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
    )
    asked = [(name, node) for name, node in calls if node.args[0].value in texts and all(k.arg for k in node.keywords)]
    assert len(asked) > 200
    assert [
        (name, node.args[0].value)
        for name, node in asked
        if placeholders(texts[node.args[0].value]) - {value.arg for value in node.keywords}
    ] == []


def test_every_action_the_audit_trail_records_has_a_name():
    calls = (
        node
        for room in ("data", "dashboard")
        for path in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("record", "trail.record") and len(node.args) == 4
    )
    recorded = {
        word.value
        for call in calls
        for word in ast.walk(call.args[2])
        if isinstance(word, ast.Constant) and isinstance(word.value, str)
    }
    assert {"sign_in", "enable_account", "migrate"} <= recorded
    recorded |= {kind.action for kind in KINDS.values()}
    assert [action for action in recorded if f"action.{action}" not in sentences("zh")] == []
