"""Areas of one name are told apart by their level, their parent, or their code; others keep their names."""

import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from dashboard.view.area_labels import area_labels
from data.db.models.city import LEVELS

LEVEL_NAMES = {"street": {"zh": "街道", "en": "Street"}, "community": {"zh": "社区", "en": "Community"}}
WEST, EAST = shapely.box(113.8, 22.5, 113.9, 22.6), shapely.box(113.9, 22.5, 114.0, 22.6)


def frame(*rows: tuple) -> pd.DataFrame:
    """Rows of id, level, code, name, English name, parent, outline; widest first as the query gives them."""
    return pd.DataFrame(rows, columns=["id", "level", "code", "name", "name_en", "parent_id", "outline"])


WEST_STREET = (1, "street", "W", "西街", "West Street", None, WEST)
EAST_STREET = (2, "street", "E", "东街", "East Street", None, EAST)


def test_names_that_do_not_repeat_stay_as_they_are():
    assert area_labels(frame(WEST_STREET, EAST_STREET), LEVEL_NAMES) == {
        1: ("西街", "West Street"),
        2: ("东街", "East Street"),
    }


def test_communities_of_one_name_are_told_apart_by_their_streets():
    both = ((3, "community", "001", "幸福社区", "Joy", 1, WEST), (4, "community", "002", "幸福社区", "Joy", 2, EAST))
    labels = area_labels(frame(WEST_STREET, EAST_STREET, *both), LEVEL_NAMES)
    assert labels[3] == ("幸福社区（西街）", "Joy (West Street)")
    assert labels[4] == ("幸福社区（东街）", "Joy (East Street)")
    assert labels[1] == ("西街", "West Street")


def test_where_no_parent_is_named_it_is_the_street_they_lie_in():
    both = (
        (3, "community", "001", "幸福社区", "Joy", None, WEST),
        (4, "community", "2", "幸福社区", "Joy", None, EAST),
    )
    labels = area_labels(frame(WEST_STREET, EAST_STREET, *both), LEVEL_NAMES)
    assert [labels[3][0], labels[4][0]] == ["幸福社区（西街）", "幸福社区（东街）"]


def test_of_one_street_they_are_told_apart_by_their_codes():
    both = ((3, "community", "001", "幸福社区", "Joy", 1, WEST), (4, "community", "002", "幸福社区", "Joy", 1, WEST))
    labels = area_labels(frame(WEST_STREET, *both), LEVEL_NAMES)
    assert [labels[3][0], labels[4][0]] == ["幸福社区（001）", "幸福社区（002）"]


def test_without_any_wider_level_they_are_told_apart_by_their_codes():
    both = ((3, "street", "001", "幸福", "Joy", None, WEST), (4, "street", "C,1", "幸福", "Joy", None, EAST))
    assert list(area_labels(frame(*both), LEVEL_NAMES).values()) == [
        ("幸福（001）", "Joy (001)"),
        ("幸福（C,1）", "Joy (C,1)"),
    ]


def test_a_street_and_a_community_of_one_name_are_told_apart_by_their_levels():
    community = (3, "community", "001", "西街", "West", 1, WEST)
    labels = area_labels(frame(WEST_STREET, community), LEVEL_NAMES)
    assert labels == {1: ("西街（街道）", "West Street"), 3: ("西街（社区）", "West")}


@given(st.lists(st.tuples(st.sampled_from(LEVELS), st.sampled_from("甲乙"), st.booleans()), max_size=12))
def test_whatever_repeats_no_two_labels_are_alike(drawn):
    levels = sorted((level for level, *_ in drawn), key=LEVELS.index)
    rows = [
        (number, level, f"c{number}", name, name, number - 1 if number and has_parent else None, WEST)
        for number, (level, (_, name, has_parent)) in enumerate(zip(levels, drawn, strict=True))
    ]
    labels = area_labels(frame(*rows), LEVEL_NAMES)
    for side in (0, 1):
        assert len({both[side] for both in labels.values()}) == len(rows)
