"""What leaves room for doubt: hidden starts and maps, typing, titles, lengths, neighbours, juniors."""

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
    """Forty kilometres from any event."""
    return replace(recorded("tralee", at, name=name, **changes), start_latlng=(51.0, -20.0))


def titled(name: str) -> Case:
    return asked(f"Without a map: {name}", without_map(bushy(name=name)), "its title says parkrun", None)


CASES = (
    # Hidden and typed in: at most a maybe
    asked("A hidden start", hidden(bushy()), "at an hour that it does not tell"),
    asked(
        "A hidden start in Brisbane", hidden(recorded("newfarm", "2026-02-07T07:02+10:00")), "on a Saturday", "newfarm"
    ),
    Case(
        "A hidden start on a Friday", hidden(recorded("newfarm", "2026-02-06T07:02+10:00")), "no", None, "on a Friday"
    ),
    Case("A hidden start, ten kilometres", hidden(bushy(distance_m=10_000.0, elapsed_s=3000)), "no", None, "too long"),
    asked("A hidden map, named", without_map(bushy(name="Bushy parkrun #212")), "no map"),
    asked("A hidden map, only parkrun", without_map(bushy(name="parkrun!")), "no map", None),
    asked("Start and map hidden", hidden(without_map(bushy(name="Bushy parkrun"))), "no map"),
    asked("Typed in", without_map(bushy(name="Bushy parkrun", manual=True)), "typed in by hand"),
    asked("Typed in that evening", without_map(bushy("2026-02-07T20:00Z", name="Bushy parkrun", manual=True)), "hand"),
    asked("Typed in, with a place", bushy(manual=True), "typed in by hand"),
    asked("Flagged at Strava", bushy(flagged=True), "flagged at Strava"),
    asked("No sport", bushy(sport_type=""), "no sport"),
    asked("A handcycle", bushy(sport_type="Handcycle"), "a handcycle: unusual"),
    asked("Two and a half hours", bushy(elapsed_s=9000, moving_s=1500), "took 2:30:00"),
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
    Case("Two words without a map are any run", without_map(bushy(name="Park run")), "no", None, "no map"),
    Case("Titled, in the evening, without a map", without_map(bushy("2026-02-07T18:00Z", name="parkrun")), "no", None),
    Case("Titled, on a Tuesday, without a map", without_map(bushy("2026-02-03T09:02Z", name="parkrun")), "no", None),
    Case("Not parkrun, without a map", without_map(bushy(name="(not)parkrun")), "no", None, "no map"),
    Case("To parkrun, without a map", without_map(bushy(name="Jog to parkrun")), "no", None, "no map"),
    # An event that is on no list
    asked("Titled, far from every event", nowhere("Aire Libre parkrun"), "no parkrun that is known", None),
    Case("Titled, far away, an afternoon", nowhere("parkrun", "2026-02-07T15:00Z"), "no", None, "not in the morning"),
    Case("Missed it", nowhere("Missed parkrun, ran 5k at home"), "no", None, "no parkrun that is known"),
    asked(
        "Run from home to the parkrun, and home again",
        bushy(
            "2026-02-07T08:30Z", metres=3500, name="There and back, Bushy parkrun", distance_m=12_000, elapsed_s=4300
        ),
        "3.5 km from Bushy start",
    ),
    # Lengths
    asked(
        "Warm-up and all in one",
        bushy("2026-02-07T08:40Z", name="parkrun + warm up", distance_m=8100.0, elapsed_s=2900),
        "8.10 km, which is more than a parkrun",
    ),
    asked("The watch ran on", bushy(name="Bushy parkrun", distance_m=6100.0, elapsed_s=2400), "6.10 km, which is more"),
    asked("The watch stopped", bushy(name="Bushy parkrun", distance_m=4100.0), "4.10 km, which is less"),
    Case(
        "Long, and over before it began",
        bushy("2026-02-07T07:00Z", name="parkrun", distance_m=9e3, elapsed_s=3000),
        "no",
    ),
    Case(
        "Two kilometres of volunteering", bushy(name="Volunteering at parkrun", distance_m=2000.0), "no", None, "short"
    ),
    # Hours
    asked("The watch was started early", bushy("2026-02-07T08:48Z", elapsed_s=2400), "and went on past it"),
    asked("Titled, half an hour late", bushy("2026-02-07T09:30Z", name="Bushy parkrun"), "started 30 minutes after"),
    Case("Home from parkrun", bushy("2026-02-07T09:30Z", name="Run home from parkrun"), "no", None, "30 minutes after"),
    asked("An early start in Victoria", recorded("westerfolds", "2026-02-07T07:02+11:00"), "at 8:00", "westerfolds"),
    asked("Later on 1 January, until 2022", bushy("2020-01-01T10:32Z"), "started 1 hour 32 minutes after"),
    Case("Later on 1 January, since then", bushy("2026-01-01T10:32Z"), "no", None, "1 hour 32 minutes after"),
    # Titles against it
    asked("A freedom run in the middle of it", bushy(name=FREEDOM), "its title says that it was no parkrun"),
    Case("A freedom run with a hidden start", hidden(bushy(name=FREEDOM)), "no", None, "no parkrun"),
    Case("Titled, a bit far", bushy(name="parkrun", metres=1500), "maybe", "bushy", "1.5 km from Bushy start"),
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
    Case("A zone that nobody knows", bushy(zone="Parkland/Atlantis", utc_offset_s=0), "sure", "bushy"),
    Case("A wrong zone and offset", bushy(zone="Asia/Tokyo", utc_offset_s=32400), "sure", "bushy"),
    Case("No zone at all", bushy(zone=""), "sure", "bushy"),
    asked(
        "No event near, only an offset",
        nowhere("parkrun", "2026-02-07T07:02+10:00", zone="Nowhere/Town"),
        "on the morning of a Saturday",
        None,
    ),
    # Juniors: never sure
    asked(
        "A junior parkrun",
        recorded("bushy-juniors", SUNDAY, distance_m=2010.0, elapsed_s=800, name="Bushy junior parkrun"),
        "a junior parkrun: counted apart",
        "bushy-juniors",
    ),
    asked(
        "One without a title", recorded("bushy-juniors", SUNDAY, distance_m=2010.0, elapsed_s=800), "", "bushy-juniors"
    ),
    asked(
        "One without a map",
        without_map(recorded("bushy-juniors", SUNDAY, distance_m=2010.0, name="Bushy junior parkrun")),
        "no map",
        "bushy-juniors",
    ),
    Case("Two kilometres on a Saturday", recorded("bushy-juniors", SATURDAY, distance_m=2010.0), "no", None),
    Case("Five kilometres on a Sunday", recorded("bushy-juniors", SUNDAY), "no", None),
)
