"""The invented district, whole: ground, areas, buildings and everything that happened there."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import shapely

from data.demo.addresses import area_frame, building_frame
from data.demo.areas import Partition, partition
from data.demo.buildings import stock
from data.demo.events import events
from data.demo.hazards import HazardHistories, loops
from data.demo.land import FULL_SIZE, land
from data.demo.land_use import Fabric, fabric
from data.demo.plot_grid import Plots, lots
from data.demo.public_rental import home_states, homes, projects
from data.demo.quality import Officers, first_day, quality
from data.demo.seeded_offenders import Cases, cases, handed_in, neighbours, register
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
    """What happened in five years; days are datetime64[D], `building`, `home` and the like are row numbers.

    items: codes of the check-list. inspections: building, day, recorded_on, inspector, in order of building and day.
    answers: the characters 0, 1 and -, uint8 (inspections, items). events: building, kind, day, recorded_on.
    loops: hazards and their steps. homes: project, building and what a home has. home_states: home, state, day.
    """

    items: tuple[str, ...]
    inspections: pd.DataFrame
    answers: np.ndarray
    events: pd.DataFrame
    loops: HazardHistories
    officers: Officers
    cases: Cases


@dataclass(frozen=True)
class Rentals:
    """Public rental: projects; homes with project and building (rows); states with home (row) and days."""

    projects: pd.DataFrame
    homes: pd.DataFrame
    states: pd.DataFrame


@dataclass(frozen=True)
class District:
    """areas: level, code, name, name_en, parent (row, -1 none), outline (shapely, WGS 84 degrees).

    buildings: as in the table, with rows of `areas` for district, street, community and grid.
    register: area (row of `areas`), buildings: how many an area is thought to have.
    facts: None when only the ground was asked for.
    """

    on: date
    areas: pd.DataFrame
    buildings: pd.DataFrame
    register: pd.DataFrame
    rentals: Rentals
    facts: Facts | None

    @property
    def bounds(self) -> list[float]:
        """West, south, east, north; WGS 84 degrees."""
        return [float(edge) for edge in shapely.bounds(self.areas["outline"].iloc[0])]


def district(buildings: int = FULL_SIZE, seed: int = SEED, *, on: date, facts: bool = True) -> District:
    """The district as of `on`, the same for the same arguments. Without `facts` only ground, buildings and homes."""
    of_ground, of_homes, of_facts, of_register = np.random.default_rng(seed).spawn(4)
    cover, cut, every = _ground(of_ground, buildings)
    built = stock(of_ground, cover, every, buildings, on)
    areas = area_frame(of_ground, cut)
    frame = building_frame(of_ground, cover, built, areas)
    flats = homes(of_homes, frame, built.project)
    states = _dated(home_states(of_homes, flats), on)
    rentals = Rentals(projects(of_homes, frame, built.project), flats, states)
    happened = _facts(of_facts, areas, frame, on) if facts else None
    return District(on, areas, frame, register(of_register, areas, frame), rentals, happened)


def _ground(rng: np.random.Generator, buildings: int) -> tuple[Fabric, Partition, Plots]:
    """Ground with a lot for every building; small ground loses more to roads and corners and is drawn again."""
    for spare in SPARE:
        ground = land(rng, buildings)
        cover = fabric(rng, ground, buildings, spare)
        cut = partition(rng, ground, cover, buildings)
        every = lots(rng, ground, cover, cut)
        if len(every) >= buildings:
            return cover, cut, every
    raise TooSmall(
        "A district of {buildings} buildings is too small to draw; ask for at least {smallest}.",
        buildings=buildings,
        smallest=SMALLEST,
    )


def _facts(rng: np.random.Generator, areas: pd.DataFrame, buildings: pd.DataFrame, on: date) -> Facts:
    of_quality, of_visits, of_events, of_hazards, of_cases = rng.spawn(5)
    checklist, known = edition_on(CHECKLIST, on), quality(of_quality, areas, buildings)
    items = tuple(item.code for item in checklist.checklist)
    seen = visits(of_visits, of_cases, known, buildings, items, neighbours(known, NEARBY))
    seen = replace(seen, day=on_working_days(of_visits, seen.day, on))
    hidden = cases(of_cases, known.officers)
    seen = replace(seen, answers=handed_in(of_cases, seen, hidden, known.officers, items, checklist))
    written = recorded(of_visits, seen.day)
    inspections = pd.DataFrame({"building": seen.building, "day": seen.day, "recorded_on": written})
    found = loops(of_hazards, known, seen, items, categories())
    return Facts(
        items=items,
        inspections=_dated(inspections, on).assign(inspector=known.officers.code[seen.officer_of]),
        answers=seen.answers,
        events=_dated(events(of_events, known, on), on),
        loops=HazardHistories(_dated(found.hazards, on), _dated(found.steps, on)),
        officers=known.officers,
        cases=hidden,
    )


def _dated(frame: pd.DataFrame, on: date) -> pd.DataFrame:
    """Days since the first day known as datetime64."""
    days = {name: first_day(on) + frame[name].to_numpy(int) for name in frame if name in DAY_COLUMNS}
    return frame.assign(**days)
