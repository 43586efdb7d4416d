"""Plotly figures: arrays in, a figure out; no database, no Streamlit."""
