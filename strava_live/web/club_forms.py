"""What captains fill in about a club, and what a member says of what it sees."""

from datetime import timedelta
from typing import Any

from django import forms

from strava_live.accounts.profile import read_display_name
from strava_live.clubs.models import MAX_CLUB_NAME, Club, Membership, Screen, as_shown

YES = "on"
SHOWN_AS_WORDS = {
    Membership.ShownAs.FULL: "my whole name",
    Membership.ShownAs.SHORT: "first name and initial",
    Membership.ShownAs.HIDDEN: "no name at all",
}
LASTS_WORDS = [("0", "until it is revoked"), ("1", "for a day"), ("7", "for a week"), ("30", "for 30 days")]


def visible_name(text: str) -> str:
    """Names turn up on walls: a line of characters that can be seen."""
    name = read_display_name(text)
    if not name:
        raise forms.ValidationError("Give it a name that can be seen.")
    return name


class ClubForm(forms.ModelForm):  # type: ignore[type-arg]
    name = forms.CharField(label="Name", max_length=MAX_CLUB_NAME)
    time_zone = forms.CharField(
        label="Time zone",
        max_length=40,
        help_text="Where its mornings are: the wall screen's clock and today go by it.",
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
    )

    class Meta:
        model = Club
        fields = ("name", "time_zone")

    def clean_name(self) -> str:
        return visible_name(self.cleaned_data["name"])


class InvitationForm(forms.Form):
    lasts = forms.ChoiceField(label="It is good", choices=LASTS_WORDS)
    needs_approval = forms.BooleanField(label="A captain says yes to each who comes with it", required=False)
    on_screens = forms.BooleanField(label="Show it on our wall screens, to everybody who passes by", required=False)

    def clean_lasts(self) -> timedelta | None:
        days = int(self.cleaned_data["lasts"])
        return timedelta(days=days) if days else None


class ScreenForm(forms.ModelForm):  # type: ignore[type-arg]
    name = forms.CharField(
        label="Where it hangs", max_length=80, help_text="For you, to know it by: Café, Clubhouse, Carol's laptop."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Two forms on its page have a name."""
        super().__init__(*args, **{"auto_id": "screen_%s", **kwargs})

    class Meta:
        model = Screen
        fields = ("name",)

    def clean_name(self) -> str:
        return visible_name(self.cleaned_data["name"])


class OnlyOn(forms.CheckboxInput):
    """Sends what was sent: consent is `on`, and nothing else that a box might be taken for."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name, "")


class SharingForm(forms.Form):
    """Absent `shown_as` is for the verb to settle: it knows what was there before."""

    parkruns = forms.ChoiceField(
        choices=[(YES, "yes")],
        required=False,
        widget=OnlyOn,
        error_messages={"invalid_choice": "Switch it on or leave it off."},
    )
    shown_as = forms.ChoiceField(
        choices=Membership.ShownAs.choices,
        required=False,
        error_messages={"invalid_choice": "Choose one of the three."},
    )

    def clean_parkruns(self) -> bool:
        return bool(self.cleaned_data["parkruns"] == YES)

    def clean_shown_as(self) -> str | None:
        return self.cleaned_data["shown_as"] or None


def ways_to_show(name: str) -> list[tuple[str, str, str]]:
    """Each way, how this name looks in it, and what it is."""
    return [(value.value, as_shown(name, value) or "A member", words) for value, words in SHOWN_AS_WORDS.items()]
