"""Thousands of requests that schemathesis makes from our own OpenAPI document, as two people.

Each answer must be one that the document describes. Nothing that is one person's own may be in the other's answers.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings
from schemathesis import Case, GenerationMode, checks
from schemathesis.core.result import Ok
from schemathesis.schemas import BaseSchema

from strava_live.accounts.models import User
from strava_live.api.openapi import METHODS, finished_schema
from strava_live.protocol.api_common import V1
from tests.api.client import ApiClient
from tests.api.two_people import ApiPerson, two_people

pytestmark = pytest.mark.once
REQUESTS = int(os.environ.get("GENERATED_REQUESTS", "400"))
"""How many requests are sent. Send `GENERATED_REQUESTS=5000` after a change of the API: it takes a minute."""
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture
def people(athlete: User, clubmate: User, settings: Settings) -> Iterator[list[ApiPerson]]:
    """Two people without limits on their requests. As with Django's test client, requests leave the test's database
    connection open."""
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.API_READS_A_MINUTE = settings.API_WRITES_A_MINUTE = 10**9
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield two_people(athlete, clubmate)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def strategies_of(document: BaseSchema) -> list[st.SearchStrategy[Case[Any]]]:
    """Return for each route one strategy for valid requests, and one for requests that are invalid in some way."""
    routes = [found.ok() for found in document.get_all_operations() if isinstance(found, Ok)]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    return [route.as_strategy(generation_mode=mode) for route in routes for mode in modes]


def test_answers_are_as_documented_and_of_the_caller_alone(people: list[ApiPerson]) -> None:
    """Each generated request is sent four times: as each person, as it was generated and with values that exist."""
    requests = strategies_of(schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler()))

    @hypothesis_settings(max_examples=REQUESTS // 4, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(requests).flatmap(lambda one: one), st.data())
    def send(case: Case[Any], data: st.DataObject) -> None:
        check_as_both(case, people)
        name_what_exists(case, people, data)
        check_as_both(case, people)

    send()


def name_what_exists(case: Case[Any], people: list[ApiPerson], data: st.DataObject) -> None:
    """Put values that exist, of either person, into the address and the body. Leave out the query and If-None-Match."""
    case.query.clear()
    case.headers.clear()
    known: dict[str, list[Any]] = {
        name: [value for person in people for value in person.known[name]] for name in people[0].known
    }
    for name in case.path_parameters or ():
        case.path_parameters[name] = data.draw(st.sampled_from(known[name]))
    if isinstance(case.body, dict) and "event" in case.body:
        case.body = {"event": data.draw(st.sampled_from(known["event"])), "date": "2024-06-01", "how": "run"}


def check_as_both(case: Case[Any], people: list[ApiPerson]) -> None:
    for person, other in (people, people[::-1]):
        answer = call(case, person)
        assert other.mark not in answer.text, f"{case.as_curl_command()} shows {other.mark}"


def call(case: Case[Any], person: ApiPerson) -> schemathesis.Response:
    """Send the request, roll its changes back, and check its answer against the document."""
    cache.clear()
    headers = {"Authorization": f"Bearer {person.token}"}
    with transaction.atomic():
        answer = case.call(headers=headers)
        transaction.set_rollback(True)
    case.validate_response(answer, checks=CHECKS, headers=headers)
    return answer


def test_other_methods_are_405_with_those_that_there_are(people: list[ApiPerson]) -> None:
    """HEAD goes with GET. OPTIONS is 405 too, because other sites may not call the API from a browser."""
    client = ApiClient(people[0].token, Client(SERVER_NAME="localhost"))
    answers = {}
    for path, described in finished_schema()["paths"].items():
        there = {method.upper() for method in METHODS if method in described}
        address = re.sub(r"{(\w+)}", lambda found: str(people[0].known[found[1]][0]), path).removeprefix(V1)
        for method in {"OPTIONS", "TRACE", *(method.upper() for method in METHODS)} - there:
            answer = client.send(method, address)
            allowed = set(answer.headers.get("Allow", "").split(", ")) - {"HEAD"}
            answers[method, path] = (answer.status_code, allowed == there, answer.json()["code"])

    assert {key: found for key, found in answers.items() if found != (405, True, "method_not_allowed")} == {}
    assert len(answers) > 80
