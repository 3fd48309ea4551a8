"""Disconnect Strava: the section of the settings page, and its form."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from strava_live.accounts.models import User
from strava_live.accounts.revocations import RevocationOutcome, revoke_now
from strava_live.bucket.forgetting import CopiesAtBucket, has_copies
from strava_live.database import finish_writing
from strava_live.lifecycle.disconnecting import disconnect, what_came_from_strava
from strava_live.web.access import login_required_post, signed_in_user

# The message after disconnecting, by how Strava answered the request to withdraw our access.
DISCONNECTED = {
    RevocationOutcome.REVOKED: "Disconnected. Strava has withdrawn our access, "
    "and we deleted our keys and what came from Strava.",
    RevocationOutcome.UNANSWERED: "Disconnected. We deleted what came from Strava. Strava didn't answer just now, so "
    "we keep one encrypted key and we'll keep asking it to withdraw our access.",
    RevocationOutcome.UNREADABLE: "Disconnected. We deleted what came from Strava. "
    "We couldn't withdraw our access on Strava, because we can't read our key to it any more. "
    "You can do it at Strava: Settings, My Apps, Revoke Access.",
}
COPIES = {
    CopiesAtBucket.NONE: "",
    CopiesAtBucket.STAY: " What we sent to your Bucket is still there.",
    CopiesAtBucket.BEING_DELETED: " The copies in your Bucket are being deleted.",
    CopiesAtBucket.CANNOT_DELETE: " We couldn't delete the copies in your Bucket, because we can't use our key to it "
    "any more. You can delete them in your Bucket yourself.",
}
"""What the message adds about the copies in the person's Bucket."""


def strava_section(user: User) -> dict[str, Any]:
    """Return what the section shows: the connection, and what disconnecting would delete."""
    strava = getattr(user, "strava", None)
    from_strava = what_came_from_strava(user.pk) if strava else None
    return {"strava": strava, "from_strava": from_strava, "has_copies": has_copies(user.pk)}


@login_required_post
def disconnect_strava(request: HttpRequest) -> HttpResponse:
    # A page that was open since before the box existed does not ask, so what was typed in stays.
    keep = request.POST.get("keep_typed_in") == "on" or request.POST.get("asked") != "yes"
    delete_there = request.POST.get("delete_there") == "yes"
    disconnected = disconnect(signed_in_user(request), keep_typed_in=keep, delete_at_bucket=delete_there)
    finish_writing(request)
    if disconnected is None:
        messages.info(request, "Strava isn't connected.")
    else:
        at_strava = DISCONNECTED[async_to_sync(revoke_now)(disconnected.revocation)]
        messages.success(request, at_strava + COPIES[disconnected.copies])
    return redirect("settings")
