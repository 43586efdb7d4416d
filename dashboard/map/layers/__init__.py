"""Folium layers: plain values in, a layer out."""
