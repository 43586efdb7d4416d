"""The ground of a city and the outline of a user's own areas, ready to be cut into tiles."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.cache.city_cache import CityContext, cached, city_states, database
from dashboard.cache.city_state import Version
from dashboard.i18n import LANGUAGES
from dashboard.view.basemap import basemap
from data.access.roles import SYSTEM
from data.city.ground import ground_features
from data.db.engine import reading
from geo.area_tiles import AreaIndex
from geo.ground_tiles import GroundIndex


@dataclass(frozen=True, eq=False)
class CityGround:
    """version: another for other features. names: language → the name of each feature in it, "" for none."""

    version: str
    index: GroundIndex
    names: Mapping[str, Sequence[str]]


def city_ground(context: CityContext) -> CityGround:
    """The same for whoever sees anything of the city; in the datum of the tile service."""
    return _city_ground(context.city.code, _imported(context))


@cached(max_entries=6)
def _city_ground(code: str, version: Version) -> CityGround:
    with reading(database(), SYSTEM) as session:
        features = ground_features(session, city_states().at(code, version).city)
    kinds = np.where(features["kind"] == "road", features["road_class"], features["kind"])
    index = GroundIndex.of(basemap().shifted(features["geometry"].to_numpy()), kinds.tolist())
    imports = "-".join(map(str, sorted(set(features["import_id"]))))
    return CityGround(imports, index, {language: _names(features, language) for language in LANGUAGES})


def _names(features: pd.DataFrame, language: str) -> list[str]:
    """Chinese where the language is Chinese or there is no other, and the other way round."""
    ours, other = ("name", "name_en") if language == "zh" else ("name_en", "name")
    return [own or foreign or "" for own, foreign in zip(features[ours], features[other], strict=True)]


def own_outlines(context: CityContext) -> AreaIndex:
    """The areas a user is limited to, in the datum of the tile service; none for whoever is not limited."""
    return _own_outlines(context.city.code, _imported(context), context.own_areas or ())


@cached(max_entries=32)
def _own_outlines(code: str, version: Version, own: tuple[int, ...]) -> AreaIndex:
    areas = city_states().at(code, version).areas
    areas = areas[areas["id"].isin(own)]
    return AreaIndex.of(basemap().shifted(areas["outline"].to_numpy()), areas["id"].tolist())


def own_key(context: CityContext) -> str:
    """Another for other areas of a user's own: what a browser keeps for one is not shown to the next."""
    return hashlib.sha256(repr(context.own_areas).encode()).hexdigest()[:16]


def _imported(context: CityContext) -> Version:
    """Facts that are recorded one by one leave areas and ground as they are."""
    return city_states().at(context.city.code, context.version).areas_since
