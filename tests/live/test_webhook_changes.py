"""What an athlete changes at Strava reaches the club's sockets, its pages and replays, without an import.

One site serves all tests; each has a club of its own. A replay is the `hello` of a client that reconnects with the last
number it had before anything happened.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from simulators.process import StandIn
from tests.live.connected_clubs import ConnectedClub, connected_club
from tests.live.feed_client import FeedClient, following, until_all
from tests.live.visitor import Visitor
from tests.live.webhook_site import differences, forged, in_site, subscribe, until, until_handled, webhook_settings
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_S
from tests.strava_of import lift_limits

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def webhook_stand_in() -> Iterator[StandIn]:
    """A stand-in for this module alone, because it can have one subscription only."""
    with StandIn("--no-cast") as running:
        lift_limits(running)
        yield running


@pytest.fixture(scope="module")
def site(module_sites: LiveSites, webhook_stand_in: StandIn) -> LiveSite:
    site = module_sites(DJANGO_SETTINGS_MODULE="tests.live_settings", **webhook_settings(webhook_stand_in))
    site.start("web")
    subscribe(site)
    return site


@dataclass
class Athlete:
    """A member whose parkrun is on the feed, and the clients that watch it."""

    site: LiveSite
    stand_in: StandIn
    club: ConnectedClub
    member: FeedClient
    wall: FeedClient
    visitor: Visitor
    activity: int = 0
    seq_before: int = 0
    """The number of the feed's last change before the parkrun."""

    @property
    def strava_id(self) -> int:
        return self.club.athletes[0]

    async def until_on_feed(self, *, wanted: bool) -> None:
        """Wait until both clients have the parkrun, or neither has it."""
        await until_all((self.member, self.wall), lambda client: has_parkrun(client) == wanted)

    async def until_page(self, path: str, text: str, *, wanted: bool) -> None:
        await until(lambda: (text in self.visitor.get(path).text) == wanted)

    async def replayed(self) -> list[str]:
        """Return what a member and a wall get who reconnect with the number from before the parkrun."""
        replays = []
        for client in (self.member, self.wall):
            again = FeedClient(client.site_url, client.path)
            again.headers, again.feed.seq = client.headers, self.seq_before
            async with following(again):
                replays.append(json.dumps(again.heard[0][1]))
        return replays


def has_parkrun(client: FeedClient) -> bool:
    return any(entry["kind"] == "parkrun" for entry in client.feed.entries.values())


@asynccontextmanager
async def athlete_with_parkrun(site: LiveSite, stand_in: StandIn) -> AsyncIterator[Athlete]:
    """Let a member of a new club finish a parkrun, and wait until both clients have it."""
    club = connected_club(site, stand_in, members=2)
    member = FeedClient(site.url, f"/ws/clubs/{club.slug}/", club.sessions[1])
    wall = FeedClient(site.url, f"/ws/screens/{club.keys[0]}/")
    visitor = Visitor(site.url)
    visitor.jar.set("sessionid", club.sessions[0])
    athlete = Athlete(site, stand_in, club, member, wall, visitor)
    async with following(member, wall):
        athlete.seq_before = member.feed.seq or 0
        athlete.activity = int((await asyncio.to_thread(stand_in.finish_parkrun, athlete.strava_id))["id"])
        await athlete.until_on_feed(wanted=True)
        await until_handled(site)
        yield athlete


def traces(replay: str, activity: int) -> list[str]:
    """Return the parts of a replay that show a parkrun which must not be seen any more."""
    entries: list[dict[str, Any]] = json.loads(replay)["entries"]
    shown = [json.dumps(entry) for entry in entries if not entry.get("removed") and entry["kind"] != "joined"]
    removed = [entry for entry in entries if entry.get("removed")]
    return [*shown, *(json.dumps(entry) for entry in removed if set(entry) != {"id", "seq", "removed"})] + (
        [str(activity)] if str(activity) in replay else []
    )


async def test_new_name_reaches_the_athletes_socket_and_page(site: LiveSite, webhook_stand_in: StandIn) -> None:
    async with athlete_with_parkrun(site, webhook_stand_in) as athlete, athlete.visitor.socket() as talk:
        mark = (await talk.next())["mark"]
        webhook_stand_in.change_activity(athlete.activity, name="A new name")
        while athlete.activity not in talk.items() or talk.items()[athlete.activity]["name"] != "A new name":
            await asyncio.wait_for(talk.next(), PATIENCE_S)
        await athlete.until_page(f"/activities/{athlete.activity}/", "A new name", wanted=True)
        async with athlete.visitor.socket(f"/ws/sync/?after={mark}") as again:
            assert [item["name"] for item in (await again.next())["items"]] == ["A new name"]
        assert has_parkrun(athlete.member)


async def test_private_activity_leaves_the_feed_until_it_is_public_again(
    site: LiveSite, webhook_stand_in: StandIn
) -> None:
    async with athlete_with_parkrun(site, webhook_stand_in) as athlete:
        webhook_stand_in.change_activity(athlete.activity, visibility="only_me")
        await athlete.until_on_feed(wanted=False)
        await until_handled(site)
        assert [traces(replay, athlete.activity) for replay in await athlete.replayed()] == [[], []]
        await athlete.until_page(f"/clubs/{athlete.club.slug}/", f"activities/{athlete.activity}", wanted=False)

        await asyncio.sleep(1.1)  # Strava's events have whole seconds: this one must differ from the upload's
        webhook_stand_in.change_activity(athlete.activity, visibility="everyone")
        await athlete.until_on_feed(wanted=True)
        await until_handled(site)
        assert all('"kind": "parkrun"' in replay for replay in await athlete.replayed())
        await athlete.until_page(f"/clubs/{athlete.club.slug}/", f"activities/{athlete.activity}", wanted=True)
        assert differences(site, webhook_stand_in, athlete.club) == []


async def test_activity_that_is_no_run_any_more_leaves_the_feed(site: LiveSite, webhook_stand_in: StandIn) -> None:
    async with athlete_with_parkrun(site, webhook_stand_in) as athlete:
        webhook_stand_in.change_activity(athlete.activity, sport_type="Ride")
        await athlete.until_on_feed(wanted=False)


async def test_deleted_activity_leaves_no_trace(site: LiveSite, webhook_stand_in: StandIn) -> None:
    async with athlete_with_parkrun(site, webhook_stand_in) as athlete:
        webhook_stand_in.delete_activity(athlete.activity)
        await athlete.until_on_feed(wanted=False)
        await until_handled(site)
        assert [traces(replay, athlete.activity) for replay in await athlete.replayed()] == [[], []]
        answer = await asyncio.to_thread(athlete.visitor.get, f"/activities/{athlete.activity}/")
        assert answer.status_code == 404
        assert differences(site, webhook_stand_in, athlete.club) == []


async def test_revoked_access_removes_what_came_from_strava(site: LiveSite, webhook_stand_in: StandIn) -> None:
    async with athlete_with_parkrun(site, webhook_stand_in) as athlete:
        webhook_stand_in.revoke(athlete.strava_id)
        await athlete.until_on_feed(wanted=False)
        await athlete.until_page("/parkruns/", "Bushy", wanted=False)
        assert [traces(replay, athlete.activity) for replay in await athlete.replayed()] == [[], []]
        await until(lambda: in_site(site, "stored_from_strava", athlete.club.members[0]) == "0")


@pytest.mark.parametrize("what", ["delete", "revocation"])
async def test_forged_event_removes_nothing(site: LiveSite, webhook_stand_in: StandIn, what: str) -> None:
    async with athlete_with_parkrun(site, webhook_stand_in) as athlete:
        event = forged(what, athlete.strava_id, athlete.activity, subscription=int(in_site(site, "subscription_id")))
        assert await asyncio.to_thread(webhook_stand_in.forge_webhook, event) == 200
        await until_handled(site)
        heard = [message["type"] for _, message in athlete.wall.heard]
        assert has_parkrun(athlete.member)
        assert "entry.removed" not in heard
        assert in_site(site, "stored_from_strava", athlete.club.members[0]) != "0"
        assert differences(site, webhook_stand_in, athlete.club) == []
