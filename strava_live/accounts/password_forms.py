"""allauth's forms for passwords, with this site's labels and its message about two passwords that differ."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.utils.functional import Promise

MISMATCH = "The two passwords don't match. Type the same one in both boxes."
LABELS = {"oldpassword": "Current password", "password1": "New password", "password2": "Confirm password"}


class ConfirmedPasswordForm(forms.Form):
    """Replace allauth's message about two passwords that differ. allauth has no setting for this message."""

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, MISMATCH if field == "password2" and isinstance(error, str | Promise) else error)


class ChangePasswordForm(ConfirmedPasswordForm, allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_passwords(self)


class SetPasswordForm(ConfirmedPasswordForm, allauth.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_passwords(self)


class ResetPasswordKeyForm(ConfirmedPasswordForm, allauth.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_passwords(self)


def label_passwords(form: forms.Form) -> None:
    for name, label in LABELS.items():
        if name in form.fields:
            form.fields[name].label = label
