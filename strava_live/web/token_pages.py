"""/settings/tokens/: make API tokens, which are shown once, and revoke them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from strava_live.accounts.address import site_address
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import BadExpiry, TooManyTokens, UnknownToken, make_token, revoke_token
from strava_live.idempotency.keys import claim, content_of, form_digest, key_in
from strava_live.protocol import LARGEST_ID
from strava_live.web.access import login_required_post, signed_in_user
from strava_live.web.settings_page import render_settings
from strava_live.web.token_section import ABOUT_TOKENS, TokenForm

MADE_BEFORE = (
    "You have already made this token. We can't show it again. If you didn't copy it, revoke it and make another."
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Make a token, and show it in the answer, once. A GET, which comes from an address bar, goes to the settings."""
    if request.method != "POST":
        return redirect(tokens_link())
    form = TokenForm(request.POST)
    try:
        made = make_once(request, form) if form.is_valid() else None
    except TooManyTokens as error:
        form.add_error(None, str(error))
    except BadExpiry as error:
        form.add_error("expires", str(error))
    if form.errors:
        return render_settings(request, token_form=form)
    if made is None:
        messages.warning(request, MADE_BEFORE, ABOUT_TOKENS)
        return redirect(tokens_link())
    token, secret = made
    return render(
        request, "settings/token_made.html", {"token": token, "secret": secret, "site": site_address(request)}
    )


def make_once(request: HttpRequest, form: TokenForm) -> tuple[ApiToken, str] | None:
    """Make the token of a valid form. Return None if the form's idempotency key has been used before."""
    user_id, fields = signed_in_user(request).pk, form.cleaned_data

    def create() -> tuple[ApiToken, str]:
        return make_token(user_id, name=fields["name"], scope=fields["scope"], expires_on=fields["expires"])

    key = key_in(request.POST)
    if not key:
        return create()
    with transaction.atomic():
        digest = form_digest(key, owner=str(user_id), path=request.path)
        _, new = claim(digest, user_id=user_id, content=content_of(request.POST))
        return create() if new else None


@login_required_post
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        revoke_token(signed_in_user(request).pk, min(pk, LARGEST_ID))
    except UnknownToken:
        raise Http404 from None
    messages.success(request, "Token revoked. It no longer works.", ABOUT_TOKENS)
    return redirect(tokens_link())


def tokens_link() -> str:
    return f"{reverse('settings')}#tokens"
