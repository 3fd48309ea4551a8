"""What happens around Bucket's handlers: calls are counted, faults and the limit apply, body and token are read."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from simulators.bucket import errors
from simulators.bucket.errors import BucketError
from simulators.bucket.site import Site
from simulators.bucket.store import Person, Property, Thing
from simulators.faults import Fault
from simulators.http import HangUpError, Request, Response

PREFIX = "/bucket/api"
OPEN_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
    "X-Frame-Options": "SAMEORIGIN",
}


@dataclass(slots=True)
class Call:
    """A call of the API as its handler gets it: everything that its route requires has been checked."""

    request: Request
    body: dict[str, Any] = field(default_factory=dict)
    fault: Fault | None = None
    found_person: Person | None = None
    found_thing: Thing | None = None
    found_property: Property | None = None

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.query)

    @property
    def person(self) -> Person:
        assert self.found_person  # noqa: S101 - the route asks for a token
        return self.found_person

    @property
    def thing(self) -> Thing:
        assert self.found_thing  # noqa: S101 - the route has {thing}
        return self.found_thing

    @property
    def property(self) -> Property:
        assert self.found_property  # noqa: S101 - the route has {property}
        return self.found_property


Answer = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint. Without `scopes` it needs no token. What `{thing}` and `{property}` name must be the caller's."""

    name: str
    method: str
    path: str
    scopes: tuple[str, ...] | None
    answer: Answer

    def match(self, request: Request, path: str) -> dict[str, str] | None:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        found = re.fullmatch(pattern, path) if request.method == self.method else None
        return {name: unquote(value) for name, value in found.groupdict().items()} if found else None


class Api:
    """A handler of all requests under /bucket/api. The first route that matches answers."""

    def __init__(self, site: Site, routes: list[Route]) -> None:
        self._site, self._routes = site, routes
        self._nowhere = Route("unknown", "", "", None, _no_route)

    async def __call__(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            allowed = {"Access-Control-Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE"}
            return Response(status=204, headers=OPEN_HEADERS | allowed)
        path = request.path.removeprefix(PREFIX).rstrip("/") or "/"
        route, params = self._nowhere, {}
        for one in self._routes:
            if (found := one.match(request, path)) is not None:
                route, params = one, found
                break
        return await self._serve(route, params, request)

    async def _serve(self, route: Route, params: dict[str, str], request: Request) -> Response:
        site = self._site
        site.calls[route.name] += 1
        grant = site.tokens.access(_sent_token(request))
        try:
            effects = await site.faults.meet(route.name, grant.username if grant else None)
        except HangUpError:
            site.statuses[f"{route.name} dropped"] += 1
            raise
        fits = site.limit.spend()
        call = Call(request, fault=effects.answer)
        if effects.answer and effects.answer.kind != "swallow":
            response = errors.faulty(effects.answer)
        elif not fits:
            response = errors.too_many_requests()
        else:
            response = await self._answer(route, params, call)
        response.headers |= OPEN_HEADERS | site.limit.headers(fits=fits)
        site.statuses[f"{route.name} {response.status}"] += 1
        return site.faults.spoil(effects, response)

    async def _answer(self, route: Route, params: dict[str, str], call: Call) -> Response:
        try:
            call.body = self._read_body(call.request)
            if route.scopes is not None:
                call.found_person = self._authenticate(call.request, route.scopes, of_thing="thing" in params)
                self._check_policy(call, params)
            call.request = Request(
                method=call.request.method,
                path=call.request.path,
                query=call.request.query,
                headers=call.request.headers,
                body=call.request.body,
                params=params,
            )
            return await route.answer(call)
        except BucketError as error:
            return error.response()

    def _read_body(self, request: Request) -> dict[str, Any]:
        """Return the JSON object of a body; an empty one if the body is not declared as JSON."""
        if not request.body or not request.headers.get("content-type", "").startswith("application/json"):
            return {}
        if len(request.body) > self._site.settings.body_limit:
            raise errors.of_library("PayloadTooLargeError", "request entity too large")
        text = request.body.decode("utf-8", "replace")
        try:
            body = json.loads(text, parse_constant=_no_constant)
        except json.JSONDecodeError as error:
            raise _bad_json(text, error.pos) from None
        if not isinstance(body, (dict, list)):
            raise _bad_json(text, 0)
        return body if isinstance(body, dict) else {}

    def _authenticate(self, request: Request, scopes: tuple[str, ...], *, of_thing: bool) -> Person:
        """Return the person of the token. Raise BucketError if it is missing, invalid, or lacks one of the scopes."""
        header = request.headers.get("authorization")
        if header is None and "authorization" not in request.query:
            raise errors.no_token()
        if header is not None and not header.startswith(("bearer ", "Bearer ")):
            raise errors.no_bearer()
        token = _sent_token(request)
        if of_thing and token.count(".") == 2:
            raise errors.not_active()  # Bucket takes it for the token of a Thing, and no Thing has one here
        if self._site.tokens.is_refresh_token(token):
            raise errors.not_an_access_token()
        grant = self._site.tokens.access(token)
        if grant is None or not set(scopes) <= set(grant.scopes):
            raise errors.not_active()
        return self._site.store.people[grant.username]

    def _check_policy(self, call: Call, params: dict[str, str]) -> None:
        """Find Thing and Property of the path. Raise BucketError unless both exist and are the person's."""
        store = self._site.store
        if "thing" in params:
            call.found_thing = store.things.get(params["thing"])
            if call.found_thing is None or call.found_thing.person_id != call.person.id:
                raise errors.not_allowed()
        if "property" in params:
            call.found_property = store.properties.get(params["property"])
            if call.found_property is None or call.found_property.thing_id != params["thing"]:
                raise errors.not_allowed()


def text_in(body: dict[str, Any], name: str, default: str = "") -> str:
    """Return a text of a body. Raise BucketError for null, which Bucket's database refuses."""
    value = body.get(name, default)
    if value is None:
        raise errors.of_library("QueryFailedError", f'null value in column "{name}" violates not-null constraint')
    return str(value)


def _sent_token(request: Request) -> str:
    header = request.headers.get("authorization")
    if header is None:
        return request.query.get("authorization", "")
    return header.removeprefix("bearer ").removeprefix("Bearer ")


def _bad_json(text: str, at: int) -> BucketError:
    if at >= len(text.rstrip()):
        return errors.of_library("SyntaxError", "Unexpected end of JSON input")
    return errors.of_library("SyntaxError", f"Unexpected token {text[at]} in JSON at position {at}")


def _no_constant(name: str) -> float:
    raise json.JSONDecodeError(name, name, 0)


async def _no_route(_call: Call) -> Response:
    raise errors.not_found("This URL does not match any Bucket API.")
