"""allauth's forms for passwords, with the same label for a field on the page and in its errors."""

from typing import Any

from allauth.account import forms as allauth
from django import forms

LABELS = {"oldpassword": "Current password", "password1": "New password", "password2": "Confirm password"}


class ChangePasswordForm(allauth.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_passwords(self)


class SetPasswordForm(allauth.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_passwords(self)


class ResetPasswordKeyForm(allauth.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_passwords(self)


def label_passwords(form: forms.Form) -> None:
    for name, label in LABELS.items():
        if name in form.fields:
            form.fields[name].label = label
