"""Scripts and styles of the map, served from this address: ours, and the ones npm put beside the project."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

DASHBOARD = Path(__file__).resolve().parents[1]
OURS = DASHBOARD / "map" / "assets"
NPM = DASHBOARD.parent / "node_modules"
ASSETS = {
    "credit-ground.js": OURS / "credit-ground.js",
    "credit-map.js": OURS / "credit-map.js",
    "credit-map.css": OURS / "credit-map.css",
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


ROUTES = [Route("/map/assets/{name:path}", asset)]
