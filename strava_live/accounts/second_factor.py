"""Two-step sign-in: its secrets are encrypted with FIELD_KEYS, and staff need it to open the admin.

If FIELD_KEYS cannot decrypt a user's secret, the forms that ask for a code say whom to contact.
"""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from strava_live.accounts.encryption import UnreadableSecret, decrypt, encrypt
from strava_live.accounts.models import User


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)


def has_second_factor(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and bool(is_mfa_enabled(user))


class CodeForm(BaseAuthenticateForm):
    """Check a code. If the user's secret cannot be decrypted, show an error in the form instead of raising."""

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()
        except UnreadableSecret:
            raise ValidationError(lost_key_message()) from None
        return code


class AuthenticateForm(CodeForm, AllauthAuthenticateForm):
    pass


class ReauthenticateForm(CodeForm, AllauthReauthenticateForm):
    pass


def lost_key_message() -> str:
    where = f" at {settings.CONTACT_EMAIL}" if settings.CONTACT_EMAIL else ""
    return (
        "We can't check codes, because this site has lost the key for them. "
        f"Ask the people who run {settings.SITE_NAME}{where} to switch off two-step sign-in for you."
    )
