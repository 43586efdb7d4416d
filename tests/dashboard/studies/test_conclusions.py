"""What each study says first: figures by hand, and the one sentence that may be made of them."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.i18n import LANGUAGES, translator
from dashboard.look.conclusion import Statement
from dashboard.studies.backtest import conclusion as backtest
from dashboard.studies.changes import conclusion as changes
from dashboard.studies.changes.conclusion import ChangeFigures
from dashboard.studies.data_quality import conclusion as quality
from dashboard.studies.data_quality.conclusion import Findings, VisitFigures
from dashboard.studies.fairness import conclusion as fairness
from dashboard.studies.fairness.conclusion import RuleFigures
from dashboard.studies.sandbox import conclusion as sandbox
from dashboard.studies.sandbox.conclusion import DraftFigures
from scoring.studies.backtest import Estimate
from scoring.studies.backtest.measures import DAYS_EARLIER, FIRST_HALF
from scoring.studies.backtest.run import INSIDE, INSIDE_RANDOM

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)


def keys(statements: list[Statement]) -> list[str]:
    """Their keys, after each was worded in every language, with all of its values at its places."""
    for language in LANGUAGES:
        for one in statements:
            assert "{" not in one.sentence(translator(language))
    return [one.key.split(".")[1].removeprefix("conclude_") for one in statements]


def zh(statement: Statement) -> str:
    return statement.sentence(translator("zh"))


# changes


@pytest.mark.parametrize(
    ("worse", "same", "better", "said"),
    [
        (10, 900, 90, "better"),
        (90, 900, 10, "worse"),
        (45, 900, 55, "unsure"),
        (0, 900, 6, "better"),
        (0, 900, 5, "too_few"),
        (5, 900, 0, "too_few"),
        (0, 900, 0, "none"),
        (0, 0, 0, "no_data"),
    ],
)
def test_changes_are_called_better_or_worse_only_where_those_that_moved_leave_no_doubt(worse, same, better, said):
    assert keys(changes.concluded(ChangeFigures("2026-05-31", "2026-06-30", worse, same, better))) == [said]


def test_changes_say_of_how_many_buildings_and_which_days():
    (first,) = changes.concluded(ChangeFigures("2026-05-31", "2026-06-30", 10, 1900, 90))
    assert zh(first) == (
        "2026-05-31至2026-06-30，两天均有评定的2,000栋楼中，90栋升级（4.5%），10栋降级（0.5%）：总体上升。"
    )


def test_the_cause_and_those_left_out_of_the_count_are_said_after_it():
    figures = ChangeFigures("2026-05-31", "2026-06-30", 9, 1, 90, newly=3, gone=1, cause=("消防隐患", 70))
    statements = changes.concluded(figures)
    assert keys(statements) == ["better", "cause", "besides"]
    assert zh(statements[1]) == "单独引起变动最多的一项：消防隐患，涉及70栋。"
    assert zh(statements[2]) == "另有3栋新纳入评定，1栋不再评定，均不计入以上。"


# sandbox


@pytest.mark.parametrize(
    ("worse", "same", "better", "said"),
    [(9, 90, 1, "stricter"), (1, 90, 9, "milder"), (5, 90, 5, "even"), (0, 90, 0, "none"), (0, 0, 0, "no_data")],
)
def test_a_draft_is_called_stricter_or_milder_by_whom_it_moves(worse, same, better, said):
    assert keys(sandbox.concluded(DraftFigures("2026-06-30", worse, same, better, 0, 0, 20.2, 20.4))) == [said]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (100.4, 1120.2, "每周巡查由100次增至1,120次，多1,020次。"),
        (1120.2, 100.4, "每周巡查由1,120次减至100次，少1,020次。"),
    ],
)
def test_a_draft_says_what_becomes_of_the_visits(before, after, said):
    *_, last = sandbox.concluded(DraftFigures("2026-06-30", 9, 90, 1, 0, 0, before, after))
    assert zh(last) == said


def test_a_draft_says_whom_only_one_of_the_two_can_grade():
    assert keys(sandbox.concluded(DraftFigures("2026-06-30", 0, 90, 0, 2, 1, 5, 5))) == ["none", "besides"]


# fairness


def grouped(*counts: tuple[int, int, int]) -> dict:
    return {"按用途": (np.array(counts), ["城中村", "公寓", "宿舍"][: len(counts)])}


def rule(worse: int, same: int, better: int, groups: dict) -> RuleFigures:
    return RuleFigures("消防隐患", "2026-06-30", worse, same, better, groups)


def test_a_rule_names_the_group_it_hits_hardest_where_chance_does_not_explain_it():
    statements = fairness.concluded(rule(110, 290, 0, grouped((100, 100, 0), (10, 190, 0))))
    assert keys(statements) == ["worse", "most_worse"]
    assert zh(statements[0]) == (
        "【消防隐患】截至2026-06-30，计入和不计入这一项均能评定的400栋楼中，这一项使110栋等级降低（27.5%）。"
    )
    assert zh(statements[1]) == (
        "受影响最重的一组是城中村（按用途）：200栋中100栋降低（50.0%），其余为5.0%，相差超出偶然。"
    )


def test_a_rule_that_helps_names_the_group_it_helps_most():
    assert keys(fairness.concluded(rule(0, 290, 110, grouped((0, 100, 100), (0, 190, 10))))) == [
        "better",
        "most_better",
    ]


@pytest.mark.parametrize(
    ("worse", "same", "better", "groups", "said"),
    [
        (50, 350, 0, grouped((27, 173, 0), (23, 177, 0)), ["worse", "unsure"]),
        (50, 350, 0, {}, ["worse", "unsure"]),
        (50, 350, 0, grouped((50, 350, 0), (0, 0, 0)), ["worse", "unsure"]),
        (19, 381, 0, grouped((19, 181, 0), (0, 200, 0)), ["worse", "too_few"]),
        (30, 369, 1, grouped((16, 184, 0), (14, 185, 1)), ["both", "unsure"]),
        (0, 400, 0, grouped((0, 200, 0), (0, 200, 0)), ["none"]),
        (0, 0, 0, {}, ["no_data"]),
    ],
)
def test_where_chance_may_explain_it_no_group_is_named(worse, same, better, groups, said):
    assert keys(fairness.concluded(rule(worse, same, better, groups))) == said


# backtest


def tried(gap: tuple | None, inside: tuple | None = (1, 0.5, 1.5), troubled: int = 300, by_day: bool = True):
    measure = DAYS_EARLIER if by_day else FIRST_HALF
    pairs = {("score", "actual" if by_day else "random"): gap, (INSIDE, INSIDE_RANDOM): inside}
    return SimpleNamespace(
        visits=6000,
        troubled=troubled,
        first_day=np.datetime64("2026-01-01") if by_day else None,
        differences={pair: {measure: Estimate(*one)} for pair, one in pairs.items() if one is not None},
    )


@pytest.mark.parametrize(
    ("gap", "inside", "troubled", "said"),
    [
        ((2.0, 1.0, 3.0), (1.0, 0.5, 1.5), 300, ["visits_ahead", "inside_ahead"]),
        ((2.0, 1.0, 3.0), (0.2, -0.5, 0.9), 300, ["visits_ahead", "inside_unsure"]),
        ((2.0, 1.0, 3.0), (-1.0, -1.5, -0.5), 300, ["visits_ahead", "inside_behind"]),
        ((2.0, 1.0, 3.0), None, 300, ["visits_ahead", "inside_unknown"]),
        ((0.4, -0.1, 0.9), (1.0, 0.5, 1.5), 300, ["visits_unsure"]),
        ((0.4, 0.0, 0.9), (1.0, 0.5, 1.5), 300, ["visits_unsure"]),
        ((float("nan"),) * 3, (1.0, 0.5, 1.5), 300, ["visits_unsure"]),
        ((-2.0, -3.0, -1.0), (1.0, 0.5, 1.5), 300, ["visits_behind"]),
        ((2.0, 1.0, 3.0), (1.0, 0.5, 1.5), 19, ["visits_too_few"]),
        (None, None, 300, ["visits_no_data"]),
    ],
)
def test_the_backtest_claims_no_more_than_its_intervals_allow(gap, inside, troubled, said):
    assert keys(backtest.concluded(tried(gap, inside, troubled), "hazards", FIRST, LAST)) == said


def test_the_backtest_says_by_how_much_with_its_interval_and_of_how_many_visits():
    first, *_ = backtest.concluded(tried((2.04, 1.0, 3.0)), "hazards", FIRST, LAST)
    assert zh(first) == (
        "2026-01-01至2026-06-30的6,000次巡查中，300次查出问题（5.0%）。"
        "若按等级安排先后，这些问题平均可早2.0天查出（95%区间：早1.0至3.0天）。"
    )


def test_what_is_behind_is_said_as_so_much_later():
    (first,) = backtest.concluded(tried((-2.0, -3.0, -1.0)), "hazards", FIRST, LAST)
    assert "反而晚2.0天查出（95%区间：晚1.0至3.0天）" in zh(first)


def test_cases_are_told_in_percentage_points_against_chance():
    first, *_ = backtest.concluded(tried((0.12, 0.05, 0.2), by_day=False), "cases", FIRST, LAST)
    assert "比随机抽取的一半多12.0个百分点（95%区间：多5.0至20.0个）" in zh(first)


# data quality


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        (Findings("leniency", "officers", 40, 3), "officers_found"),
        (Findings("leniency", "officers", 40, 0), "officers_none"),
        (Findings("leniency", "officers", 4, 1), "officers_too_few"),
        (Findings("leniency", "officers", 0, 0), "officers_no_data"),
        (Findings("rates", "areas", 100, 5, chance=0.05), "areas_unsure"),
        (Findings("rates", "areas", 100, 9, chance=0.05), "areas_unsure"),
        (Findings("rates", "areas", 100, 20, chance=0.05), "areas_found"),
        (Findings("made", "areas", 3, 1), "made_below"),
        (Findings("recorded", "areas", 3, 0), "recorded_none"),
        (Findings("visited", "areas", 0, 0), "visited_no_data"),
    ],
)
def test_units_stand_out_only_where_they_are_more_than_chance_puts_there(findings, said):
    assert keys(quality.concluded(findings, "2026-06-30")) == [said]


def test_data_quality_says_of_how_many_units_and_how_many_chance_would_flag():
    (said,) = quality.concluded(Findings("rates", "areas", 100, 5, chance=0.05), "2026-06-30")
    assert zh(said) == (
        "截至2026-06-30，可比较的100个区域中有5个越界（5.0%），而仅凭偶然也会有约5.0个，无法判断是否真有异常。"
    )


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (
            VisitFigures(100, 7, 13),
            "截至2026-06-30，100栋楼中80栋一年内有人巡查（80.0%）；"
            "7栋尚未巡查，13栋已一年以上无人巡查。",
        ),
        (VisitFigures(100, 0, 0), "截至2026-06-30，100栋楼一年内均有人巡查。"),
        (VisitFigures(0, 0, 0), "截至2026-06-30，所选范围内没有楼栋，无法判断。"),
    ],
)  # fmt: skip
def test_visits_are_told_of_all_buildings_looked_at(figures, said):
    (statement,) = quality.visits_concluded(figures, "2026-06-30")
    assert keys([statement]) and zh(statement) == said


EVERY_FAMILY = {
    "changes": {"better", "worse", "unsure", "too_few", "none", "no_data"},
    "backtest": {f"visits_{one}" for one in ("ahead", "behind", "unsure", "too_few", "no_data")}
    | {f"cases_{one}" for one in ("ahead", "behind", "unsure", "too_few", "no_data")},
    "data_quality": {f"{unit}_{one}" for unit in ("areas", "officers")
                     for one in ("none", "found", "unsure", "too_few", "no_data")}
    | {f"{part}_{one}" for part in ("recorded", "made", "visited") for one in ("below", "none", "no_data")},
}  # fmt: skip


@pytest.mark.parametrize("room", EVERY_FAMILY)
def test_every_conclusion_there_can_be_has_a_text(room):
    for language in LANGUAGES:
        assert all(f"{room}.conclude_{name}" in translator(language) for name in EVERY_FAMILY[room])
