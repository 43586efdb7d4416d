"""Buildings of the district that a test can point at, chosen by what the database says of them."""

from dataclasses import dataclass

import numpy as np

from geo.morton import unit_xy
from tests.dashboard.demonstration import ON, Demonstration

TILE_PX = 256  # a tile as the browser lays it
PLACED = "SELECT id, code, name, address, lon, lat FROM buildings WHERE off_map IS NULL AND lon IS NOT NULL"
ROBBED_ONCE = """
    SELECT building_id FROM events WHERE kind = 'criminal_case'
    AND day > date(?, '-2 months') AND day <= ? GROUP BY building_id HAVING count(*) = 1
    AND min(day) > date(?, '-25 days')
"""  # well inside the month, so that how long a month is does not matter

DISHONEST = """
    SELECT buildings.code, count(*) FROM credit_records
    JOIN homes ON homes.id = credit_records.home_id JOIN buildings ON buildings.id = homes.building_id
    WHERE EXISTS (SELECT 1 FROM hazards WHERE hazards.building_id = buildings.id AND hazard_group = 'fire')
    GROUP BY buildings.id ORDER BY 2 DESC LIMIT 1
"""


@dataclass(frozen=True)
class Building:
    """One row of the table, and how far its nearest neighbour stands, in tiles of zoom 0."""

    id: int
    code: str
    name: str
    address: str
    lon: float
    lat: float
    apart: float

    def pixel(self, zoom: int) -> np.ndarray:
        """x and y in css pixels of the whole world at a zoom."""
        return np.array(unit_xy(self.lon, self.lat)) * TILE_PX * 2**zoom

    def alone_within(self, zoom: int) -> float:
        """Css pixels to the nearest neighbour."""
        return self.apart * TILE_PX * 2**zoom


def buildings(district: Demonstration) -> list[Building]:
    rows = district.rows(PLACED)
    places = np.stack(unit_xy([row[4] for row in rows], [row[5] for row in rows]), axis=1)
    apart = np.array([np.partition(np.hypot(*(places - place).T), 1)[1] for place in places])
    return [Building(*row, apart=float(alone)) for row, alone in zip(rows, apart, strict=True)]


def robbed(district: Demonstration, group_rental: bool | None = None) -> Building:
    """The loneliest of the buildings with one criminal case in the last month; a group rental, none, or either."""
    ids = {row[0] for row in district.rows(ROBBED_ONCE, ON.isoformat(), ON.isoformat(), ON.isoformat())}
    if group_rental is not None:
        ids &= {row[0] for row in district.rows("SELECT id FROM buildings WHERE group_rental = ?", group_rental)}
    return max((one for one in buildings(district) if one.id in ids), key=lambda one: one.apart)


def dishonest(district: Demonstration) -> tuple[str, int]:
    """The code of the building whose homes have most credit records, and how many; the fire department knows it."""
    return district.rows(DISHONEST)[0]


def at_tile_edge(district: Demonstration, zoom: int, axis: int, side: int, within: float) -> Building:
    """The loneliest building nearer than `within` css pixels to an edge between tiles of `side` css pixels.

    axis: 0 for an edge between left and right, 1 between top and bottom.
    """

    def edge_px(one: Building) -> float:
        at = one.pixel(zoom)[axis] % side
        return min(at, side - at)

    return max((one for one in buildings(district) if edge_px(one) < within), key=lambda one: one.apart)
