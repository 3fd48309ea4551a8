"""Strava's OAuth endpoints: consent, exchange, refresh, revoke, deauthorize."""

import base64
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from simulators.http import Handler, Request, Response, Router, html_response, json_response, redirect
from simulators.strava import answers, gate, pages
from simulators.strava.athletes import profile
from simulators.strava.site import Site
from simulators.strava.tokens import Grant, NoSuchTokenError

SCOPES = (
    "read",
    "read_all",
    "profile:read_all",
    "profile:write",
    "activity:read",
    "activity:read_all",
    "activity:write",
)
LOOPBACK = ("localhost", "127.0.0.1")


class OAuth:
    """The endpoints under /oauth and /api/v3/oauth."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._token = {
            "authorization_code": gate.open_to_all(site, "exchange", self._exchange),
            "refresh_token": gate.open_to_all(site, "refresh", self._refresh),
        }

    def routes(self, router: Router, prefix: str) -> None:
        router.add("GET", f"{prefix}/authorize", gate.open_to_all(self._site, "authorize", self._ask))
        router.add("POST", f"{prefix}/authorize", self._decide)
        router.add("POST", f"{prefix}/token", self.token)
        router.add("POST", f"{prefix}/revoke", gate.open_to_all(self._site, "revoke", self._revoke))
        router.add("POST", f"{prefix}/deauthorize", gate.with_token(self._site, "deauthorize", self._deauthorize))

    async def _ask(self, request: Request) -> Response:
        """Show the consent page."""
        refused = self._check_client_and_address(request.query)
        if refused:
            return refused
        if request.query.get("response_type", "code") != "code":
            return answers.bad_request("Application", "response_type", "invalid")
        scopes = [scope for scope in request.query.get("scope", "read").replace(" ", ",").split(",") if scope]
        if any(scope not in SCOPES for scope in scopes):
            return answers.bad_request("Application", "scope", "invalid")
        return html_response(pages.consent(self._site, scopes, request.query))

    async def _decide(self, request: Request) -> Response:
        """Redirect with a code, or with an error if the person declined."""
        form = {name: values[0] for name, values in request.form().items()}
        refused = self._check_client_and_address(form)
        if refused:
            return refused
        state = {"state": form["state"]} if "state" in form else {}
        if form.get("decision") != "authorize":
            return _back(form["redirect_uri"], state | {"error": "access_denied"})
        athlete_id = int(form["athlete_id"]) if form.get("athlete_id", "").isdecimal() else 0
        if athlete_id not in self._site.athletes:
            return answers.bad_request("Athlete", "athlete_id", "invalid")
        cap, connected = self._site.settings.athlete_cap, self._site.tokens.connected()
        if cap and len(connected | {athlete_id}) > cap and athlete_id not in connected:
            return html_response(pages.cap_reached(), status=403)
        given = [scope for item in request.form().get("scope", []) for scope in item.split(",") if scope in SCOPES]
        scopes = list(dict.fromkeys(["read", *given]))
        code = self._site.tokens.code(athlete_id, scopes)
        return _back(form["redirect_uri"], state | {"code": code, "scope": ",".join(scopes)})

    async def token(self, request: Request) -> Response:
        """Exchange or refresh, which share a URL. They are counted separately and have separate faults."""
        kind = _first(request, "grant_type")
        handler: Handler | None = self._token.get(kind)
        return await handler(request) if handler else answers.bad_request("Application", "grant_type", "invalid")

    async def _exchange(self, request: Request) -> Response:
        refused = self._check_client(request)
        if refused:
            return refused
        try:
            grant = self._site.tokens.exchange(_first(request, "code"))
        except NoSuchTokenError:
            return answers.bad_request("AuthorizationCode", "", "invalid")
        athlete = self._site.athlete(grant.athlete_id)
        return json_response(self._tokens(grant) | {"athlete": profile(athlete, detailed=False)})

    async def _refresh(self, request: Request) -> Response:
        refused = self._check_client(request)
        if refused:
            return refused
        try:
            return json_response(self._tokens(self._site.tokens.refresh(_first(request, "refresh_token"))))
        except NoSuchTokenError:
            return answers.bad_request("RefreshToken", "refresh_token", "invalid")

    async def _revoke(self, request: Request) -> Response:
        kind, _, coded = request.headers.get("authorization", "").partition(" ")
        client = f"{self._site.settings.client_id}:{self._site.settings.client_secret}"
        if kind.lower() != "basic" or coded.strip() != base64.b64encode(client.encode()).decode():
            return answers.refusal(401, "Authorization Error", "Application", "client_id", "invalid")
        grant = self._site.tokens.find(_first(request, "token"))
        if grant:
            self._site.revoke(grant.athlete_id)
        return json_response({})

    async def _deauthorize(self, request: Request, grant: Grant) -> Response:
        self._site.revoke(grant.athlete_id)
        return json_response({"access_token": gate.bearer(request)})

    def _tokens(self, grant: Grant) -> dict[str, object]:
        return {
            "token_type": "Bearer",
            "access_token": grant.access_token,
            "expires_at": int(grant.expires_at),
            "expires_in": max(0, round(grant.expires_at - self._site.clock())),
            "refresh_token": grant.refresh_token,
        }

    def _check_client(self, request: Request) -> Response | None:
        client_id, secret = _first(request, "client_id"), _first(request, "client_secret")
        if not client_id:
            return answers.bad_request("Application", "client_id", "missing")
        if (client_id, secret) != (self._site.settings.client_id, self._site.settings.client_secret):
            return answers.bad_request("Application", "client_id", "invalid")
        return None

    def _check_client_and_address(self, fields: Mapping[str, str]) -> Response | None:
        if "client_id" not in fields:
            return answers.bad_request("Application", "client_id", "missing")
        if fields["client_id"] != self._site.settings.client_id:
            return answers.bad_request("Application", "client_id", "invalid")
        address = urlsplit(fields.get("redirect_uri", ""))
        allowed = (*LOOPBACK, self._site.settings.callback_domain)
        host = address.hostname or ""
        ours = host in allowed or host.endswith(f".{allowed[-1]}" if allowed[-1] else " ")
        if address.scheme not in ("http", "https") or not host or not ours:
            return answers.bad_request("Application", "redirect_uri", "invalid")
        return None


def _back(address: str, fields: dict[str, str]) -> Response:
    return redirect(f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(fields)}")


def _first(request: Request, name: str) -> str:
    return request.form().get(name, [request.query.get(name, "")])[0]
