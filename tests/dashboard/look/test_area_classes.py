"""The legend of coloured areas has only classes an area can be in, whatever the values are."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.look.area_classes import area_classes
from dashboard.look.legend import area_rows

SHARES = st.one_of(
    st.floats(0, 1), st.sampled_from((0.0, 1.0, 0.5, 1 / 3, 0.0004)), st.floats(0.2, 0.2 + 1e-4), st.just(np.nan)
)
NUMBERS = st.one_of(st.integers(0, 3), st.integers(0, 10**6)).map(float) | st.just(np.nan)
NUMBER = re.compile(r"[\d,.]+")


def numbers_in(label: str) -> list[float]:
    return [float(text.replace(",", "")) for text in NUMBER.findall(label)]


def holds(label: str, value: float, off: float) -> bool:
    """Whether a class in words is true of a value, as far as it is printed. off: half of the last digit printed."""
    ends = numbers_in(label)
    if label.startswith("<"):
        return value < ends[0]
    if label.startswith("≥"):
        return value >= ends[0]
    return ends[0] - off <= value <= ends[-1] + off


@pytest.mark.parametrize("shares", [True, False])
@given(data=st.data())
def test_every_class_in_the_legend_has_an_area_and_is_true_of_it(shares, data):
    values = np.array(data.draw(st.lists(SHARES if shares else NUMBERS, max_size=30)), float)
    classes = area_classes(values, shares)
    is_known = np.isfinite(values)
    assert (classes.colours[~is_known] == -1).all()
    assert set(classes.colours[is_known].tolist()) == set(classes.labels)
    for value, colour in zip(
        values[is_known] * (100 if shares else 1), classes.colours[is_known].tolist(), strict=True
    ):
        assert holds(classes.labels[colour], value, 0.05 + 1e-9 if shares else 0), (classes.labels[colour], value)


@pytest.mark.parametrize("shares", [True, False])
@given(data=st.data())
def test_no_class_stands_in_the_legend_twice_and_darker_means_more(shares, data):
    values = np.array(data.draw(st.lists(SHARES if shares else NUMBERS, min_size=1, max_size=30)), float)
    classes = area_classes(values, shares)
    labels = [row.label for row in area_rows(classes)]
    assert len(set(labels)) == len(labels) <= 5
    known, colours = values[np.isfinite(values)], classes.colours[np.isfinite(values)]
    order = np.argsort(known, kind="stable")
    assert (np.diff(colours[order]) >= 0).all()


@pytest.mark.parametrize(
    ("values", "shares", "labels"),
    [
        ([0, 0, 0], True, ["0.0%"]),
        ([1, 1], True, ["100.0%"]),
        ([1 / 3] * 4, True, ["33.3%"]),
        ([0, 0.5], True, ["0.0%", "50.0%"]),
        ([0, 0, 0, 0, 0.0001], True, ["0.0%"]),
        ([np.nan, np.nan], True, []),
        ([], False, []),
        ([7, 7], False, ["7"]),
        ([0, 3], False, ["0 – 2", "3"]),
        ([1, 2, 3, 4, 5], False, ["1", "2", "3", "4", "5"]),
        ([10, 20, 30, 40, 5000], False, ["10 – 19", "20 – 29", "30 – 39", "40 – 4,999", "5,000"]),
        ([0.0, 0.02, 0.04, 0.06, 0.081], True, ["0.0%", "2.0% – 4.0%", "4.0% – 6.0%", "6.0% – 8.1%", "8.1%"]),
    ],
)
def test_values_that_are_equal_or_few_or_missing_give_no_impossible_class(values, shares, labels):
    assert [row.label for row in area_rows(area_classes(np.array(values, float), shares))] == labels
