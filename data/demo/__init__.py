"""The demonstration district (示范区): invented, the same for the same seed, and as large as a real one."""

from data.demo.district import SEED, District, Facts, Rentals, TooSmall, district
from data.demo.loading import AlreadyLoaded, load

__all__ = ["SEED", "AlreadyLoaded", "District", "Facts", "Rentals", "TooSmall", "district", "load"]
