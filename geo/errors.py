"""Mistakes a user of the geo room can make, each with its cure."""


class GeoError(Exception):
    """Base of every mistake reported by this room: one sentence that names the cure.

    template, values: the English sentence and the values of its placeholders; a tuple is listed.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        super().__init__(template)
        self.template, self.values = template, values

    def __str__(self) -> str:
        return self.template.format(**{name: _listed(value) for name, value in self.values.items()})


def _listed(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


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
