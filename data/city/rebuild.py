"""Everything pages need, made ready before the first visitor: a city, its ledger and its history of grades."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import Engine

from data import demo
from data.access.roles import SYSTEM
from data.city import queries
from data.city.fact_store import city_facts_folder, load_city_facts, remove_older
from data.city.grade_history import history_folder, keep_history, write_history
from data.city.rulebooks import rulebook
from data.db.engine import reading, writing
from data.demo.accounts import MadeAccount, make_accounts

Report = Callable[[str, int, int], None]


def prepare(engine: Engine, today: date, datum: str, report: Report) -> tuple[MadeAccount, ...]:
    """Lays the demonstration district if there is no city, then readies every city. Quick when nothing changed.

    Returns the accounts made to try the district with, if it is alone and there was none.
    today: the last day of a demonstration district laid now. datum: of the ground, see dashboard.view.basemap.
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
        city_facts = load_city_facts(session, SYSTEM, city, datum, lambda step: report(f"{code}: {step}", 0, 0))
        folder = city_facts_folder(session, city, city_facts.version, datum)
        _, last = queries.known_days(session, SYSTEM, city)
        rules = rulebook(session, city)
        session.expunge_all()
    for rule_set in city.rule_sets:
        kept = history_folder(folder, rules, rule_set, last)
        if not kept.exists():
            with writing(engine, SYSTEM) as session:
                history, _ = write_history(session, city, city_facts, rules, rule_set, last, report)
            keep_history(kept, history)
    remove_older(folder, code, datum)
