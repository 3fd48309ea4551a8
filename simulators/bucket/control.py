"""The control API: tests change tokens, limit, quirks and faults over HTTP, and read back what is stored."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from simulators.bucket.authorize import Authorization
from simulators.bucket.clients import PUBLIC, SCOPES
from simulators.bucket.control_page import control_page
from simulators.bucket.faults import ENDPOINTS, KINDS
from simulators.bucket.pages import NOTICE
from simulators.bucket.site import Site
from simulators.bucket.store import Property, Thing
from simulators.bucket.values import read_rows
from simulators.control import UnknownError, Verb, add_control_calls, batch
from simulators.fault_control import FaultControl
from simulators.http import Request, Response, Router, html_response, redirect
from simulators.values import BadValueError, Values

PATH = "/_control"
USUAL_SCOPE = "openid offline profile email dcd:things dcd:properties"


class Control:
    """All control calls, each a method from Values to JSON."""

    def __init__(self, site: Site, authorization: Authorization, connections: Callable[[], int]) -> None:
        self._site, self._authorization, self._connections = site, authorization, connections
        faults = FaultControl(site.faults, kinds=KINDS, endpoints=ENDPOINTS, whose=self._username)
        self._reads: dict[str, Verb] = {
            "stats": self.stats,
            "people": self.people,
            "things": self.things,
            "rows": self.rows,
            "orphans": self.orphans,
            "grants": self.grants,
            "settings": self.settings,
            **faults.reads(),
        }
        self._writes: dict[str, Verb] = {
            "people": self.add_person,
            "grant": self.grant,
            "expire": self.expire,
            "revoke": self.revoke,
            "things": self.add_thing,
            "things/delete": self.delete_thing,
            "properties": self.add_property,
            "properties/delete": self.delete_property,
            "rows": self.write_rows,
            "settings": self.settings,
            "limit": self.limit,
            "reset": self.reset,
            "clear": self.clear,
            "batch": self.batch,
            **faults.writes(),
        }

    def routes(self, router: Router) -> None:
        for path in ("/", PATH):
            router.add("GET", path, self._to_page)
        router.add("GET", f"{PATH}/", self._page)
        add_control_calls(router, self._reads, self._writes, path=PATH, notice=NOTICE)

    async def _to_page(self, _request: Request) -> Response:
        return redirect(f"{PATH}/")

    async def _page(self, _request: Request) -> Response:
        return html_response(control_page(self._site))

    def batch(self, values: Values) -> list[Any]:
        return batch(self._writes, values)

    def stats(self, _values: Values) -> dict[str, Any]:
        """Return all counts."""
        site, store = self._site, self._site.store
        return {
            "calls": dict(site.calls),
            "statuses": dict(site.statuses),
            "tokens": asdict(site.tokens.counts),
            "connected": sorted(one.username for one in store.people.values() if site.tokens.of(one.username)),
            "open_connections": self._connections(),
            "limit": {"requests": site.limit.requests, "window_s": site.limit.window_s, "used": site.limit.used},
            "rejected": site.limit.rejected,
            "things": len(store.things),
            "properties": len(store.properties),
            "rows": sum(store.series.count(one) for one in store.properties),
        }

    def people(self, _values: Values) -> list[dict[str, Any]]:
        return [
            {"id": one.id, "username": one.username, "name": one.name, "email": one.email}
            for one in self._site.store.people.values()
        ]

    def add_person(self, values: Values) -> dict[str, Any]:
        person = self._site.store.person_named(values.text("name"))
        return {"id": person.id, "username": person.username}

    def things(self, values: Values) -> list[dict[str, Any]]:
        """Return the Things of one person, or of all, with their Properties and how many rows each has."""
        store = self._site.store
        wanted = store.person(values.text("username")).id if "username" in values else None
        return [
            asdict(thing) | {"properties": [self._described(one) for one in store.properties_of(thing.id)]}
            for thing in store.things.values()
            if wanted in (None, thing.person_id)
        ]

    def _described(self, one: Property) -> dict[str, Any]:
        return asdict(one) | {"rows": self._site.store.series.count(one.id)}

    def rows(self, values: Values) -> list[list[Any]]:
        """Return all rows of a Property in the order of time, with the values in the order of the type's definition."""
        one = self._property(values)
        dimensions = self._site.store.types[one.type_id].dimensions
        return [list(row) for row in read_rows(self._site.store.series.every(one.id), dimensions)]

    def orphans(self, _values: Values) -> dict[str, int]:
        """Return how many rows are left of each Property that does not exist any more."""
        store = self._site.store
        return {one: store.series.count(one) for one in store.orphans()}

    def grants(self, values: Values) -> list[dict[str, Any]]:
        """Return a person's grants, without the tokens."""
        username = self._site.store.person(values.text("username")).username
        return [
            {
                "client_id": grant.client_id,
                "scopes": list(grant.scopes),
                "access_until": grant.access_until,
                "refresh_until": grant.refresh_until,
            }
            for grant in self._site.tokens.of(username)
        ]

    def grant(self, values: Values) -> dict[str, Any]:
        """Connect a person without the pages, and return the tokens."""
        person = self._site.store.person(values.text("username"))
        scopes = tuple(values.text("scope", USUAL_SCOPE).split())
        client_id = values.text("client_id", PUBLIC)
        if client_id not in self._site.clients.secrets:
            raise BadValueError(f"there is no client {client_id}")
        if unknown := set(scopes) - set(SCOPES):
            raise BadValueError(f"there is no scope {', '.join(sorted(unknown))}")
        grant = self._site.tokens.grant(person.username, client_id, scopes)
        return {
            "access_token": grant.access_token,
            "refresh_token": grant.refresh_token,
            "expires_at": int(grant.access_until),
            "scope": " ".join(grant.scopes),
        }

    def expire(self, values: Values) -> dict[str, Any]:
        """Let a person's access tokens expire, with `refresh_too` also the refresh tokens."""
        username = self._site.store.person(values.text("username")).username
        return {"expired": self._site.tokens.expire(username, refresh_too=values.true("refresh_too"))}

    def revoke(self, values: Values) -> dict[str, Any]:
        """Withdraw a person's consent, as they can at Bucket."""
        username = self._site.store.person(values.text("username")).username
        self._authorization.forget(username)
        return {"revoked": self._site.tokens.revoke(username)}

    def add_thing(self, values: Values) -> dict[str, Any]:
        person = self._site.store.person(values.text("username"))
        thing = self._site.store.add_thing(
            person.id,
            name=values.text("name"),
            kind=values.text("type", "Test"),
            description=values.text("description", ""),
        )
        return {"id": thing.id}

    def delete_thing(self, values: Values) -> dict[str, Any]:
        """Delete a Thing, as its person can at Bucket. Its time series stay."""
        self._site.store.delete_thing(self._thing(values))
        return {}

    def add_property(self, values: Values) -> dict[str, Any]:
        """Add a Property of the type `type_id` to a Thing."""
        store, type_id = self._site.store, values.text("type_id")
        if type_id not in store.types:
            raise UnknownError(f"there is no type {type_id}")
        kind = store.types[type_id]
        name, description = values.text("name", kind.name), values.text("description", kind.description)
        return {"id": store.add_property(self._thing(values), kind, name=name, description=description).id}

    def delete_property(self, values: Values) -> dict[str, Any]:
        """Delete a Property and its time series."""
        self._site.store.delete_property(self._property(values))
        return {}

    def write_rows(self, values: Values) -> dict[str, Any]:
        """Store `rows` in a Property, with the values in the order of the type's definition. Nothing is checked."""
        one = self._property(values)
        names = [dimension.name for dimension in self._site.store.types[one.type_id].dimensions]
        points = [(int(row[0]), dict(zip(names, row[1:], strict=True))) for row in values.all().get("rows", [])]
        written = self._site.store.series.write(one.id, points)
        self._site.store.changed()
        return {"written": written}

    def settings(self, values: Values) -> dict[str, Any]:
        """Change the given settings, and return all of them."""
        self._site.settings.change(values.all())
        return asdict(self._site.settings)

    def limit(self, values: Values) -> dict[str, Any]:
        """Set the rate limit: `requests` in `window_s`, how many are `used`, and whether `headers` are sent."""
        limit = self._site.limit
        limit.requests = values.integer("requests", limit.requests)
        limit.headers_shown = values.true("headers", default=limit.headers_shown)
        if "window_s" in values:
            limit.start_window(max(0.01, values.number("window_s")))
        limit.used = values.integer("used", limit.used)
        return {"requests": limit.requests, "window_s": limit.window_s, "used": limit.used}

    def reset(self, _values: Values) -> dict[str, Any]:
        """Remove faults, and restore settings and limit. What is stored stays, and so do tokens and counts."""
        self._site.reset()
        return {}

    def clear(self, _values: Values) -> dict[str, Any]:
        """Delete all Things, Properties, time series and saved types. People and tokens stay."""
        self._site.store.clear()
        return {}

    def _username(self, values: Values) -> str | None:
        return self._site.store.person(values.text("username")).username if "username" in values else None

    def _thing(self, values: Values) -> Thing:
        thing_id = values.text("thing_id")
        if thing_id not in self._site.store.things:
            raise UnknownError(f"there is no Thing {thing_id}")
        return self._site.store.things[thing_id]

    def _property(self, values: Values) -> Property:
        property_id = values.text("property_id")
        if property_id not in self._site.store.properties:
            raise UnknownError(f"there is no Property {property_id}")
        return self._site.store.properties[property_id]
