"""Credit records: one state a day, public only while recognised, records and subjects counted apart."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import WrongFacts, WrongRule
from scoring.studies.credit_records import (
    EXPIRED,
    LEVELS,
    NOT_THERE,
    RECOGNISED,
    RECORDED,
    REPAIRED,
    Records,
    public_on,
    read_scale,
    records_by_level,
    scale,
    states_by_level,
    states_on,
    subjects_by_kind,
)
from tests.scoring.reference import months_earlier

TEXT = LEVELS.read_text(encoding="utf-8")
YEARS = (1, 3, 5)
FIRST = date(2020, 2, 25)
Life = tuple[int, date, date | None, date | None]  # level, recorded, recognised, repaired


def records(*lives: Life, subject: Sequence[int] | None = None, kind: Sequence[int] | None = None) -> Records:
    level, recorded, recognised, repaired = zip(*lives, strict=True)
    return Records(
        np.array(range(len(lives)) if subject is None else subject),
        np.array([1] * len(lives) if kind is None else kind),
        np.array(level),
        *(np.array(days, "datetime64[D]") for days in (recorded, recognised, repaired)),
    )


@st.composite
def lives(draw: st.DrawFn) -> Life:
    steps = draw(st.lists(st.integers(0, 400), min_size=1, max_size=3))
    days = [FIRST + timedelta(sum(steps[: n + 1])) for n in range(len(steps))]
    recorded, recognised, repaired = [*days, None, None][:3]
    return draw(st.integers(0, 2)), recorded, recognised, repaired


def state_in_plain_words(life: Life, on: date) -> int:
    """Read day by day, with nothing of the real one."""
    level, recorded, recognised, repaired = life
    state, day = NOT_THERE, recorded
    while day <= on:
        if day == recorded:
            state = RECORDED
        if day == recognised:
            state = RECOGNISED
        if state == RECOGNISED and recognised <= months_earlier(day, 12 * YEARS[level]):
            state = EXPIRED
        if state == RECOGNISED and day == repaired:
            state = REPAIRED
        day += timedelta(1)
    return state


@given(life=lives(), after=st.integers(-3, 2200))
def test_a_record_is_in_the_one_state_its_steps_led_to(life: Life, after: int) -> None:
    on = FIRST + timedelta(after)
    assert states_on(records(life), on).tolist() == [state_in_plain_words(life, on)]


@given(many=st.lists(lives(), min_size=1, max_size=5))
def test_nothing_is_public_before_it_is_recognised_or_ever_again_after_it_ended(many: list[Life]) -> None:
    every = records(*many)
    days = [FIRST + timedelta(n) for n in range(0, 3100, 7)]
    public = np.array([public_on(every, day) for day in days])
    for row, (_, _, recognised, repaired) in enumerate(many):
        shown = [day for day, seen in zip(days, public[:, row], strict=True) if seen]
        assert all(recognised is not None and day >= recognised for day in shown)
        assert all(repaired is None or day < repaired for day in shown)
        assert (np.diff(public[:, row].astype(int)) == 1).sum() <= 1, "what has been public once does not come back"


@given(many=st.lists(lives(), min_size=1, max_size=8), after=st.integers(-3, 2200))
def test_states_by_level_count_each_record_that_is_there_once(many: list[Life], after: int) -> None:
    every, on = records(*many), FIRST + timedelta(after)
    mask = np.arange(len(many)) % 2 == 0
    expected = np.zeros((4, 3), int)
    for life in many[::2]:
        state = state_in_plain_words(life, on)
        if state != NOT_THERE:
            expected[state, life[0]] += 1
    assert states_by_level(every, on, mask).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("level", "last", "first_after"),
    [
        (0, date(2025, 2, 28), date(2025, 3, 1)),
        (1, date(2027, 2, 28), date(2027, 3, 1)),
        (2, date(2029, 2, 28), date(2029, 3, 1)),
    ],
)
def test_the_years_of_a_level_end_like_every_window(level: int, last: date, first_after: date) -> None:
    one = records((level, date(2024, 2, 1), date(2024, 2, 29), None))
    assert states_on(one, last).tolist() == [RECOGNISED]
    assert states_on(one, first_after).tolist() == [EXPIRED]


def test_what_has_expired_is_not_repaired_any_more() -> None:
    late = records((0, date(2020, 1, 1), date(2020, 1, 1), date(2021, 1, 1)))
    in_time = records((0, date(2020, 1, 1), date(2020, 1, 1), date(2020, 12, 31)))
    assert states_on(late, date(2022, 1, 1)).tolist() == [EXPIRED]
    assert states_on(in_time, date(2022, 1, 1)).tolist() == [REPAIRED]


def test_records_and_subjects_are_counted_apart() -> None:
    day = date(2024, 1, 1)
    every = records(*[(level, day, day, None) for level in (0, 0, 2, 1)], subject=[7, 7, 7, 9], kind=[1, 1, 1, 0])
    everything = np.ones(4, bool)
    assert records_by_level(every, everything).tolist() == [2, 1, 1]
    assert subjects_by_kind(every, everything).tolist() == [1, 1]
    assert subjects_by_kind(every, every.level == 0).tolist() == [0, 1]
    assert records_by_level(every, ~everything).tolist() == [0, 0, 0]
    assert subjects_by_kind(every, ~everything).tolist() == [0, 0]


@pytest.mark.parametrize(
    "life",
    [
        (0, date(2024, 1, 2), date(2024, 1, 1), None),
        (0, date(2024, 1, 1), date(2024, 1, 3), date(2024, 1, 2)),
        (0, date(2024, 1, 1), None, date(2024, 1, 2)),
        (0, None, date(2024, 1, 1), None),
    ],
)
def test_days_that_do_not_rise_are_refused(life: Life) -> None:
    with pytest.raises(WrongFacts, match="the days of one do not rise"):
        records(life)


def test_a_subject_of_two_kinds_is_refused() -> None:
    day = date(2024, 1, 1)
    with pytest.raises(WrongFacts, match="one has records as both"):
        records((0, day, None, None), (1, day, None, None), subject=[3, 3], kind=[0, 1])


def test_the_levels_are_public_for_one_three_and_five_years() -> None:
    assert [level.years_public for level in scale().levels] == [1, 3, 5]
    assert [level.name.zh for level in scale().levels] == ["轻微失信", "较重失信", "严重失信"]
    assert len(scale().assumed) == 3


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ('code = "minor"', 'code = "slight"', "the levels are slight, serious, severe; they must be minor"),
        ("years_public = 1", "years_public = 0", "level 1: 'years_public' must be a whole number of at least 1"),
        ("years_public = 3", "years_public = 3\npoints = 2", "level 2: unknown key 'points'"),
        ('quote = "较重失信19例"', "", "level 2: 'quote' is missing"),
        ("life_quote", "death_quote", "'life_quote' is missing"),
    ],
)
def test_a_mistake_is_refused_with_its_place(right: str, wrong: str, sentence: str) -> None:
    assert TEXT.count(right) == 1
    with pytest.raises(WrongRule, match=sentence):
        read_scale("credit_levels.toml", TEXT.replace(right, wrong))
