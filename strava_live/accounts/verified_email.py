"""Sign-in and password reset by email address. Only a confirmed address counts.

Users can enter any address. An address that is not confirmed gives them no rights. Its true owner can still enter and
confirm the same address in another account.
"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.models import EmailAddress
from django.http import HttpRequest

from strava_live.accounts.models import User


class VerifiedEmailBackend(AuthenticationBackend):
    """Sign in by a confirmed address. allauth's own backend, which is tried first, signs in by username only."""

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
        """Send the link only to the owner of a confirmed address. allauth would also accept unconfirmed ones."""
        address: str = super().clean_email()
        owner = owner_of(address)
        self.users = [owner] if owner and owner.is_active else []
        return address


def owner_of(address: str) -> User | None:
    """Return the user who has confirmed this address."""
    found = EmailAddress.objects.filter(email=address.lower(), verified=True).select_related("user").first()
    return found.user if found else None
