"""Empty files to fill in and hand in; that one was taken along stands in the trail."""

from typing import cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.auth.request_user import CurrentUser, guarded
from dashboard.cache.city_cache import database
from dashboard.i18n import in_every_language
from data.access.roles import SYSTEM
from data.audit.trail import record
from data.db.engine import PERSONS_PATIENCE_S, reading, writing
from data.importing.templates import COLUMNS, FORMATS, MEDIA_TYPES, Format, template
from data.importing.writing.history import cities_to_import_into


def template_file(request: Request, user: CurrentUser) -> Response:
    """404 for a kind of record or a format that there is none of, or a city the user may not import into."""
    city, target, format_ = (request.path_params[name] for name in ("city", "target", "format"))
    with reading(database(), SYSTEM) as session:
        bounds = {one.code: one.bounds for one in cities_to_import_into(session, user.scope)}
    if city not in bounds or target not in COLUMNS or format_ not in FORMATS:
        return JSONResponse({"mistake": in_every_language("imports.no_template")}, status_code=404)
    content = template(target, cast(Format, format_), bounds[city])
    with writing(database(), user.scope, PERSONS_PATIENCE_S) as session:
        record(session, user.actor, "template_taken", {"city": city, "target": target, "format": format_})
    headers = {
        "Content-Disposition": f'attachment; filename="{target}-template.{format_}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=MEDIA_TYPES[cast(Format, format_)], headers=headers)


ROUTES = [Route("/imports/template/{city}/{target}.{format}", guarded("import", template_file))]
