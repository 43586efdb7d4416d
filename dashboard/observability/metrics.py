"""Figures of the running server as Prometheus reads them. No label comes from what a user typed."""

from collections import Counter as Tally
from collections.abc import Iterable
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from streamlit.runtime import Runtime

from dashboard.cache.city_cache import database
from data.access.roles import SYSTEM
from data.db.engine import reading
from data.db.models.accounts import AuditEntry

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
COUNTED_ACTIONS = {
    "sign_in": "sign_ins",
    "sign_in_refused": "sign_ins_refused",
    "import": "imports",
    "export": "exports",
}

REGISTRY = CollectorRegistry()
ProcessCollector(namespace="credit_map", registry=REGISTRY)  # memory, processor time, open files
REQUESTS = Counter("credit_map_requests", "Requests answered.", ["method", "route", "status"], registry=REGISTRY)
LATENCY = Histogram(
    "credit_map_request_seconds", "Until the answer ended.", ["route"], buckets=SECONDS, registry=REGISTRY
)
FAULTS = Counter("credit_map_faults", "Faults of ours, each with a number in the log.", registry=REGISTRY)
OPEN_PAGES = Gauge("credit_map_open_pages", "Pages open in browsers.", registry=REGISTRY)


def open_pages() -> int:
    return Runtime.instance()._session_mgr.num_active_sessions() if Runtime.exists() else 0


OPEN_PAGES.set_function(open_pages)


class AuditCounts(Collector):
    """Sign-ins, imports and exports, counted in the audit trail: in whichever process, and since its beginning."""

    def __init__(self) -> None:
        self._lock, self._last = Lock(), 0
        self._tally: Tally[str] = Tally()

    def describe(self) -> Iterable[CounterMetricFamily]:
        return []

    def collect(self) -> Iterable[CounterMetricFamily]:
        with self._lock, reading(database(), SYSTEM) as session:
            end = session.scalar(select(func.max(AuditEntry.id))) or 0
            if end < self._last:  # an earlier trail was restored
                self._last, self._tally = 0, Tally()
            new = select(AuditEntry.action, func.count()).where(AuditEntry.id > self._last, AuditEntry.id <= end)
            self._tally.update(dict(session.execute(new.group_by(AuditEntry.action)).all()))
            self._last = end
            for action, name in COUNTED_ACTIONS.items():
                yield CounterMetricFamily(
                    f"credit_map_{name}", f"Entries '{action}' of the trail.", self._tally[action]
                )


REGISTRY.register(AuditCounts())
