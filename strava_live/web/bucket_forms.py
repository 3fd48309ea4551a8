"""The forms of the pages below /bucket/."""

import re
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.html import format_html

from strava_live.bucket.typed_rows import UnreadableRow, read_timestamp
from strava_live.bucket_client.payloads import LONGEST_DESCRIPTION, LONGEST_NAME
from strava_live.web.bucket_chart import instant
from strava_live.web.bucket_words import type_choices

OFFSET = re.compile(r"[+-][0-9]{2}:[0-9]{2}")
"""The end of a time with an offset from UTC, such as +02:00. Fields for a local date and time refuse such a time."""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class ThingForm(forms.Form):
    name = forms.CharField(
        max_length=LONGEST_NAME,
        help_text="What your data is about, for example My bike.",
        error_messages={"required": "Give it a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    description = forms.CharField(required=False, max_length=LONGEST_DESCRIPTION)


class PropertyForm(forms.Form):
    name = forms.CharField(
        max_length=LONGEST_NAME,
        help_text="What you measure, for example Tyre pressure.",
        error_messages={"required": "Give it a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    type = forms.ChoiceField(
        choices=lambda: [("", "Choose a type"), *type_choices()],
        help_text="Says what each row of values holds. It can't be changed later.",
        error_messages={"required": "Choose a type.", "invalid_choice": "Choose a type from the list."},
    )


def thing_form(data: QueryDict | None = None) -> ThingForm:
    return ThingForm(data, auto_id="new_thing_%s")


def property_form(thing_id: str, data: QueryDict | None = None) -> PropertyForm:
    """Return the form for a new Property of a Thing. The page has one for each Thing, so their fields' ids differ."""
    return PropertyForm(data, auto_id=f"{thing_id}_%s")


class RowsForm(forms.Form):
    rows = forms.CharField(
        label="Rows",
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off", "wrap": "off"}),
        strip=False,
        required=False,
    )

    def __init__(self, *args: Any, example: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rows"]
        field.required = True
        field.error_messages["required"] = "Type at least one row: a time, then a comma and the value."
        field.help_text = format_html(
            "A line for each row, such as <code class='bucket-example'>{}</code> Times can be in milliseconds, too.",
            example,
        )


class RangeForm(forms.Form):
    """The first and the last time of the values to show, as milliseconds or ISO 8601. `range_ms` has both."""

    def __init__(self, *args: Any, zone: ZoneInfo, last_ms: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.range_ms = (0, last_ms)
        for name, label in (("from", "From"), ("to", "To")):
            has_offset = OFFSET.fullmatch(self.data.get(name, "")[-6:])
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=40,
                widget=forms.TextInput(attrs={"type": "text" if has_offset else "datetime-local", "step": "any"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = self.range_ms
        if written := cleaned.get("from"):
            first = self.read("from", written, first)
        if written := cleaned.get("to"):
            last = self.read("to", end_of_day(written.strip()), last)
        if first > last and not self.errors:
            self.add_error("to", "The first time is after the last.")
        self.range_ms = (first, last)
        return cleaned

    def read(self, name: str, written: str, otherwise: int) -> int:
        try:
            return read_timestamp(written.strip(), self.zone)
        except UnreadableRow as error:
            self.add_error(name, str(error))
            return otherwise


def end_of_day(written: str) -> str:
    """Return the last millisecond of a day that is written without a time, and everything else as it is."""
    return f"{written}T23:59:59.999" if DAY.fullmatch(written) else written


def field_time(timestamp_ms: int, zone: ZoneInfo) -> str:
    """Return a timestamp as the value of a field for a local date and time.

    When clocks are put back, an hour comes twice. A time in the second one gets its offset from UTC, because the form
    reads a time without an offset as one in the first.
    """
    at = instant(timestamp_ms, zone)
    if at.fold:
        return at.isoformat(timespec="milliseconds")
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds").removesuffix(".000")
