"""Find what the OpenAPI document lacks. `bin/check openapi` fails if it lacks anything."""

from collections.abc import Iterator

from strava_live.api.openapi import ERROR_SHAPE, body_of, is_error, operations_of
from strava_live.protocol import Json


def faults_of(schema: Json) -> list[str]:
    """Return a sentence for each thing that the document lacks."""
    faults = []
    names: set[str] = set()
    for path, method, operation in operations_of(schema):
        found = [*faults_of_operation(operation), *faults_of_responses(operation["responses"], schema)]
        if "{" in path and "404" not in operation["responses"]:
            found.append("does not say that its address may not exist: it needs errors=[404]")
        if operation["operationId"] in names:
            found.append(f"has the same name as another route: {operation['operationId']}")
        names.add(operation["operationId"])
        faults += [f"{method.upper()} {path} {fault}." for fault in found]
    return faults


def faults_of_operation(operation: Json) -> Iterator[str]:
    if not operation["summary"]:
        yield "has no summary: its view needs a docstring"
    for parameter in operation["parameters"]:
        if "$ref" not in parameter and not parameter.get("description"):
            yield f"has no description of its parameter {parameter['name']}"
    for content in body_of(operation).values():
        if not content["example"]:
            yield "has no example of its request"


def faults_of_responses(responses: Json, schema: Json) -> Iterator[str]:
    for status, response in responses.items():
        described = resolved(response, schema)
        content = described.get("content", {})
        if is_error(status):
            if not content or any(one["schema"] != ERROR_SHAPE for one in content.values()):
                yield f"answers {status} without the shape of an error"
        elif status not in ("204", "304"):
            if not content:
                yield f"has no shape of its answer {status}"
            if any("schema" not in one or "example" not in one for one in content.values()):
                yield f"has no example of its answer {status}"


def resolved(part: Json, schema: Json) -> Json:
    """Return what a `$ref` refers to in the document. Return a part without `$ref` as it is."""
    if "$ref" not in part:
        return part
    _, *keys = part["$ref"].split("/")
    for key in keys:
        schema = schema[key]
    return schema
