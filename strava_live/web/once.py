"""Forms that create something: one submission, however often it arrives."""

from collections.abc import Callable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from strava_live.idempotency.keys import claim, content_of, form_digest, key_in
from strava_live.web.signed_in import signed_in

SENT_BEFORE = "You had already sent this form, so nothing was added this time. To add another, open the form again."


def create_once(request: HttpRequest, create: Callable[[], str]) -> HttpResponse:
    """Run `create` and redirect to the address that it returns.

    A form that was sent before, by the key it carries, is redirected to the address of that time. If `create` raises,
    the key stays unused. It may not announce anything except by `on_commit`.
    """
    key = key_in(request.POST)
    if not key:
        return HttpResponseRedirect(create())
    user_id, content = signed_in(request).pk, content_of(request.POST)
    digest = form_digest(key, owner=str(user_id), path=request.path)
    with transaction.atomic():
        form, new = claim(digest, user_id=user_id, content=content)
        if new:
            form.location = create()
            form.save(update_fields=["location"])
    if not new and form.content != content:
        messages.warning(request, SENT_BEFORE)
    return HttpResponseRedirect(form.location)
