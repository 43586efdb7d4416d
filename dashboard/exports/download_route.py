"""What the viewer sees under the filters of an address, as a file to take along; each is entered in the audit trail."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard.auth.request_user import CurrentUser, guarded
from dashboard.cache import city_cache
from dashboard.cache.city_cache import CityContext, city_context, database
from dashboard.exports import labels
from dashboard.i18n import Translator, refusal_in_every_language, translator
from dashboard.view.view_state import ViewState, layer_query, view_of
from data.audit.trail import record
from data.city.local_time import city_zone
from data.db.engine import PERSONS_PATIENCE_S, reading, writing
from data.db.refusals import DatabaseRefused
from data.errors import DataError
from data.exports.csv import zipped_csv
from data.exports.geojson import feature_collection
from data.exports.geopackage import write_geopackage
from data.exports.rows import Export, rows_seen
from data.exports.xlsx import workbook
from geo.errors import GeoError

AT_ONCE = CapacityLimiter(2)  # files being made: each takes most of a core for some seconds
CHUNK = 1 << 18
# "identity" keeps Streamlit's server from compressing a file once more, which would hold up everybody's answers.
UNCOMPRESSED = {"Cache-Control": "no-store", "Content-Encoding": "identity"}
GEOJSON = "application/geo+json"  # the one format that is not compressed by itself


class NoSuchExport(DataError):
    """A format or a filter that is not there."""


@dataclass(frozen=True)
class Format:
    """stream: the file piece by piece; make: the file written to a path, where its format needs going back in it."""

    ending: str
    media_type: str
    stream: Callable[[Export, Translator], Iterator[bytes]] | None = None
    make: Callable[[Path, Export, Translator], None] | None = None


def _csv(export: Export, t: Translator) -> Iterator[bytes]:
    return zipped_csv(export, f"{t('exports.readme')}.txt", f"{t('exports.data')}.csv")


def _xlsx(export: Export, t: Translator) -> Iterator[bytes]:
    return workbook(export, t("exports.data"), t("exports.about"))


FORMATS = {
    "csv": Format("zip", "application/zip", stream=_csv),
    "xlsx": Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", stream=_xlsx),
    "geojson": Format("geojson", GEOJSON, stream=lambda export, t: feature_collection(export)),
    "gpkg": Format(
        "gpkg", "application/geopackage+sqlite3", make=lambda path, export, t: write_geopackage(path, export)
    ),
}


class MadeFile(Response):
    """A file that is made when it is sent, and removed however the sending ends."""

    def __init__(self, name: str, make: Callable[[Path], None], media_type: str, headers: dict[str, str]) -> None:
        super().__init__(media_type=media_type, headers=headers)
        self.name, self.make = name, make
        del self.headers["content-length"]

    async def __call__(self, scope, receive, send) -> None:
        with TemporaryDirectory(prefix="credit-map-export-") as folder:
            path = Path(folder) / self.name
            await to_thread.run_sync(self.make, path, limiter=AT_ONCE)
            headers = dict(self.headers) | {"content-length": str(path.stat().st_size)}
            await StreamingResponse(_chunks(path), headers=headers)(scope, receive, send)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def export(request: Request, user: CurrentUser) -> Response:
    try:
        return _export_response(request, user)
    except DatabaseRefused as refused:  # an export leaves an entry in the audit trail, or it does not leave
        return JSONResponse({"mistake": refusal_in_every_language(refused)}, status_code=503)
    except (DataError, GeoError) as mistake:
        return JSONResponse({"mistake": refusal_in_every_language(mistake)}, status_code=404)


def _export_response(request: Request, user: CurrentUser) -> Response:
    """Enters the export in the audit trail before its first byte leaves."""
    form = FORMATS.get(request.path_params["format"])
    if form is None:
        raise NoSuchExport("There is no such format; there are {formats}.", formats=tuple(FORMATS))
    context = city_context(user.scope, request.path_params["city"])
    view, unknown = view_of(request.query_params, context.options)
    if unknown:  # passed over on the map; here it would quietly give more than was asked for
        raise NoSuchExport("The address asks for what is not here: {what}. Take it out.", what=", ".join(unknown)[:200])
    t = translator(view.language)
    made = _export(user, context, view, t)
    headers = UNCOMPRESSED | {"Content-Disposition": _disposition(context, view, form, t)}
    response = _file_response(request, form, made, t, headers)
    with writing(database(), user.scope, PERSONS_PATIENCE_S) as session:
        record(session, user.actor, "export", _entry(request.path_params["format"], context, view, made))
    return response


def _file_response(request: Request, form: Format, made: Export, t: Translator, headers: dict[str, str]) -> Response:
    make, stream = form.make, form.stream
    if make is not None:
        return MadeFile(f"export.{form.ending}", lambda path: make(path, made, t), form.media_type, headers)
    assert stream is not None
    return _streamed(request, stream(made, t), form.media_type, headers)


def _export(user: CurrentUser, context: CityContext, view: ViewState, t: Translator) -> Export:
    scope, version = user.scope, context.version
    day = city_cache.snapshot(scope, view.city, version, view.on)
    selected = city_cache.selected_buildings(scope, view.city, version, view.on, view.filters)
    with reading(database(), scope) as session:
        rows = rows_seen(session, scope, context.city, day, selected)
    made_at = datetime.now(city_zone(context.city.time_zone, context.city.bounds))
    return Export(
        engine=database(),
        scope=scope,
        city=context.city,
        day=day,
        rows=rows,
        wording=labels.wording(scope, context, day, t),
        area_names=context.area_name,
        about=labels.about(user, context, view, day, rows, made_at, t),
    )


def _entry(name: str, context: CityContext, view: ViewState, made: Export) -> dict[str, object]:
    query = layer_query(view, context.options)
    filters = {key: value for key, value in query.items() if key not in ("city", "day", "show", "over")}
    return {"format": name, "city": view.city, "day": str(view.on), "filters": filters, "rows": len(made.rows)}


def _streamed(request: Request, pieces: Iterator[bytes], media_type: str, headers: dict[str, str]) -> Response:
    if media_type == GEOJSON and "gzip" in request.headers.get("accept-encoding", ""):
        pieces, headers = _gzipped(pieces), headers | {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return StreamingResponse(pieces, media_type=media_type, headers=headers)


def _gzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    gzip = zlib.compressobj(level=3, wbits=31)
    for piece in pieces:
        yield gzip.compress(piece) + gzip.flush(zlib.Z_SYNC_FLUSH)
    yield gzip.flush()


def _disposition(context: CityContext, view: ViewState, form: Format, t: Translator) -> str:
    """RFC 6266: the name in any script, and one in plain letters."""
    name, plain = labels.file_name(context, view.on, form.ending, t)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


ROUTES = [Route("/export/{city}.{format}", guarded("export", export))]
