"""Chinese is set as GB/T 15834 asks: full-width signs between Chinese words, no space between them and digits.

A rule file's `quote`, and the `sign` and `visits` it gives, are the words of the source: they stay as it has them, with
half-width commas and brackets, so that a reader finds the very sentence again. So do the headings and the ways of
writing days and numbers that data/importing knows from the files of others.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
IN_THE_SOURCES_WORDS = re.compile(r"^(sign|visits|\w*quote) =")
READS_WHAT_OTHERS_WRITE = ROOT / "data" / "importing"
TOML_TEXT = re.compile(r'= (?P<text>"(?:[^"\\]|\\.)*")$')
CHINESE_SIDE = re.compile(r'\bzh = (?P<text>"(?:[^"\\]|\\.)*")')
HAN = "\u4e00-\u9fff"
CHINESE = re.compile(f"[{HAN}]")
LATIN_NAME = re.compile(r"(?<![\w{])[A-Za-z][\w.\-/:]*(?: [\d.]+)?|--\{\w+\}")  # UTF-8, WGS 84: words, not numbers
WRONG = {
    "a half-width sign beside Chinese": re.compile(f"[{HAN}”）}}][,:;()?!]|[,:;()?!] ?[{HAN}“（]"),
    "a space before a number": re.compile(rf"[{HAN}，：；。、（）“”] (?:\*\*)?[\d{{]"),
    "a space after a number": re.compile(rf"[\d%}}](?:\*\*)? [{HAN}]"),
    "a space within Chinese": re.compile(f"[{HAN}，：；。、（）“”] [{HAN}，：；。、（）“”]"),
}
LISTS_OF_WORDS = re.compile(r"^model_(code|score|day)_words = ")  # separated by spaces, never shown


def texts_of_the_dashboard() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "dashboard" / "i18n" / "zh").rglob("*.toml")):
        yield from of_lines(file, TOML_TEXT)


def texts_of_rules_and_mappings() -> Iterator[tuple[str, str]]:
    rules, mappings = (ROOT / "scoring" / "rules").rglob("*.toml"), (ROOT / "data" / "mappings").glob("*.toml")
    for file in sorted((*rules, *mappings)):
        yield from of_lines(file, CHINESE_SIDE)


def of_lines(file: Path, text: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not IN_THE_SOURCES_WORDS.match(line) and not LISTS_OF_WORDS.match(line):
            yield from ((f"{file.relative_to(ROOT)}:{number}", found["text"]) for found in text.finditer(line))


def texts_of_the_code() -> Iterator[tuple[str, str]]:
    rooms = ("data", "scoring", "geo", "dashboard")
    for file in sorted(path for room in rooms for path in (ROOT / room).rglob("*.py")):
        if READS_WHAT_OTHERS_WRITE not in file.parents:
            nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
            docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}  # they are English
            texts = (node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
            for node in texts:
                if CHINESE.search(node.value) and id(node) not in docstrings:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node.value


def texts_of_the_readme() -> Iterator[tuple[str, str]]:
    file, in_code = ROOT / "README.zh-CN.md", False
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        in_code ^= line.startswith("```")
        if not in_code:
            yield f"{file.name}:{number}", re.sub(r"`[^`]*`|\]\([^)]*\)", "X", line)


SOURCES = {
    "dashboard": (texts_of_the_dashboard, 1200),
    "rules and mappings": (texts_of_rules_and_mappings, 240),
    "code": (texts_of_the_code, 100),
    "README": (texts_of_the_readme, 70),
}


def faults(text: str) -> list[str]:
    without_names = LATIN_NAME.sub("X", text)
    return [what for what, pattern in WRONG.items() if pattern.search(without_names)]


@pytest.mark.parametrize("source", SOURCES)
def test_chinese_of_ours_is_set_as_chinese(source):
    texts, at_least = SOURCES[source]
    found = list(texts())
    assert len(found) >= at_least
    wrong = [f"{where}: {what}: {text}" for where, text in found for what in faults(text)]
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("示范区及其数据均为虚构,仅供演示。", "a half-width sign beside Chinese"),
        ("占已评定{share}(红色)", "a half-width sign beside Chinese"),
        ("CSV, 表格", "a half-width sign beside Chinese"),
        ("确定吗?", "a half-width sign beside Chinese"),
        ("占 {share}", "a space before a number"),
        ("共 5栋", "a space before a number"),
        ("平均早 **{value}天**", "a space before a number"),
        ("{n} 栋", "a space after a number"),
        ("95% 置信区间", "a space after a number"),
        ("**{value}** 天", "a space after a number"),
        ("楼 栋", "a space within Chinese"),
        ("UTF-8 编码的 CSV 文件，不超过200 MB，坐标为 WGS 84 经纬度", None),
        ("需要 Python 3.11 或更新版本", None),
        ("{passed}/{asked}项合格 · 截至{day}（{n:,}条）", None),
    ],
)
def test_what_is_set_wrong_is_noticed_and_names_of_formats_are_not(text, wrong):
    assert faults(text) == ([wrong] if wrong else [])
