"""Send one request as one kind of person, and name its outcome in one word."""

from typing import Any, cast

from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from strava_live.protocol.api_common import ROOT
from tests.access.world import Caller

SIGN_IN = {"/accounts/login/": "login", "/admin/login/": "admin"}
OWN_TABLES = {"django_session", "strava_live_apitoken", "strava_live_athletestate"}
"""Tables that a refused request may write to: its session, the day when its token was last used, and the caller's own
row in AthleteState, which is created so that it can be locked."""


class Requester:
    """A client that forgets everything after each request. The changes of the request are rolled back."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)
        self.written: set[str] = set()
        """The tables that the last request wrote to."""

    def send(self, caller: Caller, method: str, path: str, body: str = "") -> HttpResponse:
        cache.clear()
        self.client.cookies.clear()
        self.written.clear()
        if caller.session:
            self.client.cookies["sessionid"] = caller.session
        kind = "application/json" if path.startswith(ROOT) else "application/x-www-form-urlencoded"
        with transaction.atomic(), connection.execute_wrapper(self.note_write):
            answer: Any = self.client.generic(method, path, body, content_type=kind, headers=caller.headers)
            transaction.set_rollback(True)
        return cast(HttpResponse, answer)

    def note_write(self, execute: Any, sql: str, *rest: Any) -> Any:
        words = sql.split(None, 3)
        if words[0] in {"INSERT", "UPDATE", "DELETE"}:
            self.written.add(words[1 if words[0] == "UPDATE" else 2].strip('"'))
        return execute(sql, *rest)


def outcome(answer: HttpResponse, *, expected: str) -> str:
    """Return the status. For a redirect to a page for signing in, return `login` or `admin`.

    A redirect to the front page is `home` if that is expected. Some forms lead there after a success.
    """
    leads_to = answer.headers.get("Location", "").partition("?")[0]
    if expected == "home" and leads_to == "/":
        return "home"
    return SIGN_IN.get(leads_to, str(answer.status_code))
