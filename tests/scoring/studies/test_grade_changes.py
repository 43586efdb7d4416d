"""How grades move: who, for what reason, and what a criterion or cap alone does."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.grading.facts import compute_facts
from scoring.grading.rating import UNRATED, Rating, rate, regraded
from scoring.rulebook.editions import edition_from, edition_on
from scoring.studies.grade_changes import (
    BETTER,
    SAME,
    WORSE,
    Causes,
    causes,
    causes_of,
    directions,
    directions_by,
    flow,
    steps,
    without,
)
from tests.cast import HARBOUR_ROW, LANTERN_HOUSE, LOCKED_YARD, PLUM_COURT, SOME_DAY, WELL_KEPT, Building, fact_log
from tests.scoring.grading.test_rating_properties import ON, RULE_SETS, buildings, rate_all

QISHUYAN = edition_on("qishuyan", SOME_DAY)
BAOAN = edition_on("baoan", date(2024, 1, 1))
BEFORE = date(2010, 5, 15)  # Harbour Row's second burglary is of 1 June
FRESH_START = Building(
    "Fresh Start was neglected, then put right",
    inspections=[(date(2010, 5, 1), dict.fromkeys(WELL_KEPT, 0)), (date(2010, 6, 20), WELL_KEPT)],
)
grades = st.lists(st.integers(-1, 3), min_size=1, max_size=40)


def between(*many: Building, before: date = BEFORE, after: date = SOME_DAY) -> tuple[Rating, Rating]:
    known = fact_log(*many)
    return tuple(rate(compute_facts(known, QISHUYAN, day), QISHUYAN) for day in (before, after))


def named(found: Causes, row: int) -> set[str]:
    return {step.label.en for step, decisive in zip(found.steps, found.decisive[row], strict=True) if decisive}


@given(st.data())
def test_the_flow_is_a_cross_table_with_the_unrated_last(data):
    before = np.array(data.draw(grades), np.int8)
    after = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=len(before), max_size=len(before))), np.int8)
    codes = [0, 1, 2, 3, -1]
    table = pd.crosstab(before, after).reindex(index=codes, columns=codes, fill_value=0)
    np.testing.assert_array_equal(flow(before, after, 4), table.to_numpy())


@given(st.data())
def test_every_building_rated_twice_got_worse_stayed_or_got_better(data):
    before = np.array(data.draw(grades), np.int8)
    after = np.array(data.draw(st.lists(st.integers(-1, 3), min_size=len(before), max_size=len(before))), np.int8)
    way = directions(before, after)
    for was, now, found in zip(before.tolist(), after.tolist(), way.tolist(), strict=True):
        if -1 in (was, now):
            assert found == -1
        else:
            assert found == (WORSE if now < was else BETTER if now > was else SAME)
    category = np.arange(len(way)) % 3 - 1
    expected = [[int(((category == c) & (way == w)).sum()) for w in range(3)] for c in range(2)]
    assert directions_by(way, category, 2).tolist() == expected


def test_harbour_row_turned_red_for_its_second_burglary():
    before, after = between(PLUM_COURT, HARBOUR_ROW)
    found = causes(before, after)
    assert not found.decisive[0].any()
    assert named(found, 1) == {"Criminal cases"}
    caps = [step for step, decisive in zip(found.steps, found.decisive[1], strict=True) if decisive]
    assert [QISHUYAN.caps[step.index].grade for step in caps if step.kind == "cap"] == ["red"]


def test_a_house_put_right_in_several_things_at_once_moved_for_all_of_them_together():
    before, after = between(FRESH_START)
    assert (before.grade[0], after.grade[0]) == (0, 2)
    found = causes(before, after)
    assert found.together.tolist() == [True]
    assert named(found, 0) == set()  # no single thing undone would make it red again


def test_a_house_seen_for_the_first_time_moved_because_it_became_known():
    seen = replace(LOCKED_YARD, inspections=[(date(2010, 6, 1), WELL_KEPT)])
    found = causes(*between(seen, PLUM_COURT))
    assert found.known.tolist() == [True, False]
    assert not found.decisive.any() and not found.together.any()


def test_where_the_facts_stand_still_another_edition_is_the_cause():
    known = fact_log(PLUM_COURT, LANTERN_HOUSE, HARBOUR_ROW)
    strict = QISHUYAN.text.replace("below = 9", "below = 29").replace("below = 7", "below = 28")
    later = edition_from(strict.replace("below = 6\n", "below = 27\n"), "qishuyan", SOME_DAY)
    facts = compute_facts(known, QISHUYAN, SOME_DAY)
    before, after = rate(facts, QISHUYAN), rate(facts, later)
    found = causes(before, after, unruled=before)
    assert found.rules.tolist() == [True, True, False]  # Harbour Row was red before
    assert not found.decisive.any()


@pytest.mark.parametrize("rule_set", RULE_SETS)
@settings(max_examples=20)
@given(data=st.data())
def test_every_move_has_a_cause_and_nobody_else_has_one(rule_set, data):
    edition = edition_on(rule_set, ON)
    many = data.draw(st.lists(buildings(rule_set), min_size=1, max_size=6))
    before = rate(compute_facts(fact_log(*many), edition, ON - timedelta(100)), edition)
    after = rate_all(many, edition)
    found = causes(before, after)
    caused = found.decisive.any(axis=1) | found.together | found.known | found.rules
    np.testing.assert_array_equal(caused, before.grade != after.grade)


@pytest.mark.parametrize("rule_set", RULE_SETS)
@settings(max_examples=20)
@given(data=st.data())
def test_grading_again_with_nothing_changed_changes_nothing(rule_set, data):
    rating = rate_all(data.draw(st.lists(buildings(rule_set), min_size=1, max_size=6)), edition_on(rule_set, ON))
    np.testing.assert_array_equal(regraded(rating), rating.grade)


@pytest.mark.parametrize("place", range(len(QISHUYAN.criteria)))
@settings(max_examples=15)
@given(data=st.data())
def test_without_a_criterion_is_the_edition_with_its_points_struck_out(place, data):
    many = data.draw(st.lists(buildings("qishuyan"), min_size=1, max_size=6))
    criterion = QISHUYAN.criteria[place]
    nothing = {name: Decimal(0) for name in ("points", "yes", "no") if hasattr(criterion, name)}
    struck = replace(
        QISHUYAN,
        criteria=tuple(replace(one, **nothing) if one is criterion else one for one in QISHUYAN.criteria),
    )
    rating = rate_all(many, QISHUYAN)
    np.testing.assert_array_equal(without(rating, steps(QISHUYAN)[place]), rate(rating.facts, struck).grade)


@pytest.mark.parametrize("place", range(len(QISHUYAN.caps)))
@settings(max_examples=15)
@given(data=st.data())
def test_without_a_cap_is_the_edition_without_it(place, data):
    many = data.draw(st.lists(buildings("qishuyan"), min_size=1, max_size=6))
    rating = rate_all(many, QISHUYAN)
    lifted = replace(rating, caps_apply=np.delete(rating.caps_apply, place, axis=1), edition=_without_cap(place))
    step = steps(QISHUYAN)[len(QISHUYAN.criteria) + place]
    np.testing.assert_array_equal(without(rating, step), regraded(lifted))


def _without_cap(place: int):
    return replace(QISHUYAN, caps=tuple(cap for n, cap in enumerate(QISHUYAN.caps) if n != place))


@settings(max_examples=20)
@given(data=st.data())
def test_without_a_share_a_house_that_keeps_everything_keeps_the_best_grade_and_the_others_stay_in_order(data):
    perfect = Building("all passed", inspections=[(ON, {item.code: 1 for item in BAOAN.checklist})])
    many = [perfect, *data.draw(st.lists(buildings("baoan"), min_size=1, max_size=6))]
    rating = rate_all(many, replace(BAOAN, caps=()))
    for place, step in enumerate(steps(rating.edition)):
        grade = without(rating, step)
        assert grade[0] == len(BAOAN.grades) - 1
        rest = np.nan_to_num(np.delete(rating.points, place, axis=1).sum(axis=1)) * 100 / 75
        bounds = [float(band.below) for band in BAOAN.bands[:-1]]
        clear = np.array([min(abs(score - bound) for bound in bounds) > 1e-6 for score in rest])
        expected = np.where(rating.grade == UNRATED, UNRATED, np.searchsorted(bounds, rest, side="right"))
        np.testing.assert_array_equal(grade[clear], expected[clear])


def test_causes_of_the_moves_that_all_the_facts_show_are_the_causes():
    before, after = between(HARBOUR_ROW, FRESH_START, PLUM_COURT)
    moved, told = before.grade != after.grade, causes(before, after)
    same = causes_of(moved, moved, told)
    for name in ("decisive", "together", "known", "rules"):
        np.testing.assert_array_equal(getattr(same, name), getattr(told, name))


def test_a_move_that_part_of_the_facts_does_not_show_has_none_of_their_causes():
    told = causes(*between(HARBOUR_ROW, HARBOUR_ROW, PLUM_COURT))
    assert told.decisive.any(axis=1).tolist() == [True, True, False]
    moved, likewise = np.array([True, True, False]), np.array([False, True, False])
    limited = causes_of(moved, likewise, told)
    assert limited.decisive.any(axis=1).tolist() == [False, True, False]
    assert limited.together.tolist() == [True, False, False]
