"""Hydra's endpoints for tokens: exchange, refresh, revoke, introspect, and what /userinfo says of the person."""

import base64
import hashlib
import re

from simulators.bucket.clients import UnknownClientError
from simulators.bucket.id_tokens import IdTokens
from simulators.bucket.oauth_errors import OAuthError
from simulators.bucket.oauth_gate import counted
from simulators.bucket.site import Site
from simulators.bucket.store import Person
from simulators.bucket.tokens import Code, Grant, NoSuchTokenError
from simulators.http import Handler, Request, Response, Router, json_response

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class TokenEndpoints:
    """The endpoints that programs call."""

    def __init__(self, site: Site) -> None:
        self._site, self._id_tokens = site, IdTokens(site.clock)
        self._by_kind: dict[str, Handler] = {
            "authorization_code": counted(site, "exchange", self._exchange),
            "refresh_token": counted(site, "refresh", self._refresh),
        }

    def routes(self, router: Router) -> None:
        router.add("POST", "/oauth2/token", self.token)
        router.add("POST", "/oauth2/revoke", counted(self._site, "revoke", self._revoke))
        router.add("POST", "/oauth2/introspect", counted(self._site, "introspect", self._introspect))
        router.add("GET", "/userinfo", counted(self._site, "userinfo", self._userinfo))
        router.add("POST", "/userinfo", counted(self._site, "userinfo", self._userinfo))
        router.add("GET", "/.well-known/openid-configuration", self._discover)
        router.add("GET", "/.well-known/jwks.json", self._keys)

    async def token(self, request: Request) -> Response:
        """Exchange or refresh, which share a URL. They are counted separately and have separate faults."""
        handler = self._by_kind.get(_form(request).get("grant_type", ""))
        return await handler(request) if handler else OAuthError("unsupported_grant_type").response()

    async def _exchange(self, request: Request) -> Response:
        form, client_id = _form(request), self._client(request)
        try:
            code = self._site.tokens.look_up(form.get("code", ""))
        except NoSuchTokenError as error:
            raise OAuthError("invalid_grant", str(error)) from None
        if code.client_id != client_id:
            raise OAuthError("invalid_grant", "The OAuth 2.0 Client ID does not match the authorization code.")
        if code.redirect_uri != form.get("redirect_uri", ""):
            raise OAuthError("invalid_grant", 'The "redirect_uri" does not match the one of the authorize request.')
        _check_verifier(code, form.get("code_verifier", ""))
        return self._tokens(self._site.tokens.exchange(form["code"]), request, code.nonce)

    async def _refresh(self, request: Request) -> Response:
        client_id = self._client(request)
        refresh_token = _form(request).get("refresh_token", "")
        if not refresh_token:
            raise OAuthError("invalid_request", "The refresh_token is missing.")
        try:
            return self._tokens(self._site.tokens.refresh(refresh_token, client_id), request)
        except NoSuchTokenError as error:
            raise OAuthError("invalid_grant", str(error)) from None

    def _tokens(self, grant: Grant, request: Request, nonce: str = "") -> Response:
        members: dict[str, object] = {
            "access_token": grant.access_token,
            "expires_in": max(0, round(grant.access_until - self._site.clock())),
            "scope": " ".join(grant.scopes),
            "token_type": "bearer",
        }
        if "openid" in grant.scopes:
            claims = self._claims(grant) | {"aud": [grant.client_id]} | ({"nonce": nonce} if nonce else {})
            members["id_token"] = self._id_tokens.sign(_issuer(request), grant.access_until, claims)
        if grant.refresh_token:
            members["refresh_token"] = grant.refresh_token
        response = json_response(members)
        response.headers |= {"Cache-Control": "no-store", "Pragma": "no-cache"}
        return response

    async def _revoke(self, request: Request) -> Response:
        """End the grant of a token. An unknown token is answered with 200, too."""
        client_id, token = self._client(request), _form(request).get("token", "")
        grant = self._site.tokens.find(token)
        if grant and grant.client_id == client_id:
            self._site.tokens.end(grant)
        return Response(status=200)

    async def _introspect(self, request: Request) -> Response:
        """Return what a token is. With `scope`, a token that lacks one of the scopes is not active."""
        form = _form(request)
        token, wanted = form.get("token", ""), set(form.get("scope", "").split())
        is_refresh = self._site.tokens.is_refresh_token(token)
        grant = self._site.tokens.find(token) if is_refresh else self._site.tokens.access(token)
        if grant is None or not wanted <= set(grant.scopes):
            return json_response({"active": False})
        return json_response(
            {
                "active": True,
                "scope": " ".join(grant.scopes),
                "client_id": grant.client_id,
                "sub": self._person(grant).id,
                "exp": int(grant.refresh_until if is_refresh else grant.access_until),
                "iss": _issuer(request),
                "token_type": "refresh_token" if is_refresh else "access_token",
            }
        )

    async def _userinfo(self, request: Request) -> Response:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._site.tokens.access(token.strip()) if kind.lower() == "bearer" else None
        if grant is None:
            raise OAuthError("request_unauthorized", "Check that you provided valid credentials in the right format.")
        return json_response(self._claims(grant))

    def _claims(self, grant: Grant) -> dict[str, object]:
        """Return the claims of the granted scopes. The quirk lose_first_claims leaves out those of the first."""
        person = self._person(grant)
        found = grant.scopes[1:] if self._site.settings.lose_first_claims else grant.scopes
        claims: dict[str, object] = {"sub": person.id}
        if "profile" in found:
            claims |= {
                "id": person.id,
                "username": person.username,
                "name": person.name,
                "given_name": person.name,
                "profile": person.name,
                "family_n": "",
            }
        if "email" in found:
            claims |= {"email": person.email, "email_verified": False}
        if "phone" in found:
            claims |= {"phone_number": "", "phone_verified": False}
        return claims

    async def _discover(self, request: Request) -> Response:
        base = _issuer(request).rstrip("/")
        return json_response(
            {
                "issuer": f"{base}/",
                "authorization_endpoint": f"{base}/oauth2/auth",
                "token_endpoint": f"{base}/oauth2/token",
                "revocation_endpoint": f"{base}/oauth2/revoke",
                "userinfo_endpoint": f"{base}/userinfo",
                "end_session_endpoint": f"{base}/oauth2/sessions/logout",
                "jwks_uri": f"{base}/.well-known/jwks.json",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
                "scopes_supported": ["offline", "openid"],
            }
        )

    async def _keys(self, _request: Request) -> Response:
        return json_response(self._id_tokens.keys())

    def _client(self, request: Request) -> str:
        try:
            return self._site.clients.authenticate(request.headers.get("authorization", ""), _form(request))
        except UnknownClientError as error:
            raise OAuthError("invalid_client", str(error)) from None

    def _person(self, grant: Grant) -> Person:
        return self._site.store.person(grant.username)


def _check_verifier(code: Code, verifier: str) -> None:
    """Check the PKCE verifier, which is needed if the authorization request had a challenge."""
    if not code.challenge and not verifier:
        return
    if not VERIFIER.fullmatch(verifier):
        raise OAuthError("invalid_grant", "The PKCE code verifier must have 43 to 128 unreserved characters.")
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if digest != code.challenge:
        raise OAuthError("invalid_grant", "The PKCE code challenge did not match the code verifier.")


def _form(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in request.form().items()}


def _issuer(request: Request) -> str:
    return f"http://{request.headers.get('host', 'localhost')}/"
