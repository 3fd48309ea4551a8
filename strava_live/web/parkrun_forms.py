"""What an athlete fills in about a parkrun. An event is typed by name; where that names several, they are offered."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms

from strava_live.accounts.models import User
from strava_live.parkrun.calendar import occasion
from strava_live.parkrun.catalogue import catalogue
from strava_live.parkrun.event import Event
from strava_live.parkrun.matching import EventNames
from strava_live.parkrun.pasted.cells import FIRST_PARKRUN, LARGEST_POSITION, Unreadable, read_time
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.parkrun.results import Statement
from strava_live.parkrun.wording import taken
from strava_live.time_zones import zone_or_utc

LONGEST_NOTE = 500
MOST_BEFORE = 5_000
NOT_ON_FOOT = "no"
HOW = [("run", "I ran"), ("walk", "I walked"), (NOT_ON_FOOT, "I was not on the course")]


def today_of(user: User) -> date:
    """By the clock of the athlete; in the east a Saturday is over before it has begun elsewhere."""
    return datetime.now(UTC).astimezone(zone_or_utc(user.time_zone)).date()


class EventForm(forms.Form):
    """`suggestions` are there after a name that is none, or several."""

    event = forms.CharField(
        label="Event",
        max_length=120,
        help_text="Its name, such as New Farm.",
        error_messages={"required": "Which event was it?"},
    )
    slug = forms.CharField(required=False, max_length=140, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suggestions: list[Event] = []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "event" in self.fields and "event" not in self.errors:
            cleaned["event"] = self.named(cleaned.get("slug", ""), cleaned["event"])
        return cleaned

    def named(self, slug: str, name: str) -> Event | None:
        atlas = catalogue.atlas()
        if slug and (event := atlas.by_slug(slug)):
            return event
        names = EventNames(atlas)
        meant = names.meant(name)
        if len(meant) == 1:
            return meant[0]
        self.suggestions = meant or names.suggested(name)
        several, none = "Several events are called that. Choose one below.", "There is no event of that name."
        self.add_error("event", several if meant else f"{none} Is it one of those below?" if self.suggestions else none)
        return None


class ResultForm(EventForm):
    """One parkrun. Of one that is there already event and date stay as they are."""

    day = forms.DateField(label="Date", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    how = forms.ChoiceField(label="On foot", choices=HOW)
    volunteered = forms.BooleanField(label="I volunteered", required=False)
    official_time = forms.CharField(
        label="Official time", required=False, max_length=10, help_text="As minutes and seconds: 24:31."
    )
    position = forms.IntegerField(label="Position", required=False, min_value=1, max_value=LARGEST_POSITION)
    note = forms.CharField(
        label="Note", required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ("event", "day", "how", "volunteered", "official_time", "position", "note")

    def __init__(self, *args: Any, user: User, row: ParkrunResult | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today_of(user)
        self.junior = row is not None and row.event.series == row.event.Series.JUNIOR
        if row is None:
            self.initial.setdefault("how", "run")
            return
        del self.fields["event"], self.fields["slug"], self.fields["day"]
        self.initial = {
            "how": row.on_foot or NOT_ON_FOOT,
            "volunteered": row.volunteered,
            "official_time": "" if row.official_time_s is None else taken(row.official_time_s),
            "position": row.position,
            "note": row.note,
        }
        if row.activity is not None:
            self.fields["how"] = forms.ChoiceField(label="On foot", choices=HOW[:2])

    def clean_how(self) -> str:
        how: str = self.cleaned_data["how"]
        return "" if how == NOT_ON_FOOT else how

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > self.today:
            raise forms.ValidationError("That day is still to come.")
        if day < FIRST_PARKRUN:
            raise forms.ValidationError("The first parkrun was on 2 October 2004.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        event, day = cleaned.get("event"), cleaned.get("day")
        junior = event.junior if event else self.junior
        if event and day and not occasion(day, event.country, junior=junior):
            self.add_error("day", f"{day:%-d %B %Y} was a {day:%A}: {event.called} was not held.")
        if "official_time" in cleaned:
            try:
                cleaned["official_time"] = read_time(cleaned["official_time"], junior=junior)
            except Unreadable as error:
                said = str(error)
                self.add_error("official_time", f"{said[:1].upper()}{said[1:]}.")
        if not cleaned.get("how") and not cleaned.get("volunteered") and "how" not in self.errors:
            self.add_error("how", "Say whether you ran, walked or volunteered.")
        if not cleaned.get("how") and cleaned.get("official_time"):
            self.add_error("how", "Who has a time was on the course.")
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
                self.add_error(name, f"Nobody has done that many: at most {MOST_BEFORE:,}.")
        return cleaned


class PasteForm(forms.Form):
    text = forms.CharField(
        label="Your results",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
        help_text="Everything on the page is fine: what is no result is passed over.",
    )
    file = forms.FileField(
        label="Or a file", required=False, help_text="CSV or text, at most 1 MB.", allow_empty_file=True
    )

    def __init__(self, *args: Any, refused: str = "", **kwargs: Any) -> None:
        """`refused`: why what was sent could not even be looked at."""
        super().__init__(*args, **kwargs)
        self.refused = refused

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.refused:
            self.add_error("text", self.refused)
        if not self.errors and not (cleaned.get("text") or "").strip() and not cleaned.get("file"):
            self.add_error("text", "Paste your results, or choose a file.")
        return cleaned
