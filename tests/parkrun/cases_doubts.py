"""Cases that are not clear: hidden starts and maps, typed activities, titles, lengths, neighbours, juniors."""

from dataclasses import replace
from typing import Any

from tests.parkrun.cases import Case
from tests.parkrun.recorded import Recorded, hidden, recorded, without_map

SATURDAY = "2026-02-07T09:02+00:00"
SUNDAY = "2026-02-08T09:02+00:00"
FREEDOM = "Freedom run"


def asked(label: str, activity: Recorded, words: str, event: str | None = "bushy") -> Case:
    return Case(label, activity, "maybe", event, words)


def bushy(at: str = SATURDAY, **changes: Any) -> Recorded:
    return recorded("bushy", at, **changes)


def nowhere(name: str, at: str = SATURDAY, **changes: Any) -> Recorded:
    """Return a run far out at sea, where no event is near."""
    return replace(recorded("tralee", at, name=name, **changes), start_latlng=(51.0, -20.0))


def titled(name: str) -> Case:
    return asked(f"Without a map: {name}", without_map(bushy(name=name)), "The title says parkrun", None)


CASES = (
    # Hidden and typed in: at most a maybe
    asked("A hidden start", hidden(bushy()), "start time hidden"),
    asked(
        "A hidden start in Brisbane", hidden(recorded("newfarm", "2026-02-07T07:02+10:00")), "On a Saturday", "newfarm"
    ),
    Case(
        "A hidden start on a Friday", hidden(recorded("newfarm", "2026-02-06T07:02+10:00")), "no", None, "On a Friday"
    ),
    Case("A hidden start, ten kilometres", hidden(bushy(distance_m=10_000.0, elapsed_s=3000)), "no", None, "too long"),
    asked("A hidden map, named", without_map(bushy(name="Bushy parkrun #212")), "No map"),
    asked("A hidden map, only parkrun", without_map(bushy(name="parkrun!")), "No map", None),
    asked("Start and map hidden", hidden(without_map(bushy(name="Bushy parkrun"))), "No map"),
    asked("Typed in", without_map(bushy(name="Bushy parkrun", manual=True)), "Typed in by hand"),
    asked("Typed in that evening", without_map(bushy("2026-02-07T20:00Z", name="Bushy parkrun", manual=True)), "hand"),
    asked("Typed in, with a place", bushy(manual=True), "Typed in by hand"),
    asked("Flagged at Strava", bushy(flagged=True), "Flagged on Strava"),
    asked("No sport", bushy(sport_type=""), "No sport"),
    asked("A handcycle", bushy(sport_type="Handcycle"), "A handcycle: unusual"),
    asked("Two and a half hours", bushy(elapsed_s=9000, moving_s=1500), "Took 2:30:00"),
    # Titles in any script and case, without a map
    *(
        titled(name)
        for name in (
            "PARKRUN",
            "ParkRun :)",
            "#parkrun",
            "park-run",
            "𝗽𝗮𝗿𝗸𝗿𝘂𝗻 tourism",
            "ｐａｒｋｒｕｎ",
            "par\u200bkrun",
            "Паркран",
            "パークラン",
            "파크런",
            "Na parkrunie z psem",
        )
    ),
    asked("Polish letters", without_map(recorded("lodz", "2026-02-07T09:02+01:00", name="parkrun Lodz")), "", "lodz"),
    Case("Two words without a map are any run", without_map(bushy(name="Park run")), "no", None, "No map"),
    Case("Titled, in the evening, without a map", without_map(bushy("2026-02-07T18:00Z", name="parkrun")), "no", None),
    Case("Titled, on a Tuesday, without a map", without_map(bushy("2026-02-03T09:02Z", name="parkrun")), "no", None),
    Case("Not parkrun, without a map", without_map(bushy(name="(not)parkrun")), "no", None, "No map"),
    Case("To parkrun, without a map", without_map(bushy(name="Jog to parkrun")), "no", None, "No map"),
    # An event that is on no list
    asked("Titled, far from every event", nowhere("Aire Libre parkrun"), "No parkrun we know", None),
    Case("Titled, far away, an afternoon", nowhere("parkrun", "2026-02-07T15:00Z"), "no", None, "not in the morning"),
    Case("Missed it", nowhere("Missed parkrun, ran 5k at home"), "no", None, "No parkrun we know"),
    asked(
        "Run from home to the parkrun, and home again",
        bushy(
            "2026-02-07T08:30Z", metres=3500, name="There and back, Bushy parkrun", distance_m=12_000, elapsed_s=4300
        ),
        "3.5 km from the Bushy start",
    ),
    # Lengths
    asked(
        "Warm-up and all in one",
        bushy("2026-02-07T08:40Z", name="parkrun + warm up", distance_m=8100.0, elapsed_s=2900),
        "8.10 km, which is long for a parkrun",
    ),
    asked("The watch ran on", bushy(name="Bushy parkrun", distance_m=6100.0, elapsed_s=2400), "6.10 km, which is long"),
    asked("Untitled, a little short", bushy(distance_m=4550.0), "4.55 km, which is short for a parkrun"),
    asked("Untitled, a little long", bushy(distance_m=5700.0), "5.70 km, which is long for a parkrun"),
    Case("A little long, and at the wrong hour", bushy("2026-02-07T11:02Z", distance_m=5700.0), "no", None, "2 hours"),
    asked("The watch stopped", bushy(name="Bushy parkrun", distance_m=4100.0), "4.10 km, which is short"),
    Case(
        "Long, and over before it began",
        bushy("2026-02-07T07:00Z", name="parkrun", distance_m=9e3, elapsed_s=3000),
        "no",
    ),
    Case(
        "Two kilometres of volunteering", bushy(name="Volunteering at parkrun", distance_m=2000.0), "no", None, "short"
    ),
    # Hours
    asked(
        "The watch was started early", bushy("2026-02-07T08:48Z", elapsed_s=2400), "and was still going when it began"
    ),
    asked("Titled, half an hour late", bushy("2026-02-07T09:30Z", name="Bushy parkrun"), "Started 30 minutes after"),
    Case("Home from parkrun", bushy("2026-02-07T09:30Z", name="Run home from parkrun"), "no", None, "30 minutes after"),
    asked(
        "An early start in Victoria", recorded("westerfolds", "2026-02-07T07:02+11:00"), "starts at 8:00", "westerfolds"
    ),
    asked("Later on 1 January, until 2022", bushy("2020-01-01T10:32Z"), "Started 1 hour 32 minutes after"),
    Case("Later on 1 January, since then", bushy("2026-01-01T10:32Z"), "no", None, "1 hour 32 minutes after"),
    # Titles against it
    asked("A freedom run in the middle of it", bushy(name=FREEDOM), "The title says it wasn't a parkrun"),
    Case("A freedom run with a hidden start", hidden(bushy(name=FREEDOM)), "no", None, "wasn't a parkrun"),
    Case("Titled, a bit far", bushy(name="parkrun", metres=1500), "maybe", "bushy", "1.5 km from the Bushy start"),
    # Neighbours
    asked("Between two events 429 m apart", recorded("colwick", SATURDAY), "Holme Pierrepont starts near", "colwick"),
    Case("Named, between two events", recorded("colwick", SATURDAY, name="Colwick parkrun"), "sure", "colwick"),
    Case(
        "The further one is named",
        recorded("colwick", SATURDAY, name="Holme Pierrepont parkrun"),
        "sure",
        "holmepierrepont",
    ),
    asked(
        "Rounded, between two events", recorded("colwick", SATURDAY, rounded=True), "starts near there too", "colwick"
    ),
    # The zone that Strava names
    Case("An unknown zone", bushy(zone="Parkland/Atlantis", utc_offset_s=0), "sure", "bushy"),
    Case("A wrong zone and offset", bushy(zone="Asia/Tokyo", utc_offset_s=32400), "sure", "bushy"),
    Case("No zone at all", bushy(zone=""), "sure", "bushy"),
    asked(
        "No event near, only an offset",
        nowhere("parkrun", "2026-02-07T07:02+10:00", zone="Nowhere/Town"),
        "In the morning, on a Saturday",
        None,
    ),
    # Juniors: never sure
    asked(
        "A junior parkrun",
        recorded("bushy-juniors", SUNDAY, distance_m=2010.0, elapsed_s=800, name="Bushy junior parkrun"),
        "A junior parkrun, counted separately",
        "bushy-juniors",
    ),
    asked(
        "One without a title", recorded("bushy-juniors", SUNDAY, distance_m=2010.0, elapsed_s=800), "", "bushy-juniors"
    ),
    asked(
        "One without a map",
        without_map(recorded("bushy-juniors", SUNDAY, distance_m=2010.0, name="Bushy junior parkrun")),
        "No map",
        "bushy-juniors",
    ),
    asked(
        "One in Victoria, where they start at eight",
        recorded("westerfolds-juniors", "2026-02-08T08:01+11:00", distance_m=2010.0, name="Westerfolds junior parkrun"),
        "Started 1 minute after 8:00 on a Sunday",
        "westerfolds-juniors",
    ),
    asked(
        "A titled one at an hour of its own",
        recorded("bushy-juniors", "2026-02-08T10:20Z", distance_m=2010.0, elapsed_s=800, name="Junior parkrun"),
        "Started 1 hour 20 minutes after 9:00",
        "bushy-juniors",
    ),
    Case(
        "Two kilometres on a Sunday afternoon", recorded("bushy-juniors", "2026-02-08T14:00Z", distance_m=2010.0), "no"
    ),
    Case("Two kilometres on a Saturday", recorded("bushy-juniors", SATURDAY, distance_m=2010.0), "no", None),
    Case("Five kilometres on a Sunday", recorded("bushy-juniors", SUNDAY), "no", None),
)
