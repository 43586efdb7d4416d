"""From a view to the plain settings the browser draws by: classes, legend, addresses."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from dashboard.i18n import Translator
from dashboard.look.legend import LegendRow
from dashboard.look.palette import DENSITY, LINE, SHARES, Symbol

COUNTED_IN: Mapping[str, int] = {"zh": 10_000, "en": 1_000}  # large numbers in rings, by language


def layer_settings(
    *,
    query: dict[str, str],
    symbols: Sequence[Symbol],
    rows: Sequence[LegendRow],
    badges: Mapping[str, Sequence[Symbol]],
    title: str,
    coloured: tuple[str, str] | None,
    place: tuple[float, float] | None,
    t: Translator,
    version: str | None = None,
    flight: dict | None = None,
) -> dict:
    """Settings of `CreditLayer`.

    badges: how a building is drawn in each state of an overlay. coloured: level and language. place: latitude and
    longitude of the open building. version: of the city, as `/map/version` states it; None for a map that stays as it
    is whatever is written. flight: where a newly chosen area lies, see `flight_to`.
    """
    address = urlencode(query)
    settings: dict = {
        "query": address,
        "classes": [{"colour": symbol.colour, "shape": symbol.shape} for symbol in symbols],
        "badges": {name: [{"colour": m.colour, "shape": m.shape} for m in kinds] for name, kinds in badges.items()},
        "density": list(DENSITY),
        "short": short_numbers(t),
        "legend": {
            "title": title,
            "rows": [row.settings() for row in rows],
            "inView": t("map.in_view"),
            "narrow": t("map.narrow"),
            "unreachable": t("map.unreachable"),
        },
    }
    if version is not None:
        settings["followed"] = {"version": version, "path": "/map/version?" + urlencode({"city": query["city"]})}
    if coloured:
        level, language = coloured
        settings["outlines"] = coloured_areas(level, address + f"&lang={language}&colour=1")
    if flight is not None:
        settings["flight"] = flight
    if place:
        settings["chosen"] = list(place)
    return settings


def short_numbers(t: Translator) -> dict[str, int | str]:
    """How a large number is shortened: from which on it is counted in how many, and what is written behind it."""
    return {"from": COUNTED_IN.get(t.language, COUNTED_IN["en"]), "sign": t("map.short_sign")}


def flight_to(city: str, areas: Sequence[int], bounds: tuple[float, float, float, float] | None) -> dict:
    """The areas chosen and where they lie, so that the map flies there when others are chosen than before.

    bounds: west, south, east, north; None where none is chosen.
    """
    box = None if bounds is None else [[bounds[1], bounds[0]], [bounds[3], bounds[2]]]
    return {"city": city, "areas": sorted(areas), "box": box}


def coloured_areas(level: str, query: str) -> dict:
    """Settings of areas coloured by a theme, see `areas` in assets/credit-map.js."""
    return {
        "path": f"/map/areas/{level}/{{z}}/{{x}}/{{y}}.mvt",
        "query": query,
        "opacity": 0.62,
        "line": LINE,
        "shares": list(SHARES),
    }


def bounds_settings(bounds: Sequence[float]) -> dict:
    """Settings of the ground of a city without areas, see `bounds` in assets/credit-map.js. bounds: west, south, east,
    north."""
    west, south, east, north = bounds
    return {"bounds": [[south, west], [north, east]]}
