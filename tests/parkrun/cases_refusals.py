"""Refusals by sport, treadmill, length, hour, place and speed, and sure parkruns beside them."""

from typing import Any

from strava_live.parkrun.geometry import Point
from tests.parkrun.cases import Case
from tests.parkrun.recorded import drawn, recorded

SATURDAY = "2026-02-07T09:02+00:00"
NOWHERE: Point = (51.0, -30.0)


def refused(label: str, words: str, at: str = SATURDAY, **changes: Any) -> Case:
    return Case(label, recorded("bushy", at, **changes), "no", None, words)


def fine(label: str, words: str = "", at: str = SATURDAY, **changes: Any) -> Case:
    return Case(label, recorded("bushy", at, **changes), "sure", "bushy", words)


CASES = (
    fine("An ordinary one", "140 m from the Bushy start; Started 2 minutes after 9:00 on a Saturday; 5.02 km"),
    # Sport
    refused("A treadmill", "On a treadmill, so it can't be a parkrun", trainer=True),
    refused("A treadmill with a title", "On a treadmill", trainer=True, name="Treadmill parkrun"),
    refused("A virtual run", "A virtual run, so it can't be a parkrun", sport_type="VirtualRun"),
    refused("A ride", "A ride, so it can't be a parkrun", sport_type="Ride", name="Ride to parkrun"),
    refused("An e-bike", "An ebike ride", sport_type="EBikeRide"),
    refused("A swim", "A swim", sport_type="Swim"),
    refused("An unknown sport", "A padel", sport_type="Padel"),
    fine("On trails", sport_type="TrailRun"),
    fine("Walked in an hour and a quarter", sport_type="Walk", elapsed_s=4500, moving_s=4400),
    fine("Hiked with the tail walker", sport_type="Hike", elapsed_s=5400, moving_s=5300),
    fine("In a wheelchair, faster than anybody runs", sport_type="Wheelchair", elapsed_s=660, moving_s=660),
    refused("A bicycle recorded as a run", "5.02 km in 10:00: nobody is that fast", elapsed_s=600, moving_s=600),
    fine("As fast as anybody", elapsed_s=800, moving_s=800),
    refused("No time at all", "No time", elapsed_s=0, moving_s=0),
    # Length
    refused("No distance", "No distance", distance_m=0.0),
    refused("Three kilometres", "3.00 km: too short", distance_m=3000.0),
    refused("One metre too short to ask", "4.40 km: too short", distance_m=4399.0),
    fine("Just long enough", "4.60 km", distance_m=4600.0),
    fine("Short under trees", "4.70 km", distance_m=4700.0),
    fine("Just short enough", "5.60 km", distance_m=5600.0),
    refused("One metre too long to ask", "6.00 km: too long", distance_m=6001.0),
    refused("Ten kilometres", "10.10 km: too long for a parkrun", distance_m=10_100.0, elapsed_s=3600),
    refused("A warm-up of 2.2 km", "too short", at="2026-02-07T08:40+00:00", distance_m=2200.0, elapsed_s=800),
    # Hour
    fine("Exactly at nine", "Started at 9:00 on a Saturday", at="2026-02-07T09:00+00:00"),
    fine("A minute early", "Started 1 minute before 9:00", at="2026-02-07T08:58:30+00:00"),
    fine("Five minutes early", "Started 5 minutes before", at="2026-02-07T08:55+00:00"),
    fine("A quarter of an hour late", "Started 15 minutes after", at="2026-02-07T09:15+00:00"),
    refused("More than a quarter of an hour late", "Started 16 minutes after", at="2026-02-07T09:16+00:00"),
    refused("An hour early", "Started 1 hour before 9:00", at="2026-02-07T08:00+00:00"),
    refused("In the afternoon", "Started 5 hours after 9:00", at="2026-02-07T14:00+00:00"),
    refused("A run of its own that ended when it began", "28 minutes before", at="2026-02-07T08:32+00:00"),
    refused("7:02, which is right in Queensland only", "before 9:00", at="2026-02-07T07:02+00:00"),
    # Place
    fine("At the pin", "0 m from the Bushy start", metres=0),
    fine("A kilometre away", "990 m from the Bushy start", metres=990),
    refused("Too far away", "1.1 km from the Bushy start: too far away", metres=1100),
    fine("Rounded to two decimals, within two kilometres", "Strava rounds the place", metres=1300, rounded=True),
    refused("Far from every event", "No parkrun we know starts within 2.0 km", start_latlng=NOWHERE),
    refused("Without a place and a title", "No map", start_latlng=None),
    refused("A watch without a fix", "No map", start_latlng=(0.0, 0.0)),
    Case(
        "The route's first point counts where the start beside it is rounded",
        drawn(recorded("bushy", SATURDAY, metres=400), latlng=(51.42, -0.34)),
        "sure",
        "bushy",
        "400 m from the Bushy start",
    ),
    Case(
        "A rounded start at the event, and a route that begins elsewhere",
        drawn(recorded("bushy", SATURDAY, metres=1700), latlng=(51.41, -0.34)),
        "no",
        None,
        "1.7 km from the Bushy start: too far away",
    ),
    Case(
        "Only the route tells the place",
        drawn(recorded("bushy", SATURDAY, metres=200), latlng=None),
        "sure",
        "bushy",
        "200 m from the Bushy start",
    ),
    refused("A route that is not a polyline", "No map", start_latlng=None, polyline="\x00 nonsense"),
    # Typed in by hand
    refused("Typed in without a title", "Typed in by hand", manual=True, start_latlng=None),
)
