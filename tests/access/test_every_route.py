"""Every page and endpoint, requested by every kind of person, and the addresses that the table must name."""

import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.urls import get_resolver

from strava_live.protocol.api_common import ROOT
from tests.access.requester import OWN_TABLES, Requester, outcome
from tests.access.rows import ROWS, Row
from tests.access.table import BODIES, KINDS
from tests.access.world import MESSAGE_TEXT, PRIVATE, Caller, world
from tests.web.addresses import patterns

PAGE_METHODS = ("GET", "POST")
API_METHODS = (*PAGE_METHODS, "PUT", "PATCH", "DELETE")
REFUSALS = {"login", "admin", "home", "401", "403", "404"}
MEMBERS = {"clubmate", "person", "captain"}
THE_TWO = {"clubmate", "person", "read token", "write token"}
"""Those who may read the direct message: its sender, and its recipient with their tokens."""
WITH_MOST_RIGHTS = {"person", "captain", "operator", "write token"}
AREAS = {"pages": r"(?!api/|accounts/|admin/)", "accounts": r"accounts/|admin/", "api": r"api/"}


@pytest.mark.parametrize("area", AREAS)
def test_every_kind_of_person_gets_what_the_table_says(area: str, events: None) -> None:
    """A refused request writes nothing, and its answer has none of the club's or the person's words.

    The text of the direct message is in no answer, except in those to its two people.
    """
    cast, requester = world(), Requester()
    assert tuple(caller.kind for caller in cast.callers) == KINDS
    callers = cast.callers
    if connection.vendor == "postgresql":  # where the queries matter, and the refusals are the same
        callers = [caller for caller in callers if caller.kind in WITH_MOST_RIGHTS]
    wrong = []
    for row in ROWS:
        for caller in callers if re.match(AREAS[area], row.route) else ():
            path = cast.path(row.route, caller) + (f"?{row.query}" if row.query else "")
            answer = requester.send(caller, row.method, path, cast.filled(BODIES.get(row.route, "")))
            wrong += faults(row, caller, answer, requester.written)
    assert not wrong, "\n".join(wrong)


def faults(row: Row, caller: Caller, answer: HttpResponse, written: set[str]) -> list[str]:
    expected = row.answers[caller.kind]
    found = outcome(answer, expected=expected)
    faults = []
    if caller.kind not in THE_TWO and MESSAGE_TEXT in getattr(answer, "content", b"").decode():
        faults.append("shows a direct message of others")
    if found != expected:
        faults.append(f"is answered with {found} instead of {expected}")
    if found in REFUSALS:
        private = () if caller.kind in MEMBERS else PRIVATE
        faults += [f"is refused and shows {word!r}" for word in private if word in answer.content.decode()]
        faults += [f"is refused and writes to {table}" for table in written - OWN_TABLES]
    return [f"{row}, {caller.kind}: {fault}" for fault in faults]


@pytest.mark.once
def test_the_table_names_every_route_and_method(events: None) -> None:
    """The captain and, in the admin, the operator get past sign-in. So 405 means that a view lacks the method."""
    cast, requester = world(), Requester()
    captain, operator = cast.caller("captain"), cast.caller("operator")
    named = {(row.method, row.route) for row in ROWS}
    offered = {
        (method, route)
        for route in dict.fromkeys(patterns(get_resolver().url_patterns))
        for method in (API_METHODS if f"/{route}".startswith(ROOT) else PAGE_METHODS)
        for caller in (operator if route.startswith("admin/") else captain,)
        if requester.send(caller, method, cast.path(route, caller)).status_code != 405
    }
    differences = sorted(f"{method} {route}" for method, route in offered ^ named)
    assert not differences, "\n".join(differences)
