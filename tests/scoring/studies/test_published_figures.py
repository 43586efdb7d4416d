"""The figures the sources print, worked out by our own functions. The sentences stand in tests/cases/published.toml."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from scoring.grading.facts import compute_facts
from scoring.grading.rating import UNRATED, rate
from scoring.rulebook.editions import edition_on
from scoring.studies.counts import grade_counts
from scoring.studies.credit_records import (
    LEVEL_CODES,
    SUBJECT_KINDS,
    Records,
    public_on,
    records_by_level,
    subjects_by_kind,
)
from scoring.studies.hazard_loop import closed_loop
from scoring.studies.percent import percent
from tests.cast import Building, Hazard, fact_log
from tests.scoring.rulebook.test_rule_sources import SHARED, needs_sources

PUBLISHED = tomllib.loads((Path(__file__).parents[2] / "cases" / "published.toml").read_text(encoding="utf-8"))


def sentences() -> list[tuple[str, str]]:
    figures = (one for found in PUBLISHED.values() for one in (found if isinstance(found, list) else [found]))
    return [(one["source"], one["quote"]) for one in figures]


@needs_sources
@pytest.mark.parametrize(("source", "quote"), sentences())
def test_the_sentence_stands_in_the_source(source: str, quote: str) -> None:
    assert quote in (SHARED / "sources" / source).read_text(encoding="utf-8")


def test_the_closed_loop_of_teda() -> None:
    told = PUBLISHED["teda_closed_loop"]
    day = told["since"] + timedelta(30)
    hazards = [Hazard(day, closed=day)] * told["given"]["on_the_spot"]
    hazards += [Hazard(day, transferred=day, closed=told["on"])] * told["given"]["resolved"]
    hazards += [Hazard(day, transferred=day)] * told["given"]["still_with_departments"]
    before, after = Hazard(told["since"] - timedelta(1)), Hazard(told["on"] + timedelta(1))
    loop = closed_loop(
        fact_log(Building("all", hazards=[before, *hazards, after])).open_periods, told["since"], told["on"]
    )
    assert {name: getattr(loop, name) for name in told["published"]} == told["published"]
    assert {name: str(getattr(loop, name)) for name in told["shares"]} == told["shares"]
    assert (loop.waiting, loop.with_departments) == (0, 18)


def test_bozhou_s_records_and_subjects() -> None:
    told = PUBLISHED["bozhou_records"]
    level = np.repeat(np.arange(len(LEVEL_CODES)), list(told["by_level"].values()))
    subject = np.arange(told["records"]) % told["subjects"]  # some have two records
    kind = np.where(subject < told["subjects_by_kind"]["enterprise"], 0, 1)
    day = np.full(told["records"], np.datetime64("2023-01-01"))
    records = Records(subject, kind, level, day, day, np.full_like(day, "NaT"))
    public = public_on(records, date(2023, 6, 30))
    assert public.sum() == told["records"] == 110
    assert dict(zip(LEVEL_CODES, records_by_level(records, public).tolist(), strict=True)) == told["by_level"]
    by_kind = subjects_by_kind(records, public)
    assert dict(zip(SUBJECT_KINDS, by_kind.tolist(), strict=True)) == told["subjects_by_kind"]
    assert by_kind.sum() == told["subjects"] == 87


@pytest.mark.parametrize("when", ["qishuyan_october_2009", "qishuyan_later"])
def test_of_qishuyan_s_395_houses_295_are_graded_and_100_are_not(when: str) -> None:
    told = PUBLISHED[when]
    codes = [grade.code for grade in edition_on("qishuyan", told["on"]).grades]
    graded = np.repeat([codes.index(code) for code in told["graded"]], list(told["graded"].values()))
    unrated = np.full(told["houses"] - len(graded), UNRATED)
    counts = grade_counts(np.concatenate([graded, unrated]).astype(np.int8), len(codes))
    assert counts.tolist() == told["counts"]
    assert (counts[:-1].sum(), counts[-1]) == (295, 100)


@pytest.mark.parametrize("told", PUBLISHED["share"], ids=lambda told: told["percent"])
def test_a_published_share_is_the_exact_one_rounded_half_up(told: dict) -> None:
    places = -Decimal(told["percent"]).as_tuple().exponent
    assert str(percent(told["part"], told["whole"], places)) == told["percent"]


def test_where_only_the_percentage_is_printed_one_whole_fits_it() -> None:
    (told,) = (one for one in PUBLISHED["share"] if one.get("whole_from_percent"))
    fitting = [whole for whole in range(told["part"], 1000) if percent(told["part"], whole, 0) == int(told["percent"])]
    assert fitting == [told["whole"]] == [33]


def test_teda_s_rentals_fall_into_its_classes_by_its_rules() -> None:
    told = PUBLISHED["teda_classes"]
    edition, seen = edition_on("teda", told["on"]), [(told["on"], {"clean": 1})]
    key = Building("key", inspections=seen, hazards=[Hazard(told["on"], severity="high")])
    attention = Building("attention", inspections=seen, hazards=[Hazard(told["on"])])
    ordinary = Building("ordinary", inspections=seen)
    counts = told["counts"]
    homes = [key] * counts["key"] + [attention] * counts["attention"] + [ordinary] * counts["ordinary"]
    rating = rate(compute_facts(fact_log(*homes), edition, told["on"]), edition)
    assert grade_counts(rating.grade, 3).tolist() == [69, 322, 7912, 0]
    assert len(rating.grade) == told["rentals"] == 8303


def test_figures_that_contradict_each_other_each_carry_a_day_of_their_own() -> None:
    days = [told["on"] for told in PUBLISHED["group_rentals"]]
    assert days == sorted(set(days))
    assert [told["homes"] for told in PUBLISHED["group_rentals"]] == [1200, 589, 535]
