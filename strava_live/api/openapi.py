"""The API's OpenAPI document: django-ninja's, completed with summaries, errors, headers and examples.

django-ninja knows the parameters and the shapes of a route. What holds for all routes of a kind is added here, so that
no route repeats it: the errors that follow from its method and parameters, ETag and If-None-Match, Idempotency-Key.
"""

import inspect
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from strava_live.api.answers import json_answer
from strava_live.api.app import RESOURCES, api
from strava_live.api.documented import EVERYWHERE
from strava_live.api.errors import JSON
from strava_live.api.openapi_parts import (
    API_WORDS,
    PARAMETERS,
    SECURITY_SCHEMES,
    error_name,
    reference,
    shared_components,
)
from strava_live.api.streams import EVENT_STREAM
from strava_live.protocol import Json, compact
from strava_live.protocol.api_common import V1

METHODS = ("get", "post", "put", "patch", "delete")
ORDER = ("operationId", "tags", "summary", "description", "parameters", "requestBody", "responses")
ERROR_SHAPE = reference("schemas", "ErrorBody")


@require_safe
def openapi_json(request: HttpRequest) -> HttpResponse:
    answer = json_answer(request, document())
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@cache
def document() -> bytes:
    return compact(finished_schema()).encode()


def finished_schema() -> Json:
    """Return the OpenAPI document. It has no address or setting of this site, so that it is the same on all sites."""
    made: Json = json.loads(json.dumps(api.get_openapi_schema(path_prefix=V1.strip("/"))))
    components = made["components"] | shared_components()
    components["schemas"] = dict(sorted(components["schemas"].items()))
    for path, method, operation in operations_of(made):
        complete(operation, method, components["schemas"])
        made["paths"][path][method] = {key: operation[key] for key in ORDER if key in operation}
    return {
        "openapi": made["openapi"],
        "info": {"title": api.title, "version": api.version, "description": API_WORDS},
        "servers": [{"url": "/"}],
        "security": [{name: []} for name in SECURITY_SCHEMES],
        "tags": [tag_of(resource) for resource in RESOURCES],
        "paths": made["paths"],
        "components": components,
    }


def tag_of(resource: Any) -> Json:
    """Return the tag of a module of routes, with the first line of the module's docstring."""
    return {"name": resource.router.tags[0], "description": str(inspect.getdoc(resource)).splitlines()[0]}


def operations_of(schema: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield path, method and description of each operation."""
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def body_of(operation: Json) -> dict[str, Json]:
    """Return the content of an operation's request by its type. It is empty if the request has no body."""
    content: dict[str, Json] = operation.get("requestBody", {"content": {}})["content"]
    return content


def complete(operation: Json, method: str, shapes: Json) -> None:
    """Add to an operation what django-ninja does not know of it."""
    operation.pop("security", None)  # the document's own `security` holds for all routes
    summary, _, rest = operation.pop("description", "").partition(".")
    operation["summary"] = " ".join(summary.split())
    if rest.strip():
        operation["description"] = rest.strip()
    for parameter in operation["parameters"]:
        complete_parameter(parameter)
    for content in body_of(operation).values():
        content.setdefault("example", example_of(content["schema"], shapes))
    complete_errors(operation, method)
    complete_success(operation, method)


def complete_parameter(parameter: Json) -> None:
    """Add what PARAMETERS says of this parameter, unless its route says it."""
    parameter["schema"].pop("title", None)
    for field, value in PARAMETERS.get(parameter["name"], {}).items():
        parameter.setdefault(field, value)


def example_of(schema: Json, shapes: Json) -> Json:
    """Return an example of a request body: that of its class, or one made of the examples of its fields."""
    schema = without_null(schema)
    declared: Json = shapes[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    if "examples" in declared:
        return dict(declared["examples"][0])
    fields = {name: without_null(field) for name, field in declared.get("properties", {}).items()}
    return {name: field["examples"][0] for name, field in fields.items() if "examples" in field}


def without_null(schema: Json) -> Json:
    """Return the schema without its alternative null, if it has one."""
    given: Json = schema.get("anyOf", [schema])[0]
    return given


def complete_errors(operation: Json, method: str) -> None:
    """Add the errors that follow from the method and parameters.

    Replace each error with our shape by a reference, so that all routes share one description of each status.
    """
    responses = operation["responses"]
    for status in errors_of(operation, method) | {int(status) for status in responses if is_error(status)}:
        content = responses.get(str(status), {}).get("content", {})
        if not content or content.get(JSON, {}).get("schema") == ERROR_SHAPE:
            responses[str(status)] = reference("responses", error_name(status))


def errors_of(operation: Json, method: str) -> set[int]:
    errors = set(EVERYWHERE)
    if method != "get":
        errors.add(403)
    if "requestBody" in operation:
        errors |= {413, 415}
    if method == "post" or "requestBody" in operation or any(may_be_invalid(one) for one in operation["parameters"]):
        errors.add(422)
    return errors


def may_be_invalid(parameter: Json) -> bool:
    """Return whether an invalid value is answered with 422. For a text in the path, the answer is 404."""
    return bool(parameter["in"] != "path" or parameter["schema"].get("type") != "string")


def complete_success(operation: Json, method: str) -> None:
    """Add the headers of requests and of successful answers, and 304. A stream has no ETag."""
    responses, parameters = operation["responses"], operation["parameters"]
    answer = next(response for status, response in responses.items() if not is_error(status))
    if method == "post":
        parameters.append(reference("parameters", "IdempotencyKey"))
        answer["headers"] = {"Idempotency-Replayed": reference("headers", "Idempotency-Replayed")}
    if method == "get" and JSON in answer.get("content", {}):
        parameters.append(reference("parameters", "IfNoneMatch"))
        answer["headers"] = {"ETag": reference("headers", "ETag")}
        responses["304"] = reference("responses", "NotModified")
    if EVENT_STREAM in answer.get("content", {}):
        parameters.append(reference("parameters", "LastEventID"))
    operation["responses"] = dict(sorted(responses.items()))


def is_error(status: str) -> bool:
    return int(status) >= 400
