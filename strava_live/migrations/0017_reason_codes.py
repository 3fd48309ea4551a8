"""Store the reasons of the parkrun rules as codes and parameters instead of sentences in English.

The templates are a copy of those of strava_live/parkrun/wording.py on the day of this migration, so that later changes
there do not change what it does. A sentence that fits no template is stored as it is, with the code `as_written`.
"""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connections, migrations, transaction

Reason = dict[str, Any]

TEMPLATES = [
    ("treadmill", "On a treadmill, so it can't be a parkrun"),
    ("wrong_sport", "{sport}, so it can't be a parkrun"),
    ("no_time", "No time"),
    ("too_fast", "{distance_m} in {elapsed_s}: nobody is that fast"),
    ("no_distance", "No distance"),
    ("too_long", "{distance_m}: too long for a {junior}parkrun"),
    ("too_short", "{distance_m}: too short for a {junior}parkrun"),
    ("right_length", "{distance_m}"),
    ("rather_long", "{distance_m}, which is long for a parkrun"),
    ("rather_short", "{distance_m}, which is short for a parkrun"),
    ("near_event_rounded", "About {metres} from the {event} start: Strava rounds the place"),
    ("far_from_event", "{metres} from the {event} start: too far away"),
    ("near_event", "{metres} from the {event} start"),
    ("near_second_event", "{event} starts near there too"),
    ("no_event_near", "No parkrun we know starts within {metres}"),
    ("no_map", "No map, so we can't see where"),
    ("started", "{start} on {on}{unusual_at}"),
    ("started_at_other_time", "{start} on {on}; we think {event} starts at {believed}{unusual_at}"),
    ("started_early", "{start} on {on}, and was still going when it began{unusual_at}"),
    ("started_in_named_zone", "{start} on {on}, going by the time in {zone}{unusual_at}"),
    ("start_hidden", "On {on}, start time hidden{unusual_at}"),
    ("start_typed", "On {on}{unusual_at}"),
    ("event_start_unknown", "On {on}; we don't know when {event} starts{unusual_at}"),
    ("in_the_morning", "In the morning, on {on}"),
    ("not_in_the_morning", "Started at {at}, not in the morning"),
    ("not_held", "On {on}, when there's no {junior}parkrun"),
    ("event_closed", "{event} has been off parkrun's list since {since}"),
    ("pandemic", "In the pandemic, when parkruns were suspended or only some were back"),
    ("title_says_parkrun", "The title says parkrun"),
    ("title_denies_parkrun", "The title says it wasn't a parkrun"),
    ("junior", "A junior parkrun, counted separately"),
    ("typed_in", "Typed in by hand"),
    ("flagged", "Flagged on Strava"),
    ("no_sport", "No sport: unusual"),
    ("unusual_sport", "{sport}: unusual"),
    ("took_long", "Took {elapsed_s}: perhaps the watch was left running"),
    ("recorded_twice", "The same run as “{activity}”, recorded twice"),
    ("recording_of_removed", "The same run as “{activity}”, which you removed"),
    ("other_was_parkrun", "“{activity}”{removed} was the parkrun that day"),
    ("other_is_likelier", "“{activity}”{removed} is more likely to have been the parkrun that day"),
    ("athlete_said_no", "You said it wasn't a parkrun"),
    ("athlete_named_event", "You said it was {event}"),
]
EARLIER_TEMPLATES = [
    ("treadmill", "a treadmill: cannot be a parkrun"),
    ("wrong_sport", "{sport}: cannot be a parkrun"),
    ("no_time", "no time"),
    ("too_fast", "{distance_m} in {elapsed_s}: nobody is so fast"),
    ("no_distance", "no distance"),
    ("rather_long", "{distance_m}, which is more than a parkrun"),
    ("rather_short", "{distance_m}, which is less than a parkrun"),
    ("near_event_rounded", "about {metres} from {event} start, as near as its rounded place tells"),
    ("far_from_event", "{metres} from {event} start: too far away"),
    ("near_event", "{metres} from {event} start"),
    ("no_event_near", "no parkrun that is known here starts within {metres}"),
    ("no_map", "no map: it does not tell where it was"),
    ("started", "{start} on {on}"),
    ("started_at_other_time", "{start} on {on}; {event} should start at {believed}, as far as is known"),
    ("started_early", "{start} on {on}, and went on past it"),
    ("started_in_named_zone", "{start} on {on}, by the clock of {zone}"),
    ("start_hidden", "on {on}, at an hour that it does not tell"),
    ("event_start_unknown", "on {on}; nobody has entered when {event} starts"),
    ("in_the_morning", "on the morning of {on}"),
    ("not_in_the_morning", "started at {at}, not in the morning"),
    ("not_held", "on {on}, when there is no {junior}parkrun"),
    ("event_closed", "{event} has not been on parkrun's list since {since}"),
    ("pandemic", "when parkruns were suspended because of the pandemic"),
    ("title_says_parkrun", "its title says parkrun"),
    ("title_denies_parkrun", "its title says that it was no parkrun"),
    ("junior", "a junior parkrun: counted apart"),
    ("typed_in", "typed in by hand"),
    ("flagged", "flagged at Strava"),
    ("no_sport", "no sport: unusual"),
    ("unusual_sport", "{sport}: unusual"),
    ("took_long", "took {elapsed_s}: perhaps the watch ran on"),
    ("recorded_twice", "the same run as “{activity}”, recorded twice"),
    ("recording_of_removed", "the same run as “{activity}”, which you removed"),
    ("other_is_likelier", "“{activity}”{removed} is likelier to have been the parkrun that day"),
    ("athlete_said_no", "you said that it was no parkrun"),
    ("athlete_said_no", "you said it wasn’t a parkrun"),
    ("athlete_named_event", "you said that it was {event}"),
    ("athlete_named_event", "you said it was {event}"),
]
"""The words of earlier versions, which wrote sentences without a capital letter."""

OCCASIONS = {
    **{
        f"a {day.capitalize()}": day
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    },
    "New Year's Day": "new_year",
    "Christmas Day": "christmas",
    "27 April": "freedom_day",
    "Canada Day": "canada_day",
    "3 October": "german_unity_day",
    "Greenery Day": "greenery_day",
    "Malaysia Day": "malaysia_day",
    "26 December": "second_christmas_day",
    "Singapore's National Day": "singapore_day",
    "Ascension Day": "ascension_day",
    "Whit Monday": "whit_monday",
    "Thanksgiving": "thanksgiving",
}
OCCASION_WORDS = {occasion: words for words, occasion in OCCASIONS.items()}
SPORTS = {"ebike ride": "EBikeRide", "emountain bike ride": "EMountainBikeRide"}
"""Sports whose name does not follow from their words."""
NOT_USUALLY = ", when {} isn't usually on"
REMOVED = ", which you removed,"

PATTERNS = {
    "sport": r"[Aa]n? (?P<sport>[^\W\d_]+(?: [^\W\d_]+)*)",
    "distance_m": r"(?P<distance_m>\d+\.\d\d) km",
    "elapsed_s": r"(?P<elapsed_s>(?:\d+:)?\d+:\d\d)",
    "metres": r"(?P<metres>\d+ m|\d+\.\d km)",
    "junior": r"(?P<junior>junior )?",
    "start": (
        r"[Ss]tarted (?:at|(?:(?P<hours>\d+) hours?)? ?(?:(?P<minutes>\d+) minutes?)? (?P<side>after|before))"
        r" (?P<announced>\d+:\d\d)"
    ),
    "on": f"(?P<on>{'|'.join(map(re.escape, OCCASIONS))})",
    "believed": r"(?P<believed>\d+:\d\d)",
    "at": r"(?P<at>\d\d:\d\d)",
    "zone": r"(?P<zone>[\w+/-]+)",
    "since": r"(?P<since>\d+ \w+ \d{4}|\d{4}-\d\d-\d\d)",
    "event": "(?P<event>.+?)",
    "unusual_at": "(?:, when (?P<unusual_at>.+) isn't usually on)?",
    "activity": "(?P<activity>.*?)",
    "removed": f"(?P<removed>{REMOVED})?",
}
"""What each parameter looks like in a sentence."""

ROWS_PER_BATCH = 2_000
UPDATE_POSTGRES = """
UPDATE strava_live_activity AS activity SET reasons = converted.reasons::jsonb
FROM unnest(%s::bigint[], %s::text[]) AS converted (id, reasons) WHERE activity.id = converted.id
"""
"""One statement for a batch: Postgres answers a statement for each row one after the other."""


def pattern_of(template: str) -> "re.Pattern[str]":
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(PATTERNS[part] if odd % 2 else re.escape(part) for odd, part in enumerate(parts)), re.S)


NOW = [(code, pattern_of(template)) for code, template in TEMPLATES]
EARLIER = [(code, pattern_of(template)) for code, template in EARLIER_TEMPLATES]
TEMPLATE_BY_CODE = dict(TEMPLATES)


@lru_cache(maxsize=100_000)
def parse(sentence: str) -> Reason:
    """Return the code and the parameters of a sentence."""
    for code, pattern in NOW:
        if (found := pattern.fullmatch(sentence)) and render(reason := reason_of(code, found)) == sentence:
            return reason
    for code, pattern in EARLIER:
        if found := pattern.fullmatch(sentence):
            return reason_of(code, found)
    return {"code": "as_written", "text": sentence}


def reason_of(code: str, found: "re.Match[str]") -> Reason:
    texts = found.groupdict()
    parameters = {name: READ.get(name, str)(text) for name, text in texts.items() if text is not None}
    parameters |= {name: texts[name] is not None for name in ("junior", "removed") if name in texts}
    if "announced" in texts:
        minutes = int(texts["hours"] or 0) * 60 + int(texts["minutes"] or 0)
        parameters["minutes"] = -minutes if texts["side"] == "before" else minutes
    return {"code": code, **{name: parameters[name] for name in sorted(parameters) if name not in ("hours", "side")}}


def render(reason: Reason) -> str:
    """Return the sentence of a code and its parameters."""
    if reason["code"] not in TEMPLATE_BY_CODE:
        return str(reason.get("text", reason["code"]))
    words = {name: WRITE.get(name, str)(value) for name, value in reason.items()}
    if "announced" in words:
        words["start"] = start_text(reason["minutes"], words["announced"])
    words.setdefault("unusual_at", "")
    return TEMPLATE_BY_CODE[reason["code"]].format_map(words)


def start_text(minutes: int, announced: str) -> str:
    if not minutes:
        return f"Started at {announced}"
    hours, rest = divmod(abs(minutes), 60)
    parts = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in ((hours, "hour"), (rest, "minute")) if count]
    return f"Started {' '.join(parts)} {'after' if minutes > 0 else 'before'} {announced}"


def read_sport(words: str) -> str:
    return SPORTS.get(words) or "".join(word.capitalize() for word in words.split())


def write_sport(sport: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", sport).lower()
    return f"{'An' if words[:1] in tuple('aeiou') else 'A'} {words}"


def read_metres(text: str) -> int:
    number, unit = text.split()
    return int(number) if unit == "m" else round(float(number) * 1000)


def read_duration(text: str) -> int:
    seconds = 0
    for part in text.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds


def write_duration(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def read_date(text: str) -> str:
    return text if text[:4].isdigit() else datetime.strptime(text, "%d %B %Y").date().isoformat()


def write_date(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"


READ: dict[str, Callable[[str], Any]] = {
    "sport": read_sport,
    "distance_m": lambda text: round(float(text) * 1000),
    "elapsed_s": read_duration,
    "metres": read_metres,
    "announced": lambda text: text.zfill(5),
    "believed": lambda text: text.zfill(5),
    "on": OCCASIONS.__getitem__,
    "since": read_date,
}
WRITE: dict[str, Callable[[Any], str]] = {
    "sport": write_sport,
    "distance_m": lambda metres: f"{metres / 1000:.2f} km",
    "elapsed_s": write_duration,
    "metres": lambda metres: f"{metres} m" if metres < 995 else f"{metres / 1000:.1f} km",
    "announced": lambda at: at.removeprefix("0"),
    "believed": lambda at: at.removeprefix("0"),
    "on": OCCASION_WORDS.__getitem__,
    "since": write_date,
    "junior": lambda junior: "junior " if junior else "",
    "unusual_at": NOT_USUALLY.format,
    "removed": lambda removed: REMOVED if removed else "",
}


def to_codes(reasons: list[Any]) -> list[Any]:
    """Convert sentences. Reasons that are codes already stay, so that a migration which was cut off can run again."""
    codes = [dict(parse(reason)) if isinstance(reason, str) else reason for reason in reasons]
    if any(reason["code"] == "typed_in" for reason in codes):
        # Earlier versions had the same sentence for a start that is hidden and one that was typed in.
        for reason, sentence in zip(codes, reasons, strict=True):
            if isinstance(sentence, str) and sentence.endswith("at an hour that it does not tell"):
                reason["code"] = "start_typed"
    return codes


def to_sentences(reasons: list[Any]) -> list[Any]:
    return [render(reason) if isinstance(reason, dict) else reason for reason in reasons]


def convert_rows(apps: Any, using: str, convert: Callable[[list[Any]], list[Any]]) -> None:
    """Convert the reasons of all activities, in batches by primary key, each in a transaction of its own."""
    rows = apps.get_model("strava_live", "Activity").objects.using(using).order_by("pk")
    last: int | None = 0
    while last is not None:
        with transaction.atomic(using=using):
            last = convert_batch(rows.filter(pk__gt=last).select_for_update(), convert)


def convert_batch(rows: Any, convert: Callable[[list[Any]], list[Any]]) -> int | None:
    """Convert the first rows and return the primary key of the last of them. None if there are no rows."""
    batch = list(rows.values_list("pk", "reasons")[:ROWS_PER_BATCH])
    converted = [(pk, before, convert(before)) for pk, before in batch]
    changed = [(json.dumps(now), pk) for pk, before, now in converted if now != before]
    with connections[rows.db].cursor() as cursor:
        if connections[rows.db].vendor == "postgresql":
            cursor.execute(UPDATE_POSTGRES, [[pk for _, pk in changed], [reasons for reasons, _ in changed]])
        else:
            cursor.executemany("UPDATE strava_live_activity SET reasons = %s WHERE id = %s", changed)
    return batch[-1][0] if batch else None


def store_codes(apps: Any, schema_editor: Any) -> None:
    convert_rows(apps, schema_editor.connection.alias, to_codes)


def store_sentences(apps: Any, schema_editor: Any) -> None:
    convert_rows(apps, schema_editor.connection.alias, to_sentences)


class Migration(migrations.Migration):
    atomic = False  # each batch is a transaction

    dependencies = [("strava_live", "0016_failure_kinds")]

    operations = [migrations.RunPython(store_codes, store_sentences)]
