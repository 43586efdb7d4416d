"""A draft of the sandbox as a rule file to take along."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.auth.request_user import CurrentUser, guarded
from dashboard.cache import shared_results
from dashboard.i18n import refusal_in_every_language
from scoring.rulebook.editions import rule_sets


def draft_file(request: Request, _user: CurrentUser) -> Response:
    try:
        text = shared_results.load_text(request.path_params["key"])
    except shared_results.ComparisonGone as mistake:
        return JSONResponse({"mistake": refusal_in_every_language(mistake)}, status_code=404)
    asked = request.query_params.get("rule_set", "")
    name = asked if asked in rule_sets() else "rules"
    headers = {"Content-Disposition": f'attachment; filename="{name}.toml"', "Cache-Control": "no-store"}
    return Response(text, media_type="application/toml", headers=headers)


ROUTES = [Route("/rules/{key}.toml", guarded("drafts", draft_file))]
