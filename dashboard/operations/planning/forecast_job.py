"""A forecast is made beside the page, in a process of its own, one at a time: it takes some eight seconds of a city."""

from datetime import date
from threading import Lock

from dashboard.cache.background_jobs import Report
from dashboard.cache.city_cache import database
from dashboard.cache.job_process import run_apart
from dashboard.studies.beside_page import finished
from dashboard.studies.study_context import Study
from dashboard.view.basemap import basemap
from data.access.roles import SYSTEM
from data.city.fact_store import load_city_facts
from data.city.rulebooks import rulebook
from data.city.snapshots import snapshot_on
from data.db.engine import address_of, open_database, reading
from data.planning.outlook import Foreseen, OutlookAsked, Scenario, foreseen_quarter
from data.records.subjects import city_of

ONE_AT_A_TIME = Lock()


def foreseen(study: Study, rule_set: str, asked: OutlookAsked, scenario: Scenario) -> Foreseen | None:
    """The forecast of an area that the user may see the whole of; None while it is made, and where it came to nothing,
    which is said."""
    on = study.context.options.last_day
    question = "-".join((study.context.version.cache_key, rule_set, f"{on}", repr(asked), repr(scenario)))
    asks = (address_of(database()), study.code, basemap().datum, rule_set, on, asked, scenario)

    def work(report: Report) -> Foreseen:
        report("waiting", 0, 0)
        with ONE_AT_A_TIME:
            return run_apart(_foreseen_here, *asks, report=report)

    return finished(study, "forecast", question, work, "plan_view")


def _foreseen_here(
    url: str,
    city_code: str,
    datum: str,
    rule_set: str,
    on: date,
    asked: OutlookAsked,
    scenario: Scenario,
    report: Report,
) -> Foreseen:
    """In the process that makes it, which has no engine and no facts of ours."""
    engine = open_database(url)
    try:
        report("reading", 0, 3)
        with reading(engine, SYSTEM) as session:
            city = city_of(session, city_code)
            facts, rules = load_city_facts(session, city, datum), rulebook(session, city)
            snapshot = snapshot_on(facts, rules, (rule_set,), on)
            return foreseen_quarter(session, city, snapshot, rule_set, asked, scenario, report)
    finally:
        engine.dispose()
