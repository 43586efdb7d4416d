"""Folium layers: options in, a layer out; no database, no Streamlit."""
