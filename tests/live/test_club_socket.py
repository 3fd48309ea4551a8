"""/ws/clubs/<slug>/ and /ws/screens/<key>/ on a running site: access, commands, and replay."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.live.feed_client import FeedClient, Json, following
from tests.live.founding import FoundClub, found_club
from tests.live.visitor import Visitor
from tests.live_site import LiveSite
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.services


@pytest.fixture
def site(shared_site: LiveSite) -> LiveSite:
    return shared_site


@pytest.fixture
def club(site: LiveSite) -> FoundClub:
    """A club with an empty feed."""
    return found_club(site, members=3)


@pytest.fixture
def other_club(site: LiveSite) -> FoundClub:
    return found_club(site, members=3)


def member(site: LiveSite, club: FoundClub, number: int = 0) -> FeedClient:
    return FeedClient(site.url, f"/ws/clubs/{club.slug}/", club.sessions[number])


def wall(site: LiveSite, club: FoundClub) -> FeedClient:
    return FeedClient(site.url, f"/ws/screens/{club.keys[0]}/")


async def code_of(site: LiveSite, path: str, session: str = "") -> int | None:
    client = FeedClient(site.url, path, session)
    await asyncio.wait_for(client.follow_once(), PATIENCE_S)
    assert client.heard == [], "a refused client gets no hello"
    return client.code


@asynccontextmanager
async def opened(site: LiveSite, path: str, session: str = "", **headers: str) -> AsyncIterator[ClientConnection]:
    sent = {"Origin": site.url, "Cookie": f"sessionid={session}"} | headers
    async with connect(site.url.replace("http", "ws") + path, additional_headers=sent, proxy=None) as connection:
        yield connection


async def received(connection: ClientConnection) -> Json:
    """Return the next message, but skip `watching`, which may come at any time."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            message: Json = json.loads(await connection.recv())
            if message["type"] != "watching":
                return message


async def closed(connection: ClientConnection) -> int | None:
    """Read until the server closes. Return its code."""
    async with asyncio.timeout(PATIENCE_S):
        with suppress(ConnectionClosed):
            while True:
                await connection.recv()
    return connection.close_code


async def test_refused_sockets_are_closed_with_their_code(
    site: LiveSite, club: FoundClub, other_club: FoundClub
) -> None:
    path = f"/ws/clubs/{club.slug}/"

    for session in ("", "nonsense", "x" * 32, "%00", "x" * 5000):
        assert await code_of(site, path, session) == 4401
        assert await code_of(site, "/ws/clubs/no-such-club/", session) == 4401
    assert await code_of(site, path, other_club.sessions[0]) == 4404
    assert await code_of(site, "/ws/clubs/no-such-club/", club.sessions[0]) == 4404
    for key in ("nonsense", "%00", "%F0%9F%8F%83", club.keys[0][:-1], club.keys[0].swapcase(), "x" * 5000):
        assert await code_of(site, f"/ws/screens/{key}/") == 4404
    for unknown in ("/ws/clubs/", "/ws/screens/", f"/ws/clubs/{club.slug}", f"/ws/clubs/{club.slug}/more/", "/ws/"):
        assert await code_of(site, unknown, club.sessions[0]) == 4404


async def test_socket_of_a_foreign_page_is_refused(site: LiveSite, club: FoundClub) -> None:
    for path in (f"/ws/clubs/{club.slug}/", f"/ws/screens/{club.keys[0]}/"):
        for origin in ("http://evil.example", f"{site.url}.evil.example", site.url.replace("http", "https"), "null"):
            with pytest.raises(InvalidStatus):
                async with opened(site, path, club.sessions[0], Origin=origin):
                    pass


async def test_screen_gets_the_feed_and_may_send_no_commands(site: LiveSite, club: FoundClub) -> None:
    async with following(screen := wall(site, club)):
        await screen.say("ping")
        await screen.until_heard("pong")
        await screen.say("post.create", text="From the wall", ref="1")
        await screen.until_heard("error", code="bad_message")
    async with following(again := wall(site, club)):
        assert again.feed.seq == 0


async def test_key_of_a_screen_is_not_logged(site: LiveSite, club: FoundClub) -> None:
    async with following(wall(site, club)):
        pass
    await code_of(site, f"/ws/screens/{club.keys[0]}x/")
    log = site.log.read_text()
    assert "path=/ws/screens/***/" in log
    assert club.keys[0] not in log


async def test_invalid_commands_are_answered_and_change_nothing(site: LiveSite, club: FoundClub) -> None:
    cases: list[tuple[Json, str]] = [
        ({"type": "post.create"}, "bad_message"),
        ({"type": "post.create", "text": 5}, "bad_message"),
        ({"type": "post.create", "text": "  \n "}, "bad_post"),
        ({"type": "post.create", "text": "x" * 1001}, "bad_post"),
        ({"type": "post.create", "text": "x", "ref": "r" * 65}, "bad_message"),
        ({"type": "post.create", "text": "x", "ref": "\ud800"}, "bad_message"),
        ({"type": "post.create", "text": "x", "ref": "\x00"}, "bad_message"),
        ({"type": "post.create", "text": "\ud800"}, "bad_post"),
        ({"type": "cheer", "id": 2**63 - 1}, "unknown_entry"),
        ({"type": "cheer", "id": 2**63}, "bad_message"),
        ({"type": "uncheer", "id": "1"}, "bad_message"),
        ({"type": "cheer", "id": True}, "bad_message"),
    ]
    async with opened(site, f"/ws/clubs/{club.slug}/", club.sessions[0]) as connection:
        assert (await received(connection))["type"] == "hello"
        for command, code in cases:
            await connection.send(json.dumps(command))
            answer = await received(connection)
            assert (answer["type"], answer.get("code")) == ("error", code), (command, answer)
            await connection.send(json.dumps({"type": "ping"}))
            assert await received(connection) == {"type": "pong"}
    async with following(again := member(site, club)):
        assert again.feed.seq == 0


async def test_entries_of_another_club_cannot_be_cheered(
    site: LiveSite, club: FoundClub, other_club: FoundClub
) -> None:
    async with following(theirs := member(site, other_club)):
        await theirs.say("post.create", text="Ours", ref="1")
        entry = (await theirs.until_heard("entry.added"))["entry"]
        async with following(mine := member(site, club)):
            await mine.say("cheer", id=entry["id"])
            await mine.until_heard("error", code="unknown_entry")
        assert theirs.feed.entries[entry["id"]]["cheers"] == 0


async def test_the_same_ref_makes_one_entry(site: LiveSite, club: FoundClub) -> None:
    async with following(phone := member(site, club), other := member(site, club, 1)):
        for _ in range(3):
            await phone.say("post.create", text="Once", ref="r1")
        await other.say("post.create", text="Other", ref="r1")
        await phone.until(lambda: phone.feed.seq == 2)
        await phone.say("cheer", id=2**62)  # its error comes after all earlier commands
        await phone.until_heard("error", code="unknown_entry")
        assert sorted(text for _, _, text, _ in phone.feed.rows()) == ["Once", "Other"]


async def test_replay_has_each_changed_entry_once_in_its_current_state(site: LiveSite, club: FoundClub) -> None:
    async with following(phone := member(site, club)):
        for number in range(3):
            await phone.say("post.create", text=f"post {number}", ref=f"r{number}")
        await phone.until(lambda: phone.feed.seq == 3)
        first = phone.feed.rows()[0][0]
        await phone.say("cheer", id=first)
        await phone.say("uncheer", id=first)
        await phone.until(lambda: phone.feed.seq == 5)

    async def hello(query: str) -> tuple[int, list[int], bool]:
        async with opened(site, f"/ws/clubs/{club.slug}/{query}", club.sessions[1]) as connection:
            message = await received(connection)
            return message["seq"], [entry["seq"] for entry in message["entries"]], message["complete"]

    newest = [5, 2, 3]  # the first entry was changed last
    assert await hello("") == (5, newest, True)
    assert await hello("?after=2") == (5, [3, 5], True)
    assert await hello("?after=0") == (5, [2, 3, 5], True)
    assert await hello("?after=5") == (5, [], True)
    for ahead in ("6", "999999999999999999"):
        assert await hello(f"?after={ahead}") == (5, newest, False)
    for no_number in ("-1", "x", "", "1e3", "9" * 40):
        assert await hello(f"?after={no_number}") == (5, newest, False)


async def test_three_invalid_messages_in_a_row_close_the_socket(site: LiveSite, club: FoundClub) -> None:
    for path in (f"/ws/clubs/{club.slug}/", f"/ws/screens/{club.keys[0]}/"):
        async with opened(site, path, club.sessions[0]) as connection:
            for nonsense in ("[]", "", '{"type":"sync.start"}'):
                await connection.send(nonsense)
            assert await closed(connection) == 4400


async def test_exceeding_the_rate_limit_closes_the_socket(site: LiveSite, club: FoundClub) -> None:
    async with following(stays := member(site, club, 1)):
        async with opened(site, f"/ws/clubs/{club.slug}/", club.sessions[0]) as connection:
            for _ in range(200):
                await connection.send('{"type":"ping"}')
            assert await closed(connection) == 4429
        assert stays.connections_made == 1


async def test_long_text_is_answered_and_a_message_over_the_size_limit_closes_the_socket(
    site: LiveSite, club: FoundClub
) -> None:
    async with following(stays := member(site, club, 1)):
        async with opened(site, f"/ws/clubs/{club.slug}/", club.sessions[0]) as connection:
            await connection.send(json.dumps({"type": "post.create", "text": "\N{WAVING HAND SIGN}" * 10_000}))
            answer = await received(connection)
            while answer["type"] != "error":
                answer = await received(connection)
            assert answer["message"] == "That's 10,000 characters; a post can have up to 1,000."
            await connection.send(json.dumps({"type": "ping", "more": "x" * 200_000}))
            assert await closed(connection) == 1009
        assert stays.connections_made == 1


async def test_signing_out_closes_the_sockets_of_that_session(site: LiveSite, club: FoundClub) -> None:
    async with following(signed_out := member(site, club), stays := member(site, club, 1), wall(site, club)):
        visitor = Visitor(site.url)
        visitor.jar.set("sessionid", club.sessions[0], domain="localhost.local")
        await asyncio.to_thread(visitor.post, "/accounts/logout/", "/settings/")
        await signed_out.until(lambda: signed_out.code is not None)
        assert signed_out.code == 4401
        assert stays.connections_made == 1
