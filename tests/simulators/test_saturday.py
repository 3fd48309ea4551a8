"""The simulated Saturday: who finishes and when, on a clock that does not wait, and its control calls."""

import asyncio
import json
import random
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from simulators.process import StandIn
from simulators.started import StandInError
from simulators.strava.athletes import Athlete
from simulators.strava.club_runners import add_club_runners
from simulators.strava.events import all_events
from simulators.strava.limits import Limits
from simulators.strava.saturday import NotStartedError, Saturday
from simulators.strava.saturday_plan import UNUSUAL, Plan, plan_saturday
from simulators.strava.settings import Settings
from simulators.strava.site import Site
from strava_live.parkrun.judgement import Certainty
from strava_live.parkrun.mornings import judge_all
from strava_live.strava.payloads import read_activity
from tests.parkrun.recorded import atlas
from tests.simulators.application import Application, subscribe
from tests.simulators.callback import Callback

BUSHY = all_events()["bushy"]
A_FRIDAY_AFTERNOON = datetime(2026, 11, 27, 15, 4, 5, tzinfo=UTC).timestamp()


class Time:
    """A clock that jumps to the end of every pause, and the events that were sent, with the time of each."""

    def __init__(self) -> None:
        self.now = A_FRIDAY_AFTERNOON
        self.events: list[tuple[float, int, str, int, dict[str, str]]] = []

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)

    def note(self, object_type: str, object_id: int, aspect_type: str, owner_id: int, updates: dict[str, str]) -> None:
        assert object_type == "activity"
        self.events.append((self.now, object_id, aspect_type, owner_id, updates))


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def site(time: Time) -> Site:
    """A site with the club runners, all connected."""
    site = Site(Settings(), partial(Limits, lambda: time.now), clock=lambda: time.now)
    add_club_runners(site, began=time.now)
    for athlete_id in site.athletes:
        site.tokens.grant(athlete_id, ["read", "activity:read"])
    site.notify = time.note
    return site


async def live_through(site: Site, time: Time, *, seconds: float = 600) -> Plan:
    saturday = Saturday(site, time.sleep)
    saturday.start(BUSHY, seconds=seconds)
    await ended(saturday)
    assert saturday.plan
    return saturday.plan


async def ended(saturday: Saturday) -> None:
    while saturday.is_running:  # noqa: ASYNC110 - every pause of the Saturday ends at once
        await asyncio.sleep(0)


def plan(site: Site, *, seconds: float = 600, athletes: int = 40) -> Plan:
    some = list(site.athletes.values())[:athletes]
    return plan_saturday(some, BUSHY, now=A_FRIDAY_AFTERNOON, seconds=seconds, chance=random.Random(1))


@pytest.mark.parametrize("seconds", [2, 60, 600, 3600])
async def test_everybody_started_with_the_event_and_finished_before_the_upload(
    site: Site, time: Time, seconds: float
) -> None:
    lived = await live_through(site, time, seconds=seconds)
    assert len(lived.finishers) == 40
    for one in lived.finishers:
        run = one.activity
        assert run
        assert 0 < run.start - lived.started_at <= 110
        assert run.start + run.elapsed_time < one.uploads_at <= lived.ends_at
        assert 4_900 < run.distance < 5_100
        assert run.route
        assert run.route.start[0] == pytest.approx(BUSHY.latitude, abs=0.01)


async def test_site_recognises_every_run_if_it_is_saturday(site: Site, time: Time) -> None:
    time.now = datetime(2026, 11, 28, 9, 27, tzinfo=UTC).timestamp()
    for one in (await live_through(site, time)).finishers:
        latest = one.athlete.timeline.newest_first()[:5]
        judged = judge_all([read_activity(json.loads(run.written(precise=False))) for run in latest], atlas())
        if one.unusual != "deleted" and one.activity:
            assert judged[one.activity.id].certainty is Certainty.SURE, one


def test_first_finishes_at_once_and_the_fast_ones_before_the_slow_ones(site: Site) -> None:
    planned = plan(site)
    on_time = [one for one in planned.finishers if one.unusual not in ("late", "last")]
    assert on_time == sorted(on_time, key=lambda one: one.seconds)
    assert on_time[0].uploads_at - A_FRIDAY_AFTERNOON == 4
    assert 16 * 60 < on_time[0].seconds < 19 * 60
    assert 30 * 60 < on_time[-1].seconds <= 35 * 60
    assert planned.finishers[-1].uploads_at == planned.ends_at == A_FRIDAY_AFTERNOON + 600


def test_event_started_about_a_run_ago_at_a_full_minute(site: Site) -> None:
    started_at = plan(site).started_at
    assert started_at % 60 == 0
    assert 17 * 60 < A_FRIDAY_AFTERNOON - started_at < 35 * 60


def test_special_parkruns_of_club_runners_are_not_unusual(site: Site) -> None:
    finishers = plan(site).finishers
    special = sorted(one.special for one in finishers if one.special)
    expected = ["100th parkrun", "250th parkrun", *["25th parkrun"] * 3, *["50th parkrun"] * 2]
    assert special == sorted([*expected, *["first parkrun"] * 3, "first at Bushy"])
    assert not any(one.unusual for one in finishers if one.special)
    strangers = [Athlete(number, "A", "B", "F", "", "", BUSHY.zone, BUSHY.slug) for number in range(40)]
    planned = plan_saturday(strangers, BUSHY, now=0, seconds=60, chance=random.Random(1))
    assert sum(one.unusual != "" for one in planned.finishers) == len(UNUSUAL)
    assert sorted(one.unusual for one in finishers if one.unusual) == sorted(UNUSUAL)


@pytest.mark.parametrize(("athletes", "unusual"), [(1, 0), (3, 0), (20, 5)])
def test_unusual_finishers_are_at_most_a_quarter(site: Site, athletes: int, unusual: int) -> None:
    assert sum(one.unusual != "" for one in plan(site, athletes=athletes).finishers) == unusual


def test_time_is_near_the_usual_one(site: Site) -> None:
    [kofi] = [one for one in plan(site).finishers if one.athlete.firstname == "Kofi"]
    assert 18 * 60 < kofi.seconds < 21 * 60
    stranger = Athlete(1, "A", "B", "F", "", "", BUSHY.zone, BUSHY.slug)
    alone = plan_saturday([stranger], BUSHY, now=0, seconds=60, chance=random.Random(1))
    assert 20 * 60 < alone.finishers[0].seconds < 33 * 60
    assert alone.finishers[0].special == "first parkrun"


async def test_every_run_goes_through_the_webhook_except_the_private_one(site: Site, time: Time) -> None:
    lived = await live_through(site, time)
    by_kind = {one.unusual: one for one in lived.finishers}
    created = {object_id for _, object_id, aspect, _, _ in time.events if aspect == "create"}
    private = by_kind["private"].activity
    assert private
    assert private.visibility == "only_me"
    assert created == {one.activity.id for one in lived.finishers if one.activity} - {private.id}
    [renamed] = [event for event in time.events if event[2] == "update"]
    [deleted] = [event for event in time.events if event[2] == "delete"]
    assert renamed[3] == by_kind["renamed"].athlete.id
    assert list(renamed[4]) == ["title"]
    assert renamed[0] - by_kind["renamed"].uploads_at == pytest.approx(60)
    assert deleted[3] == by_kind["deleted"].athlete.id
    assert by_kind["deleted"].activity not in by_kind["deleted"].athlete.timeline.newest_first()


async def test_odd_watches_and_privacy_zones(site: Site, time: Time) -> None:
    by_kind = {one.unusual: one.activity for one in (await live_through(site, time)).finishers}
    assert by_kind["wrong_zone"]
    assert by_kind["wrong_zone"].zone == "America/New_York"
    assert by_kind["trimmed"]
    assert by_kind["trimmed"].shown_route != by_kind["trimmed"].route


async def test_deleting_a_run_meanwhile_does_not_end_the_saturday(site: Site, time: Time) -> None:
    saturday = Saturday(site, time.sleep)
    saturday.start(BUSHY, seconds=600)
    assert saturday.plan
    [renamed] = [one for one in saturday.plan.finishers if one.unusual == "renamed"]
    while renamed.activity is None:  # noqa: ASYNC110 - every pause of the Saturday ends at once
        await asyncio.sleep(0)
    site.remove(renamed.activity.id)
    await ended(saturday)
    assert all(one.activity for one in saturday.plan.finishers)


async def test_second_saturday_of_a_day_replaces_the_first(site: Site, time: Time) -> None:
    saturday = Saturday(site, time.sleep)
    for _ in range(2):
        saturday.start(BUSHY, seconds=60)
        with pytest.raises(NotStartedError, match="running already"):
            saturday.start(BUSHY, seconds=60)
        await ended(saturday)
    first = site.athletes[800_001].timeline.newest_first()
    assert [one.start > A_FRIDAY_AFTERNOON - 4000 for one in first[:2]] == [True, False]
    assert len(saturday.report()["earlier"]) == 2
    time.now += 86_400
    saturday.start(BUSHY, seconds=60)
    await ended(saturday)
    assert len(site.athletes[800_001].timeline) == len(first) + 1


async def test_report_counts_those_who_have_finished(site: Site, time: Time) -> None:
    saturday = Saturday(site, time.sleep)
    assert saturday.report() == {"occasion": None, "earlier": []}
    saturday.start(BUSHY, seconds=600)
    begun = saturday.report()
    assert (begun["finished"], begun["of"], begun["next_in_s"]) == (0, 40, 4)
    assert begun["ends_at"] == "2026-11-27T15:14:05Z"
    assert begun["occasion"]["event"] == "bushy"
    while saturday.report().get("finished") != 7:  # noqa: ASYNC110 - every pause of the Saturday ends at once
        await asyncio.sleep(0)
    assert sum(one["activity_id"] is not None for one in saturday.finishers()) == 7
    assert saturday.stop()
    assert saturday.report() == {"occasion": None, "earlier": [begun["occasion"]]}
    await asyncio.sleep(0)
    assert sum(one["activity_id"] is not None for one in saturday.finishers()) == 7
    assert not saturday.stop()


async def test_saturday_needs_a_connected_athlete(time: Time) -> None:
    site = Site(Settings(), partial(Limits, lambda: time.now), clock=lambda: time.now)
    with pytest.raises(NotStartedError, match="No athlete is connected"):
        Saturday(site, time.sleep).start(BUSHY, seconds=60)


def test_control_calls_start_follow_and_stop_it(strava: StandIn, athlete_id: int, token: str) -> None:
    assert token
    started = strava.start_saturday(minutes=180, event="durham")
    assert strava.saturday()["occasion"] == started["occasion"]
    assert started["occasion"]["event"] == "durham"
    everybody: list[dict[str, Any]] = strava.saturday(finishers=True)["finishers"]
    assert athlete_id in [one["athlete_id"] for one in everybody]
    with pytest.raises(StandInError, match="running already"):
        strava.start_saturday()
    assert strava.stop_saturday()
    assert strava.saturday()["occasion"] is None
    assert not strava.stop_saturday()


def test_page_starts_follows_and_stops_it(application: Application, strava: StandIn, token: str) -> None:
    assert token
    page = f"{strava.url}/control/"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert "Start the Saturday" in application.http.get(page).text
    for status in (303, 409):
        answer = application.http.post(f"{page}saturday", data={"minutes": "20"}, headers=headers)
        assert answer.status_code == status
    assert "A Saturday is running already" in answer.text
    for address in (page, f"{page}saturday/section"):
        running = application.http.get(address).text
        assert "<progress" in running
        assert "Stop the Saturday" in running
    assert application.http.post(f"{page}saturday/stop", data={"x": ""}, headers=headers).status_code == 303
    assert "Start the Saturday" in application.http.get(page).text


def test_page_links_to_the_site_that_gets_the_events(
    application: Application, strava: StandIn, token: str, callback: Callback
) -> None:
    assert token
    assert "not subscribed" in application.http.get(f"{strava.url}/control/").text
    subscribe(application, callback.url)
    assert f'<a href="http://127.0.0.1:{callback.port}/">' in application.http.get(f"{strava.url}/control/").text


def test_page_says_so_if_no_athlete_is_connected() -> None:
    with StandIn("--no-cast") as strava:
        application = Application(strava)
        assert "no athlete is connected" in application.http.get(f"{strava.url}/control/").text
        application.http.close()
        with pytest.raises(StandInError, match="No athlete is connected"):
            strava.start_saturday()


@pytest.mark.parametrize(
    "how", [{"minutes": 0}, {"minutes": "long"}, {"event": "atlantis"}, {"event": "bushy-juniors"}]
)
def test_invalid_saturdays_are_refused(strava: StandIn, how: dict[str, Any]) -> None:
    with pytest.raises(StandInError, match="400"):
        strava.start_saturday(**how)
