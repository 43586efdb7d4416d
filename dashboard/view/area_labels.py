"""What areas are called in lists, charts and files: by their names, with their parents where names repeat."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import shapely

from data.db.models.city import LEVELS
from geo.point_in_area import area_of

Told = tuple[str, ...]  # a name, and what is said besides


def area_labels(areas: pd.DataFrame, level_names: Mapping[str, Mapping[str, str]]) -> dict[int, tuple[str, str]]:
    """Chinese and English label by area id; areas of one name get their level, their parent or their code besides.

    areas: as data.city.queries.areas gives them. level_names: level → what it is called in each language.
    """
    names = {"zh": areas["name"].tolist(), "en": areas["name_en"].tolist()}
    parents = _parents(areas, sorted({place for its in names.values() for place in _repeated(its)}))
    levels, codes = areas["level"].tolist(), areas["code"].tolist()
    labels = []
    for language, its in names.items():
        of_level = [level_names.get(level, {}).get(language) or level for level in levels]
        of_parent = [its[parents[place]] if place in parents else "" for place in range(len(its))]
        labels.append([_label(told, language) for told in _told_apart(its, (of_level, of_parent, codes))])
    return dict(zip(areas["id"].tolist(), zip(*labels, strict=True), strict=True))


def _repeated(names: Sequence[str]) -> Iterable[int]:
    """The places of names that stand there more than once."""
    times = Counter(names)
    return (place for place, name in enumerate(names) if times[name] > 1)


def _told_apart(names: Sequence[str], hints: Iterable[Sequence[str]]) -> list[Told]:
    """Each name with as many of its hints as it takes to tell it from the others.

    hints: a kind after the other, each with a text for every name, "" for none.
    """
    told: list[Told] = [(name,) for name in names]
    for hint in hints:
        given: defaultdict[Told, set[str]] = defaultdict(set)
        for one, text in zip(told, hint, strict=True):
            given[one].add(text)
        told = [(*one, text) if text and len(given[one]) > 1 else one for one, text in zip(told, hint, strict=True)]
    return told


def _label(told: Told, language: str) -> str:
    name, *hints = told
    if not hints:
        return name
    return f"{name}（{'，'.join(hints)}）" if language == "zh" else f"{name} ({', '.join(hints)})"


def _parents(areas: pd.DataFrame, wanted: Sequence[int]) -> dict[int, int]:
    """Place of an area → place of its parent: the one it names, or the area of the next wider level it lies in."""
    place_of = {id_: place for place, id_ in enumerate(areas["id"].tolist())}
    parent_ids = areas["parent_id"].tolist()
    parents = {place: place_of[parent_ids[place]] for place in wanted if parent_ids[place] in place_of}
    levels = areas["level"].to_numpy()
    present = [level for level in LEVELS if (levels == level).any()]
    for wider, level in pairwise(present):
        orphans = [place for place in wanted if place not in parents and levels[place] == level]
        if orphans:
            parents |= _around(areas, np.array(orphans), np.flatnonzero(levels == wider))
    return parents


def _around(areas: pd.DataFrame, places: np.ndarray, wider: np.ndarray) -> dict[int, int]:
    outlines = areas["outline"].to_numpy()
    lon_lat = shapely.get_coordinates(shapely.point_on_surface(outlines[places]))
    inside = area_of(lon_lat[:, 0], lon_lat[:, 1], outlines[wider])
    return dict(zip(places[inside >= 0].tolist(), wider[inside[inside >= 0]].tolist(), strict=True))
