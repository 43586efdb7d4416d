"""Sign-in, sign-out and one's own account: plain forms, because only an answer of the server can set a cookie."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from anyio.to_thread import run_sync
from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.auth import oidc
from dashboard.auth.cookies_and_origin import HOME, cookies_of, in_language, lang_of, safe_next, sign_in_address
from dashboard.auth.left_behind import remove_left_behind
from dashboard.auth.login import FORGET, NO_STORE, client_of, signed_in_response
from dashboard.auth.request_user import CurrentUser, SignedOut, current_user
from dashboard.cache.city_cache import database
from dashboard.i18n import LANGUAGES, Sentence, supported_language, translator
from dashboard.look.timestamps import local_time, shared_zone, zone_name
from dashboard.shell.error_page import refusal_behind
from dashboard.shell.thread_pools import DOOR
from data.access.accounts import areas_of
from data.access.errors import PasswordRefused, SignInRefused
from data.access.roles import SYSTEM
from data.access.sessions import change_own_password, end_session, open_sessions, sign_in, sign_out
from data.city import queries
from data.db.engine import PERSONS_PATIENCE_S, RETRY_AFTER_S, reading, writing
from data.db.models.accounts import Account
from data.db.refusals import DatabaseRefused
from data.db.tables import id_in

HERE = Path(__file__).parent
PAGES = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)
STYLE = HERE / "style.css"
SCRIPTS = ("sign-in.js", "again.js", "stay.js", "validity.js")
BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # each holds the next
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
LARGEST_FORM = 20_000  # bytes; names and passwords are shorter
Form = dict[str, str]


def language_of(request: Request) -> str:
    """The language of the address, else that of the page it is to lead on to."""
    return supported_language(request.query_params.get("lang") or lang_of(request.query_params.get("next", "")))


def browser_name(agent: str) -> str:
    """A browser and its system as a person calls them."""
    browser = next((name for sign, name in BROWSERS if sign in agent), agent[:40])
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return f"{browser} · {system}" if system else browser


def page(request: Request, name: str, status: int = 200, **values: object) -> Response:
    language = language_of(request)
    other = next(each for each in LANGUAGES if each != language)
    tab = {"tab": request.query_params["tab"]} if "tab" in request.query_params else {}
    query = urlencode({"lang": other} | {key: values[key] for key in ("next",) if values.get(key)} | tab)
    home, text = f"/?{urlencode({'lang': language} | tab)}", PAGES.get_template(name)
    html = text.render(t=translator(language), language=language, other=f"?{query}", home=home, **values)
    return HTMLResponse(html, status_code=status, headers=NO_STORE)


def busy_page(request: Request) -> Response:
    """Others have been writing for longer than a person waits; nothing of what was asked for was done."""
    response = page(request, "busy.html", 503)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def refused_page(request: Request, refused: Sentence) -> Response:
    """What the database or its disk does not do, in the language of the address."""
    sentence = translator(language_of(request)).sentence(refused)
    return page(request, "refused.html", 503, sentence=sentence)


def posted(answer: Callable[[Request, Form], Response]) -> Callable:
    """A route for a form: read with a limit, answered in a pool of its own, as passwords take their time."""

    async def route(request: Request) -> Response:
        if int(request.headers.get("content-length") or LARGEST_FORM + 1) > LARGEST_FORM:
            return page(request, "sign_in.html", 413, next="/", mistake="form_too_long", sign_on=None)
        async with request.form(max_files=0, max_fields=10) as form:
            plain = {name: value for name, value in form.items() if isinstance(value, str)}
        try:
            return await run_sync(answer, request, plain, limiter=DOOR)
        except DatabaseRefused as error:
            return refused_page(request, refusal_behind(error) or error)

    return route


def sign_in_page(request: Request) -> Response:
    mistake = "sign_on_refused" if "refused" in request.query_params else None
    goal = safe_next(request.query_params.get("next"))
    return page(request, "sign_in.html", next=goal, mistake=mistake, sign_on=oidc.name())


def sign_in_posted(request: Request, form: Form) -> Response:
    goal = safe_next(form.get("next"))
    try:
        tokens = sign_in(database(), form.get("name", ""), form.get("password", ""), client_of(request))
    except SignInRefused as refused:
        mistake = type(refused).__name__
        return page(request, "sign_in.html", 403, next=goal, mistake=mistake, sign_on=oidc.name())
    chosen = request.query_params.get("lang")  # the form could be read in another language than the page asked for
    return signed_in_response(request, tokens, goal if chosen is None else in_language(goal, language_of(request)))


def signed_in(answer: Callable[..., Response]) -> Callable[..., Response]:
    """A route for anyone with a session."""

    def route(request: Request, *rest: Form) -> Response:
        try:
            user = current_user(request)
        except SignedOut:
            return RedirectResponse(sign_in_address("/account", language_of(request)), status_code=303)
        return answer(request, user, *rest)

    return route


@signed_in
def sign_out_posted(request: Request, user: CurrentUser, form: Form) -> Response:
    sign_out(database(), user.auth_session, user.actor)
    remove_left_behind(user)
    response = RedirectResponse(sign_in_address(HOME, language_of(request)), status_code=303, headers=NO_STORE | FORGET)
    cookies_of(request).clear_from(response)
    return response


@signed_in
def account_page(request: Request, user: CurrentUser) -> Response:
    return _account(request, user)


def _account(
    request: Request, user: CurrentUser, status: int = 200, mistake: str | None = None, done: str | None = None
) -> Response:
    with reading(database(), SYSTEM) as session:
        account = session.get_one(Account, user.auth_session.account_id)
        values = {
            "account": account,
            "areas": areas_of(session, account),
            "zone": shared_zone(queries.cities(session, SYSTEM)),
            "open_sessions": [user_session for user_session, _ in open_sessions(session, user.scope, account.id)],
        }
        return page(
            request,
            "account.html",
            status,
            this=user.auth_session.session_id,
            browser_name=browser_name,
            local_time=local_time,
            zone_name=zone_name,
            mistake=mistake,
            done=done,
            **values,
        )


@signed_in
def password_posted(request: Request, user: CurrentUser, form: Form) -> Response:
    new = form.get("new", "")
    if new != form.get("again", ""):
        return _account(request, user, 422, "passwords_differ")
    try:
        change_own_password(database(), user.auth_session, user.actor, form.get("old", ""), new, client_of(request))
    except (PasswordRefused, SignInRefused) as refused:
        return _account(request, user, 422, type(refused).__name__)
    return _account(request, user, done="password_changed")


@signed_in
def end_posted(request: Request, user: CurrentUser, form: Form) -> Response:
    number = id_in(form.get("session", ""))
    if number is not None:
        with writing(database(), SYSTEM, PERSONS_PATIENCE_S) as session:
            end_session(session, user.scope, user.actor, number, user.auth_session.account_id)
    return RedirectResponse(f"/account?lang={language_of(request)}", status_code=303)


def style(request: Request) -> Response:
    return FileResponse(STYLE, headers={"Cache-Control": "no-cache"})


def script(name: str) -> Callable[[Request], Response]:
    return lambda request: FileResponse(HERE / name, headers={"Cache-Control": "no-cache"})


ROUTES = [
    Route("/sign-in", sign_in_page, methods=["GET"]),
    Route("/sign-in", posted(sign_in_posted), methods=["POST"]),
    Route("/sign-out", posted(sign_out_posted), methods=["POST"]),
    Route("/account", account_page, methods=["GET"]),
    Route("/account/password", posted(password_posted), methods=["POST"]),
    Route("/account/end", posted(end_posted), methods=["POST"]),
    Route("/entrance/style.css", style, methods=["GET"]),
    *(Route(f"/entrance/{name}", script(name), methods=["GET"]) for name in SCRIPTS),
]
