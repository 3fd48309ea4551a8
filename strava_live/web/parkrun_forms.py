"""Forms about parkruns. An athlete types an event's name; if no event or several have it, the form suggests events."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.urls import reverse_lazy

from strava_live.accounts.models import User
from strava_live.formats import format_date, format_duration
from strava_live.parkrun.calendar import FIRST_PARKRUN, may_be_held
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.event import Event
from strava_live.parkrun.event_names import EventNames
from strava_live.parkrun.importing.words import fault_text
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.own_events import OWN, UnusableName, draft_event
from strava_live.parkrun.pasted.cells import LARGEST_POSITION, read_time
from strava_live.parkrun.pasted.faults import Unreadable
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.parkrun.results import Statement
from strava_live.sync.results_by_hand import add_own_event
from strava_live.time_zones import zone_or_utc

LONGEST_NOTE = 500
MOST_BEFORE = 5_000
"""The largest number of parkruns that an athlete can say they did before the first one in their list."""
NOT_ON_FOOT = "no"
"""The value of `how` for an athlete who volunteered without running or walking."""
HOW = [("run", "I ran"), ("walk", "I walked"), (NOT_ON_FOOT, "I didn't run or walk")]
TOOK_PART = "Took part as"


def today_of(user: User) -> date:
    """Return today's date in the person's time zone."""
    return datetime.now(UTC).astimezone(zone_or_utc(user.time_zone)).date()


class EventForm(forms.Form):
    """Choose an event by typing its name.

    If no event or several events have that name, `suggestions` lists events, and the athlete submits the `slug` of one.
    If none has it, `may_be_own` is true, and the athlete can submit OWN as `slug` to add an event of their own.
    """

    event = forms.CharField(
        label="Event",
        max_length=120,
        help_text="Start typing, for example New Farm.",
        error_messages={"required": "Which event was it?"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-event-names": reverse_lazy("event_names")}),
    )
    slug = forms.CharField(required=False, max_length=140, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.suggestions: list[Event] = []
        self.may_be_own = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "event" in self.fields and "event" not in self.errors:
            cleaned["event"] = self.find_event(cleaned.get("slug", ""), cleaned["event"])
        return cleaned

    def find_event(self, slug: str, name: str) -> Event | None:
        """Return the event with this slug or name, or a new one for OWN. Without one, add an error and suggestions."""
        atlas = catalogue.atlas()
        if slug and (event := atlas.by_slug(slug)):
            return event
        names = EventNames(atlas, [event.as_event() for event in ParkrunEvent.objects.own(self.user.pk)])
        meant = names.named(name)
        if len(meant) == 1:
            return meant[0]
        if not meant and slug == OWN:
            return self.own_event(name)
        self.suggestions, self.may_be_own = meant or names.suggest(name), not meant
        several = "Several events have that name. Choose one below."
        self.add_error("event", several if meant else "We don't know that event. Check the spelling or choose below.")
        return None

    def own_event(self, name: str) -> Event | None:
        try:
            return draft_event(name)
        except UnusableName as error:
            self.add_error("event", str(error))
            return None

    def event_row(self) -> ParkrunEvent | None:
        """Return the row of the chosen event, and first store it if it is a new event of the athlete's own.

        If that fails, add an error to the form and return None.
        """
        event: Event = self.cleaned_data["event"]
        row = ParkrunEvent.objects.known_to(self.user.pk).filter(slug=event.slug).first()
        try:
            if row is None and self.cleaned_data["slug"] == OWN:
                return add_own_event(self.user.pk, event.name)
        except UnusableName as error:
            self.add_error("event", str(error))
            return None
        if row is None:
            self.add_error("event", "This event has just been renamed. Try again in a moment.")
        return row


class ResultForm(EventForm):
    """Add a parkrun, or change the existing one in `row`, whose event and date cannot be changed."""

    day = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    how = forms.ChoiceField(label=TOOK_PART, choices=HOW)
    volunteered = forms.BooleanField(label="I volunteered", required=False)
    official_time = forms.CharField(
        label="Official time", required=False, max_length=10, help_text="Minutes and seconds, such as 24:31."
    )
    position = forms.IntegerField(label="Position", required=False, min_value=1, max_value=LARGEST_POSITION)
    note = forms.CharField(
        label="Note", required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("event", "day", "how", "volunteered", "official_time", "position", "note")

    def __init__(self, *args: Any, user: User, row: ParkrunResult | None = None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.today = today_of(user)
        self.junior = row is not None and row.event.series == row.event.Series.JUNIOR
        if row is None:
            self.initial.setdefault("how", "run")
            return
        del self.fields["event"], self.fields["slug"], self.fields["day"]
        self.initial = {
            "how": row.on_foot or NOT_ON_FOOT,
            "volunteered": row.volunteered,
            "official_time": format_duration(row.official_time_s),
            "position": row.position,
            "note": row.note,
        }
        if row.activity is not None:
            self.fields["how"] = forms.ChoiceField(label=TOOK_PART, choices=HOW[:2])

    def clean_how(self) -> str:
        how: str = self.cleaned_data["how"]
        return "" if how == NOT_ON_FOOT else how

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError("That date is in the future.")
        if day < FIRST_PARKRUN:
            raise forms.ValidationError("The first parkrun was on 2 October 2004.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        event, day = cleaned.get("event"), cleaned.get("day")
        junior = event.junior if event else self.junior
        if event and day and not may_be_held(day, junior=junior):
            self.add_error(
                "day", f"{format_date(day)} was a {day:%A}, when there's no {'junior ' if junior else ''}parkrun."
            )
        if "official_time" in cleaned:
            try:
                cleaned["official_time"] = read_time(cleaned["official_time"], junior=junior)
            except Unreadable as error:
                self.add_error("official_time", f"{fault_text(error.code, error.params)}.")
        if not cleaned.get("how") and not cleaned.get("volunteered") and "how" not in self.errors:
            self.add_error("how", "Did you run, walk or volunteer?")
        if not cleaned.get("how") and cleaned.get("official_time"):
            self.add_error("how", "You can only have a time if you ran or walked.")
        return cleaned

    def statement(self) -> Statement:
        cleaned = self.cleaned_data
        return Statement(
            how=cleaned["how"],
            volunteered=cleaned["volunteered"],
            official_time_s=cleaned["official_time"],
            position=cleaned["position"],
            note=cleaned["note"],
        )


class StartingNumbersForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = StartingNumbers
        fields = ("parkruns", "juniors", "volunteered")
        labels = {"parkruns": "Parkruns", "juniors": "Junior parkruns", "volunteered": "Times volunteered"}
        widgets = {name: forms.NumberInput(attrs={"min": 0, "max": MOST_BEFORE}) for name in fields}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):
            if value is not None and value > MOST_BEFORE:
                self.add_error(name, f"That's too many: the most is {MOST_BEFORE:,}.")
        return cleaned


class PasteForm(forms.Form):
    text = forms.CharField(
        label="Your results",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
        help_text="Copying the whole page is fine. We ignore anything that isn't a result.",
    )
    file = forms.FileField(
        label="Or a file", required=False, help_text="CSV or text, up to 1 MB.", allow_empty_file=True
    )

    def __init__(self, *args: Any, refused: str = "", **kwargs: Any) -> None:
        """Make the form. `refused` is shown as its error if the request was too large to be read."""
        super().__init__(*args, **kwargs)
        self.refused = refused

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.refused:
            self.add_error("text", self.refused)
        if not self.errors and not (cleaned.get("text") or "").strip() and not cleaned.get("file"):
            self.add_error("text", "Paste your results, or choose a file.")
        return cleaned
