"""A draft is the rule file with some figures changed, and nothing else."""

import difflib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import WrongRule
from scoring.rulebook.editions import edition_from, edition_on, rule_sets
from scoring.rulebook.figures import Figure, differences, figures, with_figures, without_facts

DAY = date(2024, 1, 1)
RULE_SETS = rule_sets()
QISHUYAN = edition_on("qishuyan", DAY)


def tried(changes, edition=QISHUYAN):
    return edition_from(with_figures(edition.text, changes), edition.rule_set, DAY)


@pytest.mark.parametrize("rule_set", RULE_SETS)
def test_nothing_changed_is_the_same_file_letter_for_letter(rule_set):
    text = edition_on(rule_set, DAY).text
    assert with_figures(text, {}) == text


@pytest.mark.parametrize("rule_set", RULE_SETS)
@settings(max_examples=25)
@given(data=st.data())
def test_one_figure_changed_is_one_line_changed_and_is_read_back(rule_set, data):
    edition = edition_on(rule_set, DAY)
    numbers = [figure for figure in figures(edition) if isinstance(figure.value, Decimal)]
    figure: Figure = data.draw(st.sampled_from(numbers))
    value = figure.value + data.draw(st.sampled_from([Decimal(1), Decimal(2), Decimal(7)]))
    text = with_figures(edition.text, {figure.path: value})
    changed = [line for line in difflib.ndiff(edition.text.splitlines(), text.splitlines()) if line[0] in "+-"]
    assert len(changed) == 2
    try:
        found = {one.path: one.value for one in figures(edition_from(text, rule_set, DAY))}
    except WrongRule:
        assert figure.group == "band"  # no longer rising
    else:
        assert found == {one.path: one.value for one in figures(edition)} | {figure.path: value}


def test_the_figures_of_qishuyan_are_all_there():
    found = figures(QISHUYAN)
    assert [figure.group for figure in found].count("criterion") == 15  # 2 with a window, 4 yes or no, 1 both
    assert {figure.path for figure in found if figure.group == "band"} == {("band", n, "below") for n in range(3)}
    assert {(figure.path[1], figure.path[2]): int(figure.value) for figure in found if figure.group == "interval"} == {
        ("red", "officer"): 10,
        ("red", "assistant"): 7,
        ("yellow", "officer"): 14,
        ("green", "officer"): 21,
        ("star", "officer"): 60,
    }


def test_halves_stay_exact():
    assert tried({("criterion", 0, "points"): Decimal("-2.5")}).criteria[0].points == Decimal("-2.5")
    assert "points = -2.5" in with_figures(QISHUYAN.text, {("criterion", 0, "points"): Decimal("-2.5")})


def test_a_window_taken_away_counts_for_ever_and_can_be_put_back():
    endless = with_figures(QISHUYAN.text, {("cap", 0, "months"): None})
    assert edition_from(endless, "qishuyan", DAY).caps[0].conditions[0].needs[0].months is None
    again = with_figures(endless, {("cap", 0, "months"): Decimal(6)})
    assert edition_from(again, "qishuyan", DAY).caps == QISHUYAN.caps


def test_another_grade_for_a_cap():
    assert tried({("cap", 0, "grade"): "yellow"}).caps[0].grade == "yellow"


def test_a_draft_that_breaks_the_rules_is_refused_in_the_words_of_the_file():
    with pytest.raises(WrongRule, match="'below' 5 does not rise above 6; put the bands in rising order"):
        tried({("band", 1, "below"): Decimal(5)})
    with pytest.raises(WrongRule, match="must be a whole number of at least 1"):
        tried({("inspect_every_days", "red", "officer"): Decimal(0)})


def test_the_differences_of_two_drafts_are_what_was_changed():
    changes = {("criterion", 0, "points"): Decimal(-4), ("cap", 1, "months"): None, ("start",): Decimal(9)}
    found = differences(QISHUYAN, tried(changes))
    assert {one.figure.path: (one.before, one.after) for one in found} == {
        ("start",): (Decimal(10), Decimal(9)),
        ("criterion", 0, "points"): (Decimal(-3), Decimal(-4)),
        ("cap", 1, "months"): (Decimal(3), None),
    }
    assert differences(QISHUYAN, QISHUYAN) == ()


@pytest.mark.parametrize("rule_set", RULE_SETS)
def test_a_file_without_some_facts_has_only_lines_less_and_reads_none_of_them(rule_set):
    edition = edition_on(rule_set, DAY)
    for name in [fact.name for fact in edition.facts.values() if fact.name not in {i.code for i in edition.checklist}]:
        text = without_facts(edition.text, [name])
        changed = [line for line in difflib.ndiff(edition.text.splitlines(), text.splitlines()) if line[0] in "+-?"]
        assert all(line.startswith("-") for line in changed if "required" not in line)
        rest = edition_from(text, rule_set, DAY)
        assert name not in rest.facts
        assert name not in {need.fact for need in rest.needs}


def test_a_file_without_no_facts_is_the_same_letter_for_letter():
    assert without_facts(QISHUYAN.text, []) == QISHUYAN.text
