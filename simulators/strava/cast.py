"""The cast: six athletes to choose from on the consent page, each with years of plausible activities."""

from dataclasses import dataclass
from datetime import date

from simulators.strava.athletes import Athlete
from simulators.strava.diary import Habits
from simulators.strava.events import all_events
from simulators.strava.histories import history
from simulators.strava.site import Site

LAST_WEEK_S = 8 * 86_400
"""How long before now the histories end, so that the last Saturday has no parkrun yet."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the six athletes: their profile, their habits, and the most activities that they have."""

    firstname: str
    lastname: str
    sex: str
    city: str
    country: str
    about: str
    habits: Habits
    most: int | None = None


EVENT = all_events()
# The six athletes.
CAST = (
    Part(
        "Priya",
        "Raman",
        "F",
        "Brisbane",
        "Australia",
        "Ten years of Saturdays at New Farm",
        Habits(100_001, EVENT["newfarm"], date(2016, 2, 1), five_k_s=1560, parkruns=0.85, weekly=1.6),
    ),
    Part(
        "Tom",
        "Ashworth",
        "M",
        "Teddington",
        "United Kingdom",
        "A regular at Bushy, and a tourist wherever there is a parkrun",
        Habits(100_002, EVENT["bushy"], date(2018, 5, 5), five_k_s=1320, parkruns=0.9, tourist=0.45, weekly=2.2),
    ),
    Part(
        "Ines",
        "Albrecht",
        "F",
        "Hamburg",
        "Germany",
        "Three thousand activities: runs, rides, swims",
        Habits(
            100_003,
            EVENT["alstervorland"],
            date(2013, 3, 1),
            five_k_s=1380,
            parkruns=0.7,
            weekly=4.6,
            rides=0.3,
            swims=0.1,
        ),
        most=3000,
    ),
    Part(
        "Callum",
        "Fraser",
        "M",
        "Edinburgh",
        "United Kingdom",
        "Careful: hides starts and maps, keeps some to himself",
        Habits(100_004, EVENT["edinburgh"], date(2020, 8, 1), hides=0.4, only_me=0.15, followers_only=0.25, weekly=1.6),
    ),
    Part(
        "Aroha",
        "Ngata",
        "F",
        "Christchurch",
        "New Zealand",
        "Walks, with a watch and a phone",
        Habits(100_005, EVENT["hagley"], date(2022, 1, 15), parkruns=0.9, walks=0.9, two_watches=0.35, weekly=0.9),
    ),
    Part(
        "Sipho",
        "Dlamini",
        "M",
        "Johannesburg",
        "South Africa",
        "Started this year",
        Habits(100_006, EVENT["delta"], date(2026, 1, 1), five_k_s=1900, parkruns=0.8, weekly=1.8),
    ),
)


def add_cast(site: Site) -> None:
    """Add the six athletes to the site. Each can then upload a parkrun of the last Saturday by hand."""
    until = int(site.clock()) - LAST_WEEK_S
    for part in CAST:
        habits = part.habits
        athlete = Athlete(
            id=habits.athlete_id,
            firstname=part.firstname,
            lastname=part.lastname,
            sex=part.sex,
            city=part.city,
            country=part.country,
            zone=habits.home.zone,
            event=habits.home.slug,
            about=part.about,
        )
        site.add_athlete(athlete, history(habits, seed=site.seed, until=until, most=part.most))
