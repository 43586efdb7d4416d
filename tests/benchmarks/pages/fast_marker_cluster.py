"""Folium's FastMarkerCluster: positions only, without colours, and no script beyond those it needs."""

import folium
from folium.plugins import FastMarkerCluster
from streamlit_folium import st_folium

from dashboard.map.layers.base_map import ASSETS
from tests.benchmarks.pages.places import HEIGHT, middle, rows

PEER = "/bench/assets"


class LocalMap(folium.Map):
    default_js = (("leaflet", f"{ASSETS}/leaflet.js"),)
    default_css = (("leaflet", f"{ASSETS}/leaflet.css"),)


class LocalClusters(FastMarkerCluster):
    default_js = (
        ("markercluster", f"{PEER}/leaflet.markercluster.js"),
        ("awesome-markers", f"{PEER}/leaflet.awesome-markers.js"),
    )
    default_css = (
        ("markercluster", f"{PEER}/MarkerCluster.css"),
        ("markercluster-default", f"{PEER}/MarkerCluster.Default.css"),
        ("awesome-markers", f"{PEER}/leaflet.awesome-markers.css"),
    )


ground = LocalMap(location=middle(), tiles=None, zoom_start=11, maxZoom=19)
LocalClusters(rows()).add_to(ground)
st_folium(ground, key="map", returned_objects=[], height=HEIGHT, use_container_width=True)
