"""How sure leniency is depends on how much scores scatter: neither the unit of the score nor where it begins counts."""

import numpy as np
import pytest

from scoring.studies.data_quality.leniency import EFFECT_THRESHOLD, MIN_N, MIN_N_JOINED, Leniency, leniency

OFFICERS, BUILDINGS, ROUNDS = 14, 60, 12
KIND = 3  # one officer gives 12 points more than the others
EFFECTS = 12.0 * (np.arange(OFFICERS) == KIND) + 2.0 * (np.arange(OFFICERS) % 3 - 1)


def visits(scatter: float, seed: int = 1, effects: np.ndarray = EFFECTS) -> tuple[np.ndarray, ...]:
    """Everybody sees everything, in years that differ: building, officer, day, score."""
    rng = np.random.default_rng(seed)
    building = np.tile(np.arange(BUILDINGS), ROUNDS)
    officer = rng.integers(0, OFFICERS, len(building))
    day = np.datetime64("2020-01-01") + np.repeat(np.arange(ROUNDS) * 365, BUILDINGS)
    true = 60 + rng.normal(0, 5, BUILDINGS)[building] + effects[officer]
    return building, officer, day, true + rng.normal(0, scatter, len(building))


def studied(scatter: float = 3.0, times: float = 1.0, plus: float = 0.0) -> Leniency:
    building, officer, day, score = visits(scatter)
    return leniency(building, officer, day, score * times + plus, OFFICERS)


@pytest.mark.parametrize(("times", "plus"), [(10.0, 0.0), (0.1, 0.0), (1.0, 500.0)])
def test_in_another_unit_the_same_is_found(times, plus):
    plain, other = studied(), studied(times=times, plus=plus)
    for name in ("effect", "low", "high", "noise", "between", "effect_threshold"):
        np.testing.assert_allclose(getattr(other, name), times * np.asarray(getattr(plain, name)), rtol=1e-3, atol=1e-6)
    for name in ("lenient", "strict", "shared"):
        np.testing.assert_allclose(getattr(other, name), getattr(plain, name), rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("scatter", [2.0, 4.0, 8.0])
def test_the_noise_is_the_scatter_of_a_visit(scatter):
    assert studied(scatter).noise == pytest.approx(scatter, rel=0.15)


def test_the_more_visits_scatter_the_wider_are_the_intervals_and_the_more_is_an_effect_drawn_in():
    calm, wild = studied(2.0), studied(8.0)
    assert ((wild.high - wild.low) > 1.5 * (calm.high - calm.low)).all()
    assert abs(wild.effect[KIND] - 12) > abs(calm.effect[KIND] - 12)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    covered = []
    for seed in range(30):
        effects = np.random.default_rng(seed).normal(0, 4, OFFICERS)
        found, true = leniency(*visits(5.0, seed, effects), OFFICERS), effects - np.median(effects)
        covered.extend((found.low <= true) & (true <= found.high))
    assert 0.85 < np.mean(covered) < 0.985  # of so few officers the median is not sure either


def test_only_the_kind_one_is_named_and_as_lenient():
    found = studied(2.0)
    assert np.flatnonzero(found.flagged).tolist() == [KIND]
    assert found.lenient[KIND] > 0.975
    assert found.strict[KIND] < 0.01
    assert found.effect_threshold == pytest.approx(EFFECT_THRESHOLD * np.std(visits(2.0)[3]))


def test_an_officer_with_too_few_shared_visits_is_left_out_and_one_with_just_enough_is_not():
    building, officer, day, score = visits(3.0)
    for shared, told in ((MIN_N - 1, False), (MIN_N, True)):
        mine = np.flatnonzero(officer == KIND)[:shared]
        kept = np.concatenate([np.flatnonzero(officer != KIND), mine])
        found = leniency(building[kept], officer[kept], day[kept], score[kept], OFFICERS)
        assert found.shared[KIND] == shared
        assert np.isfinite(found.effect[KIND]) == told


def test_a_group_of_too_few_officers_has_no_usual_one():
    building, officer, day, score = visits(3.0)
    for officers, told in ((MIN_N_JOINED - 1, False), (MIN_N_JOINED, True)):
        kept = officer < officers
        found = leniency(building[kept], officer[kept], day[kept], score[kept], officers)
        assert np.isfinite(found.effect).all() == told
        assert np.isfinite(found.effect).any() == told
