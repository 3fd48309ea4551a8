"""Idempotent forms: a form that is submitted twice creates one club, invitation, screen or parkrun."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from strava_live.idempotency.keys import claim, content_of, form_digest, key_in
from strava_live.web.access import signed_in_user

# The message if a form is sent again with other content.
SENT_BEFORE = "You had already sent this form, so nothing was added this time. To add another, open the form again."


def create_once(request: HttpRequest, create: Callable[[], str]) -> HttpResponse:
    """Run `create` once for the idempotency key in the form, and redirect to the address that `create` returns.

    If the key was used before, do not run `create`, but redirect to the address that `create` returned then. If
    `create` raises, the key stays unused. With a key, `create` runs in a transaction, so it must announce changes with
    `on_commit`.
    """
    key = key_in(request.POST)
    if not key:
        return HttpResponseRedirect(create())
    user_id, content = signed_in_user(request).pk, content_of(request.POST)
    digest = form_digest(key, owner=str(user_id), path=request.path)
    with transaction.atomic():
        form, new = claim(digest, user_id=user_id, content=content)
        if new:
            form.location = create()
            form.save(update_fields=["location"])
    if not new and form.content != content:
        messages.warning(request, SENT_BEFORE)
    return HttpResponseRedirect(form.location)
