"""Lists of events from rows of the bundled list, as a CSV or as parkrun's GeoJSON."""

import csv
import json
from io import StringIO
from typing import Any

from strava_live.parkrun.bundled import bundled_list
from strava_live.parkrun.listing import COLUMNS, COUNTRIES

Row = dict[str, Any]

NUMBERS = {country: number for number, country in COUNTRIES.items()} | {"NA": 85, "SZ": 85}


def bundled_rows() -> list[Row]:
    return list(csv.DictReader(StringIO(bundled_list().decode())))


def some_rows(*slugs: str) -> list[Row]:
    by_slug = {row["slug"]: row for row in bundled_rows()}
    return [by_slug[slug] for slug in slugs]


def as_csv(rows: list[Row]) -> bytes:
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_geojson(rows: list[Row]) -> bytes:
    features = [_feature(row) for row in rows]
    countries = {"97": {"url": "www.parkrun.org.uk", "bounds": [-8.8, 49.1, 1.9, 60.9]}}
    return json.dumps({"countries": countries, "events": {"type": "FeatureCollection", "features": features}}).encode()


def _feature(row: Row) -> Row:
    return {
        "id": int(row["event_id"]),
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [float(row["longitude"]), float(row["latitude"])]},
        "properties": {
            "eventname": row["slug"],
            "EventLongName": row["name"],
            "EventShortName": row["short_name"],
            "LocalisedEventLongName": None,
            "countrycode": NUMBERS[row["country_code"]],
            "seriesid": 2 if row["series"] == "junior" else 1,
            "EventLocation": "somewhere",
        },
    }
