"""What a person chooses about notifications on their devices, and the subscriptions of their browsers.

The choices are a form of /settings/. The subscriptions are sent by scripts, as JSON.
"""

import json
import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from strava_live.error_codes import ErrorCode
from strava_live.notifications.push_app import site_key
from strava_live.notifications.push_choices import choices_of, save_choices
from strava_live.notifications.subscriptions import remove_subscription, renew, subscribe, unsubscribe
from strava_live.push_client.errors import PushAddressRefused, PushKeysInvalid
from strava_live.push_client.subscription import PushTarget
from strava_live.web.access import login_required_post, signed_in_user
from strava_live.web.errors import error_answer
from strava_live.web.push_section import ABOUT_NOTIFICATIONS, NotificationChoicesForm
from strava_live.web.settings_page import render_settings

LONGEST_SUBSCRIPTION = 8192
"""The most bytes of a subscription. Browsers send about 500."""
LENGTH = re.compile(r"[0-9]{1,18}")


class BadSubscription(Exception):
    """A script has sent something that is not a subscription. The message is a sentence for the person."""

    def __init__(self, message: str, code: ErrorCode = ErrorCode.BAD_MESSAGE) -> None:
        super().__init__(message)
        self.code = code


@login_required_post
def choose(request: HttpRequest) -> HttpResponse:
    """Store what the person wants on their devices."""
    form = NotificationChoicesForm(request.POST, instance=choices_of(signed_in_user(request)))
    if not form.is_valid():
        return render_settings(request, notification_form=form)
    save_choices(form.save(commit=False))
    messages.success(request, "Saved.", ABOUT_NOTIFICATIONS)
    return to_section()


@login_required_post
def remove_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop notifying the person in one of their browsers. Any of their browsers may ask for that."""
    if not remove_subscription(signed_in_user(request).pk, pk):
        raise Http404
    messages.success(request, "Removed. It shows no more notifications.", ABOUT_NOTIFICATIONS)
    return to_section()


def to_section() -> HttpResponse:
    return redirect(reverse("settings") + "#notifications")


@login_required_post
def subscribe_browser(request: HttpRequest) -> HttpResponse:
    """Notify the person in this browser from now on.

    With `renew`, a script has sent the subscription again by itself: nothing is done if the person has removed this
    browser meanwhile.
    """
    if not site_key():
        return error_answer(ErrorCode.NOT_FOUND, "This site doesn't send notifications to devices.")
    try:
        target = read_subscription(request)
        agent = request.headers.get("User-Agent", "")
        way = renew if read_json_object(request).get("renew") is True else subscribe
        row = way(signed_in_user(request), target, session=request.session, user_agent=agent)
    except BadSubscription as error:
        return error_answer(error.code, str(error))
    except PushAddressRefused:
        return error_answer(
            ErrorCode.BAD_MESSAGE, "This site doesn't know your browser's notification service, so it can't use it."
        )
    except PushKeysInvalid:
        return error_answer(ErrorCode.BAD_MESSAGE, "Your browser's keys can't be read. Try again.")
    return JsonResponse({"subscribed": row is not None})


@login_required_post
def unsubscribe_browser(request: HttpRequest) -> HttpResponse:
    """Stop notifying the person in this browser. A browser that is not subscribed is answered in the same way."""
    try:
        endpoint = text_in(read_json_object(request), "endpoint")
    except BadSubscription as error:
        return error_answer(error.code, str(error))
    unsubscribe(signed_in_user(request).pk, endpoint)
    return JsonResponse({"subscribed": False})


def read_subscription(request: HttpRequest) -> PushTarget:
    """Return the subscription in the body: what `PushSubscription.toJSON()` gives in a browser."""
    sent = read_json_object(request)
    keys = sent.get("keys")
    if not isinstance(keys, dict):
        raise BadSubscription("The keys are missing.")
    return PushTarget(text_in(sent, "endpoint"), text_in(keys, "p256dh"), text_in(keys, "auth"))


def read_json_object(request: HttpRequest) -> dict[str, Any]:
    length = LENGTH.fullmatch(request.META.get("CONTENT_LENGTH") or "0")
    if length is None or int(length[0]) > LONGEST_SUBSCRIPTION or len(request.body) > LONGEST_SUBSCRIPTION:
        raise BadSubscription("A browser's subscription isn't that long.", ErrorCode.TOO_LARGE)
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadSubscription("This isn't JSON.") from None
    if not isinstance(sent, dict):
        raise BadSubscription("This isn't a subscription.")
    return sent


def text_in(sent: dict[str, Any], name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str):
        raise BadSubscription(f"The subscription has no {name}.")
    if not value.isascii():  # it may have half a character, which cannot be encoded
        raise BadSubscription(f"The {name} of the subscription can't be read.")
    return value
