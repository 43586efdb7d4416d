"""What pages need, built before the first request: a city, its fact store and its grade history."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import Engine

from data import demo
from data.access.roles import SYSTEM
from data.city import city_metadata, queries
from data.city.fact_store import city_facts_folder, load_city_facts, remove_older
from data.city.grade_history import history_folder, keep_history, write_history
from data.city.rulebooks import rulebook
from data.db.engine import reading, writing
from data.demo.accounts import MadeAccount, make_accounts

Report = Callable[[str, int, int], None]


def prepare(engine: Engine, today: date, datum: str, report: Report) -> tuple[MadeAccount, ...]:
    """Loads the demonstration district if there is no city, then rebuilds every city. Quick when nothing changed.

    Returns the demonstration accounts, created if the district is the only city and there was no account.
    today: the last day of a demonstration district loaded now. datum: of the base map, see dashboard.view.basemap.
    """
    with reading(engine, SYSTEM) as session:
        empty = not queries.cities(session, SYSTEM)
    if empty:
        demo.load(engine, on=today, report=report)
    with reading(engine, SYSTEM) as session:
        codes = [city.code for city in queries.cities(session, SYSTEM)]
    for code in codes:
        prepare_city(engine, code, datum, report)
    return make_accounts(engine)


def prepare_city(engine: Engine, code: str, datum: str, report: Report) -> None:
    with reading(engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, code)
        city_facts = load_city_facts(session, city, datum, lambda step: report(f"{code}: {step}", 0, 0))
        folder = city_facts_folder(session, city, city_facts.version, datum)
        _, last = city_metadata.first_and_last_day(session, city)
        rules = rulebook(session, city)
        session.expunge_all()
    for rule_set in city.rule_sets:
        history_files = history_folder(folder, rules, rule_set, last)
        if not history_files.exists():
            with writing(engine, SYSTEM) as session:
                history, _ = write_history(session, city, city_facts, rules, rule_set, last, report)
            keep_history(history_files, history)
    remove_older(folder, code, datum)
