"""Mistakes a user of the geo room can make, each with its cure."""


class GeoError(Exception):
    """Base of every mistake reported by this room: one sentence that names the cure."""


class UnknownDatum(GeoError):
    """A datum nobody here can convert."""


class OffTheMap(GeoError):
    """A coordinate that is missing or beyond what Web-Mercator shows."""


class BrokenOutline(GeoError):
    """An outline that encloses no certain area."""


class WrongTheme(GeoError):
    """Codes that name no class of their theme."""


class NoSuchTile(GeoError):
    """A tile address outside the map."""
