"""Disconnect Strava: the section of the settings page, and its form."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from strava_live.accounts.models import User
from strava_live.accounts.revocations import RevocationOutcome, revoke_now
from strava_live.database import finish_writing
from strava_live.lifecycle.disconnecting import disconnect, what_came_from_strava
from strava_live.web.access import login_required_post, signed_in_user

# The message after disconnecting, by how Strava answered the request to withdraw our access.
DISCONNECTED = {
    RevocationOutcome.REVOKED: "Disconnected. We deleted our keys and what came from Strava, "
    "and Strava has withdrawn our access.",
    RevocationOutcome.UNANSWERED: "Disconnected. We deleted our keys and what came from Strava. "
    "Strava didn't answer just now, so we'll keep asking it to withdraw our access.",
    RevocationOutcome.UNREADABLE: "Disconnected. We deleted our keys and what came from Strava. "
    "We couldn't withdraw our access on Strava, because we can't read our key to it any more. "
    "You can do it at Strava: Settings, My Apps, Revoke Access.",
}


def strava_section(user: User) -> dict[str, Any]:
    """Return what the section shows: the connection, and what disconnecting would delete."""
    strava = getattr(user, "strava", None)
    return {"strava": strava, "from_strava": what_came_from_strava(user.pk) if strava else None}


@login_required_post
def disconnect_strava(request: HttpRequest) -> HttpResponse:
    # A page that was open since before the box existed does not ask, so what was typed in stays.
    keep = request.POST.get("keep_typed_in") == "on" or request.POST.get("asked") != "yes"
    revocation = disconnect(signed_in_user(request), keep_typed_in=keep)
    finish_writing(request)
    if revocation is None:
        messages.info(request, "Strava isn't connected.")
    else:
        messages.success(request, DISCONNECTED[async_to_sync(revoke_now)(revocation)])
    return redirect("settings")
