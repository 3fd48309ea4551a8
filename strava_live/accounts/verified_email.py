"""What an e-mail address is good for once its owner has confirmed it: signing in, and resetting a password.

Anybody may enter any address. Until it is confirmed it gives no right to anything, and keeps nobody from entering and
confirming it as theirs.
"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.models import EmailAddress
from django.http import HttpRequest

from strava_live.accounts.models import User


class VerifiedEmailBackend(AuthenticationBackend):
    """Sign in by a confirmed address. allauth's own backend, before this one, signs in by username alone."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        if "@" not in (credentials.get("username") or ""):
            return None
        found: User | None = super().authenticate(request, **credentials)
        return found

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        user = owner_of(credentials["username"])
        found: User | None = self._check_password(user, credentials["password"])
        return found


class ResetPasswordForm(AllauthResetPasswordForm):
    def clean_email(self) -> str:
        """allauth would also send a link to an address that nobody has confirmed."""
        address: str = super().clean_email()
        owner = owner_of(address)
        self.users = [owner] if owner and owner.is_active else []
        return address


def owner_of(address: str) -> User | None:
    """The one account that has confirmed it."""
    found = EmailAddress.objects.filter(email=address.lower(), verified=True).select_related("user").first()
    return found.user if found else None
