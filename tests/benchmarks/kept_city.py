"""The kept district as the dashboard has it in memory: its facts, and a snapshot of its last day."""

from functools import cache

from data.access.roles import SYSTEM
from data.city import queries
from data.city.city_facts import CityFacts
from data.city.fact_store import load_city_facts
from data.city.snapshots import Snapshot, snapshot_on
from data.db.engine import open_database, reading
from scoring.rulebook.editions import Rulebook
from tests.benchmarks import demonstration
from tests.benchmarks.demonstration import LAST_DAY
from tests.sessions import token_of

CITY = "demo"
RULE_SETS = ("qishuyan", "baoan")


@cache
def city_facts() -> CityFacts:
    demonstration.kept()
    with reading(open_database(), SYSTEM) as session:
        city = queries.city_by_code(session, SYSTEM, CITY)
        return load_city_facts(session, city, "WGS84")


@cache
def snapshot() -> Snapshot:
    return snapshot_on(city_facts(), Rulebook(), RULE_SETS, LAST_DAY)


@cache
def token() -> str:
    """An open session of one who sees the whole district, as the dashboard's every visitor has one."""
    return token_of(open_database(), "administrator")
