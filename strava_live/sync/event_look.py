"""Ask Strava about activities that it has sent events about, with as few calls as possible."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from strava_live.accounts.strava_app import strava
from strava_live.accounts.tokens import token_source_for
from strava_live.http.tokens import TokenSource
from strava_live.strava.errors import Gone, StravaError, UnexpectedAnswer
from strava_live.strava.limits import Lane
from strava_live.strava.payloads import StravaActivity

WORTH_A_LIST = 2
"""The list of the newest activities is read if at least two of the activities to ask about are probably in it."""
MOST_SINGLE_CALLS = 25
"""The most single activities that one look asks about. The others follow in the next look."""


@dataclass(slots=True)
class Look:
    """What Strava has answered about activities."""

    activities: dict[int, StravaActivity] = field(default_factory=dict)
    """The activities that Strava has returned, by its id."""
    gone: set[int] = field(default_factory=set)
    """The ids for which it has answered 404, and those of activities of other athletes."""
    missing: set[int] = field(default_factory=set)
    """The ids that were not in the list of the newest activities. Strava was not asked about them one by one."""
    unclear: set[int] = field(default_factory=set)
    """The ids for which it has given an answer that makes no sense."""
    calls: int = 0
    error: StravaError | None = None
    """The error that has ended the look early, or None. Ids that are in none of these fields are unanswered."""


async def look_at(strava_id: int, listed: Collection[int], others: Collection[int]) -> Look:
    """Ask Strava about activities of the athlete `strava_id`.

    The activities in `listed` are probably among the newest ones. If there are at least WORTH_A_LIST of them, one call
    for the list of the newest activities answers them all. Strava is asked about those in `others` one by one: they are
    probably deleted, or earlier lists did not show them.
    """
    look, alone = Look(), [*others, *listed]
    try:
        async with token_source_for(strava_id) as tokens:
            if len(listed) >= WORTH_A_LIST:
                look.calls += 1
                for activity in await strava().newest_activities(tokens, lane=Lane.WEBHOOK):
                    if activity.strava_id in listed or activity.strava_id in others:
                        look.activities[activity.strava_id] = activity
                look.missing, alone = set(listed) - look.activities.keys(), list(others)
            for one in unanswered(look, alone):
                look.calls += 1
                await look_at_one(look, tokens, strava_id, one)
    except StravaError as error:
        look.error = error
    return look


def unanswered(look: Look, wanted: Collection[int]) -> Iterator[int]:
    left = [one for one in wanted if one not in look.activities]
    yield from left[:MOST_SINGLE_CALLS]


async def look_at_one(look: Look, tokens: TokenSource, strava_id: int, activity_id: int) -> None:
    try:
        activity = await strava().activity(tokens, activity_id, lane=Lane.WEBHOOK)
    except Gone:
        look.gone.add(activity_id)
    except UnexpectedAnswer:
        look.unclear.add(activity_id)
    else:
        # Strava also returns public activities of other athletes, which a false event may name.
        if activity.athlete_id in (None, strava_id):
            look.activities[activity_id] = activity
        else:
            look.gone.add(activity_id)
