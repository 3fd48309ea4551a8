"""A walk against the stand-in over real HTTP: it yields each activity once, with few calls, despite faults."""

import asyncio
import json
import math
from collections.abc import Callable

import pytest

from simulators.process import StandIn
from strava_live.strava.budget import MemoryBudget
from strava_live.strava.client import Strava
from strava_live.strava.errors import AppInactive, RateLimited, ReconnectNeeded, ScopeMissing, StravaDown, StravaError
from strava_live.strava.limits import Lane, Meters, Policy
from strava_live.strava.walk import Walk
from tests.http.servers import answering, response
from tests.strava.client_settings import AT_ONCE, LONG
from tests.strava.one_token import OneToken
from tests.strava.payloads import summary

TokensOf = Callable[..., OneToken]
Connect = Callable[..., Strava]


class Renewing:
    """A token source that gets a new token from the stand-in when one is refused."""

    def __init__(self, site: StandIn, athlete_id: int) -> None:
        self._site, self._athlete_id = site, athlete_id
        self._token = self._new()
        self.renewed = 0

    def _new(self) -> str:
        return str(self._site.grant(self._athlete_id)["access_token"])

    async def token(self) -> str:
        return self._token

    async def refused(self, token: str, /) -> None:
        assert token == self._token
        self.renewed += 1
        self._token = self._new()


async def ids(walk: Walk) -> list[int]:
    return [activity.strava_id async for activity in walk]


async def ids_until_it_raises(walk: Walk) -> tuple[list[int], StravaError | None]:
    found: list[int] = []
    try:
        async for activity in walk:
            found.append(activity.strava_id)  # noqa: PERF401 - what came before the error is wanted
    except StravaError as error:
        return found, error
    return found, None


@pytest.mark.parametrize("by_true_start", [True, False])
@pytest.mark.parametrize(
    "order",
    [
        {"withheld_share": 0.15},
        {"withheld_share": 0.15, "hidden_starts": [*range(0, 3000, 40), *range(195, 3000, 198), 199, 200, 201]},
        {"withheld_share": 0.15, "withheld": [[1000, 1200]]},
        {"withheld_share": 0.15, "withheld": [[2, 202]], "same_second": [[1999, 2002], [2199, 2230]]},
        {},
    ],
    ids=["hidden", "hidden starts", "200 hidden in a row", "shared seconds", "plain"],
)
async def test_walk_reads_3000_activities_once_with_few_calls(
    strava: Strava, strava_site: StandIn, tokens_of: TokensOf, order: dict[str, object], *, by_true_start: bool
) -> None:
    athlete_id = strava_site.add_athlete(activities=3000, by_true_start=by_true_start, **order)
    before = strava_site.stats()["calls"].get("activities", 0)
    walk = strava.activities(tokens_of(athlete_id), lane=Lane.PERSON)
    found = await ids(walk)
    assert len(found) == len(set(found)) == walk.found
    assert set(found) == strava_site.given_ids(athlete_id)
    assert walk.finished
    assert walk.skipped == []
    calls = strava_site.stats()["calls"]["activities"] - before
    assert calls == walk.requests == walk.pages
    assert calls <= math.ceil(3000 / 200) + 2 + 1


async def test_walk_finds_every_activity_while_others_are_added_and_deleted(
    strava: Strava, strava_site: StandIn, tokens_of: TokensOf
) -> None:
    athlete_id = strava_site.add_athlete(activities=3000, withheld_share=0.15, withheld=[[700, 900]])
    at_first = strava_site.given_ids(athlete_id)
    strava_site.churn(athlete_id, add=3, remove=3)
    walk = strava.activities(tokens_of(athlete_id), lane=Lane.PERSON)
    found = await ids(walk)
    strava_site.churn(athlete_id)
    assert len(found) == len(set(found))
    assert at_first & strava_site.given_ids(athlete_id) <= set(found)
    assert walk.requests <= math.ceil(3000 / 200) + 2 + 1


async def test_walk_stays_in_its_window(strava: Strava, strava_site: StandIn, tokens_of: TokensOf) -> None:
    athlete_id = strava_site.add_athlete(activities=500)
    everything = [activity async for activity in strava.activities(tokens_of(athlete_id), lane=Lane.PERSON)]
    walk = strava.activities(
        tokens_of(athlete_id), lane=Lane.PERSON, before=everything[50].start, after=everything[80].start
    )
    assert await ids(walk) == [activity.strava_id for activity in everything[51:81]]
    assert walk.requests == 1


async def test_walk_continues_after_the_last_activity_when_a_connection_breaks(
    strava: Strava, strava_site: StandIn, tokens_of: TokensOf
) -> None:
    athlete_id = strava_site.add_athlete(activities=600, withheld_share=0.1)
    strava_site.fault("truncate", "activities", bytes=100_000, calls=5)
    walk = strava.activities(tokens_of(athlete_id), lane=Lane.PERSON)
    found = await ids(walk)
    assert len(found) == len(set(found))
    assert set(found) == strava_site.given_ids(athlete_id)
    assert walk.requests == walk.pages + 5


@pytest.mark.parametrize("fault", [{"kind": "server_error", "status": 503}, {"kind": "drop"}, {"kind": "html"}])
async def test_walk_retries_temporary_errors(
    strava: Strava, strava_site: StandIn, tokens_of: TokensOf, fault: dict[str, object]
) -> None:
    athlete_id = strava_site.add_athlete(activities=300)
    strava_site.fault(endpoint="activities", calls=2, skip=1, **fault)  # type: ignore[arg-type]
    walk = strava.activities(tokens_of(athlete_id), lane=Lane.PERSON)
    assert len(await ids(walk)) == 300
    assert walk.requests == walk.pages + 2


async def test_walk_gives_up_and_continues_when_iterated_again(
    strava: Strava, strava_site: StandIn, tokens_of: TokensOf
) -> None:
    athlete_id = strava_site.add_athlete(activities=300)
    strava_site.fault("server_error", "activities", status=502, skip=1)
    walk = strava.activities(tokens_of(athlete_id), lane=Lane.PERSON)
    found, error = await ids_until_it_raises(walk)
    assert isinstance(error, StravaDown)
    assert (len(found), walk.finished) == (200, False)
    assert walk.requests == 1 + AT_ONCE.attempts
    strava_site.clear_faults()
    found += await ids(walk)
    assert len(found) == len(set(found)) == 300


@pytest.mark.parametrize(("fault", "error"), [("inactive", AppInactive), ("rate_limited", RateLimited)])
async def test_walk_does_not_retry_refusals(
    strava: Strava, strava_site: StandIn, tokens_of: TokensOf, fault: str, error: type[Exception]
) -> None:
    athlete_id = strava_site.add_athlete(activities=10)
    strava_site.fault(fault, "activities")
    walk = strava.activities(tokens_of(athlete_id), lane=Lane.PERSON)
    with pytest.raises(error):
        await ids(walk)
    assert walk.requests == 1


async def test_walk_names_the_missing_scope(strava: Strava, strava_site: StandIn, tokens_of: TokensOf) -> None:
    athlete_id = strava_site.add_athlete(activities=10)
    with pytest.raises(ScopeMissing) as caught:
        await ids(strava.activities(tokens_of(athlete_id, "read"), lane=Lane.PERSON))
    assert caught.value.scope == "activity:read"


async def test_walk_refreshes_a_token_that_expires(strava: Strava, strava_site: StandIn) -> None:
    athlete_id = strava_site.add_athlete(activities=600)
    tokens = Renewing(strava_site, athlete_id)
    found = []
    async for activity in strava.activities(tokens, lane=Lane.PERSON):
        found.append(activity.strava_id)
        if len(found) == 200:
            strava_site.expire_tokens(athlete_id)
    assert len(found) == len(set(found)) == 600
    assert tokens.renewed == 1


async def test_walk_raises_reconnect_needed_if_the_new_token_is_refused_too(
    strava: Strava, strava_site: StandIn
) -> None:
    athlete_id = strava_site.add_athlete(activities=10)
    tokens = Renewing(strava_site, athlete_id)
    strava_site.fault("unauthorized", "activities")
    walk = strava.activities(tokens, lane=Lane.PERSON)
    with pytest.raises(ReconnectNeeded):
        await ids(walk)
    assert (walk.requests, tokens.renewed) == (2, 1)


async def test_walk_stops_at_the_budget_and_continues_later(
    connect: Connect, strava_site: StandIn, tokens_of: TokensOf
) -> None:
    now = [1_000_000.0]
    policy = Policy(limits=Meters(2, 100, 2, 100))
    strava_site.limits(headers=False)
    strava = connect(budget=MemoryBudget(policy, clock=lambda: now[0]))
    athlete_id = strava_site.add_athlete(activities=900, withheld_share=0.1)
    walk = strava.activities(tokens_of(athlete_id), lane=Lane.PERSON)
    found: list[int] = []
    waits = 0
    while not walk.finished:
        some, error = await ids_until_it_raises(walk)
        found += some
        if isinstance(error, RateLimited) and not error.by_strava:
            now[0] = error.until.timestamp()
            waits += 1
    assert len(found) == len(set(found))
    assert set(found) == strava_site.given_ids(athlete_id)
    assert waits == (walk.requests - 1) // 2
    assert walk.requests == walk.pages


async def test_lane_of_a_walk_can_change(connect: Connect, strava_site: StandIn, tokens_of: TokensOf) -> None:
    strava_site.limits(headers=False)
    strava = connect(budget=MemoryBudget(Policy(limits=Meters(10, 100, 10, 100), windows=LONG)))
    athlete_id = strava_site.add_athlete(activities=3000)
    walk = strava.activities(tokens_of(athlete_id), lane=Lane.PERSON)

    async def switch_to_routine() -> None:
        async for _ in walk:
            walk.lane = Lane.PERSON if walk.requests < 3 else Lane.ROUTINE

    with pytest.raises(RateLimited):
        await switch_to_routine()
    assert walk.requests == 7


async def test_walk_skips_and_reports_unreadable_items(connect: Connect) -> None:
    items = [summary(1), {"id": 2, "name": "no start"}, None, {"start_date": "2025-01-01T00:00:00Z"}, "x", summary(3)]

    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(response(json.dumps(items).encode()))

    async with answering(answer) as url:
        walk = connect(url).activities(OneToken("t"), lane=Lane.PERSON)
        assert await ids(walk) == [1, 3]
    assert [skipped.strava_id for skipped in walk.skipped if skipped.strava_id] == [2]
    assert "without a start" in walk.skipped[0].reason
