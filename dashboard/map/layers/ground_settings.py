"""From a city to the plain settings its ground is drawn by in the browser."""

from collections.abc import Sequence
from itertools import pairwise

BORDERS_FROM_ZOOM = {"district": 0, "street": 0, "community": 12, "grid": 15}  # of the map
NAMES_FROM_ZOOM = {"district": 0, "street": 10, "community": 13, "grid": 17}
ALWAYS = 30  # further in than any map goes


def ground_settings(
    levels: Sequence[str], query: str, *, ground: str | None, own: str | None, over_tiles: bool
) -> dict:
    """Settings of the ground of a city with areas, see `creditGround` in assets/credit-ground.js.

    levels: of the city, widest first. ground: query of its water, roads and the like; None where it has none. own:
    query of the areas outside which all is dimmed; None where nothing is. over_tiles: a tile service lies under it, so
    that borders and names alone are drawn.
    """
    return {
        "levels": [
            {
                "level": level,
                "path": f"/map/areas/{level}/{{z}}/{{x}}/{{y}}.mvt",
                "minZoom": 0 if level == levels[0] else BORDERS_FROM_ZOOM[level],
                "namesFrom": 0 if level == levels[0] else NAMES_FROM_ZOOM[level],
                "namesUntil": until,
            }
            for level, until in zip(levels, _names_until(levels), strict=True)
        ],
        "query": query,
        "ground": None if ground is None else {"path": "/map/ground/{z}/{x}/{y}.mvt", "query": ground},
        "own": None if own is None else {"path": "/map/own/{z}/{x}/{y}.mvt", "query": own},
        "overTiles": over_tiles,
    }


def _names_until(levels: Sequence[str]) -> list[int]:
    """The last zoom that names each level: the first of the next narrower one, where both stand."""
    return [*(NAMES_FROM_ZOOM[narrower] for _, narrower in pairwise(levels)), ALWAYS]
