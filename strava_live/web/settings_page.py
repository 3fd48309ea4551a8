"""/settings/: profile, Strava connection, clubs, sign-in, notifications, API tokens and account."""

from copy import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from strava_live.accounts.models import User
from strava_live.accounts.profile import (
    is_time_zone,
    read_display_name,
    read_goal_time,
    read_parkrun_id,
    time_zones,
    unknown_zone,
)
from strava_live.clubs.models import Membership
from strava_live.membership import names
from strava_live.visibility import ShownAs, name_shown
from strava_live.web.access import login_required_post, next_page, signed_in_user
from strava_live.web.club_words import sharing_words
from strava_live.web.clubs_page import may_found_clubs
from strava_live.web.disconnect_strava import strava_section
from strava_live.web.push_section import ABOUT_NOTIFICATIONS, NotificationChoicesForm, push_section
from strava_live.web.token_section import ABOUT_TOKENS, TokenForm, token_section

PROFILE_FIELDS = ("display_name", "parkrun_id", "goal_time_s", "time_zone", "time_zone_known")


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    parkrun_id = forms.CharField(
        label="parkrun ID", required=False, max_length=20, help_text="The number under your barcode, such as A1234567."
    )
    goal_time = forms.CharField(
        label="Goal time", required=False, max_length=10, help_text="For a parkrun, as minutes and seconds: 27:30."
    )
    time_zone = forms.CharField(
        label="Time zone", max_length=40, widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"})
    )

    class Meta:
        model = User
        fields = ("display_name", "parkrun_id", "goal_time", "time_zone")
        labels = {"display_name": "Name"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["goal_time"] = self.instance.goal_time
        self.fields["display_name"].help_text = name_help(self.instance)

    def clean_display_name(self) -> str:
        return read_display_name(self.cleaned_data["display_name"])

    def clean_parkrun_id(self) -> str:
        return read_parkrun_id(self.cleaned_data["parkrun_id"])

    def clean_goal_time(self) -> int | None:
        return read_goal_time(self.cleaned_data["goal_time"])

    def save(self, commit: bool = True) -> User:
        self.instance.goal_time_s = self.cleaned_data["goal_time"]
        self.instance.time_zone_known |= "time_zone" in self.changed_data
        saved: User = super().save(commit)
        return saved


def name_help(user: User) -> str:
    full, short = (name_shown(user.shown_name, way) for way in (ShownAs.FULL, ShownAs.SHORT))
    if not user.display_name:
        return f"Without a name, clubs show you as “{full}”, whether you choose your full name or a short one."
    return f"Clubs show you as “{full}” or “{short}”, or without a name. You choose for each club."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    # The form changes a copy of the user: a refused name must not appear in the page's header.
    form = ProfileForm(request.POST or None, instance=copy(user))
    if request.method == "POST" and form.is_valid():
        return save_profile(request, form.save(commit=False))
    return render_settings(request, form=form)


def render_settings(
    request: HttpRequest,
    *,
    form: ProfileForm | None = None,
    token_form: TokenForm | None = None,
    notification_form: NotificationChoicesForm | None = None,
) -> HttpResponse:
    """Render the page. A form that was refused takes the place of a new one."""
    user = signed_in_user(request)
    memberships = Membership.objects.of(user.pk).select_related("club", "user").order_by("club__name")
    said = list(messages.get_messages(request))
    page = {
        "messages": [message for message in said if message.extra_tags not in (ABOUT_TOKENS, ABOUT_NOTIFICATIONS)],
        "token_messages": [message for message in said if message.extra_tags == ABOUT_TOKENS],
        "notification_messages": [message for message in said if message.extra_tags == ABOUT_NOTIFICATIONS],
        "form": form or ProfileForm(instance=user),
        **token_section(user, token_form),
        **push_section(request, user, notification_form),
        **strava_section(user),
        "time_zones": time_zones(),
        "unknown_zone": unknown_zone(user.time_zone),
        "memberships": [(one, sharing_words(one)) for one in memberships],
        "may_found": may_found_clubs(user),
    }
    is_refused = any(one.errors for one in (form, token_form, notification_form) if one)
    return render(request, "settings/settings.html", page, status=422 if is_refused else 200)


def save_profile(request: HttpRequest, user: User) -> HttpResponse:
    names.save_profile(user, *PROFILE_FIELDS)
    messages.success(request, "Saved.")
    return redirect("settings")


@login_required_post
def set_time_zone(request: HttpRequest) -> HttpResponse:
    """Store the person's choice between the device's time zone and UTC. Pages ask accounts in UTC until they choose."""
    user = signed_in_user(request)
    zone = request.POST.get("keep") or request.POST.get("time_zone", "")
    if is_time_zone(zone):
        user.time_zone, user.time_zone_known = zone, True
        user.save(update_fields=["time_zone", "time_zone_known"])
        messages.success(request, f"Your times are now shown in {zone}. You can change that in Settings.")
    return redirect(next_page(request) or "settings")
