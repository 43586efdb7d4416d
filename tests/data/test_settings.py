"""One place reads the environment, and the README says what may stand in it."""

import ast
import re
from pathlib import Path

import pytest

from data.settings import PREFIX, PROJECT, settings

ROOMS = ("dashboard", "data", "scoring", "geo")
READS = {"os.environ.get", "os.getenv", "environ.get", "getenv"}


def reads_the_environment(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    indexed = {ast.unparse(node.value) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    return bool(calls & READS) or "os.environ" in indexed


def test_nothing_but_the_settings_reads_the_environment():
    readers = [path for room in ROOMS for path in (PROJECT / room).rglob("*.py") if reads_the_environment(path)]
    assert [path.relative_to(PROJECT).as_posix() for path in readers] == ["data/settings.py"]


def test_the_readme_names_every_variable_and_no_other():
    code = (PROJECT / "data" / "settings.py").read_text(encoding="utf-8")
    read = {PREFIX + name for name in re.findall(r'_variable\("([A-Z_]+)"\)', code)}
    assert len(read) > 9
    for name in ("README.md", "README.zh-CN.md"):
        told = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", (PROJECT / name).read_text(encoding="utf-8")))
        assert told == read, name


@pytest.mark.parametrize("empty", [None, ""])
def test_what_is_unset_or_empty_is_as_usual(monkeypatch, empty):
    for name in ("VAR", "DATABASE", "ADDRESS", "METRICS_TOKEN", "TILES", "TILES_DATUM", "TILES_CREDIT", "SIGN_ON"):
        if empty is None:
            monkeypatch.delenv(PREFIX + name, raising=False)
        else:
            monkeypatch.setenv(PREFIX + name, empty)
    now = settings()
    assert now.folder == PROJECT / "var"
    assert now.database_url == f"sqlite:///{PROJECT / 'var' / 'credit-map.sqlite'}"
    assert (now.address, now.metrics_token, now.tiles_url, now.tiles_datum) == (None, "", None, "WGS84")
    assert now.single_sign_on is None


def test_the_database_lies_in_the_folder_unless_it_has_an_address_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv(f"{PREFIX}VAR", str(tmp_path))
    monkeypatch.delenv(f"{PREFIX}DATABASE", raising=False)
    assert settings().database_url == f"sqlite:///{tmp_path / 'credit-map.sqlite'}"
    monkeypatch.setenv(f"{PREFIX}DATABASE", "postgresql+psycopg://map@db/map")
    assert settings().database_url == "postgresql+psycopg://map@db/map"


def test_a_slash_at_the_end_of_the_address_says_nothing(monkeypatch):
    monkeypatch.setenv(f"{PREFIX}ADDRESS", "https://map.city.example/")
    assert settings().address == "https://map.city.example"
