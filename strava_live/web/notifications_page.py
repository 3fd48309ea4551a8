"""/notifications/: what has happened to the signed-in person, and forms that mark it as read."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from strava_live.notifications.header import HeaderState, header_states
from strava_live.notifications.models import KEPT_DAYS, Notification
from strava_live.notifications.newest import encoded
from strava_live.notifications.reading import mark_read, unread_of
from strava_live.web.access import login_required_post, next_page, signed_in_user

ON_A_PAGE = 30
MOST_SHOWN = 99
"""The largest number in the header. A larger one is shown as "99+"."""


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    notes = Notification.objects.of(user.pk).with_words()
    window = notes.window(ON_A_PAGE, request.GET.get("cursor", ""))
    shown: list[dict[str, Any]] = [
        {**item, "when": note.at} for item, note in zip(encoded(user.pk, window.rows), window.rows, strict=True)
    ]
    return render(
        request,
        "notifications/notifications.html",
        {
            "notifications": shown,
            "any_unread": unread_of(user.pk) > 0,
            "older": window.next,
            "newer": window.previous,
            "kept_days": KEPT_DAYS,
        },
    )


@login_required_post
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notification as read and go to its page, or mark all and return to the list."""
    user = signed_in_user(request)
    if request.POST.get("all") == "yes":
        mark_read(user.pk, all_of_them=True)
    elif (number := request.POST.get("id", "")).isdecimal() and len(number) < 19:
        mark_read(user.pk, ids=[int(number)])
    return redirect(next_page(request) or "notifications")


def counts_in_header(user_id: int) -> dict[str, dict[str, Any]]:
    """Return the counts of the header of a signed-in person's page: the number, and how it is shown.

    A page on which the database has failed, such as that of an error, has a header without counts.
    """
    try:
        state = header_states([user_id])[0]
    except DatabaseError:
        state = HeaderState()
    return {"notifications": count_shown(state.unread), "messages": count_shown(state.messages)}


def count_shown(number: int) -> dict[str, Any]:
    return {"number": number, "shown": str(number) if number <= MOST_SHOWN else f"{MOST_SHOWN}+"}
