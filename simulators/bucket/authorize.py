"""Hydra's authorization endpoint, and the pages on which a person signs in and consents."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit

from simulators.bucket import pages
from simulators.bucket.clients import SCOPES
from simulators.bucket.oauth_errors import OAuthError
from simulators.bucket.oauth_gate import counted
from simulators.bucket.site import Site
from simulators.bucket.tokens import Code
from simulators.http import Request, Response, Router, html_response, redirect

SHORTEST_STATE = 8
REQUEST_LIFE_S = 900
"""How long a person may take to sign in and consent."""
REMEMBERED_S = 3600
SESSION_COOKIE = "oauth2_authentication_session"


@dataclass(frozen=True, slots=True)
class AuthRequest:
    """A checked request of a client, while the person signs in and consents."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    challenge: str
    nonce: str
    until: float
    username: str = ""


class Authorization:
    """The endpoint `/oauth2/auth` and the pages under `/profile/`. Sessions of browsers are kept in memory."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._requests: dict[str, AuthRequest] = {}
        self._sessions: dict[str, tuple[str, float]] = {}
        self._consents: dict[tuple[str, str], tuple[tuple[str, ...], float]] = {}

    def routes(self, router: Router) -> None:
        router.add("GET", "/oauth2/auth", counted(self._site, "authorize", self._begin))
        router.add("GET", "/profile/sign-in", self._show_sign_in)
        router.add("POST", "/profile/sign-in", self._sign_in)
        router.add("GET", "/profile/consent", self._show_consent)
        router.add("POST", "/profile/consent", self._decide)
        router.add("GET", "/oauth2/sessions/logout", self._show_sign_out)
        router.add("POST", "/oauth2/sessions/logout", self._sign_out)

    def forget(self, username: str) -> None:
        """Forget that a person has consented, so that the next request asks them again."""
        for key in [key for key in self._consents if key[0] == username]:
            del self._consents[key]

    async def _begin(self, request: Request) -> Response:
        query = request.query
        client_id, redirect_uri = query.get("client_id", ""), query.get("redirect_uri", "")
        known = client_id in self._site.clients.secrets
        if not known or not self._site.clients.may_redirect_to(redirect_uri):
            wrong = "its address to return to is not registered" if known else "Bucket does not know it"
            return html_response(pages.wrong_client(client_id, wrong), status=400)
        try:
            asked = self._check(query)
            return self._next_step(asked, self._signed_in(request), query.get("prompt", ""))
        except OAuthError as error:
            return _back(redirect_uri, error.fields() | {"state": query.get("state", "")})

    def _check(self, query: Mapping[str, str]) -> AuthRequest:
        if query.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", "Only the response_type code is supported.")
        if len(query.get("state", "")) < SHORTEST_STATE:
            raise OAuthError("invalid_state", f'"state" must be at least be {SHORTEST_STATE} characters long.')
        scopes = tuple(dict.fromkeys(query.get("scope", "").split()))
        if unknown := [scope for scope in scopes if scope not in SCOPES]:
            raise OAuthError("invalid_scope", f'The OAuth 2.0 Client is not allowed to request scope "{unknown[0]}".')
        challenge = query.get("code_challenge", "")
        if challenge and query.get("code_challenge_method") != "S256":
            raise OAuthError("invalid_request", "Clients must use code_challenge_method=S256, plain is not allowed.")
        return AuthRequest(
            query["client_id"],
            query["redirect_uri"],
            scopes,
            query["state"],
            challenge,
            query.get("nonce", ""),
            self._site.clock() + REQUEST_LIFE_S,
        )

    def _next_step(self, asked: AuthRequest, username: str, prompt: str) -> Response:
        """Skip the sign-in page for a person who is signed in, and the consent page if their consent is remembered."""
        if not username or prompt == "login":
            if prompt == "none":
                raise OAuthError("login_required")
            return redirect(f"/profile/sign-in?login_challenge={self._store(asked)}")
        granted, until = self._consents.get((username, asked.client_id), ((), 0.0))
        if until > self._site.clock() and set(asked.scopes) <= set(granted) and prompt != "consent":
            return self._grant(replace(asked, username=username), asked.scopes)
        if prompt == "none":
            raise OAuthError("consent_required")
        return redirect(f"/profile/consent?consent_challenge={self._store(replace(asked, username=username))}")

    async def _show_sign_in(self, request: Request) -> Response:
        challenge = request.query.get("login_challenge", "")
        asked = self._find(challenge)
        return html_response(pages.sign_in(self._site.store, challenge, asked.client_id)) if asked else _too_late()

    async def _sign_in(self, request: Request) -> Response:
        form = _first_values(request)
        asked = self._find(form.get("login_challenge", ""))
        if not asked:
            return _too_late()
        name = form.get("new_name", "").strip()
        if not name and form.get("username") not in self._site.store.people:
            page = pages.sign_in(self._site.store, form["login_challenge"], asked.client_id, name_missing=True)
            return html_response(page, status=400)
        person = self._site.store.person_named(name) if name else self._site.store.people[form["username"]]
        self._requests.pop(form["login_challenge"])
        challenge = self._store(replace(asked, username=person.username))
        response = redirect(f"/profile/consent?consent_challenge={challenge}", status=303)
        if "remember" in form:
            session = secrets.token_urlsafe(24)
            self._sessions[session] = (person.username, self._site.clock() + REMEMBERED_S)
            cookie = f"{SESSION_COOKIE}={session}; Path=/; Max-Age={REMEMBERED_S}; HttpOnly; SameSite=Lax"
            response.headers["Set-Cookie"] = cookie
        return response

    async def _show_consent(self, request: Request) -> Response:
        challenge = request.query.get("consent_challenge", "")
        asked = self._find(challenge)
        if not asked or not asked.username:
            return _too_late()
        person = self._site.store.person(asked.username)
        return html_response(pages.consent(person, challenge, asked.client_id, asked.scopes))

    async def _decide(self, request: Request) -> Response:
        form = _first_values(request)
        asked = self._find(form.get("consent_challenge", ""))
        if not asked or not asked.username:
            return _too_late()
        self._requests.pop(form["consent_challenge"])
        if form.get("decision") != "allow":
            return _back(asked.redirect_uri, OAuthError("access_denied").fields() | {"state": asked.state})
        ticked = request.form().get("scope", [])
        granted = tuple(scope for scope in asked.scopes if scope in ticked)
        if "remember" in form:
            until = self._site.clock() + REMEMBERED_S
            self._consents[asked.username, asked.client_id] = (granted, until)
        return self._grant(asked, granted)

    def _grant(self, asked: AuthRequest, granted: tuple[str, ...]) -> Response:
        """Redirect with a code."""
        code = self._site.tokens.code(
            Code(
                asked.username,
                asked.client_id,
                granted,
                asked.redirect_uri,
                asked.challenge,
                asked.nonce,
                self._site.clock() + self._site.settings.code_life_s,
            )
        )
        return _back(asked.redirect_uri, {"code": code, "scope": " ".join(granted), "state": asked.state})

    async def _show_sign_out(self, request: Request) -> Response:
        username = self._signed_in(request)
        return html_response(pages.sign_out(self._site.store.people.get(username)))

    async def _sign_out(self, request: Request) -> Response:
        self._sessions.pop(_cookie(request), None)
        response = html_response(pages.signed_out())
        response.headers["Set-Cookie"] = f"{SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        return response

    def _signed_in(self, request: Request) -> str:
        """Return the username of the person whom the browser remembers, or an empty text."""
        username, until = self._sessions.get(_cookie(request), ("", 0.0))
        return username if until > self._site.clock() and username in self._site.store.people else ""

    def _store(self, asked: AuthRequest) -> str:
        challenge = secrets.token_hex(16)
        self._requests[challenge] = asked
        return challenge

    def _find(self, challenge: str) -> AuthRequest | None:
        asked = self._requests.get(challenge)
        return asked if asked and asked.until > self._site.clock() else None


def _too_late() -> Response:
    return html_response(pages.too_late(), status=400)


def _back(address: str, fields: dict[str, str]) -> Response:
    return redirect(f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(fields)}")


def _first_values(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in request.form().items()}


def _cookie(request: Request) -> str:
    pairs = (pair.strip().partition("=") for pair in request.headers.get("cookie", "").split(";"))
    return next((value for name, _, value in pairs if name == SESSION_COOKIE), "")
