"""The forms on a clubmate's page that mute and block the clubmate, who does not learn of it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from strava_live.membership.clubmates import clubmate
from strava_live.muting.choices import unblock, unmute
from strava_live.muting.models import Mute
from strava_live.protocol import LARGEST_ID
from strava_live.social.mutes import block_clubmate, mute_clubmate
from strava_live.web.access import login_required_post, next_page, signed_in_user
from strava_live.web.words import A_MEMBER

Change = Callable[[int, int], None]
"""A function that changes a choice. It takes the ids of the person who chooses and of the other."""


@login_required_post
def change_mute(request: HttpRequest, user_id: int) -> HttpResponse:
    """Mute a clubmate with `on=yes`, or undo it with `on=no`."""
    said = "You won't see {}'s posts and replies.", "You see {}'s posts and replies again."
    return change(request, user_id, mute_clubmate, unmute, said)


@login_required_post
def change_block(request: HttpRequest, user_id: int) -> HttpResponse:
    """Block a clubmate with `on=yes`, or undo it with `on=no`."""
    said = "Blocked. You and {} can't message each other.", "You and {} can message each other again."
    return change(request, user_id, block_clubmate, unblock, said)


def change(request: HttpRequest, user_id: int, do: Change, undo: Change, said: tuple[str, str]) -> HttpResponse:
    """Apply the form's choice, and show the first sentence of `said` after `do`, the second after `undo`.

    Answer 404 for oneself and for people whose name the person does not see. Undoing also works for a person who has
    left since.
    """
    owner_id, other_id = signed_in_user(request).pk, min(user_id, LARGEST_ID)
    on = request.POST.get("on")
    shown = clubmate(owner_id, other_id) if other_id != owner_id else None
    may_undo = on == "no" and Mute.objects.of(owner_id).filter(other=other_id).exists()
    if on not in ("yes", "no") or not (shown or may_undo):
        raise Http404
    (do if on == "yes" else undo)(owner_id, other_id)
    messages.success(request, said[on == "no"].format(shown.name if shown else A_MEMBER))
    page = reverse("athlete", args=[user_id]) if shown else reverse("athletes")
    return redirect(next_page(request) or page)
