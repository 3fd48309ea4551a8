"""Forms about parkruns. An athlete types an event's name; if no event or several have it, the form suggests events."""

from typing import Any

from django import forms
from django.urls import reverse_lazy

from strava_live.accounts.models import User
from strava_live.formats import format_duration
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.event import Event
from strava_live.parkrun.event_names import EventNames
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.own_events import OWN, UnusableName, draft_event
from strava_live.parkrun.pasted.cells import LARGEST_POSITION, read_time
from strava_live.parkrun.pasted.faults import Unreadable
from strava_live.parkrun.pasted.words import fault_text
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.parkrun.statements import LONGEST_NOTE, Statement, clean_note, faults_of
from strava_live.sync.results_by_hand import add_own_event
from strava_live.time_zones import today_in

MOST_BEFORE = 5_000
"""The largest number of parkruns that an athlete can say they did before the first one in their list."""
NOT_ON_FOOT = "no"
"""The value of `how` for an athlete who volunteered without running or walking."""
HOW = [("run", "I ran"), ("walk", "I walked"), (NOT_ON_FOOT, "I didn't run or walk")]
TOOK_PART = "Took part as"
FIELD_OF = {"official_time_s": "official_time"}
"""The names of form fields, by the fields of `Statement` that have other names."""


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
        """Return the event with this slug or name, or a new one for OWN.

        If there is none, or if several have the name, add an error and suggestions to the form and return None.
        """
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
        self.row = row
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

    def clean_official_time(self) -> int | None:
        try:
            return read_time(self.cleaned_data["official_time"], junior=True)
        except Unreadable as error:
            raise forms.ValidationError(f"{fault_text(error.code, error.params)}.") from None

    def clean_note(self) -> str:
        return clean_note(self.cleaned_data["note"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        faults = faults_of(
            self.statement(),
            day=cleaned.get("day"),
            today=today_in(self.user.time_zone),
            junior=self.junior,
            recorded=self.row is not None and self.row.activity is not None,
        )
        for name, sentence in faults.items():
            field = FIELD_OF.get(name, name)
            if field not in self.errors:
                self.add_error(field, sentence)
        return cleaned

    @property
    def junior(self) -> bool | None:
        """Whether the event is a junior one; None if it is not known."""
        if self.row is not None:
            return self.row.event.series == self.row.event.Series.JUNIOR
        event: Event | None = self.cleaned_data.get("event")
        return event.junior if event else None

    def statement(self) -> Statement:
        """Return what the form says so far, without the fields that are not valid."""
        cleaned = self.cleaned_data
        return Statement(
            how=cleaned.get("how", ""),
            volunteered=cleaned.get("volunteered", False),
            official_time_s=cleaned.get("official_time"),
            position=cleaned.get("position"),
            note=cleaned.get("note", ""),
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
