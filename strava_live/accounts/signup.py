"""Sign-up and sign-in: allauth's forms, view and adapter with this site's texts, checks and limits."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.internal.userkit import get_user_by_username
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from strava_live.accounts.address import can_redirect_to, client_address
from strava_live.accounts.known_devices import remember_device
from strava_live.accounts.models import User
from strava_live.accounts.password_forms import ConfirmedPasswordForm
from strava_live.accounts.plain_text import shows_something
from strava_live.accounts.profile import MAX_DISPLAY_NAME, is_time_zone, read_display_name
from strava_live.accounts.recent_proof import require_recent_proof
from strava_live.accounts.signup_once import RepeatableSignupView
from strava_live.accounts.usernames import lock_look_alikes, looks_taken, mixes_alphabets, normalize
from strava_live.accounts.wrong_passwords import TOO_MANY_WRONG, forget_attempts, take_attempt

USE_OF_EMAIL = "We'll send you a link to confirm it. Then you can sign in with it and reset your password."
NO_USE_OF_EMAIL = "We don't send email yet, so an address isn't used for anything."


class LoginForm(AllauthLoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # allauth limits this field to the length of a username. An email address can be longer.
        self.fields["login"] = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "username"}))
        self.order_fields(["login", "password"])
        limit_lengths(self)

    def clean_login(self) -> str:
        """Return the login as typed if there is a user with this username, otherwise normalized.

        Older usernames are stored as they were typed, newer ones normalized.
        """
        login: str = super().clean_login()
        return login if get_user_by_username(login) else normalize(login)


class SignupForm(ConfirmedPasswordForm, AllauthSignupForm):
    name = forms.CharField(
        required=False,
        max_length=MAX_DISPLAY_NAME,
        help_text="What your clubmates see. You can leave it empty and add it later.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    # Filled in by JavaScript. Without it the account is in UTC until its newest activity names a zone.
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = USE_OF_EMAIL if settings.EMAIL_CONFIGURED else NO_USE_OF_EMAIL
        self.fields["email"].label = "Email"
        self.fields["password2"].label = "Confirm password"
        limit_lengths(self)

    def clean_name(self) -> str:
        return read_display_name(self.cleaned_data["name"])

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        return zone if is_time_zone(zone) else ""


def limit_lengths(form: forms.Form) -> None:
    """Limit the length of logins and passwords, so that a megabyte of text is never hashed or queried."""
    for name in ("login", "password", "password1", "password2"):
        if name in form.fields:
            form.fields[name].validators.append(MaxLengthValidator(254 if name == "login" else 1000))


class SignupView(RepeatableSignupView):
    def form_valid(self, form: SignupForm) -> HttpResponse:
        """Create the account. Check the username again under a lock: another sign-up may just have taken it."""
        username = form.cleaned_data["username"]
        try:
            with transaction.atomic():
                lock_look_alikes(username)
                if looks_taken(username):
                    raise JustTaken
                answer: HttpResponse = super().form_valid(form)
        except (IntegrityError, JustTaken):
            form.add_error("username", "Someone has just taken this username. Please choose another.")
            answer = self.form_invalid(form)
        return answer


class JustTaken(Exception):
    """Another sign-up has taken the username, or one that looks like it, since the form was checked."""


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "Wrong username or password.",
        "too_many_login_attempts": TOO_MANY_WRONG,
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.display_name = form.cleaned_data.get("name", "")
        if zone := form.cleaned_data.get("time_zone"):
            user.time_zone, user.time_zone_known = zone, True
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Normalize the username and check it.

        With `shallow`, an argument of allauth's, make no queries to the database.
        """
        name: str = super().clean_username(normalize(username), shallow)
        if not shows_something(name):
            raise forms.ValidationError("Use at least one visible character.")
        if mixes_alphabets(name):
            raise forms.ValidationError("Use letters from one alphabet only.")
        if not shallow and looks_taken(name):
            raise forms.ValidationError("This username looks like one that's taken. Please choose another.")
        return name

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        self._login_failed_rl_usage = take_attempt(request, credentials["username"])
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def post_login(self, request: HttpRequest, user: User, **login: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **login)
        remember_device(request, response, user.pk)
        return response

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        addresses = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
        for login in (user.username, *addresses):
            forget_attempts(self.request, login)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send an email if the site has a mail server. Otherwise do nothing: pages say that no email is sent."""
        if settings.EMAIL_CONFIGURED:
            super().send_mail(template_prefix, email, context)

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _, token = key.partition("-")
        return self.link("account_reset_password_from_key", uidb36=uid, key=token)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return self.link("account_confirm_email", key=emailconfirmation.key)

    def link(self, name: str, **words: str) -> str:
        """Return the absolute URL of a page, made from SITE_URL because a request's Host header could be forged."""
        return settings.SITE_URL + reverse(name, kwargs=words)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Return True if allauth is to ask for the password, or a code of two-step sign-in, before a change.

        allauth asks nothing of a person who has neither. This site then requires a recent sign-in with Strava.
        """
        if app == "allauth.account":
            require_recent_proof(self.request)
            return False
        if not self.request.user.has_usable_password():
            require_recent_proof(self.request)
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def is_safe_url(self, url: str) -> bool:
        """Return True if allauth may redirect to `url`, the parameter `next` of a request. Other URLs are ignored."""
        return can_redirect_to(url) and bool(super().is_safe_url(url))

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"  # noqa: S104 everyone behind a Unix socket shares one limit
