"""The API's endpoints for Properties and their values."""

import asyncio
import json
import math
import re

from simulators.bucket import errors
from simulators.bucket.api import Call, Route, text_in
from simulators.bucket.csv_upload import uploaded_rows
from simulators.bucket.influx_time import BadTimeError
from simulators.bucket.property_types import Dimension, PropertyType
from simulators.bucket.shapes import property_json
from simulators.bucket.site import Site
from simulators.bucket.thing_api import THINGS, count_rows
from simulators.bucket.values import Row, aggregated, as_csv, last_row, points_of, read_rows
from simulators.http import JSON, Request, Response, json_response

PROPERTIES = ("dcd:properties",)
OF_THING = "/things/{thing}/properties"
ONE = f"{OF_THING}/{{property}}"
LATEST_MS = 8.64e15
"""The last time that JavaScript can write, in milliseconds."""


class PropertyApi:
    """Properties and values."""

    def __init__(self, site: Site) -> None:
        self._site, self._store = site, site.store

    def routes(self) -> list[Route]:
        return [
            Route("list_properties", "GET", OF_THING, PROPERTIES, self._list),
            Route("create_property", "POST", OF_THING, THINGS, self._create),
            Route("read_property", "GET", ONE, PROPERTIES, self._read),
            Route("write_values", "PUT", ONE, PROPERTIES, self._write),
            Route("change_property", "PATCH", ONE, PROPERTIES, self._change),
            Route("delete_property", "DELETE", ONE, PROPERTIES, self._delete),
            Route("delete_timestamps", "DELETE", f"{ONE}/timestamps", PROPERTIES, self._delete_timestamps),
            Route("count_values", "GET", f"{ONE}/count", PROPERTIES, self._count),
            Route("last_values", "GET", f"{ONE}/last", PROPERTIES, self._last),
            Route("list_shared", "GET", "/properties", (*PROPERTIES, "dcd:consents"), _nothing_shared),
        ]

    async def _list(self, call: Call) -> Response:
        return json_response([property_json(self._store, one) for one in self._store.properties_of(call.thing.id)])

    async def _create(self, call: Call) -> Response:
        """Create a Property. `typeId` alone says of which type; `type` is ignored."""
        type_id = call.body.get("typeId", "")
        if type_id == "":
            raise errors.field_missing("typeId")
        kind = self._find_type(type_id)
        name, description = call.body.get("name") or kind.name, call.body.get("description") or kind.description
        made = self._store.add_property(call.thing, kind, name=str(name), description=str(description))
        return json_response(property_json(self._store, made), status=201)

    def _find_type(self, type_id: object) -> PropertyType:
        """Return the type with this id. For null return the first type, as Bucket's query then has no condition."""
        types = self._store.types
        if type_id is None:
            return types[min(types)]
        if not isinstance(type_id, str) or type_id not in types:
            message = f'Could not find any entity of type "PropertyType" matching: {json.dumps(type_id)}'
            raise errors.of_library("EntityNotFound", message)
        return types[type_id]

    async def _read(self, call: Call) -> Response:
        """Return a Property, with values if `from` and `to` are given: as JSON, or as CSV if only that is accepted."""
        dimensions = self._dimensions(call)
        try:
            rows = self._rows(call)
            if _accepts_only_csv(call.request):
                if rows is None:
                    raise BadTimeError("a CSV needs values")
                return Response(as_csv(rows, dimensions).encode(), content_type="text/csv; charset=utf-8")
        except BadTimeError:
            raise errors.not_found("Property not found in the thing.") from None
        members = property_json(self._store, call.property, dimensions)
        if rows is None:
            return json_response(members)
        return Response(_in_pieces(members, rows), content_type=JSON)

    def _rows(self, call: Call) -> list[Row] | None:
        """Return the rows that the query asks for, or None without `from` and `to`. Raise BadTimeError if it is wrong.

        The values of a row are in the order in which the type defines its dimensions.
        """
        query = call.query
        if "from" not in query or "to" not in query:
            return None
        first, last = _parse_int(query["from"]), _parse_int(query["to"])
        kind = self._store.types[call.property.type_id]
        points = self._store.series.between(call.property.id, first, last)
        if "timeInterval" not in query:
            return read_rows(points, kind.dimensions)
        return aggregated(
            points,
            kind.dimensions,
            function=query.get("fctInterval", ""),
            interval=query["timeInterval"],
            fill=query.get("fill", "none"),
            span=(first, last),
        )

    async def _write(self, call: Call) -> Response:
        """Store rows and answer 200 without a body, also if all of them are skipped. A CSV file is answered 201."""
        dimensions, kind = self._dimensions(call), call.request.headers.get("content-type", "")
        is_file = kind.startswith("multipart/form-data")
        if not is_file and not kind.startswith("application/json"):
            await asyncio.Event().wait()  # Bucket fails here without sending an answer
        values = uploaded_rows(call.request, dimensions) if is_file else call.body.get("values")
        rows = values if isinstance(values, list) else []
        points = points_of(rows, dimensions, now_ms=int(self._site.clock() * 1000))
        if call.fault:
            points = points[: -call.fault.items] if call.fault.items else []
        self._store.series.write(call.property.id, points)
        self._store.changed()
        return Response(status=201 if is_file else 200)

    def _dimensions(self, call: Call) -> tuple[Dimension, ...]:
        """Return the dimensions in the order that reading and writing one Property uses."""
        defined = self._store.types[call.property.type_id].dimensions
        return defined[::-1] if self._site.settings.dimensions == "reversed" else defined

    async def _change(self, call: Call) -> Response:
        call.property.name = text_in(call.body, "name", call.property.name)
        call.property.description = text_in(call.body, "description", call.property.description)
        self._store.changed()
        return Response(status=204)

    async def _delete(self, call: Call) -> Response:
        self._store.delete_property(call.property)
        return Response(status=204)

    async def _delete_timestamps(self, call: Call) -> Response:
        timestamps = call.body.get("timestamps")
        if not isinstance(timestamps, list):
            raise errors.malformed("Add field timestamps.")
        whole = [int(at) for at in timestamps if isinstance(at, (int, float)) and not isinstance(at, bool)]
        self._store.series.delete_timestamps(call.property.id, whole)
        self._store.changed()
        return Response(status=204)

    async def _count(self, call: Call) -> Response:
        return json_response(count_rows(self._site, call.property.id, call.query))

    async def _last(self, call: Call) -> Response:
        names = [one.name for one in self._store.types[call.property.type_id].dimensions]
        return json_response(last_row(self._store.series, call.property.id, call.thing.id, names))


async def _nothing_shared(_call: Call) -> Response:
    """Return no Properties: the stand-in cannot share them."""
    return json_response([])


def _accepts_only_csv(request: Request) -> bool:
    accepted = request.headers.get("accept", "*/*")
    return "text/csv" in accepted and not any(kind in accepted for kind in ("*/*", "application/*", "application/json"))


def _parse_int(text: str) -> float:
    """Return the number at the beginning of a text, as JavaScript reads it. Raise BadTimeError if it is not a time."""
    match = re.match(r"\s*([+-]?\d+)", text)
    if not match or not math.fabs(int(match[1])) <= LATEST_MS:
        raise BadTimeError(text)
    return int(match[1])


def _in_pieces(members: dict[str, object], rows: list[Row]) -> list[bytes]:
    """Return the JSON of a Property with its values, in pieces of one row each, between which a fault can stop."""
    head = json.dumps(members, ensure_ascii=False)[:-1] + ', "values": ['
    written = [json.dumps(row, ensure_ascii=False) for row in rows]
    return [head.encode(), *(f"{', ' * (number > 0)}{row}".encode() for number, row in enumerate(written)), b"]}"]
