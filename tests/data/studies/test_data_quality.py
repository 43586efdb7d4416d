"""The study of records finds what the invented district hides, and does not accuse the innocent.

The false-alarm rates stated here are upper bounds for the innocent of three small districts taken together; those
measured at full size stand in docs/scoring.md.
"""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from data.access.roles import SYSTEM
from data.city.city_facts import CityFacts
from data.city.summaries import places_in
from data.studies.data_quality import WINDOW_DAYS, QualityDataset, mostly_within, quality_dataset
from scoring.grading.facts import ChecklistAnswers
from scoring.rulebook.editions import edition_on
from scoring.studies.data_quality.coverage import buildings_recorded
from tests.data.hidden_cases import KIND, ON, Hidden, as_city_facts, hidden

SEEDS = (1, 2, 6)
BUILDINGS = 6_000
FALSE_ALARMS = 0.01  # of the innocent officers, by each method
FOUND = 0.8  # of the known cases


@pytest.fixture(scope="module")
def districts() -> list[Hidden]:
    return [hidden(BUILDINGS, seed) for seed in SEEDS]


def share(districts: list[Hidden], flagged, among) -> float:
    """The share named of some officers of all districts. named, among: Hidden → bool (officers,)."""
    return float(np.concatenate([flagged(one)[among(one)] for one in districts]).mean())


def lenient(one: Hidden) -> np.ndarray:
    found = one.found.leniency
    return found.flagged & (np.nan_to_num(found.effect) > 0)


def strict(one: Hidden) -> np.ndarray:
    found = one.found.leniency
    return found.flagged & (np.nan_to_num(found.effect) < 0)


def test_kind_officers_are_found_lenient_and_strict_ones_strict(districts):
    assert share(districts, lenient, lambda one: one.kindness >= KIND) > FOUND
    assert share(districts, strict, lambda one: one.kindness <= -KIND) > FOUND


def test_kindness_is_recovered_in_its_order(districts):
    for one in districts:
        plain = ~one.copies & ~one.rounds_up & np.isfinite(one.found.leniency.effect)
        assert np.corrcoef(one.kindness[plain], one.found.leniency.effect[plain])[0, 1] > 0.9


def test_officers_who_copy_are_found_copying(districts):
    assert share(districts, lambda one: one.found.duplicate_checklists.flagged, lambda one: one.copies) > FOUND


def test_officers_who_round_up_are_found_heaping(districts):
    assert share(districts, lambda one: one.found.score_heaping.flagged, lambda one: one.rounds_up) > FOUND


@pytest.mark.parametrize("method", ["leniency", "duplicate_checklists", "score_heaping"])
def test_the_innocent_are_accused_at_most_at_the_stated_rate(districts, method):
    flagged = share(districts, lambda one: getattr(one.found, method).flagged, lambda one: one.innocent)
    assert flagged <= FALSE_ALARMS


def test_one_who_copies_is_not_called_a_rounder_and_one_who_rounds_up_not_a_copier(districts):
    assert share(districts, lambda one: one.found.score_heaping.flagged, lambda one: one.copies) == 0
    assert share(districts, lambda one: one.found.duplicate_checklists.flagged, lambda one: one.rounds_up) == 0


def test_pass_rates_show_the_lenient_streets_and_spare_the_others(districts):
    found, accused = [], []
    for one in districts:
        streets, unit = np.unique(one.drawn.buildings["street"], return_inverse=True)
        outside = one.found.pass_rates(unit, len(streets), one.found.most_telling).outside(0.95)
        is_lenient = np.isin(streets, one.drawn.facts.officers.lenient_streets)
        found.append(outside[is_lenient])
        accused.append(outside[~is_lenient])
    assert np.concatenate(found).mean() > FOUND
    assert np.concatenate(accused).mean() <= 0.05


def test_the_street_far_below_its_register_is_named_and_no_other(districts):
    for one in districts:
        streets = one.drawn.register["area"].to_numpy()
        place = places_in(one.drawn.buildings["street"].to_numpy(), streets)
        found = buildings_recorded(place, one.drawn.register["buildings"].to_numpy(float))
        assert found.flagged.sum() == 1
        assert found.share[found.flagged][0] == pytest.approx(0.62, abs=0.01)


@pytest.fixture(scope="module")
def first(districts) -> QualityDataset:
    return districts[0].found


def test_a_building_s_last_visit_and_the_days_since_are_those_of_its_visits(districts, first):
    visits = districts[0].drawn.facts.inspections
    last = visits.groupby("building")["day"].max()
    days = (np.datetime64(ON) - last.to_numpy().astype("datetime64[D]")).astype(int)
    assert first.days_since[last.index].tolist() == days.tolist()
    never = np.setdiff1d(np.arange(first.buildings), last.index)
    assert len(never) > 50
    assert (first.days_since[never] == -1).all()
    assert np.isnan(first.confidence[never]).all()


def test_pass_rates_count_each_building_of_the_year_once(first):
    rows = first.of_the_year
    assert len(np.unique(first.building[rows])) == len(rows)
    assert first.day[rows].min() > np.datetime64(ON) - WINDOW_DAYS
    assert first.pass_rates(np.zeros(first.buildings, int), 1, 2).of[0] == len(rows)
    assert first.visits_of_the_year().sum() == (first.day > np.datetime64(ON) - WINDOW_DAYS).sum()


def test_nothing_after_the_day_is_evidence(districts):
    drawn, before = districts[0].drawn, ON - timedelta(days=400)
    codes = np.unique(drawn.facts.inspections["inspector"].to_numpy(str))
    found = quality_dataset(SYSTEM, as_city_facts(drawn, codes), edition_on("baoan", ON), before)
    assert found.day.max() <= np.datetime64(before)
    assert len(found.day) < len(districts[0].found.day)


def with_checklists(city_facts: CityFacts, checklists: tuple[ChecklistAnswers, ...]) -> CityFacts:
    fact_log = replace(city_facts.fact_log, checklists=checklists)
    return replace(city_facts, stored=replace(city_facts.stored, fact_log=fact_log))


def test_two_check_lists_of_a_city_are_read_together_and_never_taken_for_each_other(districts):
    drawn = districts[0].drawn
    codes = np.unique(drawn.facts.inspections["inspector"].to_numpy(str))
    city_facts = as_city_facts(drawn, codes)
    (whole,) = city_facts.fact_log.checklists
    halves = tuple(
        ChecklistAnswers(
            whole.items, *(getattr(whole, name)[part::2] for name in ("building", "day", "answers", "inspector"))
        )
        for part in (0, 1)
    )
    split = with_checklists(city_facts, halves)
    found, known = (quality_dataset(SYSTEM, one, edition_on("baoan", ON), ON) for one in (split, city_facts))
    assert np.array_equal(found.building, known.building)
    assert np.array_equal(found.day, known.day)
    both = (np.bincount(found.number) > 0).sum()
    assert both > (np.bincount(known.number) > 0).sum()


def test_a_city_without_check_lists_has_no_evidence_and_names_nobody(districts):
    city_facts = as_city_facts(districts[0].drawn, np.array(["W0001"]))
    found = quality_dataset(SYSTEM, with_checklists(city_facts, ()), edition_on("baoan", ON), ON)
    assert (found.days_since == -1).all()
    assert np.isnan(found.confidence).all()
    for method in (found.score_heaping, found.leniency, found.duplicate_checklists):
        assert not method.flagged.any()
    assert not found.pass_rates_of_officers(found.most_telling).outside(0.95).any()


def test_a_unit_is_one_s_own_when_most_of_it_is():
    unit, rows = np.array([0, 0, 0, 1, 1, -1]), np.array([True, True, False, True, False, True])
    assert mostly_within(unit, 3, rows).tolist() == [True, False, False]
