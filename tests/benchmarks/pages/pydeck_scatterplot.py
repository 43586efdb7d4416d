"""Streamlit's pydeck chart: a ScatterplotLayer in one colour, without a base map."""

import pydeck
import streamlit as st

from tests.benchmarks.pages.places import HEIGHT, middle, places

lat, lon = middle()
points = pydeck.Layer(
    "ScatterplotLayer",
    data=places(),
    get_position=["lon", "lat"],
    get_fill_color=[31, 95, 168],
    get_radius=20,
    radius_min_pixels=2,
)
view = pydeck.ViewState(latitude=lat, longitude=lon, zoom=10)  # tiles of 512 pixels: zoom 10 here is 11 elsewhere
st.pydeck_chart(pydeck.Deck([points], initial_view_state=view, map_provider=None), height=HEIGHT)
