"""/bucket/: send the person's activities to their Bucket, and show what they keep there.

The page's WebSocket (`/ws/bucket/`) shows how far a sending has got. All forms work without it.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from strava_live.bucket.changes import count_changes, saved_activities
from strava_live.bucket.choices import choose_following, choose_start_point
from strava_live.bucket.messages import shape_of
from strava_live.bucket.models import BucketConnection, Sending, SentActivity
from strava_live.bucket.own_things import thing_name
from strava_live.bucket.sendings import CannotSend, start_sending, stop_sending
from strava_live.bucket_client.errors import BucketError
from strava_live.bucket_client.shapes import Thing
from strava_live.web.access import login_required_post, signed_in_user
from strava_live.web.bucket_access import (
    AskedTooOften,
    MyBucket,
    TooSlow,
    ask_bucket,
    asked_too_often,
    connection_of,
    explained,
)
from strava_live.web.bucket_cards import ThingCard, thing_cards, things_to_show
from strava_live.web.bucket_connect import requires_bucket
from strava_live.web.bucket_forms import property_form, thing_form
from strava_live.web.bucket_words import WHY, sending_words, wait_words
from strava_live.web.script_words import BUCKET, CARRYING_ON_SOON, TRYING_AGAIN_SOON, Plural, script_words

SENDINGS_SHOWN = 5
THERE = Plural("activity there", "activities there")
CONNECT_FIRST = "Connect your Bucket first."


@login_required
@requires_bucket
@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the page. With `wait=yes`, wait for Bucket; else only briefly, and the script fetches the Things later."""
    return render_page(request, patiently=request.GET.get("wait") == "yes")


def render_page(
    request: HttpRequest,
    *,
    status: int = 200,
    patiently: bool = False,
    refused_thing: forms.Form | None = None,
    refused_property: tuple[str, forms.Form] | None = None,
) -> HttpResponse:
    """Render the page. A form that was refused takes the place of an empty one: the form for a new Thing, or the form
    for a new Property with the id of its Thing."""
    connection = connection_of(request)
    if connection is None:
        return render(request, "bucket/bucket.html", {"connection": None}, status=status)
    context = {
        "connection": connection,
        "thing_form": refused_thing or thing_form(),
        **sending_context(connection),
        **things_context(request, connection, refused_property, patiently=patiently),
    }
    answer = render(request, "bucket/bucket.html", context, status=status)
    return asked_too_often(answer, context["too_often"]) if context["too_often"] else answer


def sending_context(connection: BucketConnection) -> dict[str, Any]:
    sendings = list(Sending.objects.of(connection.user_id).newest_first()[:SENDINGS_SHOWN])
    last = sendings[0] if sendings else None
    shape = shape_of(last) if last else None
    there = SentActivity.objects.filter(connection=connection).exclude(sent_at=None)
    counted = there.count()
    return {
        "sending_thing": thing_name(),
        "state": state_of(last),
        "live": last is not None and last.state in Sending.LIVE,
        "shape": shape,
        "share": share_of(last),
        "carrying_on": wait_words("Carrying on", CARRYING_ON_SOON, last),
        "trying_again": wait_words("Trying again", TRYING_AGAIN_SOON, last),
        "there": counted,
        "there_word": THERE.one if counted == 1 else THERE.other,
        "to_send": count_changes(connection),
        "saved": saved_activities(connection.user_id).exists(),
        "last_sent": there.order_by("-sent_at").values_list("sent_at", flat=True).first(),
        "sendings": [(one, WHY[Sending.SendingReason(one.reason)], sending_words(one)) for one in sendings],
        "script_words": script_words(BUCKET),
        "data": shape,
    }


def state_of(sending: Sending | None) -> str:
    """Return which part of the panel to show: why the last sending waits, or else its state; "before" the first."""
    if sending is None:
        return "before"
    return str(sending.wait_reason if sending.state == Sending.SendingState.WAITING else sending.state)


def share_of(sending: Sending | None) -> float | None:
    """Return how much of a sending is done, from 0 to 1; None if that is not known."""
    if sending is None or not sending.total:
        return None
    return min(1.0, (sending.sent + sending.unchanged + sending.deleted) / sending.total)


def things_context(
    request: HttpRequest,
    connection: BucketConnection,
    refused_property: tuple[str, forms.Form] | None,
    *,
    patiently: bool,
) -> dict[str, Any]:
    """Ask Bucket for the person's Things. If it does not answer soon, the page is shown without them."""
    things: Sequence[Thing] | None = None
    trouble, later, too_often = "", False, None
    if connection.needs_reconnecting:
        trouble = "Connect your Bucket again to see your Things."
    else:
        try:
            patience = None if patiently else settings.BUCKET_PAGE_PATIENCE_S
            things = ask_bucket(request, connection, list_things, within_s=patience)
        except TooSlow:
            later = True
        except BucketError as error:
            trouble = explained(error)
            too_often = error if isinstance(error, AskedTooOften) else None
            noted = BucketConnection.objects.filter(pk=connection.pk).values_list("trouble", flat=True)
            connection.trouble = noted.first() or ""  # the call may have found out that the person must reconnect
    thing_id, refused = refused_property or ("", None)
    cards: list[ThingCard] | None = None
    if things is not None:
        forms_of = {thing_id: refused} if refused else {}
        shown = things_to_show(things, first=(connection.thing_id, thing_id))
        cards = thing_cards(shown, connection, lambda thing: forms_of.get(thing.id) or property_form(thing.id))
    return {
        "things": cards,
        "thing_count": len(things or ()),
        "thing_id": thing_id,
        "refused_form": refused,
        "trouble": trouble,
        "too_often": too_often,
        "things_later": later,
        "may_make_things": not connection.needs_reconnecting,
    }


async def list_things(mine: MyBucket) -> Sequence[Thing]:
    return await mine.client.list_things(mine.tokens)


@login_required_post
@requires_bucket
def send(request: HttpRequest) -> HttpResponse:
    try:
        start_sending(signed_in_user(request).pk)
    except CannotSend as error:
        messages.error(request, str(error))
    return redirect("bucket")


@login_required_post
@requires_bucket
def stop(request: HttpRequest) -> HttpResponse:
    stop_sending(signed_in_user(request).pk)
    return redirect("bucket")


@login_required_post
@requires_bucket
def follow(request: HttpRequest) -> HttpResponse:
    on = request.POST.get("on") == "yes"
    if not choose_following(signed_in_user(request).pk, follows=on):
        messages.error(request, CONNECT_FIRST)
    elif on:
        messages.success(request, "New activities are sent by themselves from now on.")
    else:
        messages.success(request, "New activities stay here until you press “Send now”.")
    return redirect("bucket")


@login_required_post
@requires_bucket
def start_point(request: HttpRequest) -> HttpResponse:
    """Choose whether the places where activities start are sent, and begin to send or to delete them."""
    user_id, on = signed_in_user(request).pk, request.POST.get("on") == "yes"
    if not choose_start_point(user_id, sends_start_point=on):
        messages.error(request, CONNECT_FIRST)
        return redirect("bucket")
    doing = "sending where your activities start" if on else "deleting the starting points in your Bucket"
    try:
        start_sending(user_id)
    except CannotSend as error:
        messages.warning(request, f"Saved. {error} Press “Send now” afterwards: that begins {doing}.")
    else:
        messages.success(request, f"Saved. We're {doing}.")
    return redirect("bucket")
