"""Grades month by month: a row only where something changes, nothing overwritten, and the same as rating afresh."""

from datetime import date

import numpy as np
import pytest
from sqlalchemy import select

from data.access.roles import SYSTEM
from data.city import grade_history
from data.city.grade_history import History, history_file, history_up_to, keep_history, stored_history
from data.city.snapshots import month_ends
from data.db.engine import reading
from data.db.models.city import Building, City, Rating, RatingCorrection, RatingRun, RuleEdition
from scoring.grading.facts import compute_facts
from scoring.grading.rating import rate
from scoring.rulebook.editions import Rulebook, edition_from, edition_on
from tests.data.lockside import (
    CAST,
    HARBOUR_ROW,
    NEVER_HOUSE,
    ON,
    PLUM_COURT,
    RULE_SETS,
    WELL_KEPT,
    Records,
    told,
    visit,
)
from tests.data.town_hall import CITY, FILES, Town

LATER = date(2024, 8, 15)


@pytest.fixture(autouse=True)
def fifteen_months(monkeypatch):
    """Enough for everything that happens in Lockside; sixty take four times as long."""
    monkeypatch.setattr(grade_history, "MONTHS", 15)


def written(town: Town, rule_set: str = "qishuyan", on: date = ON, **more) -> tuple[History, int]:
    graded, run = town.grade(rule_set, on, **more)
    return graded, run.added


def rows(town: Town, name: str | None = None) -> list[tuple]:
    """What stands in `ratings`: id, building, rule set, day, recorded_on, score, grade."""
    columns = (
        Rating.id,
        Building.name,
        RuleEdition.rule_set,
        Rating.day,
        Rating.recorded_on,
        Rating.score,
        Rating.grade,
    )
    question = select(*columns).select_from(Rating).join(Building).join(RuleEdition).join(City).where(City.code == CITY)
    with reading(town.engine, SYSTEM) as session:
        found = session.execute(question.order_by(Rating.day, Rating.id)).all()
    return [row for row in found if name in (None, row[1])]


def read_from_the_table(town: Town, rule_set: str, days: list[date]) -> list[list[int]]:
    """Grades by month and house as the rows tell them: the latest up to a day, and of one day the last added."""
    codes = {grade.code: place for place, grade in enumerate(edition_on(rule_set, ON).grades)} | {None: -1}
    months = []
    for day in days:
        standing = {row[1]: codes[row[-1]] for row in rows(town) if row[2] == rule_set and row[3] <= day}
        months.append([standing.get(name, -1) for name in town.rows()])
    return months


def rated_afresh(town: Town, rule_set: str, days: list[date]) -> list[list[int]]:
    known = town.city_facts().fact_log
    editions = ((day, edition_on(rule_set, day)) for day in days)
    return [rate(compute_facts(known, edition, day), edition).grade.tolist() for day, edition in editions]


@pytest.mark.parametrize("rule_set", RULE_SETS)
def test_the_history_is_rating_each_month_afresh(own_lockside, rule_set, tmp_path):
    graded, added = written(own_lockside, rule_set)
    days = month_ends(ON, grade_history.MONTHS)
    afresh = rated_afresh(own_lockside, rule_set, days)
    assert graded.days.tolist() == days
    assert graded.grades.tolist() == afresh
    assert read_from_the_table(own_lockside, rule_set, days) == afresh
    assert added == len(rows(own_lockside))


def test_a_month_of_grades_takes_a_byte_a_building(own_lockside, tmp_path):
    """A district of 175,700 buildings has sixty such months in memory."""
    graded, _ = written(own_lockside)
    brought_up = history_up_to(graded, own_lockside.city_facts(), FILES, LATER)
    folder = history_file(tmp_path, FILES, "qishuyan")
    assert stored_history(folder, "qishuyan", len(CAST)).grades.dtype == np.int8
    keep_history(folder, graded)
    kept = stored_history(folder, "qishuyan", len(CAST))
    for history in (graded, brought_up, kept):
        assert history.grades.nbytes == len(history.days) * len(CAST)


def test_what_is_kept_is_read_back(own_lockside, tmp_path):
    graded, _ = written(own_lockside)
    folder = history_file(tmp_path, FILES, "qishuyan")
    keep_history(folder, graded)
    again = stored_history(folder, "qishuyan", len(CAST))
    assert again.rule_set == "qishuyan"
    np.testing.assert_array_equal(again.days, graded.days)
    np.testing.assert_array_equal(again.grades, graded.grades)


def test_a_row_stands_only_where_the_grade_changes(own_lockside):
    written(own_lockside)
    found = [(day, grade) for *_, day, _, _, grade in rows(own_lockside, "Harbour Row")]
    assert found == [
        (date(2023, 5, 31), "red"),  # first seen, and neglected
        (date(2024, 3, 31), "green"),  # well kept, and three months after the burglary of New Year's Eve
        (date(2024, 6, 30), "red"),  # two burglaries within six months
    ]
    assert rows(own_lockside, "Never House") == []


def test_running_it_twice_adds_nothing(own_lockside):
    first, added = written(own_lockside)
    before = rows(own_lockside)
    second, added_again = written(own_lockside)
    assert added > 0
    assert added_again == 0
    assert rows(own_lockside) == before
    np.testing.assert_array_equal(first.grades, second.grades)


def test_a_late_fact_adds_rows_and_overwrites_none(own_lockside):
    written(own_lockside)
    before = rows(own_lockside)
    own_lockside.learn(PLUM_COURT, Records(events=told("criminal_case 2024-05-02")))
    graded, added = written(own_lockside, on=LATER)
    after = rows(own_lockside)
    assert added > 0
    assert set(before) < set(after)
    late = [row for row in after if row not in before]
    assert [row[3:5] + row[6:] for row in late if row[1] == "Plum Court"] == [
        (date(2024, 5, 31), LATER, "yellow"),
        (LATER, LATER, "green"),
    ]
    days = month_ends(LATER, grade_history.MONTHS)
    assert read_from_the_table(own_lockside, "qishuyan", days) == rated_afresh(own_lockside, "qishuyan", days)
    assert graded.grades.tolist() == rated_afresh(own_lockside, "qishuyan", days)


def test_after_any_number_of_late_facts_the_rows_tell_what_rating_afresh_does(own_lockside):
    late = (
        (NEVER_HOUSE, Records(visits=visit("2023-11-11", WELL_KEPT))),
        (PLUM_COURT, Records(events=told("lead_given 2024-01-15"))),
        (HARBOUR_ROW, Records(events=told("criminal_case 2022-12-24"), visits=visit("2022-12-01", WELL_KEPT))),
        (NEVER_HOUSE, Records(events=told("criminal_case 2023-12-02, criminal_case 2024-02-02"))),
        (PLUM_COURT, Records(events=told("criminal_case 2024-05-02"))),  # yellow at the end of May
        (PLUM_COURT, Records(events=told("criminal_case 2024-05-03"))),  # red on the same day
    )
    seen: set[tuple] = set()
    for minute, (house, records) in enumerate(late):
        own_lockside.learn(house, records, minute)
        written(own_lockside)
        assert seen < set(rows(own_lockside))
        seen = set(rows(own_lockside))
    assert written(own_lockside)[1] == 0
    days = month_ends(ON, grade_history.MONTHS)
    assert read_from_the_table(own_lockside, "qishuyan", days) == rated_afresh(own_lockside, "qishuyan", days)


def test_each_rule_set_keeps_its_own_history_beside_the_text_of_its_edition(own_lockside):
    for rule_set in ("qishuyan", "baoan"):
        assert written(own_lockside, rule_set)[1] > 0
    for rule_set in ("qishuyan", "baoan"):
        assert written(own_lockside, rule_set)[1] == 0
    with reading(own_lockside.engine, SYSTEM) as session:
        texts = dict(session.execute(select(RuleEdition.rule_set, RuleEdition.text)).all())
    assert texts == {name: edition_on(name, ON).text for name in ("qishuyan", "baoan")}


def test_a_run_that_fails_midway_leaves_no_row(own_lockside):
    def stop(_rule_set: str, month: int, _months: int) -> None:
        if month == grade_history.MONTHS:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        written(own_lockside, report=stop)
    assert rows(own_lockside) == []


def test_months_before_the_rules_were_in_force_are_left_out(own_lockside):
    first = edition_on("toronto", ON).in_force
    graded, _ = written(own_lockside, "toronto", on=date(first.year, first.month + 2, 15))
    assert graded.days.tolist() == [date(2017, 7, 31), date(2017, 8, 31), date(2017, 9, 15)]


def corrections(town: Town) -> list[tuple]:
    """Building, day, the grade that stood and the grade that replaced it."""
    question = select(Building.name, Rating.day, RatingCorrection.before, Rating.grade).select_from(RatingCorrection)
    question = question.join(Rating).join(Building, Building.id == Rating.building_id).order_by(Rating.id)
    with reading(town.engine, SYSTEM) as session:
        return [tuple(row) for row in session.execute(question)]


def test_the_first_run_corrects_nothing_and_a_late_fact_is_said_to_be_one(own_lockside):
    written(own_lockside)
    assert corrections(own_lockside) == []
    own_lockside.learn(PLUM_COURT, Records(events=told("criminal_case 2024-05-02")))
    written(own_lockside, on=LATER)
    assert corrections(own_lockside) == [("Plum Court", date(2024, 5, 31), "green", "yellow")]
    with reading(own_lockside.engine, SYSTEM) as session:
        runs = session.execute(select(RatingRun.until, RatingRun.corrected).order_by(RatingRun.id)).all()
    assert [tuple(run) for run in runs] == [(ON, 0), (LATER, 1)]


def test_what_happens_after_the_last_run_is_news_and_no_correction(own_lockside):
    written(own_lockside)
    own_lockside.learn(PLUM_COURT, Records(events=told("criminal_case 2024-07-10")))
    _, added = written(own_lockside, on=LATER)
    assert added > 0
    assert corrections(own_lockside) == []


def test_an_edition_the_city_has_published_grades_from_its_first_day_on_and_not_before(own_lockside):
    strict = edition_on("qishuyan", ON).text.replace("below = 9", "below = 40").replace("below = 7", "below = 39")
    strict = strict.replace("below = 6", "below = 38")
    rules = Rulebook((edition_from(strict, "qishuyan", date(2024, 7, 1)),))
    before, _ = written(own_lockside, on=LATER)
    after, _ = written(own_lockside, on=LATER, rules=rules)
    old = after.days < np.datetime64("2024-07-01")
    np.testing.assert_array_equal(after.grades[old], before.grades[old])
    assert set(after.grades[~old].ravel().tolist()) == {-1, 0}
    days = month_ends(LATER, grade_history.MONTHS)
    assert read_from_the_table(own_lockside, "qishuyan", days) == after.grades.tolist()
