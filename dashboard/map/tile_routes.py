"""What the map in the browser asks for: tiles, counts in view, the building at a click, search."""

import gzip
import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.auth.request_user import CurrentUser, guarded
from dashboard.cache import city_cache
from dashboard.cache.city_cache import city_context, database
from dashboard.cache.city_ground import city_ground, own_outlines
from dashboard.i18n import refusal_in_every_language
from dashboard.shell.thread_pools import SEARCHES, TILES, in_pool
from dashboard.themes.registry import theme_named
from dashboard.view.basemap import basemap
from dashboard.view.view_state import ViewState, view_of
from data.access.roles import AccessScope
from data.city import queries
from data.db.engine import reading
from data.db.models.city import Building
from data.errors import DataError
from geo.area_tiles import outline_tile
from geo.coordinates import from_wgs84
from geo.errors import GeoError
from geo.ground_tiles import ground_tile
from geo.morton import lonlat
from geo.point_tiles import tile

CLICK_PIXELS = 12  # how far from a building a finger may land
RING_PIXELS = 45  # half a ring's cell: no building nearer than this, no ring here
METRES_PER_PIXEL = 156_543.03  # at zoom 0 on the equator
SUGGESTIONS = 8
CLOSEST_ZOOM = 30  # no map shows more than 19 to 22
TILE = "application/vnd.mapbox-vector-tile"


class NotNumbers(DataError):
    """A parameter that is to be numbers is none, or too few or too many, or one is beyond what it can be."""


class NoSuchLevel(DataError):
    """Areas of a level the city does not have."""


def view_asked(request: Request, scope: AccessScope) -> ViewState:
    city = request.query_params.get("city", "")
    view, _ = view_of(request.query_params, city_context(scope, city).options)
    return view


def answered(answer: Callable[[Request, AccessScope], Response]) -> Callable[[Request], Response]:
    """A route for who may see buildings. A wrong address gets one sentence, not a trace."""

    def route(request: Request, user: CurrentUser) -> Response:
        try:
            return answer(request, user.scope)
        except (DataError, GeoError) as mistake:
            return JSONResponse({"mistake": refusal_in_every_language(mistake)}, status_code=404)

    return guarded("buildings", route)


def point_tile(request: Request, scope: AccessScope) -> Response:
    view = view_asked(request, scope)
    z, x, y = (request.path_params[name] for name in ("z", "x", "y"))
    context = city_context(scope, view.city)
    if theme_named(view.theme, context.editions).is_density:
        density = city_cache.density(scope, view.city, context.version, view.on, view.filters)
        return _tile(request, density.tile(z, x, y))
    return _tile(request, tile(city_cache.point_layer(scope, view), z, x, y))


def area_tile(request: Request, scope: AccessScope) -> Response:
    """Outlines with names; coloured by the view when the address asks for `colour`."""
    view = view_asked(request, scope)
    level, z, x, y = (request.path_params[name] for name in ("level", "z", "x", "y"))
    context = city_context(scope, view.city)
    if level not in context.options.levels:
        raise NoSuchLevel("There are no areas of that level; there are {levels}.", levels=tuple(context.options.levels))
    prepared = city_cache.outlines(scope, view.city, context.version, level, view.on)
    names = [context.area_name_on_map[area][view.language != "zh"] for area in prepared.numbers]
    coloured = "colour" in request.query_params
    steps = city_cache.choropleth(scope, view, level).classes.colours if coloured else np.full(len(names), -1)
    return _tile(request, outline_tile(z, x, y, prepared, steps, names))


def ground_tile_route(request: Request, scope: AccessScope) -> Response:
    """Water, roads and the like, which are the same for whoever sees anything of the city."""
    view = view_asked(request, scope)
    z, x, y = (request.path_params[name] for name in ("z", "x", "y"))
    ground = city_ground(city_context(scope, view.city))
    return _tile(request, ground_tile(z, x, y, ground.index, ground.names[view.language]))


def own_tile(request: Request, scope: AccessScope) -> Response:
    """The areas a user is limited to, so that what is outside can be dimmed."""
    z, x, y = (request.path_params[name] for name in ("z", "x", "y"))
    own = own_outlines(city_context(scope, request.query_params.get("city", "")))
    none = [-1] * len(own.numbers), [""] * len(own.numbers)
    return _tile(request, outline_tile(z, x, y, own, *none))


def _tile(request: Request, content: bytes) -> Response:
    headers = {"Cache-Control": "private, max-age=600", "Vary": "Accept-Encoding"}
    if len(content) > 500 and "gzip" in request.headers.get("accept-encoding", ""):
        content = gzip.compress(content, compresslevel=5)
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=TILE, headers=headers)


def version(request: Request, scope: AccessScope) -> Response:
    """Which state of the city is shown now: an open map asks every moment, and nothing is worked out for it."""
    context = city_context(scope, request.query_params.get("city", ""))
    return JSONResponse({"version": context.version.cache_key}, headers={"Cache-Control": "no-store"})


def counts(request: Request, scope: AccessScope) -> Response:
    """Buildings in view by class, for the legend."""
    west, south, east, north = _numbers(request, "box", 4)
    point_layer = city_cache.point_layer(scope, view_asked(request, scope))
    in_view = point_layer.counts_in_view(west, south, east, north)
    by_class = {f"c{index}": count for index, count in enumerate(in_view.by_class)}
    return JSONResponse({"counts": {**by_class, **in_view.amounts}, "total": sum(in_view.by_class)})


def _numbers(request: Request, name: str, count: int) -> list[float]:
    """The numbers of a parameter. Raises NotNumbers."""
    try:
        numbers = [float(part) for part in request.query_params.get(name, "").split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise NotNumbers("'{name}' takes {count} numbers with commas between them.", name=name, count=count)
    return numbers


def building_at(request: Request, scope: AccessScope) -> Response:
    """The building under a click; where cells are drawn, the place to look closer at."""
    view = view_asked(request, scope)
    lon, lat, zoom = _numbers(request, "at", 3)
    if not 0 <= zoom <= CLOSEST_ZOOM:
        raise NotNumbers("'at' takes a longitude, a latitude and a zoom of 0 to {most}.", most=CLOSEST_ZOOM)
    selection = city_cache.point_layer(scope, view).selection
    rings = zoom - 1 < selection.first_building_zoom
    row = selection.nearest(lon, lat, (RING_PIXELS if rings else CLICK_PIXELS) * METRES_PER_PIXEL / 2**zoom)
    if row is None:
        return JSONResponse({})
    if rings:
        return JSONResponse({"closer": True, "lon": lon, "lat": lat})
    city_facts = city_context(scope, view.city).city_facts
    position = lonlat(selection.places.x[row], selection.places.y[row])
    return JSONResponse(
        {"building": int(city_facts.buildings["id"][row]), "lon": float(position[0]), "lat": float(position[1])}
    )


def search(request: Request, scope: AccessScope) -> Response:
    context = city_context(scope, request.query_params.get("city", ""))
    words = request.query_params.get("q", "")
    with reading(database(), scope) as session:
        rows = queries.search(session, scope, context.city, words, SUGGESTIONS)
        suggestions = list(_suggestions(rows))
    return JSONResponse({"found": suggestions})


def _suggestions(rows: Iterable[Building]) -> Iterator[dict[str, object]]:
    """Those that stand on the map, each at its place in the datum of the base map."""
    datum = basemap().datum
    for row in rows:
        if row.lon is None or row.lat is None or row.off_map is not None:
            continue
        lon, lat = from_wgs84(row.lon, row.lat, datum)
        name = " · ".join(dict.fromkeys(part for part in (row.name, row.address, row.code) if part))
        yield {"name": name, "building": row.id, "lon": float(lon), "lat": float(lat)}


ROUTES = [
    Route("/map/tiles/{z:int}/{x:int}/{y:int}.mvt", in_pool(TILES, answered(point_tile))),
    Route("/map/areas/{level}/{z:int}/{x:int}/{y:int}.mvt", in_pool(TILES, answered(area_tile))),
    Route("/map/ground/{z:int}/{x:int}/{y:int}.mvt", in_pool(TILES, answered(ground_tile_route))),
    Route("/map/own/{z:int}/{x:int}/{y:int}.mvt", in_pool(TILES, answered(own_tile))),
    Route("/map/version", in_pool(TILES, answered(version))),
    Route("/map/counts", in_pool(TILES, answered(counts))),
    Route("/map/at", in_pool(TILES, answered(building_at))),
    Route("/map/search", in_pool(SEARCHES, answered(search))),
]
