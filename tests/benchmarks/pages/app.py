"""The frame of the four pages: `?draw=` names what draws the map; they differ in nothing else."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
NAMES = ("empty", "credit_layer", "fast_marker_cluster", "pydeck_scatterplot")

st.set_page_config(page_title="Rental buildings", layout="wide")
asked = st.query_params.get("draw")
page = st.navigation([st.Page(HERE / f"{asked if asked in NAMES else 'empty'}.py", default=True)], position="hidden")
st.title("Rental buildings")
page.run()
