"""What pages need, built before the first request: a city, its fact store and its grade history."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from data import demo
from data.access.roles import SYSTEM
from data.city import city_metadata, queries
from data.city.changes import changes_since_number
from data.city.city_facts import CityFacts
from data.city.fact_store import load_city_facts, remove_older, store, store_folder
from data.city.fact_tables import facts_from_tables
from data.city.grade_history import (
    History,
    has_months,
    history_file,
    history_up_to,
    keep_history,
    stored_history,
    write_history,
)
from data.city.rating_runs import RunOvertaken, seen_until
from data.city.rulebooks import editions_in_force, rulebook
from data.db.engine import reading
from data.db.models.city import City
from data.db.refusals import DatabaseRefused
from data.demo.accounts import MadeAccount, make_accounts
from scoring.rulebook.editions import Rulebook

MOST_RECENT = 2_000  # buildings that may lie beside the stored facts before all are stored anew
OF_THE_MACHINE = (OSError, MemoryError, SQLAlchemyError, DatabaseRefused)  # no city's own fault, and none is better off
Report = Callable[[str, int, int], None]
log = logging.getLogger("credit_map")


@dataclass(frozen=True)
class Prepared:
    """accounts: of the demonstration, created if it is the only city and there was none. failed: city → why it could
    not be made ready. ungraded: cities, by code, of which no rule set was in force on any day there is a record of."""

    accounts: tuple[MadeAccount, ...]
    failed: Mapping[str, Exception]
    ungraded: tuple[str, ...]


def prepare(engine: Engine, today: date, datum: str, report: Report) -> Prepared:
    """Loads the demonstration district if there is no city, then rebuilds every city. Quick when nothing changed.

    Where one city cannot be made ready, the others are. Raises what the first met where none can.
    today: the last day of a demonstration district loaded now. datum: of the base map, see dashboard.view.basemap.
    """
    with reading(engine, SYSTEM) as session:
        empty = not queries.cities(session, SYSTEM)
    if empty:
        demo.load(engine, on=today, report=report)
    with reading(engine, SYSTEM) as session:
        codes = [city.code for city in queries.cities(session, SYSTEM)]
    failed: dict[str, Exception] = {}
    graded = {}
    for code in codes:
        try:
            graded[code] = prepare_city(engine, code, datum, report)
        except OF_THE_MACHINE:
            raise
        except Exception as error:  # whatever it is, no other city waits for it
            log.debug("the city %s could not be made ready", code, exc_info=error)
            failed[code] = error
    if failed and len(failed) == len(codes):
        raise failed[codes[0]]
    return Prepared(make_accounts(engine), failed, tuple(code for code, is_graded in graded.items() if not is_graded))


def prepare_city(engine: Engine, code: str, datum: str, report: Report) -> bool:
    """Brings a city's fact store, ratings and grade history up to date. Only what was written about is done anew.

    Returns whether a rule set was in force on the city's last day.
    """
    with reading(engine, SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, code)
        city_facts = load_city_facts(session, city, datum, lambda step: report(f"{code}: {step}", 0, 0))
        _, last = city_facts.span or city_metadata.first_and_last_day(session, city)
        rules = rulebook(session, city)
        session.expunge_all()
    before = store_folder(code, city_facts.stored.version, datum)
    if city_facts.recent is None or len(city_facts.recent.rows) > MOST_RECENT:
        now = store(city_facts, datum)
    else:
        now = city_facts
    folder = store_folder(code, now.stored.version, datum)
    in_force = editions_in_force(rules, city.rule_sets, last)
    for rule_set in in_force:
        history = _grade(engine, city, city_facts, rules, rule_set, last, datum, report)
        files = history_file(folder, rules, rule_set)
        if history is not None and now.recent is None:
            keep_history(files, history)
        elif not has_months(files, rules, rule_set, last):
            stored = stored_history(history_file(before, rules, rule_set), rule_set, now.size)
            to_keep = city_facts if now.recent is None else city_facts.as_stored()
            keep_history(files, history_up_to(stored, to_keep, rules, last, report))
    with reading(engine, SYSTEM) as session:
        remove_older(session, city, datum)
    return bool(in_force)


def _grade(
    engine: Engine,
    city: City,
    city_facts: CityFacts,
    rules: Rulebook,
    rule_set: str,
    last: date,
    datum: str,
    report: Report,
) -> History | None:
    """Writes into `ratings` what has changed since the last run; the history where the whole city had to be rated.

    Where another run comes first, it writes what is missing, or the next one does.
    """
    with reading(engine, SYSTEM) as session:
        seen = seen_until(session, city, rule_set, last)
        if seen is not None and seen >= city_facts.version.number:
            return None
        touched = None if seen is None else changes_since_number(session, city, seen).building_ids
        part = city_facts if touched is None else facts_from_tables(session, city, datum, touched)
    whole = touched is None
    try:
        history, _ = write_history(engine, city, part, rules, rule_set, last, report, whole_city=whole)
    except RunOvertaken:
        return None
    return history if whole else None
