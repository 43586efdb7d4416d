"""Small invented districts as the study of records takes them, with what is hidden in them."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from data.access.roles import SYSTEM
from data.city.changes import CityVersion
from data.city.city_facts import CityFacts
from data.city.dated_facts import DatedFacts
from data.demo import District, district
from data.demo.ground_truth import city_facts
from data.studies.data_quality import QualityDataset, quality_dataset
from scoring.rulebook.editions import edition_on
from scoring.rulebook.fact import BUILDING_FIELDS

ON = date(2025, 6, 30)
KIND, PLAIN = 0.9, 0.5  # kindness: from where on an officer is a known case, and below which one is innocent


@dataclass(frozen=True, eq=False)
class Hidden:
    """A district, its evidence under Bao'an's rules, and by officer: kindness, who copies, who rounds up."""

    drawn: District
    found: QualityDataset
    kindness: np.ndarray
    copies: np.ndarray
    rounds_up: np.ndarray

    @property
    def innocent(self) -> np.ndarray:
        """Officers who are neither kind nor strict, and who neither copy nor round up."""
        return (np.abs(self.kindness) < PLAIN) & ~self.copies & ~self.rounds_up


def hidden(buildings: int, seed: int) -> Hidden:
    drawn = district(buildings, seed, on=ON)
    officers, cases = drawn.facts.officers, drawn.facts.cases
    codes = np.unique(drawn.facts.inspections["inspector"].to_numpy(str))  # in the order of their numbers
    kindness = dict(zip(officers.code.tolist(), officers.kindness.tolist(), strict=True))
    found = quality_dataset(SYSTEM, as_city_facts(drawn, codes), edition_on("baoan", ON), ON)
    return Hidden(
        drawn,
        found,
        np.array([kindness[code] for code in codes.tolist()]),
        np.isin(codes, list(cases.copies_from)),
        np.isin(codes, list(cases.rounds_up)),
    )


def as_city_facts(drawn: District, codes: np.ndarray) -> CityFacts:
    """As the database would give it back, without the database."""
    known = city_facts(drawn)
    checks = tuple(replace(one, day=one.day.astype("datetime64[D]")) for one in known.checklists)
    told = ("street", "community", "grid", *BUILDING_FIELDS)
    columns = {name: drawn.buildings[name].to_numpy() for name in told}
    visits = {"building": checks[0].building, "day": checks[0].day, "inspector": checks[0].inspector}
    dated = DatedFacts(CityVersion(1, ""), replace(known, checklists=checks), (1,), visits, codes, {}, {})
    return CityFacts("demo", columns, len(drawn.buildings), dated)
