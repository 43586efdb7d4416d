"""The rule files a city names are looked at when its mapping is read, before any file of it is."""

import shutil

import pytest

from data.importing.errors import WrongMapping
from data.importing.mapping.parser import mapping_of
from scoring.rulebook import editions
from tests.data.riverton import BUILDINGS


@pytest.fixture
def rules(tmp_path, monkeypatch):
    """A folder of rule sets of our own: a good one, an empty one, one whose only file is no rule file."""
    folder = tmp_path / "rules"
    shutil.copytree(editions.RULES / "baoan", folder / "good")
    (folder / "empty").mkdir()
    shutil.copytree(editions.RULES / "baoan", folder / "broken")
    (file,) = list((folder / "broken").glob("*.toml"))[:1]
    file.write_text(file.read_text(encoding="utf-8").replace("[[band]]", "[[bend]]"), encoding="utf-8")
    monkeypatch.setattr(editions, "RULES", folder)
    editions.rule_sets.cache_clear()
    editions.editions.cache_clear()
    yield folder
    editions.rule_sets.cache_clear()
    editions.editions.cache_clear()


def naming(*rule_sets: str) -> str:
    named = ", ".join(f'"{one}"' for one in rule_sets)
    return BUILDINGS.replace('rule_sets = ["baoan"]', f"rule_sets = [{named}]")


def test_a_city_of_good_rule_files_is_read(rules):
    assert mapping_of("city", naming("good")).city_table.rule_sets == ("good",)


@pytest.mark.parametrize("rule_sets", [("empty",), ("good", "empty")])
def test_a_rule_set_without_a_file_is_named(rules, rule_sets):
    words = r"^city\.toml, the file, city: 'rule_sets' names 'empty', and scoring/rules/empty holds no rule file; add"
    with pytest.raises(WrongMapping, match=words):
        mapping_of("city", naming(*rule_sets))


def test_a_wrong_rule_file_is_named_with_its_mistake(rules):
    (file,) = (rules / "broken").glob("*.toml")
    with pytest.raises(WrongMapping, match="'rule_sets' names 'broken', of which a rule file is wrong") as refused:
        mapping_of("city", naming("good", "broken"))
    assert file.name in str(refused.value) and "band" in str(refused.value)


def test_a_rule_set_that_is_not_there_is_named(rules):
    with pytest.raises(WrongMapping, match="atlantis"):
        mapping_of("city", naming("atlantis"))
