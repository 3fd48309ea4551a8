"""The section of the settings page with a person's API tokens: the list of tokens, and the form for a new one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format

from strava_live.accounts.models import User
from strava_live.api_tokens.models import MAX_TOKEN_NAME, ApiToken
from strava_live.web.club_forms import visible_name

ABOUT_TOKENS = "tokens"
"""The tag of messages that the section shows itself. At the top of the page they would be out of sight."""
SCOPE_WORDS = {ApiToken.Scope.READ: "Read only", ApiToken.Scope.WRITE: "Read and write"}


class TokenForm(forms.Form):
    name = forms.CharField(
        label="Name",
        max_length=MAX_TOKEN_NAME,
        help_text="What it's for, so you can tell tokens apart: My spreadsheet, Kitchen display.",
        error_messages={"required": "Enter a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label="Access",
        choices=SCOPE_WORDS.items(),
        help_text="Read: see your runs, your parkruns and your clubs' feeds. Write: also save runs, correct parkruns, "
        "post and cheer in your name.",
    )
    expires = forms.DateField(
        label="Last day",
        required=False,
        help_text="It stops working after this day. Leave it empty to keep it until you revoke it.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Enter a date, such as 2027-01-31."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Prefix the fields' ids, because the page has other forms."""
        super().__init__(*args, **{"auto_id": "token_%s", **kwargs})
        self.fields["expires"].widget.attrs["min"] = timezone.localdate().isoformat()

    def clean_name(self) -> str:
        return visible_name(self.cleaned_data["name"])

    def clean_scope(self) -> ApiToken.Scope:
        return ApiToken.Scope(self.cleaned_data["scope"])


@dataclass(frozen=True)
class TokenRow:
    """One token in the list. Tokens that have expired stay in the list until they are deleted."""

    token: ApiToken
    has_expired: bool
    details: str


def token_section(user: User, form: TokenForm | None = None) -> dict[str, Any]:
    """Return what the template of the section needs. A `form` that was refused takes the place of an empty one."""
    tokens = ApiToken.objects.of(user.pk).filter(revoked_at=None).newest_first()
    return {"tokens": [row_of(token) for token in tokens], "token_form": form or TokenForm()}


def row_of(token: ApiToken) -> TokenRow:
    has_expired = token.expires_at is not None and token.expires_at <= timezone.now()
    return TokenRow(token, has_expired, ", ".join(details_of(token, has_expired=has_expired)))


def details_of(token: ApiToken, *, has_expired: bool) -> list[str]:
    """Return "Read only", "made 1 May 2026", "last used 9 May 2026" and the token's last day."""
    used = f"last used {day(token.last_used_on)}" if token.last_used_on else "never used"
    details = [SCOPE_WORDS[ApiToken.Scope(token.scope)], f"made {day(timezone.localdate(token.made_at))}", used]
    if token.expires_at is not None:
        last_day = timezone.localdate(token.expires_at - timedelta(seconds=1))
        details.append(f"{'ended after' if has_expired else 'works until the end of'} {day(last_day)}")
    return details


def day(value: Any) -> str:
    return date_format(value, "j F Y")
