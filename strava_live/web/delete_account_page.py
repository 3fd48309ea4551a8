"""/settings/delete-account/: how much will be deleted, the form that deletes the account, and the receipt.

The form asks for the password, or for a sign-in with Strava within the last ten minutes (accounts/recent_proof.py). The
password is asked for even if it was entered lately. No code of two-step sign-in is asked for, because every sign-in,
also one with Strava, has already asked for it.

The receipt is a signed cookie of the browser for ten minutes, so that the site stores nothing and the page can be
loaded again.
"""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from strava_live.accounts.models import User
from strava_live.accounts.recent_proof import signed_in_with_strava
from strava_live.accounts.wrong_passwords import TOO_MANY_WRONG, take_attempt
from strava_live.activities.athlete_state import AthleteErased
from strava_live.database import finish_writing
from strava_live.leaky_bucket import Rate
from strava_live.lifecycle.erasure import erase, what_is_stored, withdraw_access
from strava_live.lifecycle.inventory import clubs_that_close, in_words
from strava_live.lifecycle.receipt import ErasureReceipt
from strava_live.rate_limits import TooManyRequests, limit
from strava_live.web.access import signed_in_user
from strava_live.web.club_access import LAST_CLUB_COOKIE
from strava_live.web.errors import too_many_requests

PAGES = Rate(20, 600)
"""How often a person may open the page or send its form: 20 times at once, then once every 30 seconds."""
RECEIPT = "deletion_receipt"
RECEIPT_KEPT_S = 600


class DeleteAccountForm(forms.Form):
    password = forms.CharField(
        label="Your password",
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password, so that we know it's you."},
    )
    confirm = forms.CharField(
        label="Yes, delete my account for good",
        widget=forms.CheckboxInput(attrs={"value": "yes"}),
        error_messages={"required": "Tick the box if you're sure."},
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, signed_in_user(request)
        self.signed_in_with_strava = signed_in_with_strava(request)
        if self.signed_in_with_strava:
            del self.fields["password"]

    def clean_confirm(self) -> str:
        if self.data.get("confirm") != "yes":
            raise forms.ValidationError(self.fields["confirm"].error_messages["required"])
        return "yes"

    def clean(self) -> dict[str, Any] | None:
        """Check the password once everything else is right. Wrong ones are limited as at sign-in."""
        fields = super().clean()
        if not self.errors and not self.signed_in_with_strava:
            self.check_password(self.cleaned_data["password"])
        return fields

    def check_password(self, password: str) -> None:
        attempt = take_attempt(self.request, self.user.username)
        if attempt is None:
            self.add_error("password", TOO_MANY_WRONG)
        elif self.user.check_password(password):
            attempt.rollback()
        else:
            self.add_error("password", "That isn't your password.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    try:
        limit("delete_account", user.pk, PAGES)
    except TooManyRequests as refused:
        return too_many_requests(request, refused.wait_s)
    form = DeleteAccountForm(request.POST if request.method == "POST" else None, request=request)
    if not form.is_valid():
        return render_page(request, user, form)
    try:
        erased = erase(user, delete_at_bucket=request.POST.get("delete_there") == "yes")
    except AthleteErased:
        return leave_deleted_account(request)
    logout(request)
    finish_writing(request)
    answer = redirect("account_deleted")
    give_receipt(answer, withdraw_access(erased))
    answer.delete_cookie(LAST_CLUB_COOKIE)
    return answer


def leave_deleted_account(request: HttpRequest) -> HttpResponse:
    """Redirect to the receipt: the button was pressed twice. A browser without a receipt gets the front page."""
    logout(request)
    messages.info(request, "This account has been deleted.")
    return redirect("account_deleted")


def render_page(request: HttpRequest, user: User, form: DeleteAccountForm) -> HttpResponse:
    can_use_strava = settings.STRAVA_CONFIGURED and SocialAccount.objects.filter(user=user, provider="strava").exists()
    page = {
        "form": form,
        "holdings": in_words(what_is_stored(user)),
        "closing": clubs_that_close(user.pk),
        "connected": getattr(user, "strava", None),
        "bucket": getattr(user, "bucket", None),
        "can_use_strava": can_use_strava,
        "may_delete": form.signed_in_with_strava or user.has_usable_password(),
    }
    return render(request, "settings/delete_account.html", page, status=422 if form.errors else 200)


def give_receipt(answer: HttpResponse, receipt: ErasureReceipt) -> None:
    answer.set_cookie(
        RECEIPT,
        signing.dumps(receipt.fields, salt=RECEIPT, compress=True),
        max_age=RECEIPT_KEPT_S,
        path=reverse("account_deleted"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@require_safe
def account_deleted(request: HttpRequest) -> HttpResponse:
    """Show the receipt of the account that was deleted in this browser. Without one, redirect to the front page."""
    try:
        fields = signing.loads(request.COOKIES.get(RECEIPT, ""), salt=RECEIPT, max_age=RECEIPT_KEPT_S)
    except signing.BadSignature:
        return redirect("home")
    context = {"receipt": ErasureReceipt.of(fields), "site_url": settings.SITE_URL}
    return render(request, "settings/account_deleted.html", context)
