"""Intervals by grade and role, those published elsewhere, and what a file of them is refused for."""

from datetime import date

import numpy as np
import pytest

from scoring.errors import NoSuchIntervals, WrongRule
from scoring.planning.intervals import PUBLISHED, counting, intervals_of, published_intervals, read_published
from scoring.rulebook.editions import edition_from, edition_on, rule_sets
from tests.scoring.rule_texts import SMALL_RULE

DAY = date(2026, 3, 10)
LONGGANG = (PUBLISHED / "longgang.toml").read_text(encoding="utf-8")
TWO_ROLES = SMALL_RULE.replace("bad = { officer = 10 }", "bad = { officer = 10, assistant = 7 }")


@pytest.mark.parametrize("rule_set", rule_sets())
def test_every_rule_set_says_who_comes_how_often_in_days(rule_set):
    edition = edition_on(rule_set, DAY)
    every = intervals_of(edition)
    for grade, row in zip(edition.grades, every.days, strict=False):
        told = {role: int(days.astype(int)) for role, days in zip(every.roles, row, strict=True) if not np.isnat(days)}
        assert told == edition.inspect_every_days[grade.code]


def test_an_assistants_visit_ends_no_officers_need_and_an_officers_ends_both():
    assert counting(("officer", "assistant"), None).tolist() == [[True, True], [False, True]]


def test_an_edition_can_say_which_visit_counts_for_whom():
    said = TWO_ROLES + '[visit_counts_also_for]\nassistant = ["officer"]\n'
    every = intervals_of(edition_from(said, "small", DAY))
    assert every.roles == ("officer", "assistant")
    assert every.counts.tolist() == [[True, False], [True, True]]
    assert edition_from(TWO_ROLES, "small", DAY).visit_counts_also_for is None


@pytest.mark.parametrize("said", ['keeper = ["officer"]', 'officer = ["keeper"]', 'officer = "assistant"'])
def test_a_role_nobody_visits_in_is_refused(said):
    with pytest.raises(WrongRule, match="visit_counts_also_for"):
        edition_from(f"{TWO_ROLES}[visit_counts_also_for]\n{said}\n", "small", DAY)


def test_longgang_stands_beside_three_rule_sets_with_its_sentences():
    published = published_intervals("longgang")
    assert set(published.levels) == {"qishuyan", "qishuyan_as_published", "teda"}
    assert [days["officer"] for days in published.days.values()] == [7, 14, 21]
    assert all("走访巡查一次" in quote for quote in published.quotes.values())


def test_what_longgang_says_nothing_of_is_refused():
    with pytest.raises(NoSuchIntervals, match=r"say nothing of 'baoan': one, two"):
        intervals_of(edition_on("baoan", DAY), published_intervals("longgang"))
    with pytest.raises(NoSuchIntervals, match=r"'nowhere'; there are longgang\."):
        published_intervals("nowhere")


@pytest.mark.parametrize(
    ("right", "wrong", "why"),
    [
        ('red = "strict"', 'red = "harsh"', "must be one of strict, attention, lenient"),
        ("officer = 7", "officer = 0", "at least 1"),
        ('quote = "每周走访巡查一次"\n', "", "'quote' is missing"),
        ("[grades]", "[classes]", "'grades' is missing"),
    ],
)
def test_a_file_of_intervals_that_is_not_understood_is_refused(right, wrong, why):
    with pytest.raises(WrongRule, match=why):
        read_published("longgang", LONGGANG.replace(right, wrong, 1))
