"""The rows an import set aside, as a file to mend and hand in again; that it was taken along stands in the trail."""

import tempfile
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.auth.request_user import CurrentUser, guarded
from dashboard.cache.city_cache import database
from dashboard.i18n import in_every_language
from data.access.roles import SYSTEM
from data.audit.trail import record
from data.db.engine import PERSONS_PATIENCE_S, reading, writing
from data.db.models.city import Import
from data.db.tables import id_in
from data.importing.writing.idempotency import outcome_of
from data.importing.writing.rejected_rows import ending, write_rejected_rows

MEDIA_TYPES = {".csv": "text/csv; charset=utf-8", ".geojson": "application/geo+json"}


def set_aside(request: Request, user: CurrentUser) -> Response:
    """404 for an import that set nothing aside, is not there, or is of a city the user does not see whole."""
    number = id_in(request.path_params["number"])
    with reading(database(), SYSTEM) as session:
        row = session.get(Import, number) if number is not None else None
        outcome = outcome_of(session, row) if row and user.scope.sees_all_of(row.city_id) else None
    if outcome is None or not outcome.faults:
        return JSONResponse({"mistake": in_every_language("imports.nothing_set_aside")}, status_code=404)
    with tempfile.TemporaryDirectory(prefix="credit-map-") as folder:
        suffix = ending(outcome.frame)
        path = Path(folder, f"set-aside{suffix}")
        write_rejected_rows(path, outcome.frame, outcome.faults, outcome.row_numbers.tolist())
        content = path.read_bytes()
    with writing(database(), user.scope, PERSONS_PATIENCE_S) as session:
        record(session, user.actor, "rejected_rows_taken", {"import": outcome.import_id})
    headers = {
        "Content-Disposition": f'attachment; filename="import-{outcome.import_id}-set-aside{suffix}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=MEDIA_TYPES[suffix], headers=headers)


ROUTES = [Route("/imports/{number}/set-aside.csv", guarded("import", set_aside))]
