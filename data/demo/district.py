"""The invented district: ground, areas, buildings and everything that happened there."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import shapely

from data.demo.addresses import area_frame, building_frame
from data.demo.areas import Partition, partition
from data.demo.buildings import stock
from data.demo.credit_records import CreditHistories, credit_histories
from data.demo.events import events
from data.demo.ground import ground_frame
from data.demo.hazards import HazardHistories, hazard_histories
from data.demo.land import FULL_SIZE, Land, land
from data.demo.land_use import LandUse, draw_land_use
from data.demo.officers import Staff, staff
from data.demo.plot_grid import Plots, draw_plots, grid_insides
from data.demo.public_rental import home_states, homes, projects
from data.demo.quality import Officers, first_day, quality
from data.demo.seeded_offenders import Cases, cases, neighbours, register, submitted_answers
from data.demo.visits import on_working_days, recorded, visits
from data.errors import DataError
from scoring.rulebook.editions import edition_on
from scoring.rulebook.hazard_catalogue import categories

SEED = 20_091_001  # the day the first of its rule sets came into force
SPARE = (1.15, 1.6, 2.4)  # room for so many times the buildings: what lanes and corners cost, and more if need be
SMALLEST = 300  # buildings
DAY_COLUMNS = {"day", "recorded_on", "found_on", "due_on"}
NEARBY = 6  # grids from which an officer may come in another's place
CHECKLIST = "baoan"  # the rule set whose items the inspections answer


class TooSmall(DataError):
    """So few buildings make no district."""


@dataclass(frozen=True)
class Facts:
    """What happened in five years and before; days are datetime64[D], `building`, `home` and the like are row numbers.

    items: codes of the check-list. inspections: building, day, recorded_on, inspector, in order of building and day.
    answers: the characters 0, 1 and -, uint8 (inspections, items). events: building, kind, day, recorded_on.
    hazard_histories: hazards and their steps.
    """

    items: tuple[str, ...]
    inspections: pd.DataFrame
    answers: np.ndarray
    events: pd.DataFrame
    hazard_histories: HazardHistories
    officers: Officers
    cases: Cases


@dataclass(frozen=True)
class Rentals:
    """Public rental: projects; homes with project and building (rows); states with home (row) and days; who was
    dishonest there."""

    projects: pd.DataFrame
    homes: pd.DataFrame
    states: pd.DataFrame
    credit: CreditHistories


@dataclass(frozen=True)
class District:
    """areas: level, code, name, name_en, parent (row, -1 none), outline (shapely, WGS 84 degrees).

    buildings: as in the table, with rows of `areas` for district, street, community and grid.
    ground: what lies under them, as `ground_frame` has it.
    register: area (row of `areas`), buildings: how many an area is thought to have.
    facts, staff: None when only the ground was asked for.
    """

    on: date
    areas: pd.DataFrame
    buildings: pd.DataFrame
    ground: pd.DataFrame
    register: pd.DataFrame
    rentals: Rentals
    facts: Facts | None
    staff: Staff | None

    @property
    def bounds(self) -> list[float]:
        """West, south, east, north; WGS 84 degrees."""
        return [float(edge) for edge in shapely.bounds(self.areas["outline"].iloc[0])]


def district(buildings: int = FULL_SIZE, seed: int = SEED, *, on: date, facts: bool = True) -> District:
    """The district as of `on`, the same for the same arguments. Without `facts` only ground, buildings and homes."""
    rngs = np.random.default_rng(seed).spawn(7)  # a new one comes last, so that all else stays as it was
    of_ground, of_homes, of_facts, of_register, of_credit, of_roads, of_staff = rngs
    drawn = _ground(of_ground, buildings)
    built = stock(of_ground, drawn.land_use, drawn.plots, buildings, on)
    areas = area_frame(of_ground, drawn.cut)
    frame = building_frame(of_ground, drawn.land_use, built, areas)
    ground = ground_frame(of_roads, drawn.land, drawn.cut, drawn.insides)
    flats = homes(of_homes, frame, built.project)
    states = home_states(of_homes, flats)
    credit = credit_histories(of_credit, flats, states)
    credit = CreditHistories(credit.records, _dated(credit.steps, on))
    rentals = Rentals(projects(of_homes, frame, built.project), flats, _dated(states, on), credit)
    drawn_facts = _facts(of_facts, areas, frame, on) if facts else None
    drawn_staff = staff(of_staff, areas, drawn_facts.officers.code, on) if drawn_facts else None
    return District(on, areas, frame, ground, register(of_register, areas, frame), rentals, drawn_facts, drawn_staff)


@dataclass(frozen=True)
class _Ground:
    land: Land
    land_use: LandUse
    cut: Partition
    insides: np.ndarray
    plots: Plots


def _ground(rng: np.random.Generator, buildings: int) -> _Ground:
    """Ground with a plot for every building; a small district loses more to roads and corners and is drawn again."""
    for spare in SPARE:
        ground = land(rng, buildings)
        land_use = draw_land_use(rng, ground, buildings, spare)
        cut = partition(rng, ground, land_use, buildings)
        insides = grid_insides(cut)
        plots = draw_plots(rng, ground, land_use, insides)
        if len(plots) >= buildings:
            return _Ground(ground, land_use, cut, insides, plots)
    raise TooSmall(
        "A district of {buildings} {buildings:building|buildings} is too small to draw; ask for at least {smallest}.",
        buildings=buildings,
        smallest=SMALLEST,
    )


def _facts(rng: np.random.Generator, areas: pd.DataFrame, buildings: pd.DataFrame, on: date) -> Facts:
    of_quality, of_visits, of_events, of_hazards, of_cases = rng.spawn(5)
    checklist, hidden = edition_on(CHECKLIST, on), quality(of_quality, areas, buildings)
    items = tuple(item.code for item in checklist.checklist)
    inspected = visits(of_visits, of_cases, hidden, buildings, checklist, neighbours(hidden, NEARBY))
    inspected = replace(inspected, day=on_working_days(of_visits, inspected.day, on))
    offenders = cases(of_cases, hidden.officers)
    inspected = replace(
        inspected,
        answers=submitted_answers(of_cases, inspected, offenders, hidden.officers, items, checklist),
    )
    written = recorded(of_visits, inspected.day)
    inspections = pd.DataFrame({"building": inspected.building, "day": inspected.day, "recorded_on": written})
    histories = hazard_histories(of_hazards, hidden, inspected, items, categories())
    return Facts(
        items=items,
        inspections=_dated(inspections, on).assign(inspector=hidden.officers.code[inspected.officer_of]),
        answers=inspected.answers,
        events=_dated(events(of_events, hidden, on), on),
        hazard_histories=HazardHistories(_dated(histories.hazards, on), _dated(histories.steps, on)),
        officers=hidden.officers,
        cases=offenders,
    )


def _dated(frame: pd.DataFrame, on: date) -> pd.DataFrame:
    """Days since the first day as datetime64."""
    days = {name: first_day(on) + frame[name].to_numpy(int) for name in frame if name in DAY_COLUMNS}
    return frame.assign(**days)
