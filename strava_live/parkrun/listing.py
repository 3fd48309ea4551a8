"""Read a list of parkrun events (places with a weekly parkrun), as our CSV or as parkrun's own GeoJSON.

A list with any fault is refused as a whole.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from strava_live.parkrun.geometry import on_earth

COUNTRIES = {
    3: "AU",
    4: "AT",
    14: "CA",
    23: "DK",
    30: "FI",
    32: "DE",
    42: "IE",
    44: "IT",
    46: "JP",
    54: "LT",
    57: "MY",
    64: "NL",
    65: "NZ",
    67: "NO",
    74: "PL",
    82: "SG",
    85: "ZA",
    88: "SE",
    97: "GB",
    98: "US",
}
"""The ISO code for each of parkrun's country numbers. 85 is all of southern Africa. Its "ZA" is provisional:
event_regions.py finds the country by the coordinates."""
SERIES = {1: "5k", 2: "junior"}
"""The series for each of parkrun's series numbers."""
COLUMNS = ("event_id", "slug", "name", "short_name", "country_code", "region", "latitude", "longitude", "series")
"""The columns that a CSV must have."""
MOST_EVENTS = 50_000
"""The most events of a list. A longer list is refused, because it cannot be a list of parkruns."""
SHOWN_FAULTS = 5
"""The most faults that the error message names."""
MAX_TEXT, MAX_ID = 120, 2**31 - 1
"""The longest text and the largest event id that the database stores."""
SLUG = re.compile(r"[\w-]+")
UNSTORABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters, and surrogates that no database stores."""


class UnusableListing(ValueError):
    """The content is not a list of parkruns, or has faults. The message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """One event as a list has it. Country and region are "" if the list lacks them."""

    event_id: int
    slug: str
    name: str
    short_name: str
    country: str
    region: str
    latitude: float
    longitude: float
    junior: bool


class FaultyRow(ValueError):
    """One event of the list cannot be read. The message says why."""


def read_listing(content: bytes) -> list[ListedEvent]:
    """Return every event of the list, or raise `UnusableListing`.

    One faulty event makes the list unusable, because an event that is missing from a list would count as closed.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableListing("This is not UTF-8 text, so it is not a list of parkruns.") from error
    rows = geojson_rows(text) if text.lstrip().startswith(("{", "[")) else csv_rows(text)
    events, faults = [], []
    for where, row in rows:
        try:
            events.append(read_event(row))
        except FaultyRow as fault:
            faults.append(f"{where}: {fault}")
        if len(events) > MOST_EVENTS:
            raise UnusableListing(f"This has more than {MOST_EVENTS:,} events, so it is not a list of parkruns.")
    faults += duplicate_faults(events)
    if faults:
        more = f" (and {len(faults) - SHOWN_FAULTS} more)" if len(faults) > SHOWN_FAULTS else ""
        raise UnusableListing(f"Some events cannot be read. {'; '.join(faults[:SHOWN_FAULTS])}{more}.")
    if not events:
        raise UnusableListing("The list has no events.")
    return events


def csv_rows(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each row of a CSV, preceded by a name of the row for error messages, such as "line 12"."""
    lines = csv.DictReader(text.splitlines(), strict=True)
    try:
        missing = [column for column in COLUMNS if column not in (lines.fieldnames or ())]
        if missing:
            raise UnusableListing(
                "This is neither parkrun's events.json nor a CSV with the columns that are needed: "
                f"missing {', '.join(missing)}."
            )
        for row in lines:
            yield f"line {lines.line_num}", row
    except csv.Error as error:
        raise UnusableListing(f"This CSV cannot be read: {error}.") from error


def geojson_rows(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each event of parkrun's GeoJSON as a row of our CSV, preceded by a name of the event for error messages."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnusableListing(f"This begins like JSON but is not valid JSON: {error}.") from error
    collection = data.get("events", data) if isinstance(data, dict) else None
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise UnusableListing("This is JSON, but not parkrun's events.json: it has no features.")
    for number, feature in enumerate(features, start=1):
        yield f"event {number}", row_from_feature(feature)


def row_from_feature(feature: Any) -> dict[str, Any]:
    """Return an event of parkrun's GeoJSON as a row of our CSV. Empty if the event lacks a field."""
    try:
        about = feature["properties"]
        longitude, latitude = feature["geometry"]["coordinates"][:2]
        return {
            "event_id": feature["id"],
            "slug": about["eventname"],
            "name": about["EventLongName"],
            "short_name": about["EventShortName"],
            "country_code": COUNTRIES.get(about["countrycode"], ""),
            "region": "",
            "latitude": latitude,
            "longitude": longitude,
            "series": SERIES.get(about["seriesid"]),
        }
    except (KeyError, IndexError, TypeError, ValueError):
        return {}


def read_event(row: dict[str, Any]) -> ListedEvent:
    if not row or None in row or any(row.get(column) is None for column in COLUMNS):
        raise FaultyRow("it does not have the fields of an event")
    texts = {column: str(row[column]).strip() for column in COLUMNS}
    event_id, place = texts["event_id"], (read_degrees(texts["latitude"]), read_degrees(texts["longitude"]))
    if not (event_id.isascii() and event_id.isdigit() and len(event_id) < 11 and 0 < int(event_id) <= MAX_ID):
        raise FaultyRow(f"event_id {event_id[:40]!r} is not a positive number")
    if not on_earth(place):
        raise FaultyRow(f"({texts['latitude'][:40]}, {texts['longitude'][:40]}) is not a valid place")
    check_texts(texts)
    return ListedEvent(
        event_id=int(event_id),
        slug=texts["slug"],
        name=texts["name"],
        short_name=texts["short_name"],
        country=texts["country_code"],
        region=texts["region"],
        latitude=place[0],
        longitude=place[1],
        junior=texts["series"] == "junior",
    )


def check_texts(texts: dict[str, str]) -> None:
    if texts["series"] not in SERIES.values():
        raise FaultyRow(f"series {texts['series'][:40]!r} is neither 5k nor junior")
    if not SLUG.fullmatch(texts["slug"]):
        raise FaultyRow(f"slug {texts['slug'][:40]!r} has other characters than letters, digits and hyphens")
    for column in ("slug", "name", "short_name", "region"):
        text = texts[column]
        if UNSTORABLE.search(text) or len(text) > MAX_TEXT or not (text or column == "region"):
            raise FaultyRow(f"{column} {text[:40]!r} is empty, too long, or has control characters")
    if texts["country_code"] and not re.fullmatch("[A-Z]{2}", texts["country_code"]):
        raise FaultyRow(f"country_code {texts['country_code'][:40]!r} is not two letters")


def read_degrees(written: str) -> float:
    """Return the text as a number. If it is not one, return NaN, which `on_earth` refuses."""
    try:
        return float(written)
    except ValueError:
        return float("nan")


def duplicate_faults(events: list[ListedEvent]) -> list[str]:
    ids = Counter(event.event_id for event in events)
    slugs = Counter(event.slug for event in events)
    return [f"event_id {number} is listed twice" for number, times in ids.items() if times > 1] + [
        f"slug {slug} is listed twice" for slug, times in slugs.items() if times > 1
    ]
