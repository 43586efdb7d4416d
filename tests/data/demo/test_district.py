"""The invented district is the same for the same seed, hangs together, and is worth looking at."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import func, select, text

from data.access.roles import SYSTEM
from data.audit.trail import COMMAND_LINE
from data.db.engine import open_database, reading, writing
from data.db.models.city import (
    Area,
    AreaExpectation,
    Building,
    City,
    CreditRecord,
    CreditRecordStep,
    Event,
    Hazard,
    HazardStep,
    Home,
    HomeState,
    Import,
    Inspection,
    Project,
)
from data.demo import AlreadyLoaded, District, district, load
from data.demo.areas import counts
from data.demo.ground_truth import city_facts
from data.demo.seeded_offenders import BOUNDS, COPIED, PLAIN, RECORDED_THIN
from data.demo.visits import BY_GRADE, COVERED
from data.records.commands import FoundHazard, HomeStateSet, Visit
from data.records.writing import record
from data.studies.backtest_frames import backtest_frames
from scoring.grading.facts import compute_facts
from scoring.grading.rating import rate
from scoring.rulebook.editions import Rulebook, edition_on
from scoring.rulebook.hazard_catalogue import categories
from scoring.studies.backtest import backtest
from scoring.studies.data_quality.results import results
from tests.data.hidden_cases import as_city_facts

ON = date(2025, 6, 30)
FIRST_MONTH = date(2020, 7, 31)  # of the sixty that the trend shows
BUILDINGS = 3_000
ENOUGH_TO_TELL = 2_000  # building-months: some 25 cases
QISHUYAN = {"red": (8.5, 3.0), "yellow": (20.7, 4.0), "green": (69.8, 5.0), "star": (1.0, 0.8)}  # percent, give or take
MAY_FOLLOW = {
    "found": {"mended_on_the_spot", "transferred"},
    "mended_on_the_spot": set(),
    "transferred": {"taken_up"},
    "taken_up": {"resolved"},
    "resolved": {"verified"},
    "verified": {"reopened"},
    "reopened": {"taken_up"},
}


@pytest.fixture(scope="module")
def drawn() -> District:
    return district(BUILDINGS, on=ON)


@pytest.fixture(scope="module")
def outlines(drawn: District) -> Callable[[str], np.ndarray]:
    return lambda level: drawn.areas["outline"].to_numpy()[drawn.areas["level"] == level]


def test_the_same_seed_draws_the_same_district(drawn):
    again = district(BUILDINGS, on=ON)
    pd.testing.assert_frame_equal(again.buildings, drawn.buildings)
    pd.testing.assert_frame_equal(again.facts.events, drawn.facts.events)
    pd.testing.assert_frame_equal(again.facts.hazard_histories.steps, drawn.facts.hazard_histories.steps)
    assert np.array_equal(again.facts.answers, drawn.facts.answers)


def test_another_seed_draws_another_district(drawn):
    other = district(BUILDINGS, seed=1, on=ON, facts=False)
    assert not np.array_equal(other.buildings["lon"], drawn.buildings["lon"])


def test_facts_do_not_move_the_buildings(drawn):
    bare = district(BUILDINGS, on=ON, facts=False)
    assert bare.facts is None
    pd.testing.assert_frame_equal(bare.buildings, drawn.buildings)
    pd.testing.assert_frame_equal(bare.rentals.states, drawn.rentals.states)


def test_the_full_district_has_the_numbers_of_the_source():
    assert counts(175_700) == (10, 140, 4_833)


def test_a_smaller_district_has_fewer_homes_and_grids_in_proportion(drawn):
    assert len(drawn.buildings) == BUILDINGS
    assert drawn.buildings["homes"].sum() == round(3_130_000 * BUILDINGS / 175_700)
    assert drawn.areas["level"].value_counts().to_dict() == {"grid": 83, "community": 20, "street": 10, "district": 1}


def test_every_building_lies_in_its_own_grid(drawn):
    own = drawn.areas["outline"].to_numpy()[drawn.buildings["grid"]]
    assert shapely.contains_xy(own, drawn.buildings["lon"], drawn.buildings["lat"]).all()


def test_no_building_stands_in_the_sea_or_in_a_reservoir(drawn, outlines):
    ground = outlines("district")[0]
    assert any(part.interiors for part in shapely.get_parts(ground)), "there is no reservoir"
    assert shapely.contains_xy(ground, drawn.buildings["lon"], drawn.buildings["lat"]).all()


@pytest.mark.parametrize("level", ["community", "street", "district"])
def test_every_area_lies_in_the_next_wider_one(drawn, level):
    inner = drawn.areas[drawn.areas["parent"].map(drawn.areas["level"]) == level]
    outer = drawn.areas["outline"].to_numpy()[inner["parent"]]
    assert shapely.covers(outer, inner["outline"].to_numpy()).all()


def test_a_building_names_the_areas_its_grid_lies_in(drawn):
    parent, buildings = drawn.areas["parent"].to_numpy(), drawn.buildings
    assert np.array_equal(parent[buildings["grid"]], buildings["community"])
    assert np.array_equal(parent[buildings["community"]], buildings["street"])
    assert np.array_equal(parent[buildings["street"]], buildings["district"])


@pytest.mark.parametrize("level", ["grid", "community", "street"])
def test_neighbouring_areas_share_their_edges_exactly(outlines, level):
    assert shapely.coverage_is_valid(outlines(level))
    together = shapely.area(outlines(level)).sum()
    assert together == pytest.approx(outlines("district")[0].area, rel=1e-9)


def test_grids_hold_about_as_many_buildings_as_each_other(drawn):
    held = drawn.buildings.groupby("grid").size()
    assert 25 < held.median() < 45
    assert held.quantile(0.95) < 2 * held.median()


def test_address_codes_have_25_digits_and_stand_once(drawn):
    codes = drawn.buildings["code"]
    assert codes.str.fullmatch(r"\d{25}").all()
    assert codes.is_unique


def test_names_of_areas_stand_once_and_in_both_languages(drawn):
    assert drawn.areas["name"].is_unique
    assert drawn.areas["name_en"].is_unique
    assert drawn.areas["code"].is_unique


def test_houses_of_a_village_stand_close_but_not_on_each_other(drawn):
    village = drawn.buildings[drawn.buildings["use"] == "urban_village"]
    metres = np.column_stack([village["lon"] * 102_700, village["lat"] * 110_750])
    _, nearest = shapely.STRtree(shapely.points(metres)).query_nearest(
        shapely.points(metres), exclusive=True, return_distance=True, all_matches=False
    )
    assert nearest.min() > 6.9
    assert 7 < np.median(nearest) < 16


def test_nothing_happens_or_is_recorded_after_the_last_day(drawn):
    facts, last = drawn.facts, np.datetime64(ON)
    for frame in (facts.inspections, facts.events, facts.hazard_histories.steps, drawn.rentals.states):
        assert frame["recorded_on"].max() <= last
        assert (frame["recorded_on"] >= frame["day"]).all()
        assert (frame["recorded_on"] > frame["day"]).any()
    assert facts.hazard_histories.hazards["found_on"].max() <= last


def test_facts_reach_back_five_years_and_the_longest_window_before_them(drawn):
    first = np.datetime64(ON) - 1_825 - 365
    assert drawn.facts.inspections["day"].min() == first
    assert drawn.facts.inspections["day"].max() == np.datetime64(ON)
    assert 0 <= (drawn.facts.events["day"].min() - first).days < 60


def test_steps_of_hazards_follow_the_loop(drawn):
    steps = drawn.facts.hazard_histories.steps
    first = ~steps["hazard"].duplicated()
    assert (steps["step"][first] == "found").all()
    pairs = zip(steps["step"][:-1], steps["step"][1:], first[1:], strict=True)
    assert all(after in MAY_FOLLOW[before] for before, after, begins in pairs if not begins)
    waited = steps["day"].diff()[~first]
    assert (waited >= pd.Timedelta(0)).all()
    assert {"reopened", "verified", "mended_on_the_spot"} <= set(steps["step"])


def test_a_hazard_found_at_an_inspection_has_its_building_and_day(drawn):
    hazards, inspections = drawn.facts.hazard_histories.hazards, drawn.facts.inspections
    at = hazards[hazards["inspection"] >= 0]
    assert np.array_equal(inspections["building"].to_numpy()[at["inspection"]], at["building"])
    assert np.array_equal(inspections["day"].to_numpy()[at["inspection"]], at["found_on"])
    assert 0.05 < 1 - len(at) / len(hazards) < 0.2, "residents tell of some"


def test_hazards_have_the_group_severity_and_days_of_their_category(drawn):
    known = {one.code: (one.group, one.severity, one.days_to_mend) for one in categories()}
    hazards = drawn.facts.hazard_histories.hazards.drop_duplicates("category")
    days = (hazards["due_on"] - hazards["found_on"]).dt.days
    found = zip(hazards["group"], hazards["severity"], days, strict=True)
    assert dict(zip(hazards["category"], found, strict=True)).items() <= known.items()
    assert len(hazards) > 35


def test_four_in_five_hazards_are_mended_on_the_spot_and_most_others_resolved(drawn):
    steps = drawn.facts.hazard_histories.steps.groupby("step")["hazard"].nunique()
    assert 0.72 < steps["mended_on_the_spot"] / steps["found"] < 0.85
    assert 0.95 < steps["resolved"] / steps["transferred"] < 1


def cases_of(drawn: District, kind: str, years_ago: int) -> np.ndarray:
    """Which buildings had such a case in the year that ended so many years before the last day, bool (n,)."""
    cases = drawn.facts.events.query("kind == @kind")
    ended = (np.datetime64(ON) - cases["day"].to_numpy().astype("datetime64[D]")).astype(int) // 365 == years_ago
    return np.isin(np.arange(BUILDINGS), cases["building"][ended])


CASES = ("criminal_case", "public_order_case")


@pytest.mark.parametrize("kind", CASES)
def test_few_buildings_have_a_case_in_a_year_and_most_never_had_one(drawn, kind):
    years = np.array([cases_of(drawn, kind, year) for year in range(6)])
    assert (years.mean(axis=1) > 0.03).all()
    assert (years.mean(axis=1) < 0.10).all()
    assert years.any(axis=0).mean() < 0.33


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("before", CASES)
def test_where_there_was_a_case_the_next_one_is_far_likelier(drawn, before, kind):
    had, now = (np.concatenate([cases_of(drawn, of, y + x) for y in range(5)]) for of, x in ((before, 1), (kind, 0)))
    assert now[had].mean() > 2.5 * now[~had].mean()


def test_in_every_year_a_clear_minority_of_the_open_hazards_is_overdue(drawn):
    periods = city_facts(drawn).open_periods
    for year in range(5):
        weeks = np.datetime64(ON) - 365 * year - 7 * np.arange(52)[:, None]
        is_open = (periods.opened <= weeks) & ~(periods.closed <= weeks)
        assert 0.08 < (is_open & (periods.due < weeks)).sum() / is_open.sum() < 0.25


def grade_shares(drawn: District, rule_set: str, on: date) -> np.ndarray:
    """Percent of all buildings, worst grade first, the unrated last."""
    edition = edition_on(rule_set, on)
    grade = rate(compute_facts(city_facts(drawn), edition, on), edition).grade
    return 100 * np.bincount(np.where(grade < 0, len(edition.grades), grade)) / len(grade)


@pytest.mark.parametrize("rule_set", ["qishuyan", "baoan", "teda"])
def test_the_first_month_of_the_trend_is_graded_like_those_after_it(drawn, rule_set):
    first = grade_shares(drawn, rule_set, FIRST_MONTH)
    for later in (date(2020, 10, 31), date(2021, 1, 31), date(2021, 7, 31)):
        assert grade_shares(drawn, rule_set, later) == pytest.approx(first, abs=2.5)


def test_as_much_happens_in_the_first_months_of_the_trend_as_in_the_year_after(drawn):
    facts, first = drawn.facts, np.datetime64(FIRST_MONTH)
    cases = facts.events[facts.events["kind"].isin(CASES)]
    for days in (facts.inspections["day"], cases["day"], facts.hazard_histories.hazards["found_on"]):
        ago = (days - first).dt.days
        early, later = ago.between(-90, 90).sum() / 181, ago.between(91, 455).sum() / 365
        assert early == pytest.approx(later, rel=0.15)


def test_most_buildings_were_visited_within_the_days_their_stars_allow(drawn):
    edition = edition_on("baoan", ON)
    grade = rate(compute_facts(city_facts(drawn), edition, ON), edition).grade
    last = drawn.facts.inspections.groupby("building")["day"].max()
    since = (np.datetime64(ON) - last.to_numpy().astype("datetime64[D]")).astype(int)
    allowed = np.array([edition.inspect_every_days[one.code]["officer"] for one in edition.grades])
    assert 0.10 < (since > allowed[grade[last.index]]).mean() < 0.20
    for stars in range(2, 5):
        rows = grade[last.index] == stars
        assert (since > allowed[stars])[rows].mean() < 0.25


def test_until_visits_followed_the_grades_everyone_was_visited_about_as_often(drawn):
    visited = drawn.facts.inspections
    ago = (np.datetime64(ON) - visited["day"].to_numpy().astype("datetime64[D]")).astype(int)
    assert visited["building"][ago >= BY_GRADE].value_counts().max() < 12
    assert visited["building"][ago < BY_GRADE].value_counts().max() > 24


@pytest.mark.parametrize("rule_set", ["qishuyan", "baoan", "teda"])
def test_cases_of_a_month_come_sooner_in_the_order_of_the_grades_than_by_chance(drawn, rule_set):
    codes = np.unique(drawn.facts.inspections["inspector"].to_numpy(str))
    everybody = np.ones(BUILDINGS, bool)
    frames = backtest_frames(as_city_facts(drawn, codes), Rulebook(), rule_set, ON, everybody, "cases", lambda *_: None)
    found = backtest(frames.frame, rounds=100)
    assert found.differences["score", "random"]["lift_tenth"].low > 0
    assert found.differences["score", "random"]["first_half"].low > 0
    rates = found.groups["rate"][found.groups["visits"] > ENOUGH_TO_TELL]
    assert len(rates) > 1
    assert rates.iloc[0] > 1.3 * rates.iloc[-1]


def test_answers_are_yes_no_or_not_applicable_one_a_check_list_item(drawn):
    facts = drawn.facts
    assert facts.items == tuple(item.code for item in edition_on("baoan", ON).checklist)
    assert facts.answers.shape == (len(facts.inspections), len(facts.items))
    assert set(np.unique(facts.answers)) == {ord(letter) for letter in "01-"}


def test_colour_classes_have_about_the_shares_of_the_source(drawn):
    edition = edition_on("qishuyan", ON)
    grade = rate(compute_facts(city_facts(drawn), edition, ON), edition).grade
    rated = grade >= 0
    assert 0.01 < 1 - rated.mean() < 0.06
    for place, one in enumerate(edition.grades):
        wanted, give = QISHUYAN[one.code]
        assert 100 * (grade[rated] == place).mean() == pytest.approx(wanted, abs=give), one.code


def test_as_many_are_ordinary_as_in_teda(drawn):
    key, attention, ordinary, unrated = grade_shares(drawn, "teda", ON)
    assert 100 * ordinary / (100 - unrated) == pytest.approx(100 * 7_912 / 8_303, abs=1.5)
    assert 0 < key < attention


def test_every_star_is_given_and_none_to_everybody(drawn):
    edition = edition_on("baoan", ON)
    grade = rate(compute_facts(city_facts(drawn), edition, ON), edition).grade
    shares = np.bincount(grade[grade >= 0], minlength=5) / (grade >= 0).sum()
    assert shares.min() > 0.01
    assert shares.max() < 0.5


def test_in_the_lenient_streets_nearly_everything_passes(drawn):
    facts = drawn.facts
    street = drawn.buildings["street"].to_numpy()[facts.inspections["building"]]
    lenient = np.isin(street, facts.officers.lenient_streets)
    passed = lambda rows: (facts.answers[rows] == ord("1")).sum() / (facts.answers[rows] != ord("-")).sum()  # noqa: E731
    assert passed(lenient) > 0.80
    assert passed(lenient) > passed(~lenient) + 0.08


def who_came(drawn: District) -> tuple[np.ndarray, np.ndarray]:
    """The officer of each visit, and the one of the building's own grid."""
    facts = drawn.facts
    grid = drawn.buildings["grid"].to_numpy() - int((drawn.areas["level"] != "grid").sum())
    return facts.inspections["inspector"].to_numpy(str), facts.officers.code[grid[facts.inspections["building"]]]


def test_some_visits_are_made_by_the_officer_of_another_grid(drawn):
    came, own = who_came(drawn)
    assert 0.8 * COVERED < (came != own).mean() < 1.05 * COVERED
    by_building = pd.Series(came).groupby(drawn.facts.inspections["building"].to_numpy()).nunique()
    assert (by_building > 1).mean() > 0.3


def test_a_few_plain_officers_copy_and_a_few_others_round_up(drawn):
    officers, hidden = drawn.facts.officers, drawn.facts.cases
    named = [*hidden.copies_from, *hidden.rounds_up]
    assert hidden.copies_from
    assert hidden.rounds_up
    assert len(set(named)) == len(named)
    assert (np.abs(officers.kindness[np.isin(officers.code, named)]) < PLAIN).all()


def test_from_some_day_on_a_copying_officer_hands_in_the_same_faulty_list(drawn):
    facts = drawn.facts
    days = (facts.inspections["day"] - facts.inspections["day"].min()).dt.days.to_numpy()
    for officer, begins in facts.cases.copies_from.items():
        his = (facts.inspections["inspector"] == officer).to_numpy()
        late, before = facts.answers[his & (days >= begins)], facts.answers[his & (days < begins)]
        most = lambda lists: np.unique(lists, axis=0, return_counts=True)[1].max() / len(lists)  # noqa: E731
        assert most(late) == pytest.approx(COPIED, abs=0.1)
        assert most(before) < 0.1


def test_an_officer_who_rounds_up_leaves_few_scores_just_below_a_bound(drawn):
    facts, edition = drawn.facts, edition_on("baoan", ON)
    digits = np.where(facts.answers == ord("-"), -1, facts.answers.astype(int) - ord("0")).astype(np.int8)
    score = results(digits, facts.items, edition).score
    his = facts.inspections["inspector"].isin(facts.cases.rounds_up).to_numpy()

    def below(rows: np.ndarray) -> float:
        """Of the scores near a bound, the share below it."""
        near = [np.histogram(score[rows], [bound - 3, bound, bound + 3])[0] for bound in BOUNDS]
        return np.sum(near, axis=0)[0] / np.sum(near)

    assert below(his) < 0.5 * below(~his)


def test_in_one_street_far_fewer_buildings_are_recorded_than_are_thought_to_stand(drawn):
    recorded = drawn.buildings.groupby("street").size()[drawn.register["area"]].to_numpy()
    share = np.sort(recorded / drawn.register["buildings"].to_numpy())
    assert share[0] == pytest.approx(RECORDED_THIN, abs=0.01)
    assert share[1] > 0.9
    assert share[-1] < 1


def test_worse_buildings_are_visited_more_often(drawn):
    facts = drawn.facts
    seen = facts.inspections.assign(passed=(facts.answers == ord("1")).mean(axis=1)).groupby("building")
    often = seen.size()
    share = seen["passed"].mean()
    assert often[share < share.quantile(0.2)].mean() > 1.4 * often[share > share.quantile(0.8)].mean()


def test_summer_has_more_cases_than_spring(drawn):
    cases = drawn.facts.events.query("kind == 'criminal_case'")["day"].dt.month.value_counts()
    assert cases[[7, 8]].mean() > 1.15 * cases[[3, 4]].mean()


def test_about_four_in_a_hundred_public_homes_stand_vacant(drawn):
    last = drawn.rentals.states.groupby("home")["state"].last()
    assert len(last) == len(drawn.rentals.homes)
    assert 0.02 < (last == "vacant").mean() < 0.065


def test_public_homes_fill_two_to_six_buildings_a_project(drawn):
    homes = drawn.rentals.homes
    assert homes.groupby("project")["building"].nunique().between(2, 6).all()
    assert (drawn.buildings["use"][homes["building"]] == "public_rental").all()
    assert np.array_equal(homes.groupby("building").size(), drawn.buildings["homes"][homes["building"].unique()])
    assert (homes["floor"] <= drawn.buildings["floors"].to_numpy()[homes["building"]]).all()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.sqlite'}")
    load(engine, BUILDINGS, on=ON)
    return engine


def test_loading_puts_every_row_in_and_names_the_city(loaded, drawn):
    facts, rentals = drawn.facts, drawn.rentals
    rows = {Area: drawn.areas, AreaExpectation: drawn.register}
    rows |= {Building: drawn.buildings, Event: facts.events, Inspection: facts.inspections}
    rows |= {Hazard: facts.hazard_histories.hazards, HazardStep: facts.hazard_histories.steps}
    rows |= {Project: rentals.projects, Home: rentals.homes, HomeState: rentals.states}
    rows |= {CreditRecord: rentals.credit.records, CreditRecordStep: rentals.credit.steps}
    with reading(loaded, SYSTEM) as session:
        for model, frame in rows.items():
            assert session.scalar(select(func.count()).select_from(model)) == len(frame), model
        city = session.scalars(select(City)).one()
        assert (city.code, city.names["zh"], city.invented, city.rule_sets) == (
            "demo",
            "示范区",
            True,
            ["qishuyan", "baoan", "teda"],
        )
        assert session.scalars(select(Import.mapping)).all() == ["demo"]
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_a_loaded_building_reads_as_it_was_drawn(loaded, drawn):
    with reading(loaded, SYSTEM) as session:
        last = session.scalars(select(Building).order_by(Building.id.desc()).limit(1)).one()
        grid = session.get(Area, last.grid_id)
        visit = session.scalars(select(Inspection).order_by(Inspection.id).limit(1)).one()
    row, first = drawn.buildings.iloc[-1], drawn.facts.inspections.iloc[0]
    assert (last.code, last.lon, last.key, last.homes) == (row["code"], row["lon"], row["key"], row["homes"])
    assert shapely.from_wkb(grid.outline).equals(drawn.areas["outline"].iloc[row["grid"]])
    assert (visit.day, visit.inspector) == (first["day"].date(), first["inspector"])
    assert visit.answers == drawn.facts.answers[0].tobytes().decode()


def test_loading_twice_is_refused_in_one_sentence(loaded):
    with pytest.raises(AlreadyLoaded, match="The city 'demo' is here already"):
        load(loaded, BUILDINGS, on=ON)


def test_a_replaced_district_leaves_nothing_of_the_old_one(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'demo.sqlite'}")
    load(engine, 500, on=ON)
    with reading(engine, SYSTEM) as session:
        house, home = session.execute(select(Home.building_id, Home.id).limit(1)).one()
    found = FoundHazard("fire", "exit_locked", "low")
    for command in (Visit(house, ON, hazards=(found,)), HomeStateSet(home, "let", ON)):
        record(engine, SYSTEM, COMMAND_LINE, "demo", command, key=f"a form of a {type(command).__name__}", on=ON)
    with writing(engine, SYSTEM) as session:
        dishonest = session.scalars(select(CreditRecord.id)).first()
        session.add(CreditRecordStep(record_id=dishonest, step="repaired", day=ON, recorded_on=ON))
    load(engine, 400, seed=2, on=ON, replace=True)
    with reading(engine, SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(Inspection).where(Inspection.import_id.is_(None))) == 0
        assert session.scalar(select(func.count()).select_from(Building)) == 400
        assert session.scalar(select(func.count()).select_from(City)) == 1
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_a_load_that_fails_half_way_leaves_nothing(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'demo.sqlite'}")

    def stop_at_hazards(label: str, _done: int, _total: int) -> None:
        if label == "hazards":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(engine, 500, on=ON, report=stop_at_hazards)
    with reading(engine, SYSTEM) as session:
        assert session.scalar(select(func.count()).select_from(City)) == 0
        assert session.scalar(select(func.count()).select_from(Building)) == 0


def test_loading_reports_how_far_it_is(tmp_path):
    heard = []
    load(open_database(f"sqlite:///{tmp_path / 'demo.sqlite'}"), 400, on=ON, report=lambda *said: heard.append(said))
    assert [label for label, *_ in heard][:3] == ["drawing the district", "drawing the district", "areas"]
    assert heard[-1][1] == heard[-1][2] > 400
