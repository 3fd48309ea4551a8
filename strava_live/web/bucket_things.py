"""/bucket/things/: make Things and Properties at Bucket, and delete them there."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from strava_live.bucket_client.errors import BucketError
from strava_live.bucket_client.shapes import BucketProperty, Thing
from strava_live.idempotency.keys import claim, form_digest, key_in
from strava_live.idempotency.models import AnsweredForm
from strava_live.web.access import login_required_post, signed_in_user
from strava_live.web.bucket_access import (
    MyBucket,
    ask_about_thing,
    ask_bucket,
    check_id,
    connection_of,
    explained,
    owned_connection,
)
from strava_live.web.bucket_connect import requires_bucket
from strava_live.web.bucket_forms import property_form, thing_form
from strava_live.web.bucket_page import CONNECT_FIRST, render_page

THING_TYPE = "Thing"
"""The type of a Thing that is made on the page. Bucket only stores it."""


@login_required_post
@requires_bucket
def make_thing(request: HttpRequest) -> HttpResponse:
    connection = connection_of(request)
    if connection is None:
        messages.error(request, CONNECT_FIRST)
        return redirect("bucket")
    form = thing_form(request.POST)
    if not form.is_valid():
        return render_page(request, status=422, refused_thing=form)
    name, description = form.cleaned_data["name"], form.cleaned_data["description"]

    async def make(mine: MyBucket) -> Thing:
        return await mine.client.make_thing(mine.tokens, name=name, type=THING_TYPE, description=description)

    def create() -> str:
        thing = ask_bucket(request, connection, make)
        if description and not thing.description:
            messages.warning(request, f"Made “{name}” in your Bucket, but Bucket didn't keep the description.")
        else:
            messages.success(request, f"Made “{name}” in your Bucket. Now add a Property to it.")
        return thing_address(thing.id)

    try:
        return once(request, create)
    except BucketError as error:
        form.add_error(None, explained(error))
        return render_page(request, status=error.code.status, refused_thing=form)


@login_required_post
@requires_bucket
def make_property(request: HttpRequest, thing_id: str) -> HttpResponse:
    check_id(thing_id)
    connection, form = owned_connection(request), property_form(thing_id, request.POST)
    if not form.is_valid():
        return render_page(request, status=422, refused_property=(thing_id, form), patiently=True)
    name, type_id = form.cleaned_data["name"], form.cleaned_data["type"]

    async def make(mine: MyBucket) -> BucketProperty:
        return await mine.client.make_property(mine.tokens, thing_id, name=name, type_id=type_id)

    def create() -> str:
        made = ask_about_thing(request, connection, make)
        messages.success(request, f"Added “{name}”. You can write values now.")
        return reverse("bucket_property", args=[thing_id, made.id])

    try:
        return once(request, create)
    except BucketError as error:
        form.add_error(None, explained(error))
        return render_page(request, status=error.code.status, refused_property=(thing_id, form), patiently=True)


def once(request: HttpRequest, create: Callable[[], str]) -> HttpResponse:
    """Run `create`, which calls Bucket, once for the form's idempotency key, and redirect to the address that it
    returns.

    The key is stored before the call and removed if the call fails, because no transaction may be open during a call. A
    second submission during the first is redirected to the page.
    """
    key = key_in(request.POST)
    if not key:
        return HttpResponseRedirect(create())
    user_id = signed_in_user(request).pk
    with transaction.atomic():
        form, is_new = claim(form_digest(key, owner=str(user_id), path=request.path), user_id=user_id)
    if not is_new:
        return HttpResponseRedirect(form.location or reverse("bucket"))
    try:
        location = create()
    except Exception:
        form.delete()
        raise
    AnsweredForm.objects.filter(pk=form.pk).update(location=location)
    return HttpResponseRedirect(location)


def thing_address(thing_id: str) -> str:
    return f"{reverse('bucket')}#{thing_id}"


@login_required
@requires_bucket
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_thing(request: HttpRequest, thing_id: str) -> HttpResponse:
    """Ask before a Thing is deleted at Bucket, then delete it with its Properties and their values."""
    connection = owned_connection(request)

    async def get(mine: MyBucket) -> Thing:
        return await mine.client.get_thing(mine.tokens, thing_id)

    async def remove(mine: MyBucket) -> None:
        await mine.client.delete_thing(mine.tokens, thing_id)

    def page() -> dict[str, str]:
        thing = ask_about_thing(request, connection, get)
        ours = f" {settings.SITE_NAME} keeps your activities in it." if thing.id == connection.thing_id else ""
        return {
            "question": f"Delete “{thing.name}” in your Bucket?",
            "consequence": f"Its {len(thing.properties)} Properties and all their values are deleted at Bucket, for "
            f"every app that uses them.{ours} This can't be undone.",
        }

    return confirm_and_remove(
        request, thing_address(thing_id), page, lambda: ask_about_thing(request, connection, remove)
    )


@login_required
@requires_bucket
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_property(request: HttpRequest, thing_id: str, property_id: str) -> HttpResponse:
    """Ask before a Property is deleted at Bucket, then delete it with its values."""
    connection = owned_connection(request)

    async def get(mine: MyBucket) -> BucketProperty:
        return await mine.client.get_property(mine.tokens, thing_id, property_id)

    async def remove(mine: MyBucket) -> None:
        await mine.client.delete_property(mine.tokens, thing_id, property_id)

    def page() -> dict[str, str]:
        found = ask_about_thing(request, connection, get)
        return {
            "question": f"Delete “{found.name}” in your Bucket?",
            "consequence": "All its values are deleted at Bucket, for every app that uses them. This can't be undone.",
        }

    return confirm_and_remove(
        request, thing_address(thing_id), page, lambda: ask_about_thing(request, connection, remove)
    )


def confirm_and_remove(
    request: HttpRequest, back: str, page: Callable[[], dict[str, str]], remove: Callable[[], None]
) -> HttpResponse:
    """Show `page`, or, once the person has confirmed, remove what it asks about. Then return to the Things."""
    try:
        if request.method != "POST" or request.POST.get("confirm") != "yes":
            return render(request, "bucket/remove.html", page() | {"back": back, "address": request.path})
        remove()
    except BucketError as error:
        messages.error(request, explained(error))
        return HttpResponseRedirect(back)
    messages.success(request, "Deleted in your Bucket.")
    return redirect("bucket")
