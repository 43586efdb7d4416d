"""The datum of the ground under the data: WGS 84, or that of a configured tile service."""

import os

from geo.coordinates import WGS84


def ground_datum() -> str:
    """CREDIT_MAP_TILES_DATUM: one of geo.coordinates.DATUMS; fact stores hold coordinates shifted to it."""
    return os.environ.get("CREDIT_MAP_TILES_DATUM") or WGS84
