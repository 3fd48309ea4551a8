"""Middleware for requests that write, such as POST: they wait their turn without a database connection."""

from collections.abc import Callable, Iterable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from strava_live.accounts.models import User
from strava_live.clubs.locks import write_keys_of
from strava_live.database import give_back_connection, is_temporary
from strava_live.rate_limits import SAFE_METHODS
from strava_live.web.errors import try_again
from strava_live.write_queue import Ticket, WriteQueueTimeout, athlete_key, club_key, signed_out_writers, writers


class WriteQueueMiddleware:
    """Run one writing request at a time for each club and each athlete, and only a few at once in this process.

    strava_live/write_queue.py has the queue. This middleware comes after AuthenticationMiddleware, so a request may
    already have a database connection, which is returned to the pool while the request waits.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS:
            return self.get_response(request)
        ticket = enqueue(request)
        request.write_ticket = ticket  # type: ignore[attr-defined]
        try:
            if not ticket.is_granted:
                give_back_connection()
                ticket.wait()
            return self.get_response(request)
        except WriteQueueTimeout as error:
            return try_again(request, error)
        finally:
            ticket.release()

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return try_again(request, exception) if is_temporary(exception) else None


def enqueue(request: HttpRequest) -> Ticket:
    """Enter the write queue. Signed-out people have a queue of their own, so that they cannot delay others."""
    if not isinstance(request.user, User):
        return signed_out_writers.enqueue([])
    return writers.enqueue(keys_of(request, request.user))


def keys_of(request: HttpRequest, user: User) -> Iterable[str]:
    """Return the request's keys in the write queue: its signed-in athlete, and the club that its address names.

    If the address names no club, the request may change the feed of every club that shows the athlete. It then has the
    keys of all these clubs.
    """
    try:
        named = resolve(request.path_info).kwargs
    except Resolver404:
        return []
    if "slug" in named:
        return [club_key(named["slug"]), athlete_key(user.pk)]
    if "code" in named:  # an invitation: its club is not known before the code is looked up
        return [f"invitation.{named['code']}", *write_keys_of(user.pk)]
    return write_keys_of(user.pk)
