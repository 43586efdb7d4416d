"""Everything the environment may set, read in this one place; README.md has the table."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from geo.coordinates import WGS84

PROJECT = Path(__file__).resolve().parents[1]
PREFIX = "CREDIT_MAP_"


@dataclass(frozen=True)
class SingleSignOn:
    """The organisation's own OpenID Connect provider.

    issuer: its address. client, secret: as the provider knows this site. claim: which claim is an account's `sign_on`.
    name: what the button calls it.
    """

    issuer: str
    client: str
    secret: str
    claim: str
    name: str


@dataclass(frozen=True)
class Settings:
    """One process's settings.

    folder: where what is made lies, the SQLite file and the fact stores among it. address: what people type, without
    a slash at its end; None where that of each request counts. metrics_token: lets a machine read /metrics; "" for
    none. tiles_url: of a tile service, with {z}, {x} and {y}; None for the city's own outlines. tiles_datum: one of
    geo.coordinates.DATUMS, to which places are shifted. tiles_credit: the service's own attribution.
    """

    folder: Path
    database_url: str
    address: str | None
    metrics_token: str
    tiles_url: str | None
    tiles_datum: str
    tiles_credit: str
    single_sign_on: SingleSignOn | None


def settings() -> Settings:
    """The settings as the environment stands now."""
    folder = Path(_variable("VAR") or PROJECT / "var").resolve()
    return Settings(
        folder=folder,
        database_url=_variable("DATABASE") or sqlite_address(folder / "credit-map.sqlite"),
        address=_variable("ADDRESS").rstrip("/") or None,
        metrics_token=_variable("METRICS_TOKEN"),
        tiles_url=_variable("TILES") or None,
        tiles_datum=_variable("TILES_DATUM") or WGS84,
        tiles_credit=_variable("TILES_CREDIT"),
        single_sign_on=_single_sign_on(),
    )


def sqlite_address(file: Path) -> str:
    """The address of a database file, whatever signs are in its name."""
    return f"sqlite:///{quote(str(file))}"


def _single_sign_on() -> SingleSignOn | None:
    if not _variable("SIGN_ON"):
        return None
    return SingleSignOn(
        issuer=_variable("SIGN_ON"),
        client=_variable("SIGN_ON_CLIENT"),
        secret=_variable("SIGN_ON_SECRET"),
        claim=_variable("SIGN_ON_CLAIM") or "sub",
        name=_variable("SIGN_ON_NAME") or "OpenID Connect",
    )


def _variable(name: str) -> str:
    return os.environ.get(f"{PREFIX}{name}", "")


VAR = settings().folder  # settled when the process begins: what is open there cannot move
