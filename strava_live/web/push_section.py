"""The section of the settings page about notifications on devices: the choices, and the browsers that show them."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest

from strava_live.accounts.models import User
from strava_live.notifications.push_app import site_key
from strava_live.notifications.push_choices import choices_of
from strava_live.notifications.push_models import NotificationChoices, PushSubscription
from strava_live.notifications.subscriptions import SESSION_KEY
from strava_live.web.token_section import day

ABOUT_NOTIFICATIONS = "notifications"
"""The tag of messages that the section shows itself. At the top of the page they would be out of sight."""
KINDS = ("push_message", "push_mention", "push_reply", "push_cheer", "push_answer")
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("AppleWebKit/", "Safari"),
)
"""A part of the User-Agent, and the browser that it means. The first part that is found counts: browsers further up
also have parts from further down."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


class NotificationChoicesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = NotificationChoices
        fields = (*KINDS, "quiet_from", "quiet_until", "show_text")
        labels = {
            "push_message": "Messages",
            "push_mention": "Mentions of me",
            "push_reply": "Replies to me",
            "push_cheer": "Cheers",
            "push_answer": "Answers from captains",
            "quiet_from": "From",
            "quiet_until": "Until",
            "show_text": "Show names, and what happened",
        }
        help_texts = {
            "show_text": "Otherwise your screen only says that there's something, such as “Someone wrote to you”. "
            "Think of who else sees it.",
        }
        widgets = {
            name: forms.TimeInput(format="%H:%M", attrs={"type": "time"}) for name in ("quiet_from", "quiet_until")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Prefix the fields' ids, because the page has other forms."""
        super().__init__(*args, **{"auto_id": "push_%s", **kwargs})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if not self.errors and (begins is None) != (ends is None):
            self.add_error(
                "quiet_from" if begins is None else "quiet_until",
                "Quiet hours need both times. Leave both empty to have none.",
            )
        if begins is not None and begins == ends:
            self.add_error("quiet_until", "Quiet hours can't begin and end at the same time.")
        return cleaned


@dataclass(frozen=True)
class ListedDevice:
    """One browser in the list of those that show notifications."""

    pk: int
    name: str
    since: str
    is_this_one: bool


def push_section(request: HttpRequest, user: User, form: NotificationChoicesForm | None = None) -> dict[str, Any]:
    """Return what the template of the section needs. A `form` that was refused takes the place of a new one."""
    form = form or NotificationChoicesForm(instance=choices_of(user))
    return {
        "notification_form": form,
        "push_kinds": [form[name] for name in KINDS],
        "push_site_key": site_key(),
        "push_devices": devices_of(request, user),
    }


def devices_of(request: HttpRequest, user: User) -> list[ListedDevice]:
    this_one = request.session.get(SESSION_KEY)
    return [
        ListedDevice(row.pk, browser_name(row.user_agent), day(row.made_at), row.endpoint_digest == this_one)
        for row in PushSubscription.objects.of(user.pk).order_by("-made_at", "-pk")
    ]


def browser_name(user_agent: str) -> str:
    """Return "Chrome on Android" for a User-Agent header."""
    browser = next((name for part, name in BROWSERS if part in user_agent), "A browser")
    system = next((name for part, name in SYSTEMS if part in user_agent), "")
    return f"{browser} on {system}" if system else browser
