"""Sign in to the new account when a browser submits the same sign-up form again.

A browser may submit the form again if it did not get the first answer. The password of the second submission is then
checked as on the sign-in page, with the same form and the same limits.
"""

from typing import Any

from allauth.account import app_settings
from allauth.account.forms import LoginForm
from allauth.account.views import SignupView as AllauthSignupView
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.utils import get_form_class
from django.db import transaction
from django.http import HttpResponse

from strava_live.idempotency.keys import claim, form_digest, key_in
from strava_live.idempotency.models import AnsweredForm


class RepeatableSignupView(AllauthSignupView):
    """A sign-up view with an idempotency key. Subclasses must call `form_valid` in a transaction."""

    def form_valid(self, form: Any) -> HttpResponse:
        digest = self.digest()
        if not digest:
            unkeyed: HttpResponse = super().form_valid(form)
            return unkeyed
        sent, new = claim(digest)
        if not new:
            form.add_error("username", "You've just created this account. Sign in with your password.")
            return self.form_invalid(form)
        answer: HttpResponse = super().form_valid(form)
        if self.user is None:  # allauth hides that the email address has an account: it answers as usual, creates none
            sent.delete()
        else:
            sent.user = self.user
            sent.save(update_fields=["user"])
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = self.sign_in_again() or super().form_invalid(form)
        return answer

    @transaction.atomic
    def sign_in_again(self) -> HttpResponse | None:
        """Sign in to the account that this form has created.

        Return None if there is no such account, if the password is wrong, or if a limit is reached.

        The row lock makes concurrent submissions wait for each other. allauth counts each as a failed sign-in until its
        password has been checked, so several at once would reach the limit.
        """
        digest = self.digest()
        sent = AnsweredForm.objects.select_for_update().filter(digest=digest).first() if digest else None
        if sent is None or not ratelimit.consume(self.request, action="login"):
            return None
        words = {"login": self.request.POST["username"], "password": self.request.POST.get("password1", "")}
        form = get_form_class(app_settings.FORMS, "login", LoginForm)(words, request=self.request)
        if not form.is_valid() or form.user.pk != sent.user_id:
            return None
        try:
            answer: HttpResponse = form.login(self.request, redirect_url=self.get_success_url())
        except ImmediateHttpResponse as immediate:
            answer = immediate.response
        return answer

    def digest(self) -> str:
        """Return the digest that identifies this form, or "" if it has no idempotency key or no username."""
        key, username = key_in(self.request.POST), self.request.POST.get("username", "")
        return form_digest(key, owner=f"name:{username}", path=self.request.path) if key and username else ""
