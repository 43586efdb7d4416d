"""The buildings that every page draws, read once by the server and kept for all visitors."""

import pandas as pd
import streamlit as st

from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext
from data.access.roles import SYSTEM
from geo.morton import lonlat

HEIGHT = 610  # pixels, as on the dashboard


def city() -> CityContext:
    return city_cache.city_context(SYSTEM, "demo")


@st.cache_resource(show_spinner=False)
def places() -> pd.DataFrame:
    """Columns lat and lon, WGS 84 degrees to 6 decimals: a hand's breadth, as a careful author would round them."""
    n_on_map, buildings = city().city_facts.n_on_map, city().city_facts.buildings
    lon, lat = lonlat(buildings["x"][:n_on_map], buildings["y"][:n_on_map])
    return pd.DataFrame({"lat": lat.round(6), "lon": lon.round(6)})


@st.cache_resource(show_spinner=False)
def rows() -> list[list[float]]:
    return places().to_numpy().tolist()


def middle() -> tuple[float, float]:
    """Latitude and longitude of the middle of the city."""
    west, south, east, north = city().city.bounds
    return (south + north) / 2, (west + east) / 2
