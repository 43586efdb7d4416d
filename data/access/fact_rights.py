"""What right a fact needs: the one table, asked wherever a reason, a study, a draft or an export could give it away.

It goes by where a fact comes from (kinds of events, items of check-lists, groups of hazards). What a rule text calls a
fact, or says of it, decides nothing here: the text is its author's.
"""

from dataclasses import dataclass

from data.access.errors import FactsWithheld
from data.access.roles import AccessScope, Permission
from scoring.rulebook.hazard_catalogue import GROUPS
from scoring.rulebook.model import Edition, Fact


@dataclass(frozen=True)
class FactFamily:
    """Facts that need one right, by the kinds of events and the items of check-lists they are made of.

    personal: of the people who live there; an edition that reads them is put in force knowingly or not at all.
    """

    name: str
    permission: Permission
    events: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    personal: bool = False


# A decision of ours: the sources name no rights. Hazards need the right to them, each by its group.
FAMILIES = (
    FactFamily("cases", "cases", events=("criminal_case", "public_order_case", "bad_influence_case")),
    FactFamily("accidents", "cases", events=("fire_accident", "unlawful_business")),
    FactFamily("leads", "cases", events=("lead_given", "lead_solved_case")),
    FactFamily(
        "tenants",
        "tenants",
        items=("mixed_occupants", "listed_persons", "work_subjects", "high_risk_area_persons"),
        personal=True,
    ),
    FactFamily(
        "building",
        "buildings",
        items=(
            *("smoke_alarms", "exits_clear", "no_indoor_ebike_charging", "sound_wiring", "extinguishers"),
            *("security_doors", "escape_windows", "gas_safe", "registers_tenants", "written_leases", "keeper_posted"),
            *("rounds_logged", "address_plate", "cameras_working", "locked_entrance", "use_as_declared"),
            *("rooms_as_declared", "leases_filed", "fees_posted", "star_plate_true", "visits_admitted", "clean"),
            *("good_neighbours", "waste_sorted", "no_pest_breeding", "stairs_uncluttered", "bicycles_in_place"),
            *("ENTRANCE_LOBBY", "ENTRANCE_DOORS_WINDOWS", "SECURITY", "STAIRWELLS", "LAUNDRY_ROOMS"),
            *("INTERNAL_GUARDS_HANDRAILS", "GARBAGE_CHUTE_ROOMS", "GARBAGE_BIN_STORAGE_AREA", "ELEVATORS"),
            *("STORAGE_AREAS_LOCKERS", "INTERIOR_WALL_CEILING_FLOOR", "INTERIOR_LIGHTING_LEVELS", "GRAFFITI"),
            *("EXTERIOR_CLADDING", "EXTERIOR_GROUNDS", "EXTERIOR_WALKWAYS", "BALCONY_GUARDS"),
            *("WATER_PEN_EXT_BLDG_ELEMENTS", "PARKING_AREA", "OTHER_FACILITIES"),
        ),
    ),
)
# A kind of event of which nobody has said what it is about is as well guarded as anything is. An item of a check-list
# that another city brings is about the building, as nearly all are: one about persons has to be entered above.
UNLISTED_EVENT = FactFamily("unlisted", "tenants", personal=True)
UNLISTED_ITEM = FactFamily("unlisted", "buildings")
EVENT_FAMILY = {kind: family for family in FAMILIES for kind in family.events}
ITEM_FAMILY = {item: family for family in FAMILIES for item in family.items}


def families(fact: Fact) -> tuple[FactFamily, ...]:
    """The families of what a fact is made of; none for hazards, inspections and fields of the building."""
    if fact.kind == "events":
        return tuple(map(event_family, fact.of))
    return tuple(map(item_family, fact.of)) if fact.kind == "answer" else ()


def event_family(kind: str) -> FactFamily:
    return EVENT_FAMILY.get(kind, UNLISTED_EVENT)


def item_family(item: str) -> FactFamily:
    return ITEM_FAMILY.get(item, UNLISTED_ITEM)


def can_see_event(scope: AccessScope, kind: str) -> bool:
    return scope.can(event_family(kind).permission)


def can_see_item(scope: AccessScope, item: str) -> bool:
    return scope.can(item_family(item).permission)


def can_see_hazards(scope: AccessScope, group: str) -> bool:
    return scope.can("hazards") and (scope.hazard_groups is None or group in scope.hazard_groups)


def can_see_all(scope: AccessScope, fact: Fact) -> bool:
    """Whether the scope may see everything the fact is made of."""
    return all(_sources_seen(scope, fact))


def can_see_some(scope: AccessScope, fact: Fact) -> bool:
    """Whether the scope may see anything the fact is made of."""
    return any(_sources_seen(scope, fact))


def withheld_facts(scope: AccessScope, edition: Edition) -> tuple[Fact, ...]:
    """The facts an edition reads and the scope may not see whole."""
    read = dict.fromkeys(need.fact for need in edition.needs)
    return tuple(edition.facts[name] for name in read if not can_see_all(scope, edition.facts[name]))


def scores_withheld_facts(scope: AccessScope, edition: Edition) -> bool:
    """Whether points, not caps alone, come from facts the scope may not see whole."""
    withheld = {fact.name for fact in withheld_facts(scope, edition)}
    return any(need.fact in withheld for criterion in edition.criteria for need in criterion.needs)


def reads_persons(edition: Edition) -> bool:
    """Whether an edition grades a building by who lives in it."""
    facts = (edition.facts[need.fact] for need in edition.needs)
    return any(family.personal for fact in facts for family in families(fact))


def refuse_withheld_facts(scope: AccessScope, edition: Edition) -> None:
    """Raises FactsWithheld where the edition reads what the scope may not see."""
    withheld = withheld_facts(scope, edition)
    if withheld:
        raise FactsWithheld(
            "This text reads facts your account may not see ({facts}); take out what reads them.",
            facts=tuple(fact.name for fact in withheld),
        )


def _sources_seen(scope: AccessScope, fact: Fact) -> list[bool]:
    if fact.kind == "hazards":
        return [can_see_hazards(scope, group) for group in fact.of or GROUPS]
    if fact.kind in ("inspections", "building"):
        return [scope.can("buildings")]
    return [scope.can(family.permission) for family in families(fact)]
