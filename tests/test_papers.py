"""The documents say what is so: paths and commands exist, licences are listed, words are the code's own."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "NOTICE"))
ROOMS = ("scoring", "geo", "data", "dashboard", "tests", "docs")
PYTHON_ROOMS = (*ROOMS[:5],)
MENTIONED_PATH = re.compile(rf"(?<![\w./-])(?:{'|'.join(ROOMS)})/[\w./*-]*[\w/]")
LINK = re.compile(r"\]\(([^)#\s]+)")
MODULE_RUN = re.compile(r"python -m ([a-z_][\w.]*)")
INSTALLED = ("pytest", "streamlit", "mypy", "ruff", "pip")  # commands of packages
HYPOTHETICAL = ("riverton", "2026-01-01", "2027-01-01")  # files a reader of the document is to make
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[.*\])?==(\S+)", re.MULTILINE)
GLOSSARY_ROW = re.compile(r"^\| ([^|]*[\u4e00-\u9fff][^|]*) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def mentioned_paths(document: Path) -> set[str]:
    """Paths from the root, patterns, and functions named as `scoring/grading/facts.compute_facts`."""
    return {path.rstrip(".") for path in MENTIONED_PATH.findall(text(document))}


def exists(path: str) -> bool:
    if "*" in path:
        return any(ROOT.glob(path))
    if (ROOT / path).exists() or (ROOT / f"{path}.py").exists():
        return True
    module, _, name = path.rpartition(".")
    return bool(module) and (ROOT / f"{module}.py").exists() and f"def {name}" in text(ROOT / f"{module}.py")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_a_document_names_exists(document):
    named = {path for path in mentioned_paths(document) if not any(word in path for word in HYPOTHETICAL)}
    assert sorted(path for path in named if not exists(path)) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document):
    links = [link for link in LINK.findall(text(document)) if not link.startswith("http")]
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_module_a_document_runs_exists(document):
    if document.name == "CHANGELOG.md":  # it names commands as they were, too
        pytest.skip("history")
    modules = {name.rstrip(".") for name in MODULE_RUN.findall(text(document))} - set(INSTALLED)
    places = {name: ROOT.joinpath(*name.split(".")) for name in modules}
    assert [
        name
        for name, place in places.items()
        if not ((place / "__main__.py").exists() or place.with_suffix(".py").exists())
    ] == []


def test_every_command_of_the_data_room_that_a_document_names_is_known():
    told = subprocess.run(
        [sys.executable, "-m", "data", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    known = set(re.findall(r"^    ([a-z]+) ", told, re.MULTILINE))
    asked = re.compile(r"(?:python -m data|credit-map(?:-owner)?) ([a-z]+)\b(?!\.)")
    documents = [path for path in DOCUMENTS if path.name not in ("NOTICE", "CHANGELOG.md")]
    commands = {name for path in documents for line in code_of(path) for name in asked.findall(line)}
    assert commands - known == set()
    assert len(commands) > 8


def code_of(document: Path) -> Iterator[str]:
    """What stands between backticks."""
    yield from re.findall(r"`([^`\n]+)`", text(document))
    for block in re.findall(r"```\w*\n(.*?)```", text(document), re.DOTALL):
        yield from (
            line for line in block.splitlines() if line.startswith(("credit-map", ".venv/bin/python", "python"))
        )


@pytest.mark.parametrize("requirements", ["requirements.txt", "requirements-dev.txt"])
def test_every_pinned_requirement_stands_in_the_notice_with_its_version(requirements):
    notice = text(ROOT / "NOTICE")
    pinned = PINNED.findall(text(ROOT / requirements))
    assert len(pinned) > 20
    assert [name for name, version in pinned if f"| {name} | {version} |" not in notice] == []


@pytest.mark.parametrize("requirements", ["requirements", "requirements-dev", "requirements-npm"])
def test_every_package_is_pinned_to_the_sums_of_its_files(requirements):
    pinned = text(ROOT / f"{requirements}.txt")
    assert [one for one in re.split(r"\n(?=[a-z])", pinned)[1:] if "--hash=sha256:" not in one] == []
    wanted = re.findall(r"^([a-z][\w-]*)", text(ROOT / f"{requirements}.in"), re.MULTILINE)
    assert wanted and set(wanted) <= {name for name, _ in PINNED.findall(pinned)}


def test_every_npm_package_stands_in_the_notice_with_its_version():
    packages = json.loads(text(ROOT / "package-lock.json"))["packages"]
    named = {path.removeprefix("node_modules/"): one for path, one in packages.items() if path}
    assert set(json.loads(text(ROOT / "package.json"))["dependencies"]) <= set(named)
    notice = text(ROOT / "NOTICE")
    assert [
        name for name, one in named.items() if f"| {name} | {one['version']} | {one['license']} |" not in notice
    ] == []


def test_every_line_of_the_notice_is_of_something_that_is_pinned():
    packages = json.loads(text(ROOT / "package-lock.json"))["packages"]
    pinned = {name for file in ROOT.glob("requirements*.txt") for name, _ in PINNED.findall(text(file))}
    pinned |= {path.removeprefix("node_modules/") for path in packages}
    listed = re.findall(r"^\| ([\w@/.-]+) \| [\w.]+ \|", text(ROOT / "NOTICE"), re.MULTILINE)
    assert set(listed) - pinned - {"package", "data"} == set()


def glossary() -> list[tuple[str, list[str]]]:
    rows = GLOSSARY_ROW.findall(text(ROOT / "GLOSSARY.md"))
    return [(chinese.strip(), re.findall(r"`([^`]+)`", names)) for chinese, names in rows if "中文" not in chinese]


def test_every_name_of_the_glossary_is_a_name_in_the_code():
    names = {name for room in PYTHON_ROOMS[:4] for path in (ROOT / room).rglob("*.py") for name in names_of(path)}
    rows = glossary()
    assert len(rows) > 50
    assert [name for _, wanted in rows for name in wanted if name not in names] == []
    assert [chinese for chinese, wanted in rows if not wanted] == []


def names_of(path: Path) -> Iterator[str]:
    """What a module is called, and what it defines, takes, sets or lists as a word of its data."""
    yield path.stem
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value


def test_every_chinese_word_of_the_glossary_stands_on_the_screen_or_in_a_rule():
    files = (*ROOT.glob("dashboard/i18n/zh/**/*.toml"), *ROOT.glob("scoring/rules/**/*.toml"))
    said = "\n".join(said for file in files for said in texts_of(tomllib.loads(text(file))))
    assert [chinese for chinese, _ in glossary() if chinese not in said] == []


def test_the_glossary_has_one_word_for_one_thing():
    words = [chinese for chinese, _ in glossary()]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_of(one)
