"""A forecast is made beside the page, in a process of its own, one at a time: it takes some eight seconds of a city."""

from threading import Lock

from dashboard.cache.background_jobs import Report
from dashboard.cache.job_process import run_apart
from dashboard.operations.planning.city_apart import CityAsked, city_apart, city_asked
from dashboard.studies.beside_page import finished
from dashboard.studies.study_context import Study
from data.access.roles import SYSTEM
from data.db.engine import reading
from data.planning.outlook import Foreseen, OutlookAsked, Scenario, foreseen_quarter
from data.records.subjects import city_of

ONE_AT_A_TIME = Lock()


def foreseen(study: Study, rule_set: str, asked: OutlookAsked, scenario: Scenario) -> Foreseen | None:
    """The forecast of an area that the user may see the whole of; None while it is made, and where it came to nothing,
    which is said."""
    on = study.context.options.last_day
    question = "-".join((study.context.version.cache_key, rule_set, f"{on}", repr(asked), repr(scenario)))
    asks = (city_asked(study.code, rule_set, on), asked, scenario)

    def work(report: Report) -> Foreseen:
        report("waiting", 0, 0)
        with ONE_AT_A_TIME:
            return run_apart(_foreseen_here, *asks, report=report)

    return finished(study, "forecast", question, work, "plan_view")


def _foreseen_here(city: CityAsked, asked: OutlookAsked, scenario: Scenario, report: Report) -> Foreseen:
    """In the process that makes it."""
    report("reading", 0, 3)
    with city_apart(city) as (engine, snapshot), reading(engine, SYSTEM) as session:
        of_city = city_of(session, city.city)
        return foreseen_quarter(session, of_city, snapshot, city.rule_set, asked, scenario, report)
