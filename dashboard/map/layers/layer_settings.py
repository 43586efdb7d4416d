"""From a view to the plain settings the browser draws by: classes, legend, addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlencode

from dashboard.i18n import Translator
from dashboard.look.palette import DENSITY, LINE, OPEN, OVERDUE, SHARES, VACANT, Symbol, symbols
from dashboard.view.map_themes import DENSITY_THEME, HAZARD_THEME, VACANT_THEME
from scoring.rulebook.model import Edition

NAMES_FROM_ZOOM = 15  # further out rings would cover them
GROUND_LEVEL_ZOOM = {"district": 0, "street": 0, "community": 12, "grid": 15}  # from which zoom outlines help


@dataclass(frozen=True)
class LegendRow:
    """A class in the legend. key: its count in the answer of /map/counts; None where it has none."""

    key: str | None
    label: str
    symbol: Symbol

    def settings(self) -> dict:
        return {
            "key": self.key or "",
            "label": self.label,
            "colour": self.symbol.colour,
            "shape": self.symbol.shape,
        }


def theme_symbols(theme: str, edition: Edition | None) -> tuple[Symbol, ...]:
    """How each class of a theme is drawn, in the order of the classes in the tiles."""
    if theme == HAZARD_THEME:
        return (OVERDUE, OPEN, Symbol("#7d8b99", "circle"))
    if theme == VACANT_THEME:
        return (VACANT, VACANT)
    if theme == DENSITY_THEME:
        return (Symbol(DENSITY[3], "circle"),)
    assert edition is not None, theme
    return symbols(tuple(grade.code for grade in edition.grades))


def legend_rows(theme: str, edition: Edition | None, overlays: Sequence[str], t: Translator) -> list[LegendRow]:
    drawn = theme_symbols(theme, edition)
    if theme == DENSITY_THEME:
        ends = {0: t("map.fewer"), len(DENSITY) - 1: t("map.more")}
        rows = [LegendRow(None, ends.get(n, ""), Symbol(colour, "block")) for n, colour in enumerate(DENSITY)]
    elif theme == VACANT_THEME:
        rows = [LegendRow("c0", t("map.vacant_homes"), VACANT)]
    elif theme == HAZARD_THEME:
        states = ("overdue", "open", "closed")
        rows = [
            LegendRow(f"c{n}", t(f"map.hazard_{state}"), symbol)
            for n, (state, symbol) in enumerate(zip(states, drawn, strict=True))
        ]
    else:
        assert edition is not None, theme
        names = [getattr(grade.name, t.language) for grade in edition.grades] + [t("grade.unrated")]
        rows = [LegendRow(f"c{n}", name, symbol) for n, (name, symbol) in enumerate(zip(names, drawn, strict=True))]
    badge = {"hazards": OPEN, "vacant": VACANT}
    return rows + [LegendRow(name, t(f"overlay.{name}"), badge[name]) for name in overlays]


def share_rows(bounds: Sequence[float], shares: bool) -> list[LegendRow]:
    """The steps of coloured areas: percent, or whole numbers."""
    texts = [f"{bound:.1%}" if shares else f"{bound:,.0f}" for bound in bounds]
    if not texts:
        return []
    labels = [
        f"< {texts[0]}",
        *(f"{low} – {high}" for low, high in pairwise(texts)),
        f"≥ {texts[-1]}",
    ]
    return [LegendRow(None, label, Symbol(SHARES[n], "block")) for n, label in enumerate(labels)]


def layer_settings(
    *,
    query: dict[str, str],
    symbols: Sequence[Symbol],
    rows: Sequence[LegendRow],
    title: str,
    coloured: tuple[str, str] | None,
    place: tuple[float, float] | None,
    t: Translator,
) -> dict:
    """Settings of `CreditLayer`. coloured: level and language; place: lat, lon of the open building."""
    address = urlencode(query)
    settings: dict = {
        "query": address,
        "classes": [{"colour": symbol.colour, "shape": symbol.shape} for symbol in symbols],
        "badges": {name: [{"colour": m.colour, "shape": m.shape} for m in kinds] for name, kinds in BADGES.items()},
        "density": list(DENSITY),
        "legend": {
            "title": title,
            "rows": [row.settings() for row in rows],
            "inView": t("map.in_view"),
            "unreachable": t("map.unreachable"),
        },
    }
    if coloured:
        level, language = coloured
        settings["outlines"] = area_settings(
            level, address + f"&lang={language}&colour=1", pane="credit-areas", opacity=0.62, width=0.8, names=False
        )
    if place:
        settings["chosen"] = list(place)
    return settings


BADGES = {"hazards": (OPEN, OVERDUE), "vacant": (VACANT,)}


def area_settings(
    level: str,
    query: str,
    *,
    pane: str = "tilePane",
    fill: str = "",
    opacity: float = 1,
    width: float = 1,
    line: str = LINE,
    names: bool = True,
) -> dict:
    """Settings of one layer of outlines, see `creditMap.areas` in assets/credit-map.js."""
    return {
        "path": f"/map/areas/{level}/{{z}}/{{x}}/{{y}}.mvt",
        "query": query,
        "pane": pane,
        "fill": fill,
        "opacity": opacity,
        "width": width,
        "line": line,
        "names": names,
        "namesFrom": NAMES_FROM_ZOOM,
        "shares": list(SHARES),
        "minZoom": GROUND_LEVEL_ZOOM[level] if pane == "tilePane" else 0,
    }
