"""A simulated Saturday at Bushy that started on a Friday at 14:05: what counts as its parkrun, and what does not."""

from dataclasses import replace
from typing import Any

from strava_live.parkrun.atlas import Atlas
from strava_live.parkrun.simulated import SimulatedSaturday
from tests.parkrun.cases import Case
from tests.parkrun.recorded import atlas, hidden, recorded, without_map

STARTED = "2026-11-27T14:05:31Z"


def simulated_atlas() -> Atlas:
    return atlas().with_simulated([SimulatedSaturday.at("bushy", STARTED)])


def ran(label: str, certainty: str, at: str = "14:06", words: str = "", slug: str = "bushy", **changes: Any) -> Case:
    activity = recorded(slug, f"2026-11-27T{at}+00:00", **changes)
    return Case(label, activity, certainty, "bushy" if certainty != "no" else None, words)


def changed(case: Case, label: str, change: Any) -> Case:
    return replace(case, label=label, activity=change(case.activity))


ON_TIME = ran("on time", "sure", words="Started 1 minute after 14:05 on a simulated Saturday")
NOT_HELD = "On a Friday, when there's no parkrun"
CASES = [
    ON_TIME,
    ran("four minutes early", "sure", at="14:01", words="Started 4 minutes before 14:05"),
    ran("fourteen minutes late", "sure", at="14:19", words="Started 14 minutes after 14:05"),
    ran("titled as usual", "sure", name="Bushy parkrun"),
    ran("six minutes early", "no", at="13:59", words=NOT_HELD),
    ran("sixteen minutes late", "no", at="14:21", words=NOT_HELD),
    ran("at the usual hour of the same day", "no", at="09:02", words=NOT_HELD),
    ran("at another event", "no", slug="richmond", words=NOT_HELD),
    ran("too far from the start", "no", metres=1400, words="too far away"),
    ran("too short", "no", distance_m=3900.0, words="too short"),
    ran("rather long", "maybe", distance_m=5800.0, words="long for a parkrun"),
    ran("on a bicycle", "no", sport_type="Ride", words="A ride"),
    ran("on a treadmill", "no", trainer=True, words="treadmill"),
    ran("flagged", "maybe", flagged=True, words="Flagged"),
    ran("title denies it", "maybe", name="Not parkrun", words="The title says it wasn't a parkrun"),
    ran("typed in", "no", manual=True, words=NOT_HELD),
    replace(changed(ON_TIME, "hidden start", hidden), certainty="no", event=None, words=NOT_HELD),
    replace(changed(ON_TIME, "without a map", without_map), certainty="no", event=None, words="No map"),
]
