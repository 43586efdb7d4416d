"""What a role may see and do: every query and every route takes an AccessScope."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Permission = Literal[
    "buildings",  # buildings with their grades, areas, counts; reasons by data.access.fact_rights
    "hazards",
    "homes",  # public-rental homes and what state they are in
    "cases",  # each criminal case, accident and lead with its day
    "tenants",  # what the police know of the people who live in a building
    "export",
    "analysis",  # how grades move, what they foretell, how far the records can be trusted, officers by their codes
    "drafts",  # to try other rules in the sandbox and keep them as drafts
    "publish",  # to put a draft in force
    "import",
    "accounts",
    "audit",
    "metrics",
    "record_visits",  # what an officer found at a building, by a check-list or without
    "record_hazards",
    "record_steps",  # what became of a hazard that is known
    "record_events",
    "record_homes",  # from which day on a public-rental home is in which state
    "plan_view",  # officers, their days, and which visits are planned
    "plan",  # to plan visits, and to say when officers work
]
SEES: frozenset[Permission] = frozenset({"buildings", "hazards", "homes", "export"})
STUDIES: frozenset[Permission] = frozenset({"analysis", "drafts"})
RUNS: frozenset[Permission] = frozenset({"publish", "import", "accounts", "audit", "metrics"})
INSPECTS: frozenset[Permission] = frozenset({"record_visits", "record_hazards", "record_steps"})
RECORDS: frozenset[Permission] = INSPECTS | {"record_events", "record_homes"}
PLANS: frozenset[Permission] = frozenset({"plan_view", "plan"})

# A decision of ours: the sources name the roles, not what each may see. A role that is not here has no permission.
# Whoever was there records: leaders and street offices weigh up what others saw, and answer for no single fact.
# Police and street offices send officers out and plan; a grid officer looks up their own grid, leaders look on.
PERMISSIONS: Mapping[str, frozenset[Permission]] = {
    "leader": SEES | STUDIES | {"plan_view"},
    "police": SEES | INSPECTS | PLANS | {"cases", "tenants", "analysis", "record_events"},
    "grid_officer": SEES | INSPECTS | {"plan_view"},
    "street_office": SEES | PLANS | {"analysis"},
    "department": SEES - {"homes"} | {"record_steps"},  # only buildings with hazards of its groups, and only those
    "operator": SEES | {"record_homes"},  # only buildings with public-rental homes
    "administrator": SEES | STUDIES | RUNS | RECORDS | PLANS | {"cases", "tenants"},
    # commands of the person who runs the machine
    "everything": SEES | STUDIES | RUNS | RECORDS | PLANS | {"cases", "tenants"},
}
ROLES = tuple(role for role in PERMISSIONS if role != "everything")  # that an account may have


def only_public_homes(role: str) -> bool:
    """Whether a role sees buildings with public-rental homes and no others."""
    return role == "operator"


@dataclass(frozen=True)
class AccessScope:
    """A role and the part of the data it may see.

    areas: ids of areas at any level; None means every building of every city. cities: ids of cities seen whole.
    hazard_groups: the groups a department deals with; None means all.
    """

    role: str
    areas: tuple[int, ...] | None = ()
    cities: tuple[int, ...] = ()
    hazard_groups: tuple[str, ...] | None = None

    @cached_property
    def cache_key(self) -> str:
        """Equal for equal scopes: what is cached for one is not shown to another."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    def can(self, permission: Permission) -> bool:
        return permission in PERMISSIONS.get(self.role, frozenset())

    @property
    def public_homes_only(self) -> bool:
        """Whether only buildings with public-rental homes are visible."""
        return only_public_homes(self.role)

    @property
    def is_row_filtered(self) -> bool:
        """Whether some buildings are hidden even within the areas."""
        return self.public_homes_only or self.hazard_groups is not None

    @property
    def sees_every_kind(self) -> bool:
        """Whether hazards of every group and public-rental homes are visible."""
        return self.can("hazards") and self.can("homes") and self.hazard_groups is None

    def sees_all_of(self, city_id: int) -> bool:
        whole = self.areas is None or city_id in self.cities
        return whole and self.can("buildings") and not self.is_row_filtered


SYSTEM = AccessScope(role="everything", areas=None)
PUBLIC = AccessScope(role="public")
