"""Lockside (闸口), an invented town of two streets, as the tables hold it.

Plum Court is quiet. Harbour Row had two burglaries. Never House was never visited. Far Shed has no place on the map,
Stray Barn one in another country. Lantern Hall has vacant public homes. Mill Yard's hazards were reopened. Crowded
Corner is a shared rental with hazards past their day. Nobody could judge most of Shut Gate. Mended Cottage was written
down wrongly, and corrected. Maple Tower was inspected by Toronto's list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from scoring.grading.facts import NOT_APPLICABLE
from scoring.rulebook.editions import edition_on
from tests import cast

ON = date(2024, 6, 30)
RULE_SETS = ("qishuyan", "qishuyan_as_published", "baoan", "toronto")
FOUR = tuple(item.code for item in edition_on("baoan", ON).checklist)
TORONTO = tuple(item.code for item in edition_on("toronto", ON).checklist)
WELL_KEPT = dict.fromkeys(FOUR, 1)
NEGLECTED = dict.fromkeys(FOUR, 0) | {"clean": 1}
HARDLY_SEEN = dict.fromkeys(FOUR, NOT_APPLICABLE) | {"security_doors": 1, "good_neighbours": 0}
GOOD_TOWER = dict.fromkeys(TORONTO, 4) | {"GRAFFITI": NOT_APPLICABLE}
MIXED, NOT_MIXED = {"mixed_occupants": 1}, {"mixed_occupants": 0}  # asked by the rules as published in 2009
NO_LIST: Mapping[str, int] = {}
NORTH, SOUTH = "north", "south"


@dataclass(frozen=True)
class Loop:
    """A hazard and its steps, the finding first."""

    group: str
    severity: str
    due: date | None
    steps: tuple[tuple[str, date], ...]

    def open_periods(self) -> list[cast.Hazard]:
        """Each time it stood open, the steps read one after the other."""
        stood: list[cast.Hazard] = []
        is_open = False
        for step, day in self.steps:
            if step in ("found", "reopened") and not is_open:
                stood.append(cast.Hazard(day, self.group, self.severity, due=self.due))
                is_open = True
            elif step in ("mended_on_the_spot", "resolved") and is_open:
                stood[-1] = replace(stood[-1], closed=day)
                is_open = False
        return stood


@dataclass(frozen=True)
class Records:
    """What was written down of a building."""

    events: tuple[tuple[str, date], ...] = ()
    visits: tuple[tuple[date, Mapping[str, int]], ...] = ()
    loops: tuple[Loop, ...] = ()


@dataclass(frozen=True)
class CreditRecord:
    """Whose, how grave, and its steps. home: the place of a household's in `public_homes`; None: an enterprise's.

    draft: an earlier level and steps of it, corrected by these.
    """

    subject: str
    level: str
    steps: tuple[tuple[str, date], ...]
    home: int | None = None
    draft: tuple[str, tuple[tuple[str, date], ...]] | None = None


@dataclass(frozen=True)
class House:
    """A building of the cast. drafts: earlier versions of its records, each row corrected by the one in its place.

    public_homes: for each home the states it took and from which day.
    """

    name: str
    street: str | None
    lonlat: tuple[float, float] | None
    records: Records = field(default_factory=Records)
    drafts: tuple[Records, ...] = ()
    public_homes: tuple[tuple[tuple[str, date], ...], ...] = ()
    credit: tuple[CreditRecord, ...] = ()
    use: str | None = "residential"
    group_rental: bool | None = False
    off_map: str | None = None

    @property
    def code(self) -> str:
        return self.name.lower().replace(" ", "-")

    def as_cast(self) -> cast.Building:
        """The building as the scoring tests tell it."""
        events: dict[str, list[date]] = {}
        for kind, day in self.records.events:
            events.setdefault(kind, []).append(day)
        hazards = [spell for loop in self.records.loops for spell in loop.open_periods()]
        return cast.Building(self.name, events, self.records.visits, hazards)

    def vacant(self, on: date) -> int:
        known = [[state for state, day in home if day <= on] for home in self.public_homes]
        return sum(states[-1:] == ["vacant"] for states in known)


def told(words: str) -> tuple[tuple[str, date], ...]:
    """What happened and when: "found 2024-01-10, resolved 2024-02-01"."""
    pairs = (one.split() for one in words.split(", "))
    return tuple((what, date.fromisoformat(day)) for what, day in pairs)


def visit(day: str, answers: Mapping[str, int]) -> tuple[tuple[date, Mapping[str, int]], ...]:
    return ((date.fromisoformat(day), answers),)


PLUM_COURT = House(
    "Plum Court",
    NORTH,
    (113.9001, 22.5501),
    Records(visits=visit("2024-05-01", WELL_KEPT) + visit("2024-05-20", NOT_MIXED)),
)
HARBOUR_ROW = House(
    "Harbour Row",
    NORTH,
    (113.9102, 22.5602),
    Records(
        events=told("criminal_case 2023-12-31, criminal_case 2024-06-01, lead_given 2024-03-03"),
        visits=visit("2023-05-01", NEGLECTED) + visit("2024-03-01", WELL_KEPT) + visit("2024-03-01", MIXED),
        loops=(
            Loop(
                "public_order",
                "medium",
                due=date(2024, 2, 16),
                steps=told("found 2024-02-01, transferred 2024-02-02, resolved 2024-03-01"),
            ),
        ),
    ),
    use="mixed",
)
NEVER_HOUSE = House(
    "Never House",
    NORTH,
    (113.9103, 22.5603),
    Records(events=told("public_order_case 2024-06-15")),
    use=None,
    group_rental=None,
)
LANTERN_HALL = House(
    "Lantern Hall",
    SOUTH,
    (113.9204, 22.5504),
    Records(events=told("lead_solved_case 2024-05-05"), visits=visit("2024-06-30", WELL_KEPT)),
    public_homes=(
        told("vacant 2024-01-10, let 2024-03-01, vacant 2024-06-20"),
        told("let 2023-01-01, vacant 2024-05-01, reserved 2024-06-30"),
        told("under_repair 2024-02-01, vacant 2024-04-01, vacant 2024-04-02"),
        told("let 2022-07-01"),
    ),
    credit=(
        CreditRecord("H7", "minor", told("recorded 2023-02-01, recognised 2023-03-01"), home=1),
        CreditRecord("H7", "severe", told("recorded 2024-01-10, recognised 2024-02-10"), home=1),
        CreditRecord("H3", "serious", told("recorded 2023-02-01, recognised 2023-03-01, repaired 2024-06-01"), home=3),
        CreditRecord(
            "H3",
            "minor",
            told("recorded 2024-06-30"),
            home=3,
            draft=("severe", told("recorded 2024-01-20, recognised 2024-01-30")),
        ),
        CreditRecord("E2", "serious", told("recorded 2023-05-01, recognised 2023-06-01")),
    ),
)
MILL_YARD = House(
    "Mill Yard",
    SOUTH,
    (113.9205, 22.5505),
    Records(
        visits=visit("2024-01-10", WELL_KEPT) + visit("2024-05-02", NO_LIST),
        loops=(
            Loop(
                "fire",
                "high",
                due=date(2024, 1, 13),
                steps=told(
                    "found 2024-01-10, transferred 2024-01-10, resolved 2024-02-01, verified 2024-02-03, "
                    "reopened 2024-05-01, taken_up 2024-05-02"
                ),
            ),
            Loop(
                "hygiene",
                "low",
                due=date(2024, 3, 31),
                steps=told(
                    "found 2024-03-01, resolved 2024-04-10, "
                    "reopened 2024-04-10, transferred 2024-04-12, resolved 2024-06-10"
                ),
            ),
        ),
    ),
)
CROWDED_CORNER = House(
    "Crowded Corner",
    SOUTH,
    (113.9206, 22.5506),
    Records(
        events=told("bad_influence_case 2024-02-02, fire_accident 2024-04-04"),
        visits=visit("2023-06-30", NEGLECTED),
        loops=(
            Loop("public_order", "medium", date(2024, 6, 16), told("found 2024-06-01")),
            Loop("fire", "low", None, told("found 2024-06-01, transferred 2024-06-02")),
            Loop("hygiene", "low", None, told("found 2024-06-01, mended_on_the_spot 2024-06-01")),
        ),
    ),
    group_rental=True,
)
SHUT_GATE = House("Shut Gate", SOUTH, (113.9207, 22.5507), Records(visits=visit("2024-06-01", HARDLY_SEEN)))
MENDED_COTTAGE = House(
    "Mended Cottage",
    SOUTH,
    (113.9208, 22.5508),
    Records(
        events=told("lead_given 2024-04-01"),
        visits=visit("2024-04-02", WELL_KEPT),
        loops=(Loop("fire", "medium", None, told("found 2024-04-02, mended_on_the_spot 2024-04-02")),),
    ),
    drafts=(
        Records(
            events=told("criminal_case 1994-04-01"),
            visits=visit("2042-04-02", NEGLECTED),
            loops=(Loop("public_order", "high", date(2024, 4, 5), told("found 2024-04-02")),),
        ),
        Records(
            events=told("fire_accident 2024-04-01"),
            visits=visit("2024-04-03", NEGLECTED),
            loops=(Loop("safety", "high", date(2024, 4, 5), told("found 2024-04-02")),),
        ),
    ),
    use="mixed",
)
MAPLE_TOWER = House("Maple Tower", NORTH, (113.9109, 22.5609), Records(visits=visit("2022-02-02", GOOD_TOWER)))
FAR_SHED = House(
    "Far Shed",
    SOUTH,
    None,
    Records(visits=visit("2024-06-02", WELL_KEPT)),
    use="storage",
    off_map="no place is known",
)
STRAY_BARN = House(
    "Stray Barn",
    None,
    (10.0, 50.0),
    Records(events=told("unlawful_business 2024-06-03"), visits=visit("2024-06-03", WELL_KEPT)),
    off_map="outside the city",
)
FAR_FIRST = (FAR_SHED, STRAY_BARN)
CAST = (
    *FAR_FIRST,  # into the tables first, so that standing last in a fact store is not the order they came in
    PLUM_COURT,
    HARBOUR_ROW,
    NEVER_HOUSE,
    LANTERN_HALL,
    MILL_YARD,
    CROWDED_CORNER,
    SHUT_GATE,
    MENDED_COTTAGE,
    MAPLE_TOWER,
)
