"""A draft of the sandbox as a rule file to take along; that it was taken stands in the trail."""

import hashlib

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.auth.request_user import CurrentUser, guarded
from dashboard.cache import shared_results
from dashboard.cache.city_cache import database
from dashboard.i18n import refusal_in_every_language
from data.audit.trail import record
from data.db.engine import PERSONS_PATIENCE_S, writing
from scoring.rulebook.editions import rule_sets


def draft_file(request: Request, user: CurrentUser) -> Response:
    try:
        text = shared_results.load_text(request.path_params["key"])
    except shared_results.ComparisonGone as mistake:
        return JSONResponse({"mistake": refusal_in_every_language(mistake)}, status_code=404)
    asked = request.query_params.get("rule_set", "")
    name = asked if asked in rule_sets() else "rules"
    details = {"rule_set": name, "sha256": hashlib.sha256(text.encode()).hexdigest()}
    with writing(database(), user.scope, PERSONS_PATIENCE_S) as session:
        record(session, user.actor, "draft_taken", details)
    headers = {"Content-Disposition": f'attachment; filename="{name}.toml"', "Cache-Control": "no-store"}
    return Response(text, media_type="application/toml", headers=headers)


ROUTES = [Route("/rules/{key}.toml", guarded("drafts", draft_file))]
