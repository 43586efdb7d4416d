"""What a plan made again changes is told visit by visit."""

import pandas as pd

from data.planning.compared import changes
from tests.data.planning.cast import MONDAY, TUESDAY, WEDNESDAY

WEI, LI = (1, "W-1"), (2, "P-2")


def stops(*rows) -> pd.DataFrame:
    flat = [(building, *officer, day) for building, officer, day in rows]
    return pd.DataFrame(flat, columns=["building_id", "officer_id", "officer", "day"])


def told(before: pd.DataFrame, after: pd.DataFrame) -> list[tuple]:
    return list(changes(before, after).itertuples(index=False, name=None))


def test_what_moved_what_is_new_and_what_is_gone_is_told_and_what_stayed_is_not():
    before = stops((11, WEI, MONDAY), (12, WEI, TUESDAY), (13, LI, MONDAY))
    after = stops((11, WEI, MONDAY), (12, LI, TUESDAY), (14, WEI, WEDNESDAY))
    assert told(before, after) == [
        (12, "W-1", TUESDAY, "P-2", TUESDAY),
        (13, "P-2", MONDAY, None, None),
        (14, None, None, "W-1", WEDNESDAY),
    ]


def test_a_building_that_two_visit_is_told_once_for_the_one_that_moved():
    before = stops((11, WEI, MONDAY), (11, LI, MONDAY))
    assert told(before, stops((11, WEI, MONDAY), (11, LI, TUESDAY))) == [(11, "P-2", MONDAY, "P-2", TUESDAY)]


def test_two_plans_that_are_the_same_differ_in_nothing():
    assert told(stops((11, WEI, MONDAY)), stops((11, WEI, MONDAY))) == [] == told(stops(), stops())
