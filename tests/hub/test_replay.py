"""Random writes, reconnections and faults of the channel layer: in the end each client has what the database has."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import pytest
from channels.layers import channel_layers, get_channel_layer
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.clubs.keys import put_up_screen
from strava_live.clubs.models import Club, Membership
from strava_live.database import on_database
from strava_live.feed.hello import EncodedHello
from strava_live.feed.models import Entry
from strava_live.feed.snapshot import screen_hello
from strava_live.hub.snapshots import SharedHello, SnapshotRequest, read_hellos
from strava_live.protocol import Position
from strava_live.social.cheers import cheer, uncheer
from strava_live.social.posts import add_post, delete_post, edit_post
from tests.hub.in_process_socket import ReconnectingReader
from tests.hub.unreliable import UnreliableLayer
from tests.live.founding import sessions_of, table

pytestmark = pytest.mark.django_db(transaction=True)

WRITING = ["write", "write", "reply", "edit", "change", "change back", "remove"]
CONNECTING = ["disconnect", "connect", "connect", "read"]
STEPS = [*WRITING, *CONNECTING, "lose", "duplicate", "delay", "wait"]


@pytest.fixture(autouse=True)
def unreliable(settings: Settings) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "tests.hub.unreliable.UnreliableLayer"}}


@pytest.fixture(autouse=True)
def slow_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pause before, between and after reading snapshots, so that other steps of a test happen in between."""
    chance = Random(1)

    def pause() -> None:
        time.sleep(chance.choice((0, 0.01, 0.03)))

    def read_slowly(requests: list[SnapshotRequest]) -> list[SharedHello | None]:
        pause()
        read = read_hellos(requests)
        pause()
        return read

    def read_screen_late(club: Club, after: Position | None) -> EncodedHello:
        pause()
        return screen_hello(club, after)

    monkeypatch.setattr("strava_live.hub.authorizer.read_hellos", read_slowly)
    monkeypatch.setattr("strava_live.hub.snapshots.screen_hello", read_screen_late)


@dataclass
class Scene:
    """A club, a member who writes, and two clients that read: another member and a wall screen."""

    club: Club
    writer: User
    member: ReconnectingReader
    screen: ReconnectingReader
    layer: UnreliableLayer
    written: list[int] = field(default_factory=list)

    async def play(self, steps: list[tuple[str, int]]) -> None:
        for step, which in steps:
            await self.play_one(step, which)
        self.layer.faults.clear()
        club = await on_database(Club.objects.get)(pk=self.club.pk)
        for reader in (self.member, self.screen):
            await reader.read_until(club.seq)
            assert reader.feed.rows() == reader.feed.rows_of(await on_database(table)(club.pk)), steps
            reader.disconnect()

    async def play_one(self, step: str, which: int) -> None:
        reader = (self.member, self.screen)[which % 2]
        match step:
            case "write":
                entry = await on_database(add_post)(self.writer.pk, self.club.pk, f"post {len(self.written)}")
                self.written.append(entry.pk)
            case "reply" if self.written:
                above = self.written[which % len(self.written)]
                reply = await on_database(add_post)(self.writer.pk, self.club.pk, "reply", reply_to=above)
                self.written.append(reply.pk)
            case "change" | "change back" | "edit" | "remove" if self.written:
                await self.change(step, self.written[which % len(self.written)])
            case "disconnect":
                reader.disconnect()
            case "connect" if reader.socket is None:
                reader.connect()
            case "read":
                reader.read()
            case "lose" | "duplicate" | "delay":
                self.layer.faults.append(step)
            case "wait":
                await asyncio.sleep(0.01)

    async def change(self, step: str, entry_id: int) -> None:
        if step == "remove":
            await on_database(delete_post)(self.writer.pk, entry_id)
            self.written = await on_database(posts_of)(self.club.pk)  # its replies are removed with it
        elif step == "edit":
            await on_database(edit_post)(self.writer.pk, entry_id, f"edited post {entry_id}")
        else:
            verb: Callable[..., object] = cheer if step == "change" else uncheer
            await on_database(verb)(self.writer.pk, self.club.pk, entry_id)


def posts_of(club_id: int) -> list[int]:
    return list(Entry.objects.of_club(club_id).not_removed().order_by("pk").values_list("pk", flat=True))


async def play(number: int, steps: list[tuple[str, int]]) -> None:
    scene = await on_database(set_up)(number)
    await scene.play(steps)


def set_up(number: int) -> Scene:
    club = Club.objects.create(slug=f"club-{number}", name="Striders")
    writer = User.objects.create(username=f"writer-{number}", display_name="Wim Writer")
    Membership.objects.create(club=club, user=writer)
    member = ReconnectingReader(f"/ws/clubs/{club.slug}/", sessions_of([writer])[0])
    screen = ReconnectingReader(f"/ws/screens/{put_up_screen(club.pk).secret.reveal()}/")
    layer = get_channel_layer()
    assert isinstance(layer, UnreliableLayer)
    return Scene(club, writer, member, screen, layer)


@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 5)), max_size=25))
@example(
    steps=[("connect", 0), ("write", 0), ("lose", 0), ("change", 0), ("lose", 0), ("change back", 0), ("write", 0)]
)
@example(steps=[("write", 0), ("connect", 0), ("reply", 0), ("disconnect", 0), ("edit", 1), ("remove", 0)])
@example(steps=[("connect", 0), ("wait", 0), ("delay", 0), ("write", 0), ("write", 0), ("wait", 0), ("remove", 0)])
@example(
    steps=[("write", 0), ("connect", 0), ("connect", 1), ("write", 0), ("disconnect", 0), ("remove", 0), ("connect", 0)]
)
@example(
    steps=[("connect", 1), *[("wait", 0)] * 8, *[("write", 0), ("connect", 0), ("write", 0), ("disconnect", 0)] * 12]
)
@example(
    steps=[
        ("connect", 1),
        *[("wait", 0)] * 8,
        *[("delay", 0), ("write", 0), ("connect", 0), ("wait", 0), ("write", 0), ("disconnect", 0)] * 9,
    ]
)
@example(
    steps=[
        *[("write", 0), ("connect", 1), ("wait", 0), ("lose", 0), ("write", 0), ("change", 1)],
        *[("write", 0), ("write", 0), ("remove", 1)],
    ]
)
@example(
    steps=[
        ("write", 0),
        *[("connect", 1), ("connect", 0), *[("write", 0)] * 3, ("disconnect", 0), ("disconnect", 1)] * 4,
    ]
)
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_clients_end_with_what_the_database_has(steps: list[tuple[str, int]]) -> None:
    channel_layers.backends.clear()  # each example has its own event loop
    asyncio.run(play(User.objects.count(), steps))
