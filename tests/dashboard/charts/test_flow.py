"""The flow between grades: its bands lie between their grades, and every point of it stands for what lies there."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dashboard.charts.flow import Band, Node, _laid_out, flow_ends, grade_flow
from dashboard.look.palette import symbols

matrices = st.integers(2, 5).flatmap(lambda n: arrays(np.int64, (n, n), elements=st.integers(0, 900)))


def inside(low: float, high: float, node: Node) -> bool:
    return node.top - 1e-9 <= low and high <= node.top + node.height + 1e-9


@given(matrices)
def test_bands_begin_and_end_within_their_grades_and_fill_them(matrix):
    nodes, bands = _laid_out(matrix)
    at = {(node.side, node.grade): node for node in nodes}
    assert {(band.source, band.target, band.count) for band in bands} == {
        (a, b, int(matrix[a, b])) for a, b in np.argwhere(matrix).tolist()
    }
    for band in bands:
        assert inside(band.begin, band.begin + band.width, at[0, band.source])
        assert inside(band.end, band.end + band.width, at[1, band.target])
    for side, counts in enumerate((matrix.sum(axis=1), matrix.sum(axis=0))):
        assert {node.grade: node.count for node in nodes if node.side == side} == {
            grade: count for grade, count in enumerate(counts.tolist()) if count
        }
        assert max((node.top + node.height for node in nodes if node.side == side), default=0) <= 1 + 1e-9


@given(matrices)
def test_every_flow_and_every_grade_of_a_side_can_be_clicked(matrix):
    sides = {(int(a), None) for a in np.flatnonzero(matrix.sum(axis=1))}
    sides |= {(None, int(b)) for b in np.flatnonzero(matrix.sum(axis=0))}
    assert set(flow_ends(matrix)) == {(a, b) for a, b in np.argwhere(matrix).tolist()} | sides


def drawn(matrix, **more):
    return grade_flow(np.array(matrix), ["red", "green", "none"], symbols(("red", "green")), ("a", "b"), "Flow", **more)


def test_the_points_of_the_figure_are_those_that_can_be_clicked_in_their_order():
    matrix = [[5, 2, 0], [0, 90, 0], [0, 0, 3]]
    *_, points = drawn(matrix).data
    ends = flow_ends(np.array(matrix))
    assert len(points.x) == len(points.y) == len(ends)
    assert points.customdata[ends.index((0, 1))] == "red → green: 2"
    assert points.customdata[ends.index((0, None))] == "red 7"
    assert points.customdata[ends.index((None, 2))] == "none 3"
    assert all(trace.hoverinfo == "skip" for trace in drawn(matrix).data[:-1])


def test_what_is_chosen_is_drawn_in_full_and_the_others_pale():
    bands = [trace.fillcolor for trace in drawn([[5, 2, 0], [1, 9, 0], [0, 0, 0]], chosen=(0, 1)).data[:4]]
    assert [colour.endswith("0.85)") for colour in bands] == [False, True, False, False]


def test_a_curve_leaves_its_grade_where_the_band_begins_and_ends_where_it_ends():
    band = Band(0, 1, 3, begin=0.1, end=0.7, width=0.2)
    assert np.allclose(band.upper_edge(np.array([0, 0.5, 1])), [0.1, 0.4, 0.7])
