"""Forms for captains (the club, its invitations and screens) and for members (joining and sharing)."""

from datetime import timedelta
from typing import Any

from django import forms

from strava_live.accounts.profile import MAX_DISPLAY_NAME, read_display_name
from strava_live.clubs.models import MAX_CLUB_NAME, Club, Screen
from strava_live.visibility import ShownAs, name_shown
from strava_live.web.words import A_MEMBER

YES = "on"
"""What a ticked consent box submits."""
SHOWN_AS_WORDS = {
    ShownAs.FULL: "Full name",
    ShownAs.SHORT: "First name and initial",
    ShownAs.HIDDEN: "No name",
}
EXPIRY_CHOICES = [("0", "Never"), ("1", "After a day"), ("7", "After a week"), ("30", "After 30 days")]


def visible_name(text: str) -> str:
    """Clean a name to one line of visible characters. Raise ValidationError if none are left."""
    name = read_display_name(text)
    if not name:
        raise forms.ValidationError("Enter a name.")
    return name


class ClubForm(forms.ModelForm):  # type: ignore[type-arg]
    name = forms.CharField(label="Name", max_length=MAX_CLUB_NAME)
    time_zone = forms.CharField(
        label="Time zone",
        max_length=40,
        help_text="Sets the wall's clock and “today”.",
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
    )

    class Meta:
        model = Club
        fields = ("name", "time_zone")

    def clean_name(self) -> str:
        return visible_name(self.cleaned_data["name"])


class InvitationForm(forms.Form):
    lasts = forms.ChoiceField(label="Expires", choices=EXPIRY_CHOICES)
    needs_approval = forms.BooleanField(label="A captain approves each request", required=False)
    on_screens = forms.BooleanField(label="Show it on our wall screens, for anyone passing by to scan", required=False)

    def clean_lasts(self) -> timedelta | None:
        days = int(self.cleaned_data["lasts"])
        return timedelta(days=days) if days else None


class ScreenForm(forms.ModelForm):  # type: ignore[type-arg]
    name = forms.CharField(
        label="Where is it?", max_length=80, help_text="So you can tell screens apart: Café, Clubhouse, Carol's laptop."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Prefix the fields' ids, because the club's form on the same page has a field `name` too."""
        super().__init__(*args, **{"auto_id": "screen_%s", **kwargs})

    class Meta:
        model = Screen
        fields = ("name",)

    def clean_name(self) -> str:
        return visible_name(self.cleaned_data["name"])


class ConsentCheckbox(forms.CheckboxInput):
    """A checkbox whose value is the submitted text, instead of True or False.

    Only the text `on` is consent. Django's own checkbox would take other texts for ticked, too.
    """

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name, "")


class SharingForm(forms.Form):
    """What a club sees of a member: their parkruns or not, and under which name.

    `shown_as` is None if the form was submitted without it.
    """

    parkruns = forms.ChoiceField(
        choices=[(YES, "yes")],
        required=False,
        widget=ConsentCheckbox,
        error_messages={"invalid_choice": "Tick the box or leave it empty."},
    )
    shown_as = forms.ChoiceField(
        choices=ShownAs.choices,
        required=False,
        error_messages={"invalid_choice": "Choose one of the three."},
    )

    def clean_parkruns(self) -> bool:
        return bool(self.cleaned_data["parkruns"] == YES)

    def clean_shown_as(self) -> str | None:
        return self.cleaned_data["shown_as"] or None


class JoinForm(SharingForm):
    """The form for joining a club: what the club will see, and a name, for people who have not entered theirs yet."""

    name = forms.CharField(
        label="Your name",
        required=False,
        help_text="So clubmates know who's who. Leave it empty to go by your username.",
        max_length=MAX_DISPLAY_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        return read_display_name(self.cleaned_data["name"])


def shown_as_options(name: str) -> list[tuple[str, str, str]]:
    """Return the options of `shown_as`, each with its value, an example made from `name`, and its label."""
    return [(value.value, name_shown(name, value) or A_MEMBER, words) for value, words in SHOWN_AS_WORDS.items()]
