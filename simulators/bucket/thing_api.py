"""The API's endpoints for Things and for types, and its health."""

from typing import Any

from simulators.bucket import errors
from simulators.bucket.api import Call, Route, text_in
from simulators.bucket.influx_time import BadTimeError, read_time
from simulators.bucket.property_types import read_type
from simulators.bucket.shapes import thing_json
from simulators.bucket.site import Site
from simulators.bucket.values import counted, counted_by_interval, whole
from simulators.http import Response, json_response

THINGS = ("dcd:things",)
TYPES = ("dcd:types",)


class ThingApi:
    """Things and types."""

    def __init__(self, site: Site) -> None:
        self._site, self._store = site, site.store

    def routes(self) -> list[Route]:
        return [
            Route("health", "GET", "/", None, _healthy),
            Route("health", "GET", "/things/health", None, _healthy),
            Route("list_things", "GET", "/things", THINGS, self._list),
            Route("create_thing", "POST", "/things", THINGS, self._create),
            Route("count_things", "GET", "/things/count", THINGS, self._count),
            Route("read_thing", "GET", "/things/{thing}", THINGS, self._read),
            Route("change_thing", "PATCH", "/things/{thing}", THINGS, self._change),
            Route("set_key", "PATCH", "/things/{thing}/pem", THINGS, self._set_key),
            Route("delete_thing", "DELETE", "/things/{thing}", THINGS, self._delete),
            Route("list_types", "GET", "/types", TYPES, self._list_types),
            Route("save_type", "POST", "/types", TYPES, self._save_type),
            Route("delete_type", "DELETE", "/types/{type}", TYPES, self._delete_type),
        ]

    async def _list(self, call: Call) -> Response:
        things = self._store.things_of(call.person.id)
        return json_response([thing_json(self._store, one, with_dimensions=False) for one in things])

    async def _create(self, call: Call) -> Response:
        """Create a Thing. Its description is lost unless that quirk is switched off."""
        for name in ("name", "type"):
            if call.body.get(name, "") == "":
                raise errors.field_missing(name)
        pem = call.body.get("pem")
        if isinstance(pem, str):
            _check_key(pem)
        dropped = self._site.settings.drop_description
        thing = self._store.add_thing(
            call.person.id,
            name=text_in(call.body, "name"),
            kind=text_in(call.body, "type"),
            description="" if dropped else text_in(call.body, "description"),
        )
        return json_response(thing_json(self._store, thing, with_dimensions=True), status=201)

    async def _read(self, call: Call) -> Response:
        return json_response(thing_json(self._store, call.thing, with_dimensions=True))

    async def _change(self, call: Call) -> Response:
        thing = call.thing
        thing.name = text_in(call.body, "name", thing.name)
        thing.description = text_in(call.body, "description", thing.description)
        thing.updated = self._site.clock()
        self._store.changed()
        return Response(status=204)

    async def _set_key(self, call: Call) -> Response:
        """Accept a public key. The stand-in has no calls that a Thing signs, so the key is not stored."""
        pem = call.body.get("pem")
        if not isinstance(pem, str):
            raise errors.malformed("Missing PEM key.")
        _check_key(pem)
        return Response(status=204)

    async def _delete(self, call: Call) -> Response:
        self._store.delete_thing(call.thing)
        return Response(status=204)

    async def _count(self, call: Call) -> Response:
        """List the Things with the counts of rows as the values of each Property."""
        things = []
        for thing in self._store.things_of(call.person.id):
            shown = thing_json(self._store, thing, with_dimensions=False)
            for one in shown["properties"]:
                one["values"] = count_rows(self._site, one["id"], call.query)
            things.append(shown)
        return json_response(things)

    async def _list_types(self, _call: Call) -> Response:
        return json_response([one.to_json(one.dimensions) for one in self._store.types.values()])

    async def _save_type(self, call: Call) -> Response:
        """Store a type, for all users. It replaces one of the same id."""
        type_id = call.body.get("id")
        if not isinstance(type_id, str) or not type_id.strip("123456789"):
            raise errors.malformed("The id of a property type must be a text that is not a number.")
        dimensions = call.body.get("dimensions", [])
        if not isinstance(dimensions, list) or not all(isinstance(one, dict) for one in dimensions):
            raise errors.malformed("The dimensions of a property type must be a list.")
        kind = read_type(call.body)
        self._store.types[kind.id] = kind
        self._store.changed()
        return json_response(kind.to_json(kind.dimensions))

    async def _delete_type(self, call: Call) -> Response:
        type_id = call.request.params["type"]
        if type_id not in self._store.types:
            raise errors.not_found(f"Property type {type_id} could not be found.")
        if any(one.type_id == type_id for one in self._store.properties.values()):
            raise errors.of_library(
                "QueryFailedError", 'update or delete on table "property_type" violates foreign key constraint'
            )
        del self._store.types[type_id]
        self._store.changed()
        return Response(status=204)


def count_rows(site: Site, property_id: str, query: dict[str, str]) -> list[Any]:
    """Return how many rows a Property has after `from`: in all or, with `timeInterval`, in each interval until now.

    Raise BucketError if `from` is missing. Numbers without a unit are nanoseconds in it, as everywhere in InfluxDB.
    """
    now_ms = site.clock() * 1000
    kind = site.store.types[site.store.properties[property_id].type_id]
    names = [one.name for one in kind.dimensions]
    try:
        begins = read_time(query.get("from", "undefined"), now_ms=now_ms)
        points = [point for point in site.store.series.every(property_id) if point[0] > begins]
        if "timeInterval" not in query:
            return counted(points, names, begins=float(whole(begins) or 0))
        until_now = [point for point in points if point[0] <= now_ms]
        return counted_by_interval(until_now, names, interval=query["timeInterval"], span=(begins, now_ms))
    except BadTimeError as error:
        raise errors.of_library("ResponseError", f"A 400 Bad Request error occurred: invalid {error}") from None


async def _healthy(_call: Call) -> Response:
    return json_response({"status": "OK"})


def _check_key(pem: str) -> None:
    if not pem.startswith("-----BEGIN PUBLIC KEY-----") or not pem.endswith("-----END PUBLIC KEY-----"):
        raise errors.malformed("The public key must start and end as a PEM file does.")
