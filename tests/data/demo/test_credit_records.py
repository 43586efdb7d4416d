"""Credit records of the invented district: ones scoring takes, about as published, the same once loaded."""

from collections.abc import Iterator
from datetime import date
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, select

from data.access.roles import SYSTEM
from data.city import queries
from data.city.credit_records import credit_counts, records_of
from data.db.engine import open_database, reading
from data.db.models.city import CREDIT_STEPS, Building
from data.demo import District, district, load
from data.demo.credit_records import CreditHistories, credit_histories
from data.demo.public_rental import home_states
from scoring.studies.credit_records import LEVEL_CODES, STATES, Records, states_on

ON = date(2025, 6, 30)
DAYS = [ON, date(2024, 2, 29), date(2022, 7, 1), date(2020, 1, 1)]
SMALL = 400
FLATS = pd.DataFrame({"project": np.repeat(np.arange(120), 520)})  # as many as at full size


@pytest.fixture(scope="module")
def many() -> CreditHistories:
    return credit_histories(np.random.default_rng(1), FLATS, home_states(np.random.default_rng(2), FLATS))


@pytest.fixture(scope="module")
def drawn() -> District:
    return district(SMALL, on=ON)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.sqlite'}")
    load(engine, SMALL, on=ON)
    yield engine
    engine.dispose()


def life(histories: CreditHistories) -> pd.DataFrame:
    """One row a record, with the day of each step."""
    days = histories.steps.pivot(index="record", columns="step", values="day").reindex(columns=list(CREDIT_STEPS))
    return histories.records.join(days)


def as_days(frame: pd.DataFrame) -> pd.DataFrame:
    """Days since the first day known as days of some years."""
    first = np.datetime64("2020-01-01")
    return frame.assign(**{step: first + pd.to_timedelta(frame[step], unit="D") for step in CREDIT_STEPS})


def test_the_records_drawn_are_ones_the_scoring_room_takes(many, drawn):
    for every in (records_of(as_days(life(many))), records_of(life(drawn.rentals.credit))):
        assert isinstance(every, Records)
        assert set(np.unique(states_on(every, date(2026, 1, 1)))) == set(range(len(STATES)))


def test_levels_and_subjects_are_about_those_of_bozhou(many):
    records = many.records
    shares = records["level"].value_counts(normalize=True)[list(LEVEL_CODES)].to_numpy()
    assert shares == pytest.approx(np.array([27, 19, 64]) / 110, abs=0.04)
    subjects = records.drop_duplicates("subject")["kind"].value_counts()
    assert subjects["enterprise"] / len(records["subject"].unique()) == pytest.approx(5 / 87, abs=0.03)
    households = records[records["kind"] == "household"]
    assert len(households) / subjects["household"] == pytest.approx(110 / 87, abs=0.1)


def test_who_was_dishonest_once_is_far_likelier_to_be_so_again(many):
    households = many.records.query("kind == 'household'")["subject"].value_counts()
    by_chance = len(FLATS) * (len(many.records) / len(FLATS)) ** 2 / 2  # homes with two, were all homes alike
    assert (households >= 2).sum() > 3 * by_chance


def test_records_gather_where_an_operator_is_careless(many):
    homes = many.records.query("kind == 'household'")["home"].to_numpy()
    by_project = np.bincount(FLATS["project"].to_numpy()[homes], minlength=120)
    assert by_project.var() > 3 * by_project.mean()


def test_a_household_has_a_home_let_to_it_and_no_other_household_its_code(many):
    states = home_states(np.random.default_rng(2), FLATS)
    states = states.assign(letting=(states["state"] == "let").cumsum())
    records = life(many).query("kind == 'household'").rename(columns={"recorded": "day"})
    records = records.assign(day=records["day"].astype(int)).sort_values("day")
    then = pd.merge_asof(records, states.sort_values("day"), on="day", by="home")
    assert (then["state"] == "let").all()
    assert (then.groupby("subject")["letting"].nunique() == 1).all()
    assert (then.groupby("letting")["subject"].nunique() == 1).all()


def test_an_enterprise_has_records_in_one_project_and_at_no_home(many):
    records = many.records.query("kind == 'enterprise'")
    assert (records["home"] == -1).all()
    assert (records.groupby("subject")["project"].nunique() == 1).all()
    assert (many.records.query("kind == 'household'")["project"] == -1).all()


def test_nothing_of_a_record_happens_or_is_written_down_after_the_last_day(drawn):
    steps = drawn.rentals.credit.steps
    assert (steps["recorded_on"] >= steps["day"]).all()
    assert steps["recorded_on"].max() <= np.datetime64(ON)


def test_the_same_seed_draws_the_same_records(drawn):
    again = district(SMALL, on=ON, facts=False).rentals.credit
    pd.testing.assert_frame_equal(again.records, drawn.rentals.credit.records)
    pd.testing.assert_frame_equal(again.steps, drawn.rentals.credit.steps)


def test_nothing_else_of_the_district_hangs_on_them(drawn, monkeypatch):
    none = CreditHistories(
        drawn.rentals.credit.records[:0], drawn.rentals.credit.steps[:0].assign(day=0, recorded_on=0)
    )
    monkeypatch.setattr(import_module("data.demo.district"), "credit_histories", lambda *_: none)
    without = district(SMALL, on=ON)
    for mine, its in ((without.rentals, drawn.rentals), (without.facts, drawn.facts)):
        for name in ("projects", "homes", "states") if its is drawn.rentals else ("inspections", "events"):
            pd.testing.assert_frame_equal(getattr(mine, name), getattr(its, name))
    pd.testing.assert_frame_equal(without.buildings, drawn.buildings)
    pd.testing.assert_frame_equal(without.register, drawn.register)


@pytest.mark.parametrize("on", DAYS)
def test_in_the_tables_they_stand_on_any_day_as_they_were_drawn(loaded, drawn, on):
    frame, homes = life(drawn.rentals.credit), drawn.rentals.homes
    building, project = homes["building"].to_numpy(), homes["project"].to_numpy()
    with reading(loaded, SYSTEM) as session:
        ids = session.scalars(select(Building).order_by(Building.id)).all()
        for row in np.unique(building):
            told = records_of(queries.credit_records_of_building(session, SYSTEM, ids[row], on))
            mine = frame["home"].isin(np.flatnonzero(building == row))
            mine |= frame["project"].isin(project[building == row])
            wanted = records_of(frame[mine & (frame["recorded"] <= np.datetime64(on))])
            assert states_on(told, on).tolist() == states_on(wanted, on).tolist()
            found, expected = (credit_counts(records, on) for records in (told, wanted))
            for kind in expected:
                assert found[kind].by_state.tolist() == expected[kind].by_state.tolist()
                assert found[kind].subjects == expected[kind].subjects
