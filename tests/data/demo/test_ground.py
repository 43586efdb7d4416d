"""The ground under the invented district fits its areas and its buildings."""

from datetime import date

import numpy as np
import pytest
import shapely

from data.demo import District, district

ON = date(2025, 6, 30)
BUILDINGS = 1_500


@pytest.fixture(scope="module")
def drawn() -> District:
    return district(BUILDINGS, on=ON, facts=False)


@pytest.fixture(scope="module")
def of(drawn: District):
    """The geometry of a kind, and class, of ground."""

    def chosen(kind: str, road_class: str | None = None) -> np.ndarray:
        rows = drawn.ground["kind"] == kind
        rows &= (drawn.ground["road_class"] == road_class) if road_class else True
        return drawn.ground.loc[rows, "geometry"].to_numpy()

    return chosen


def test_the_same_seed_draws_the_same_ground(drawn):
    again = district(BUILDINGS, on=ON, facts=False).ground
    assert again.drop(columns="geometry").equals(drawn.ground.drop(columns="geometry"))
    drawn_twice = (frame["geometry"].to_numpy() for frame in (again, drawn.ground))
    assert np.array_equal(*map(shapely.to_wkb, drawn_twice))


def test_every_shape_is_valid_and_every_road_has_a_class(drawn):
    assert shapely.is_valid(drawn.ground["geometry"].to_numpy()).all()
    assert (drawn.ground["road_class"].notna() == (drawn.ground["kind"] == "road")).all()
    assert drawn.ground["name"].isna().equals(drawn.ground["name_en"].isna())


def test_no_building_stands_in_water_or_on_a_road(drawn, of):
    at = shapely.points(drawn.buildings["lon"], drawn.buildings["lat"])
    assert not shapely.intersects(shapely.union_all(of("water")), at).any()
    roads = shapely.union_all(of("road"))
    assert shapely.distance(at, roads).min() * 111_000 > 2


def test_the_sea_lies_along_the_coast_and_outside_the_district(drawn, of):
    outline = drawn.areas["outline"].iloc[0]
    sea = shapely.union_all(sorted(of("water"), key=shapely.area)[-2:])
    assert shapely.area(shapely.intersection(sea, outline)) < 1e-4 * shapely.area(outline)
    shore = shapely.length(shapely.intersection(sea.boundary.buffer(1e-5), outline.boundary))
    assert 0.2 < shore / shapely.length(outline.boundary) < 0.9


def test_blocks_lie_within_their_grids_and_hold_most_buildings(drawn, of):
    blocks = of("block")
    assert len(blocks) > 0.5 * (drawn.areas["level"] == "grid").sum()
    at = shapely.points(drawn.buildings["lon"], drawn.buildings["lat"])
    assert shapely.intersects(shapely.union_all(blocks), at).mean() > 0.8


def test_roads_between_communities_are_named_in_both_languages_each_by_a_name_of_its_own(drawn):
    roads = drawn.ground[(drawn.ground["kind"] == "road") & drawn.ground["name"].notna()]
    assert len(roads) > 5 and roads["name"].is_unique and roads["name_en"].is_unique
