"""Find the time zone of an event from its country, its state and, in a state with two zones, its coordinates.

The borders of zones are straight lines here: right for the towns on both sides, but not for every farm.
"""

from collections.abc import Callable

BeyondLine = Callable[[float, float], bool]
"""A function that returns whether a latitude and a longitude are beyond a line."""

COUNTRIES = {
    "AT": "Europe/Vienna",
    "DE": "Europe/Berlin",
    "DK": "Europe/Copenhagen",
    "FI": "Europe/Helsinki",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "IE": "Europe/Dublin",
    "IT": "Europe/Rome",
    "JP": "Asia/Tokyo",
    "LT": "Europe/Vilnius",
    "MY": "Asia/Kuala_Lumpur",
    "NA": "Africa/Windhoek",
    "NL": "Europe/Amsterdam",
    "NO": "Europe/Oslo",
    "NZ": "Pacific/Auckland",
    "PL": "Europe/Warsaw",
    "SE": "Europe/Stockholm",
    "SG": "Asia/Singapore",
    "SZ": "Africa/Mbabane",
    "ZA": "Africa/Johannesburg",
}
"""The zone of a country, for events whose region is not in STATES."""

EASTERN, CENTRAL, MOUNTAIN, PACIFIC = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
)
STATES_BY_ZONE = {
    EASTERN: "Connecticut/Delaware/Florida/Georgia/Maine/Maryland/Massachusetts/New Hampshire/New Jersey/New York/"
    "North Carolina/Ohio/Pennsylvania/Rhode Island/South Carolina/Vermont/Virginia/Washington, D.C./West Virginia",
    CENTRAL: "Alabama/Arkansas/Illinois/Iowa/Kansas/Louisiana/Minnesota/Mississippi/Missouri/Nebraska/North Dakota/"
    "Oklahoma/South Dakota/Tennessee/Texas/Wisconsin",
    MOUNTAIN: "Colorado/Montana/New Mexico/Utah/Wyoming",
    PACIFIC: "California/Nevada/Oregon/Washington",
    "America/Anchorage": "Alaska",
    "America/Boise": "Idaho",
    "America/Detroit": "Michigan",
    "America/Indiana/Indianapolis": "Indiana",
    "America/Kentucky/Louisville": "Kentucky",
    "America/Phoenix": "Arizona",
    "Pacific/Honolulu": "Hawaii",
}
"""The states of the USA by the zone of most of their area."""
STATES: dict[str, dict[str, str]] = {
    "AU": {
        "Australian Capital Territory": "Australia/Sydney",
        "New South Wales": "Australia/Sydney",
        "Northern Territory": "Australia/Darwin",
        "Queensland": "Australia/Brisbane",
        "South Australia": "Australia/Adelaide",
        "Tasmania": "Australia/Hobart",
        "Victoria": "Australia/Melbourne",
        "Western Australia": "Australia/Perth",
    },
    "CA": {
        "Alberta": "America/Edmonton",
        "British Columbia": "America/Vancouver",
        "Manitoba": "America/Winnipeg",
        "New Brunswick": "America/Moncton",
        "Newfoundland and Labrador": "America/St_Johns",
        "Northwest Territories": "America/Yellowknife",
        "Nova Scotia": "America/Halifax",
        "Ontario": "America/Toronto",
        "Prince Edward Island": "America/Halifax",
        "Quebec": "America/Toronto",
        "Saskatchewan": "America/Regina",
        "Yukon": "America/Whitehorse",
    },
    "GB": {
        "Falkland Islands": "Atlantic/Stanley",
        "Guernsey": "Europe/Guernsey",
        "Isle of Man": "Europe/Isle_of_Man",
        "Jersey": "Europe/Jersey",
        "Saint Helena": "Atlantic/St_Helena",
        "Gibraltar": "Europe/Gibraltar",
        "Cayman Islands": "America/Cayman",
        "Cyprus": "Asia/Nicosia",
    },
    "RU": {"Moscow": "Europe/Moscow", "Saint Petersburg": "Europe/Moscow"},
    "US": {state: zone for zone, states in STATES_BY_ZONE.items() for state in states.split("/")},
}
"""The zone of each state or region, by country."""
PARTS: dict[tuple[str, str], tuple[tuple[BeyondLine, str], ...]] = {
    ("AU", "New South Wales"): ((lambda lat, lng: lng < 142.1 and lat > -32.6, "Australia/Broken_Hill"),),
    ("CA", "British Columbia"): (
        (lambda lat, lng: lat < 52 and lng > -117.1, "America/Edmonton"),
        (lambda lat, lng: lat > 55 and lng > -122.6, "America/Dawson_Creek"),
    ),
    ("CA", "Newfoundland and Labrador"): ((lambda lat, lng: lat > 51.6 and lng < -55.7, "America/Goose_Bay"),),
    ("CA", "Ontario"): ((lambda lat, lng: lng < -90, "America/Winnipeg"),),
    ("US", "Florida"): ((lambda lat, lng: lng < -85.1, CENTRAL),),
    ("US", "Idaho"): ((lambda lat, lng: lat > 45.55, PACIFIC),),
    ("US", "Indiana"): ((lambda lat, lng: lng < -86.9 and (lat > 41 or lat < 38.5), CENTRAL),),
    ("US", "Kansas"): ((lambda lat, lng: lng < -101.5, MOUNTAIN),),
    ("US", "Kentucky"): ((lambda lat, lng: lng < -86.1, CENTRAL),),
    ("US", "Michigan"): ((lambda lat, lng: lng < -87.8 and lat < 46.6, "America/Menominee"),),
    ("US", "Nebraska"): ((lambda lat, lng: lng < -101.3, MOUNTAIN),),
    ("US", "North Dakota"): ((lambda lat, lng: lng < -101.5 and lat < 47.5, MOUNTAIN),),
    ("US", "Oregon"): ((lambda lat, lng: lng > -118.2 and 42.45 < lat < 44.6, "America/Boise"),),
    ("US", "South Dakota"): ((lambda lat, lng: lng < -100.9, MOUNTAIN),),
    ("US", "Tennessee"): ((lambda lat, lng: lng > -84.95 or (lat < 35.6 and lng > -85.6), EASTERN),),
    ("US", "Texas"): ((lambda lat, lng: lng < -104.9, MOUNTAIN),),
}
"""Parts of a state that have another zone than the rest: a function that recognises the part, and its zone."""
OVERSEAS = {
    "Cayman Islands": (19.0, 20.0, -81.7, -79.5),
    "Cyprus": (34.4, 35.8, 32.1, 34.7),
    "Falkland Islands": (-52.6, -50.9, -61.6, -57.5),
    "Gibraltar": (36.0, 36.2, -5.4, -5.3),
    "Saint Helena": (-16.1, -15.8, -5.9, -5.5),
}
"""Places overseas that parkrun lists under GB, with their southern, northern, western and eastern limits in degrees."""
BRITISH_ISLES = (49.0, 61.5, -11.0, 2.5)
"""The limits of the British Isles, in the order of those in OVERSEAS."""


def overseas_region(country: str, latitude: float, longitude: float) -> str:
    """Return the name of the overseas place at these coordinates if the country is GB. Otherwise ""."""
    if country != "GB":
        return ""
    return next((name for name, box in OVERSEAS.items() if is_within(box, latitude, longitude)), "")


def zone_at(country: str, region: str, latitude: float, longitude: float) -> str:
    """Return the IANA name of the time zone, or "" if it is unknown."""
    for beyond, zone in PARTS.get((country, region), ()):
        if beyond(latitude, longitude):
            return zone
    if region in STATES.get(country, {}):
        return STATES[country][region]
    if country == "GB" and not is_within(BRITISH_ISLES, latitude, longitude):
        return ""
    return COUNTRIES.get(country, "")


def is_within(box: tuple[float, float, float, float], latitude: float, longitude: float) -> bool:
    south, north, west, east = box
    return south <= latitude <= north and west <= longitude <= east
