"""The forms that ask for the code of two-step sign-in. When FIELD_KEYS cannot open its secret, they say whom to ask."""

from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from django.conf import settings
from django.core.exceptions import ValidationError

from strava_live.accounts.encryption import UnreadableSecret


class SaysWhomToAsk(BaseAuthenticateForm):
    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()
        except UnreadableSecret:
            raise ValidationError(whom_to_ask()) from None
        return code


class AuthenticateForm(SaysWhomToAsk, AllauthAuthenticateForm):
    pass


class ReauthenticateForm(SaysWhomToAsk, AllauthReauthenticateForm):
    pass


def whom_to_ask() -> str:
    where = f" at {settings.CONTACT_EMAIL}" if settings.CONTACT_EMAIL else ""
    return (
        "We can't check codes, because this site has lost the key for them. "
        f"Ask the people who run {settings.SITE_NAME}{where} to switch off two-step sign-in for you."
    )
