"""Two-step sign-in: its secrets are encrypted like tokens, and staff must have it before the admin opens."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import AnonymousUser

from strava_live.accounts.encryption import decrypted, encrypted
from strava_live.accounts.models import User


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return encrypted(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypted(encrypted_text)


def has_second_factor(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and bool(is_mfa_enabled(user))
