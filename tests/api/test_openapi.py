"""The OpenAPI document: complete, true to its own examples, and public."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from strava_live.api.openapi import body_of, finished_schema, is_error, operations_of
from strava_live.api.openapi_faults import faults_of, resolved
from strava_live.error_codes import ErrorCode

pytestmark = pytest.mark.once
Json = dict[str, Any]
SCHEMA = finished_schema()
OPERATIONS = list(operations_of(SCHEMA))
PATH, METHOD = "/api/v1/clubs/{slug}/posts", "post"


def test_every_route_is_described() -> None:
    assert faults_of(SCHEMA) == []


def examples() -> Iterator[tuple[str, Json]]:
    """Yield what has an example, with the name of the route."""
    for path, method, operation in OPERATIONS:
        answers = [resolved(answer, SCHEMA) for answer in operation["responses"].values()]
        contents = [body_of(operation), *(answer.get("content", {}) for answer in answers)]
        yield from ((f"{method} {path}", content) for of_type in contents for content in of_type.values())


@pytest.mark.parametrize(("route", "content"), list(examples()))
def test_example_is_valid(route: str, content: Json) -> None:
    validator = jsonschema_rs.Draft202012Validator({**content["schema"], "components": SCHEMA["components"]})

    assert [error.message for error in validator.iter_errors(content["example"])] == [], route


def test_parameters_and_examples_of_parameters_are_valid() -> None:
    for _, _, operation in OPERATIONS:
        for parameter in (resolved(one, SCHEMA) for one in operation["parameters"]):
            schema = {**parameter["schema"], "components": SCHEMA["components"]}
            if "example" in parameter:
                assert jsonschema_rs.is_valid(schema, parameter["example"]), parameter


def test_document_is_public_and_names_its_content(client: Client, db: None) -> None:
    answer = client.get("/api/v1/openapi.json")
    again = client.get("/api/v1/openapi.json", headers={"If-None-Match": answer["ETag"]})

    assert answer.json() == SCHEMA
    assert answer["Cache-Control"] == "no-cache"
    assert again.status_code == 304


def test_document_names_no_site_of_its_own() -> None:
    assert SCHEMA["openapi"].startswith("3.1.")
    assert SCHEMA["servers"] == [{"url": "/"}]
    assert "testserver" not in json.dumps(SCHEMA)


def test_kinds_of_routes_have_their_headers_and_errors() -> None:
    for path, method, operation in OPERATIONS:
        names = {resolved(one, SCHEMA)["name"] for one in operation["parameters"]}
        errors = {int(status) for status in operation["responses"] if is_error(status)}
        is_stream = path.endswith("/stream")

        assert ("Idempotency-Key" in names) == (method == "post"), path
        assert ("If-None-Match" in names) == (method == "get" and not is_stream), path
        assert ("304" in operation["responses"]) == (method == "get" and not is_stream), path
        assert {401, 429, 500, 503} <= errors, path
        assert (403 in errors) == (method != "get"), path


def test_every_code_of_an_error_says_what_it_means() -> None:
    statuses = {str(code): code.status for code in ErrorCode}
    for status in (401, 403, 404, 409, 422):
        words = SCHEMA["components"]["responses"][f"Error{status}"]["description"]
        example = SCHEMA["components"]["responses"][f"Error{status}"]["content"]["application/json"]["example"]

        assert statuses[example["code"]] == status
        assert f"`{example['code']}`: " in words


def without_summary(operation: Json) -> None:
    operation["summary"] = ""


def without_example(operation: Json) -> None:
    del operation["responses"]["201"]["content"]["application/json"]["example"]


def without_shape(operation: Json) -> None:
    del operation["responses"]["201"]["content"]


def without_shape_of_error(operation: Json) -> None:
    operation["responses"]["404"] = {"description": "Not Found"}


def with_other_error(operation: Json) -> None:
    operation["responses"]["404"] = {"content": {"text/plain": {"schema": {"type": "string"}}}}


def without_not_found(operation: Json) -> None:
    del operation["responses"]["404"]


def without_example_of_body(operation: Json) -> None:
    operation["requestBody"]["content"]["application/json"]["example"] = {}


def without_words_of_parameter(operation: Json) -> None:
    del operation["parameters"][0]["description"]


def with_the_name_of_another(operation: Json) -> None:
    operation["operationId"] = "list_clubs"


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (without_summary, "has no summary"),
        (without_example, "has no example of its answer 201"),
        (without_shape, "has no shape of its answer 201"),
        (without_shape_of_error, "answers 404 without the shape of an error"),
        (with_other_error, "answers 404 without the shape of an error"),
        (without_not_found, "needs errors=[404]"),
        (without_example_of_body, "has no example of its request"),
        (without_words_of_parameter, "has no description of its parameter slug"),
        (with_the_name_of_another, "has the same name as another route"),
    ],
)
def test_fault_is_found(damage: Any, fault: str) -> None:
    schema = copy.deepcopy(SCHEMA)
    damage(schema["paths"][PATH][METHOD])

    (found,) = faults_of(schema)
    assert found.startswith(f"POST {PATH} ")
    assert fault in found
