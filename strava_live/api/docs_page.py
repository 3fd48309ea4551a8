"""/api/docs: the OpenAPI document as a page, for people who write programs."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from strava_live.accounts.address import site_address
from strava_live.api.docs_fields import FieldWords, anchor_of, command_of, fields_of, inline, pretty, rich_text, type_of
from strava_live.api.openapi import body_of, finished_schema, is_error, operations_of, without_null
from strava_live.api.openapi_faults import resolved
from strava_live.api.openapi_parts import codes_by_status
from strava_live.error_codes import ErrorCode
from strava_live.protocol import Json
from strava_live.protocol.schema_words import shape_name

PLACES = {"path": "in the address", "query": "in the query", "header": "header"}


class RouteWords(NamedTuple):
    anchor: str
    method: str
    path: str
    summary: str
    description: SafeString
    writes: bool
    parameters: list[FieldWords]
    body: list[FieldWords]
    request: str
    """The request as a shell command."""
    status: int
    answer_type: SafeString
    answer: str
    """An example of the answer; "" if it has no body."""
    errors: list[int]


class GroupWords(NamedTuple):
    anchor: str
    name: str
    words: SafeString
    routes: list[RouteWords]


class ShapeWords(NamedTuple):
    anchor: str
    name: str
    words: SafeString
    fields: list[FieldWords]


@require_safe
def docs_page(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", words_of(site_address(request)))


@lru_cache(maxsize=4)
def words_of(site: str) -> dict[str, object]:
    """Return the words of the page. The examples call the site at this address."""
    schema = finished_schema()
    return {
        "site": site,
        "reads_a_minute": settings.API_READS_A_MINUTE,
        "writes_a_minute": settings.API_WRITES_A_MINUTE,
        "groups": [group_words(tag, schema, site) for tag in schema["tags"]],
        "shapes": [shape_words(name, shape) for name, shape in shapes_of_answers(schema)],
        "statuses": [error_words(status, codes) for status, codes in codes_by_status().items()],
    }


def group_words(tag: Json, schema: Json, site: str) -> GroupWords:
    routes = [
        route_words(path, method, operation, schema, site)
        for path, method, operation in operations_of(schema)
        if operation["tags"] == [tag["name"]]
    ]
    return GroupWords(f"group-{tag['name'].lower()}", tag["name"], rich_text(tag["description"]), routes)


def route_words(path: str, method: str, operation: Json, schema: Json, site: str) -> RouteWords:
    status, answer = next(one for one in operation["responses"].items() if not is_error(one[0]))
    content: Json = next(iter(answer.get("content", {}).values()), {})
    example = content.get("example", "")
    return RouteWords(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=rich_text(operation.get("description", "")),
        writes=method != "get",
        parameters=[parameter_words(resolved(one, schema)) for one in operation["parameters"]],
        body=body_fields(operation, schema),
        request=command_of(method, path, operation, site),
        status=int(status),
        answer_type=type_of(content["schema"]) if content else SafeString("nothing"),
        answer=example if isinstance(example, str) else pretty(example),
        errors=[int(one) for one in operation["responses"] if is_error(one)],
    )


def parameter_words(parameter: Json) -> FieldWords:
    words = inline(parameter.get("description", ""))
    return FieldWords(parameter["name"], type_of(parameter["schema"]), PLACES[parameter["in"]], words)


def body_fields(operation: Json, schema: Json) -> list[FieldWords]:
    contents = body_of(operation).values()
    shapes = [resolved(without_null(content["schema"]), schema) for content in contents]
    return [field for shape in shapes for field in fields_of(shape, required="required", optional="optional")]


def error_words(status: int, codes: list[ErrorCode]) -> tuple[int, list[tuple[str, SafeString]]]:
    """Return a status with its codes and their meanings."""
    return status, [(str(code), inline(code.meaning)) for code in codes]


def shapes_of_answers(schema: Json) -> Iterator[tuple[str, Json]]:
    """Yield name and schema of each shape that answers have. Leave out shapes that only request bodies have.

    The page shows the fields of a request's body with its route.
    """
    bodies = {
        without_null(content["schema"])["$ref"].rsplit("/", 1)[-1]
        for _, _, operation in operations_of(schema)
        for content in body_of(operation).values()
    }
    for name, shape in schema["components"]["schemas"].items():
        if "properties" in shape and name not in bodies:
            yield name, shape


def shape_words(name: str, shape: Json) -> ShapeWords:
    fields = fields_of(shape, required="", optional="may be absent")
    return ShapeWords(anchor_of(name), shape_name(name), rich_text(shape.get("description", "")), fields)
