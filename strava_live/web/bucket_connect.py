"""/bucket/connect/, its callback, and /bucket/disconnect/: connect and disconnect the person's Bucket."""

import logging
from collections.abc import Callable
from functools import wraps

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from strava_live.bucket.connections import GrantRefused, connect_with_code, disconnect_bucket
from strava_live.bucket.provider import BadState, BucketProvider
from strava_live.bucket.revocations import BucketRevocationOutcome, revoke_bucket_now
from strava_live.bucket_client.errors import BucketError
from strava_live.database import finish_writing
from strava_live.web import bucket_connect_words as words
from strava_live.web.access import login_required_post, signed_in_user

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
LONGEST_ERROR = 100
"""The most characters of Bucket's error that are logged."""


def requires_bucket(view: View) -> View:
    """Make a view answer 404, with an explanation, if the setting BUCKET_CLIENT_ID is empty."""

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.BUCKET_CLIENT_ID:
            return render(request, "bucket/not_set_up.html", status=404)
        return view(request, *args, **kwargs)

    return checked


@login_required_post
@requires_bucket
def connect(request: HttpRequest) -> HttpResponse:
    """Send the person to Bucket, where they consent. Bucket sends them back to `callback`."""
    return BucketProvider(request).redirect_to_consent(signed_in_user(request).pk)


@require_safe
@requires_bucket
def callback(request: HttpRequest) -> HttpResponse:
    """Connect a person whom Bucket has sent back, or say why Bucket is not connected.

    If the person has signed out meanwhile, their code is not used, and expires.
    """
    if not request.user.is_authenticated:
        messages.info(request, words.SIGN_IN_FIRST)
        return redirect_to_login(reverse("bucket"))
    provider, user = BucketProvider(request), signed_in_user(request)
    try:
        verifier = provider.verifier_of(request.GET.get("state", ""), user_id=user.pk)
    except BadState:
        messages.error(request, words.BAD_STATE)
        return redirect("bucket")
    code = request.GET.get("code", "")
    if "error" in request.GET or not code:
        error = request.GET.get("error", "neither a code nor an error")[:LONGEST_ERROR]
        logger.info("Bucket sent a person back without a code", extra={"reason": error})
        messages.error(request, words.consent_failed(error))
        return redirect("bucket")
    finish_writing(request)
    use_code(request, code, redirect_uri=provider.callback_url, verifier=verifier)
    return redirect("bucket")


def use_code(request: HttpRequest, code: str, *, redirect_uri: str, verifier: str) -> None:
    """Exchange the code of a consent, and store a message for the person about the result."""
    try:
        connection = connect_with_code(signed_in_user(request).pk, code, redirect_uri=redirect_uri, verifier=verifier)
    except BucketError as error:
        logger.warning("connecting Bucket failed", extra={"reason": repr(error)})
        messages.error(request, words.exchange_failed(error))
    except GrantRefused as error:
        messages.error(request, words.grant_refused(error))
    else:
        messages.success(request, words.connected(connection))


@login_required_post
def disconnect(request: HttpRequest) -> HttpResponse:
    revocation = disconnect_bucket(signed_in_user(request).pk, delete_there=request.POST.get("delete_there") == "yes")
    finish_writing(request)
    if revocation is None:
        messages.info(request, "Bucket isn't connected.")
        return redirect("bucket")
    outcome = async_to_sync(revoke_bucket_now)(revocation)
    show = messages.success if outcome is BucketRevocationOutcome.DONE else messages.warning
    show(request, words.disconnected(revocation, outcome))
    return redirect("bucket")
