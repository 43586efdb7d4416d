"""The 46 categories of hazard."""

from collections import Counter

import pytest

from scoring.errors import WrongRule
from scoring.rulebook.hazard_catalogue import CATEGORIES, GROUPS, SEVERITIES, catalogue, categories, read_catalogue

TEXT = CATEGORIES.read_text(encoding="utf-8")


def test_there_are_46_in_six_groups() -> None:
    assert len(categories()) == 46
    assert set(Counter(category.group for category in categories())) == set(GROUPS)
    assert len({category.code for category in categories()}) == 46
    assert len({category.name.zh for category in categories()}) == 46


def test_the_days_to_mend_follow_the_severity() -> None:
    assert {(category.severity, category.days_to_mend) for category in categories()} == {
        ("high", 3),
        ("medium", 15),
        ("low", 30),
    }


def test_groups_and_severities_have_names() -> None:
    assert tuple(catalogue().groups) == GROUPS
    assert tuple(catalogue().severities) == SEVERITIES
    assert catalogue().groups["counter_terrorism"].zh == "反恐"


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ('code = "gas_leak"\ngroup = "safety"', 'code = "gas_leak"\ngroup = "gas"', "'group' says 'gas'"),
        ('code = "gas_leak"', 'code = "night_noise"', "category 'night_noise' stands twice"),
        ("high = 3", "high = 0", "'high' must be a whole number of at least 1"),
        ('zh = "燃气泄漏"', "", "'zh' is missing"),
        ("low = 30", "low = 30\nurgent = 1", "unknown key 'urgent'"),
    ],
)
def test_a_mistake_is_refused_with_its_place(right: str, wrong: str, sentence: str) -> None:
    assert TEXT.count(right) == 1
    with pytest.raises(WrongRule, match=sentence):
        read_catalogue("hazard_categories.toml", TEXT.replace(right, wrong))
