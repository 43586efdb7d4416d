"""Scripts and styles of the map and its card, served from this address: ours, and those npm put beside the project.

And what robots are told: nothing of this is for them.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

DASHBOARD = Path(__file__).resolve().parents[1]
OURS = DASHBOARD / "map" / "assets"
NPM = DASHBOARD.parent / "node_modules"
OF_THE_MAP = ("bottom-sheet.js", "credit-ground.js", "credit-map.css", "credit-map.js", "map-controls.js")
ASSETS = {
    **{name: OURS / name for name in OF_THE_MAP},
    "building-card.js": DASHBOARD / "building" / "card.js",
    "leaflet.js": NPM / "leaflet/dist/leaflet.js",
    "leaflet.css": NPM / "leaflet/dist/leaflet.css",
    "images/layers.png": NPM / "leaflet/dist/images/layers.png",
    "images/marker-icon.png": NPM / "leaflet/dist/images/marker-icon.png",
    "protomaps-leaflet.js": NPM / "protomaps-leaflet/dist/protomaps-leaflet.js",
    "geocoder.js": NPM / "leaflet-control-geocoder/dist/Control.Geocoder.js",
    "geocoder.css": NPM / "leaflet-control-geocoder/dist/Control.Geocoder.css",
}


def asset(request: Request) -> Response:
    path = ASSETS.get(request.path_params["name"])
    if path is None:
        return PlainTextResponse("There is no such file.", status_code=404)
    return FileResponse(path, headers={"Cache-Control": "no-cache"})


def robots(request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n", headers={"Cache-Control": "public, max-age=86400"})


ROUTES = [Route("/map/assets/{name:path}", asset), Route("/robots.txt", robots)]
