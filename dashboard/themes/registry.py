"""Every theme and overlay there is, in the order in which they are offered. A new one is a module and a line here."""

from collections.abc import Mapping

from dashboard.themes import density, hazards, vacancies
from dashboard.themes.grades import GradeTheme
from dashboard.themes.theme import MapOverlay, MapTheme
from scoring.rulebook.model import Edition

THEMES: Mapping[str, MapTheme] = {one.THEME.name: one.THEME for one in (hazards, vacancies, density)}
OVERLAYS: Mapping[str, MapOverlay] = {one.OVERLAY.name: one.OVERLAY for one in (hazards, vacancies)}


def offered(registered: Mapping[str, MapTheme] | Mapping[str, MapOverlay], public_homes: bool) -> tuple[str, ...]:
    """The names of those that a city with or without public-rental homes has."""
    return tuple(name for name, one in registered.items() if public_homes or not one.needs_public_homes)


def theme_named(name: str, editions: Mapping[str, Edition]) -> MapTheme:
    """A rule set's grades by the edition in force, or one of THEMES."""
    return GradeTheme(editions[name]) if name in editions else THEMES[name]
