"""The bench's walk, and the size it aims at for the demonstration district; how fast it is, the bench says."""

import numpy as np
import pytest

from tests.benchmarks import tiles

AIM_KB = 60


@pytest.fixture(scope="module")
def places():
    return tiles.invented_places(tiles.BUILDINGS)


def test_a_walk_is_the_same_for_the_same_seed_and_stays_on_the_map(places):
    addresses = tiles.walk(places, seed=4)
    assert len(addresses) == 500
    assert addresses == tiles.walk(places, seed=4) != tiles.walk(places, seed=5)
    assert {z for z, _, _ in addresses} == set(tiles.ZOOMS)
    assert all(0 <= x < 2**z and 0 <= y < 2**z for z, x, y in addresses)


@pytest.mark.parametrize("every", [1, 5])
def test_cold_tiles_of_the_whole_city_keep_to_their_size(places, every):
    theme, overlays = tiles.invented_theme(tiles.BUILDINGS)
    chosen = None if every == 1 else (np.arange(tiles.BUILDINGS) % every == 0)
    figures = tiles.theme_tiles(places, chosen, theme, overlays, tiles.walk(places, seed=6, steps=150))
    assert figures.largest_kb < AIM_KB
