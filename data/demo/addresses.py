"""What areas and buildings are called: names, addresses and 25-digit unified address codes."""

import numpy as np
import pandas as pd
import shapely

from data.demo.areas import Partition
from data.demo.buildings import Stock
from data.demo.land import degrees
from data.demo.land_use import APARTMENT, DORMITORY, ESTATE, FRINGE, VILLAGE, LandUse
from data.demo.names import (
    DISTRICT,
    DISTRICT_CODE,
    ESTATE_ENDS,
    ESTATE_STARTS,
    ROADS,
    VILLAGE_ENDS,
    place_names,
    street_names,
)
from geo.morton import keys

NUMERALS = "一二三四五六七八九十"
LANE_DEPTH_M = 24.5  # two rows of houses and the lane between them


def area_frame(rng: np.random.Generator, areas: Partition) -> pd.DataFrame:
    """District, streets, communities, grids in this order: level, code, name, name_en, parent (row, -1 none), outline.

    Outlines are shapely geometries in WGS 84 degrees.
    """
    rows = [("district", DISTRICT_CODE, *DISTRICT, -1)]
    for number, (zh, en) in enumerate(street_names(len(areas.streets)), start=1):
        rows.append(("street", f"{DISTRICT_CODE}{number:03}", f"{zh}街道", f"{en} Street", 0))
    first = len(rows)
    names = place_names(rng)
    rank = _rank_within(areas.street_of_community)
    for street, number in zip(areas.street_of_community, rank, strict=True):
        zh, en = next(names)
        rows.append(("community", f"{rows[1 + street][1]}{number + 1:03}", f"{zh}社区", f"{en} Community", 1 + street))
    rank = _rank_within(areas.community_of_grid)
    for community, number in zip(areas.community_of_grid, rank, strict=True):
        _, code, zh, en, _ = rows[first + community]
        name_en = f"{en.removesuffix(' Community')} Grid {number + 1}"
        name = f"{zh.removesuffix('社区')}第{number + 1}网格"
        rows.append(("grid", f"{code}{number + 1:05}", name, name_en, first + community))
    frame = pd.DataFrame(rows, columns=["level", "code", "name", "name_en", "parent"])
    outlines = np.concatenate([[areas.district], areas.streets, areas.communities, areas.grids])
    frame["outline"] = _in_degrees(outlines)
    return frame


def building_frame(rng: np.random.Generator, land_use: LandUse, stock: Stock, areas: pd.DataFrame) -> pd.DataFrame:
    """The buildings with everything a building carries; district, street, community, grid are rows of `areas`."""
    plots = stock.plots
    parent = areas["parent"].to_numpy()
    grid = plots.grid + int((areas["level"] != "grid").sum())
    community = parent[grid]
    street = parent[community]
    lon, lat = degrees(plots.x, plots.y)
    names = _names(rng, land_use, stock, areas["name"].to_numpy(), community, areas["code"].to_numpy()[grid])
    serial = _rank_within(plots.grid) + 1
    codes = areas["code"].to_numpy()[grid]
    where = areas["name"].iloc[0] + areas["name"].to_numpy()[street] + areas["name"].to_numpy()[community]
    return pd.DataFrame(
        {
            "code": [f"{code}{number:08}" for code, number in zip(codes, serial, strict=True)],
            "name": names,
            "address": [a + b for a, b in zip(where, names, strict=True)],
            "lon": lon,
            "lat": lat,
            "key": keys(lon, lat),
            "district": parent[street],
            "street": street,
            "community": community,
            "grid": grid,
            "homes": stock.homes,
            "floors": stock.floors,
            "built": stock.built,
            "use": stock.use,
            "group_rental": stock.group_rental,
        }
    )


def _in_degrees(outlines: np.ndarray) -> np.ndarray:
    return shapely.transform(outlines, lambda at: np.column_stack(degrees(*at.T)))


def _rank_within(owner: np.ndarray) -> np.ndarray:
    """0, 1, 2 … within each owner, in the order given."""
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], owner[order])
    rank = np.empty(len(owner), int)
    rank[order] = np.arange(len(owner)) - starts
    return rank


def _names(rng, land_use: LandUse, stock: Stock, area_names, community: np.ndarray, grid_code: np.ndarray) -> list[str]:
    plots, use = stock.plots, stock.plots.use
    block = np.array([int(code[-5:]) for code in grid_code])
    base = np.array([name.removesuffix("社区") for name in area_names], object)[community]
    site = _site_names(rng, land_use, stock, base)
    lane, house = _lanes(land_use, stock)
    number = _rank_within(np.where(use == ESTATE, stock.site, -1 - (plots.grid * 8 + use))) + 1
    names = []
    for row, kind in enumerate(use):
        if kind == VILLAGE:
            names.append(f"{site[stock.site[row]]}{_numeral(lane[row])}巷{house[row]}号")
        elif kind == FRINGE:
            names.append(f"{site[stock.site[row]]}外围{lane[row]}排{house[row]}号")
        elif kind == ESTATE:
            names.append(f"{site[stock.site[row]]}{number[row]}栋")
        elif kind == APARTMENT:
            names.append(f"{base[row]}公寓{block[row]}区{number[row]}栋")
        elif kind == DORMITORY:
            names.append(f"{base[row]}第{_numeral(block[row])}工业区宿舍{number[row]}栋")
        else:
            yard, house_number = divmod(plots.number[row], 100_000)
            names.append(f"{ROADS[plots.road[row]]}{house_number}号{'后楼' if yard else ''}")
    return names


def _numeral(number: int) -> str:
    """1 to 99 in Chinese numerals, plain digits beyond."""
    if number > 99:
        return str(number)
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else NUMERALS[tens - 1]) + "十" if tens else ""
    return head + (NUMERALS[ones - 1] if ones else "")


def _site_names(rng: np.random.Generator, land_use: LandUse, stock: Stock, base: np.ndarray) -> list[str]:
    """Names of villages after the community most of them lies in, and of estates; row 0 is no site."""
    first = np.unique(stock.site, return_index=True)
    here = dict(zip(first[0], base[first[1]], strict=True))
    ends: dict[str, int] = {}
    names = [""]
    for site in range(1, land_use.villages + 1):
        name = here.get(site, "")
        ends[name] = ends.get(name, -1) + 1
        end = ends[name]
        names.append(name + (VILLAGE_ENDS[end] if end < len(VILLAGE_ENDS) else f"{_numeral(end + 1)}村"))
    pairs = [start + end for start in ESTATE_STARTS for end in ESTATE_ENDS]
    order = rng.permutation(len(pairs))
    phase = ["", "二期", "三期"]
    for number in range(len(land_use.site_places) - 1 - land_use.villages):
        turn, row = divmod(number, len(pairs))
        names.append(pairs[order[row]] + (phase[turn] if turn < 3 else f"{_numeral(turn + 1)}期"))
    return names


def _lanes(land_use: LandUse, stock: Stock) -> tuple[np.ndarray, np.ndarray]:
    """Lane within the village, counted from its southern edge, and house within the lane."""
    plots = stock.plots
    lane = ((plots.y - land_use.site_places[stock.site, 1]) // LANE_DEPTH_M).astype(int)
    lowest = np.full(len(land_use.site_places), np.iinfo(int).max)
    np.minimum.at(lowest, stock.site, lane)
    lane = lane - lowest[stock.site] + 1
    order = np.lexsort([plots.x, lane, plots.use, stock.site])
    owner = (stock.site.astype(np.int64) * 8 + plots.use) * 10_000 + lane
    house = np.empty(len(plots), int)
    house[order] = _rank_within(owner[order]) + 1
    return lane, house
