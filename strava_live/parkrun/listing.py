"""parkrun's list of events as somebody gave it, our CSV or parkrun's own GeoJSON: read, or refused in words."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from strava_live.parkrun.geometry import on_earth

# parkrun's numbers for countries. 85 is all of Southern Africa: which country, the place tells (placing.py).
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
SERIES = {1: "5k", 2: "junior"}
COLUMNS = ("event_id", "slug", "name", "short_name", "country_code", "region", "latitude", "longitude", "series")
MOST_EVENTS = 50_000
SHOWN_FAULTS = 5
MAX_NAME, MAX_ID = 120, 2**31 - 1
_slug = re.compile(r"[\w-]+")
_unstorable = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class UnusableListing(ValueError):
    """What came is no list of parkruns, or one with faults. The sentence is for the operator."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One event as a list has it. The country or the region may be missing: "" then."""

    event_id: int
    slug: str
    name: str
    short_name: str
    country: str
    region: str
    latitude: float
    longitude: float
    junior: bool


class _FaultyRow(ValueError):
    """What is wrong with one event."""


def read_listing(content: bytes) -> list[Listed]:
    """Every event of the list, or `UnusableListing`: a list that can be used only in part would close the rest."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableListing("This is no text in UTF-8, so it is no list of parkruns.") from error
    rows = _geojson(text) if text.lstrip().startswith(("{", "[")) else _csv(text)
    events, faults = [], []
    for where, row in rows:
        try:
            events.append(_listed(row))
        except _FaultyRow as fault:
            faults.append(f"{where}: {fault}")
        if len(events) > MOST_EVENTS:
            raise UnusableListing(f"More than {MOST_EVENTS} events: this is no list of parkruns.")
    faults += _doubles(events)
    if faults:
        more = f" (and {len(faults) - SHOWN_FAULTS} more)" if len(faults) > SHOWN_FAULTS else ""
        raise UnusableListing(f"Not every event can be read. {'; '.join(faults[:SHOWN_FAULTS])}{more}.")
    if not events:
        raise UnusableListing("There are no events in it.")
    return events


def _csv(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
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


def _geojson(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnusableListing(f"This begins like JSON and is none: {error}.") from error
    collection = data.get("events", data) if isinstance(data, dict) else None
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise UnusableListing("This is JSON, but not parkrun's events.json: it has no features.")
    for number, feature in enumerate(features, start=1):
        yield f"event {number}", _feature(feature)


def _feature(feature: Any) -> dict[str, Any]:
    """One of parkrun's features with the columns of our CSV."""
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


def _listed(row: dict[str, Any]) -> Listed:
    if not row or None in row or any(row.get(column) is None for column in COLUMNS):
        raise _FaultyRow("it does not have the fields of an event")
    texts = {column: str(row[column]).strip() for column in COLUMNS}
    event_id, place = texts["event_id"], (_degrees(texts["latitude"]), _degrees(texts["longitude"]))
    if not (event_id.isascii() and event_id.isdigit() and len(event_id) < 11 and 0 < int(event_id) <= MAX_ID):
        raise _FaultyRow(f"event_id {event_id[:40]!r} is no number from 1 up")
    if not on_earth(place):
        raise _FaultyRow(f"({texts['latitude'][:40]}, {texts['longitude'][:40]}) is no place on earth")
    _check_texts(texts)
    return Listed(
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


def _check_texts(texts: dict[str, str]) -> None:
    if texts["series"] not in SERIES.values():
        raise _FaultyRow(f"series {texts['series'][:40]!r} is neither 5k nor junior")
    if not _slug.fullmatch(texts["slug"]):
        raise _FaultyRow(f"slug {texts['slug'][:40]!r} has more in it than letters, digits and hyphens")
    for column in ("slug", "name", "short_name", "region"):
        text = texts[column]
        if _unstorable.search(text) or len(text) > MAX_NAME or not (text or column == "region"):
            raise _FaultyRow(f"{column} {text[:40]!r} is empty, too long, or no text")
    if texts["country_code"] and not re.fullmatch("[A-Z]{2}", texts["country_code"]):
        raise _FaultyRow(f"country_code {texts['country_code'][:40]!r} is not two letters")


def _degrees(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        return float("nan")


def _doubles(events: list[Listed]) -> list[str]:
    ids = Counter(event.event_id for event in events)
    slugs = Counter(event.slug for event in events)
    return [f"event_id {number} stands there twice" for number, times in ids.items() if times > 1] + [
        f"slug {slug} stands there twice" for slug, times in slugs.items() if times > 1
    ]
