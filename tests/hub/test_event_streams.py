"""Event streams in this process: what they send, how they are replayed, refused and ended."""

import asyncio
import json
import urllib.parse
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from strava_live.activities.models import Activity, AthleteState
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import make_token
from strava_live.broadcast import Marks, announce, athlete_group, close_sockets, member_target, person_target
from strava_live.clubs.models import Club
from strava_live.database import on_database
from strava_live.hub import authorizer
from strava_live.hub.counts import counts_here
from strava_live.hub.event_streams import encode_events, events_of
from strava_live.hub.frames import Frame
from strava_live.hub.hub import hub
from strava_live.protocol import Close, SyncProgress
from strava_live.protocol.examples import RUN
from strava_live.social.posts import post
from tests.hub.club_cast import ClubCast
from tests.hub.in_process_socket import eventually
from tests.hub.in_process_stream import InProcessStream
from tests.patience import PATIENCE_S

FEED, MINE = "/api/v1/clubs/striders/stream", "/api/v1/me/stream"


def stream_of(cast: ClubCast, number: int = 0, path: str = FEED, **headers: str) -> InProcessStream:
    """Open a stream with a member's session."""
    return InProcessStream(path, cast.sessions[number], **headers).connect()


async def posted(cast: ClubCast, *texts: str) -> None:
    for text in texts:
        await on_database(post)(cast.members[1], cast.club.pk, text)


async def token_of(cast: ClubCast) -> str:
    made = await on_database(make_token)(cast.members[0], name="Script", scope=ApiToken.Scope.READ)
    return made[1]


# --- The text of a frame


def test_one_message_becomes_one_event_with_its_own_text() -> None:
    text = '{"type":"entry.added","entry":{"id":1,"seq":7,"text":"Tea, \\u2028then cake\\nfor all"}}'

    events = encode_events(text, "x7Rk")

    assert events.text == f"event: entry.added\nid: x7Rk:7\ndata: {text}\n\n".encode()
    assert events.chunk == b"%x\r\n%b\r\n" % (len(events.text), events.text)


def test_every_message_of_a_frame_has_its_own_event_and_id() -> None:
    messages: list[dict[str, object]] = [
        {"type": "hello", "epoch": "new", "seq": 4},
        {"type": "entry.changed", "entry": {"id": 9, "seq": 5, "text": "naïve"}},
        {"type": "cheer.mine", "id": 9, "cheered": True},
        {"type": "watching", "members": 1},
        {"type": "entry.removed", "id": 9, "seq": 6},
    ]

    events = encode_events(json.dumps(messages), "old")

    ids = [line for line in events.text.decode().split("\n") if line.startswith("id")]
    assert ids == ["id: new:4", "id: new:5", "id: new:6"]
    assert (events.known_epoch, events.epoch, events.ends_stream) == ("old", "new", False)
    data = [line.removeprefix("data: ") for line in events.text.decode().split("\n") if line.startswith("data")]
    assert [json.loads(one) for one in data] == messages
    assert '"text":"naïve"' in data[1]


def test_of_events_with_the_same_id_only_the_last_has_it() -> None:
    """A client that loses its connection after the first one asks for all of them again."""
    both = [
        {"type": "activities.removed", "strava_ids": [1], "mark": 7},
        {"type": "activities.found", "run_id": 0, "items": [], "mark": 7},
    ]

    removed, found = encode_events(json.dumps(both)).text.decode().split("\n\n")[:2]

    assert "id:" not in removed
    assert "\nid: 7\n" in found


@pytest.mark.parametrize("end", ["\u0085", "\u2028", "\u2029"])
def test_no_text_holds_a_character_that_a_client_may_take_for_the_end_of_a_line(end: str) -> None:
    message = {"type": "entry.added", "entry": {"id": 1, "seq": 7, "text": f"Tea{end}cake"}}

    events = encode_events(json.dumps(message, ensure_ascii=False), "x7Rk").text.decode()

    (data,) = [line for line in events.splitlines() if line.startswith("data: ")]
    assert json.loads(data.removeprefix("data: ")) == message


def test_marks_are_ids_and_a_reset_has_an_empty_id_and_ends_the_stream() -> None:
    assert b"\nid: 41\n" in encode_events('{"type":"activities.removed","strava_ids":[],"mark":41}').text
    assert b"id" not in encode_events('{"type":"sync.progress","run":{}}').text

    reset = encode_events('{"type":"feed.reset","seq":9}', "x7Rk")

    assert b"\nid:\n" in reset.text
    assert reset.ends_stream


def test_frame_is_encoded_once_for_all_streams_of_an_epoch() -> None:
    frame = Frame('{"type":"entry.removed","id":1,"seq":2}')

    first = events_of(frame, "a")

    assert events_of(frame, "a") is first
    assert b"id: b:2\n" in events_of(frame, "b").text


# --- A club's feed


async def test_stream_sends_hello_then_every_change_with_its_id(cast: ClubCast) -> None:
    await posted(cast, "Before")
    stream = stream_of(cast)
    hello = await stream.event(0)
    epoch = hello.data["epoch"]
    assert stream.status == 200
    assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert stream.headers["cache-control"] == "no-store, no-transform"
    assert stream.headers["x-accel-buffering"] == "no"
    assert stream.body.startswith(b"retry: 3000\n\nevent: hello\n")
    assert (hello.type, hello.id, hello.data["entries"][0]["text"]) == ("hello", f"{epoch}:1", "Before")

    await posted(cast, "After", "Later")
    await eventually(lambda: stream.types().count("entry.added") == 2)

    added = [event for event in stream.events if event.type == "entry.added"]
    assert [(event.id, event.data["entry"]["text"]) for event in added] == [
        (f"{epoch}:2", "After"),
        (f"{epoch}:3", "Later"),
    ]
    assert [event.id for event in stream.events if event.type == "watching"] == [None] * stream.types().count(
        "watching"
    )
    stream.disconnect()
    await stream.until_over()
    assert not list(hub().rooms[cast.club.pk].all_connections())


async def test_reconnection_with_the_last_id_gets_what_was_missed(cast: ClubCast) -> None:
    await posted(cast, "one", "two")
    first = stream_of(cast)
    await first.event(0)
    first.disconnect()
    await first.until_over()
    await posted(cast, "three", "four")
    missed = await on_database(Club.objects.get)(pk=cast.club.pk)
    assert missed.seq == 4

    by_header = stream_of(cast, last_id=first.reader.last_id)
    by_query = stream_of(cast, path=f"{FEED}?after={urllib.parse.quote(first.reader.last_id)}")
    header_wins = stream_of(cast, path=f"{FEED}?after=0", last_id=first.reader.last_id)
    from_nowhere = stream_of(cast, last_id="not an id")

    for stream in (by_header, by_query, header_wins):
        hello = (await stream.event(0)).data
        assert ([entry["text"] for entry in hello["entries"]], hello["complete"]) == (["three", "four"], True)
    assert (await from_nowhere.event(0)).data["complete"] is False


async def test_many_changes_at_once_arrive_in_order(cast: ClubCast) -> None:
    stream = stream_of(cast)
    await stream.event(0)

    await asyncio.gather(*(posted(cast, f"post {number}") for number in range(20)))
    await eventually(lambda: stream.types().count("entry.added") == 20)

    numbers = [event.data["entry"]["seq"] for event in stream.events if event.type == "entry.added"]
    assert numbers == list(range(1, 21))


async def test_reset_empties_the_last_id_and_ends_the_stream(cast: ClubCast) -> None:
    stream, socket = stream_of(cast), cast.member(1)
    await stream.event(0)
    await socket.frame(0)

    hub().rooms[cast.club.pk].reset(700)
    await stream.until_over()

    assert stream.ended
    assert (stream.events[-1].type, stream.reader.last_id) == ("feed.reset", "")
    assert socket.code is None


async def test_stream_counts_as_a_watcher_and_in_the_metrics(cast: ClubCast) -> None:
    stream = stream_of(cast)
    hello = await stream.event(0)

    assert hello.data["watching"]["members"] == 1
    found = counts_here()
    assert found is not None
    assert found.sockets == {"member": 0, "screen": 0, "personal": 0, "stream": 1}


async def test_comments_come_regularly_and_only_while_the_stream_is_open(cast: ClubCast, settings: Settings) -> None:
    settings.STREAM_COMMENT_S = 0.02
    stream, socket = stream_of(cast), cast.member(1)
    await socket.frame(0)

    await eventually(lambda: stream.reader.comments > 2)

    assert b"\n:\n\n" in stream.body
    assert "" not in socket.frames
    stream.disconnect()
    await stream.until_over()


async def test_nothing_is_compressed_even_if_the_client_accepts_it(cast: ClubCast) -> None:
    await posted(cast, "x" * 900, "y" * 900)
    stream = stream_of(cast, 0, FEED, **{"accept-encoding": "gzip, br"})

    await stream.event(0)

    assert "content-encoding" not in stream.headers


# --- Tokens and refusals


async def test_token_opens_both_streams(cast: ClubCast) -> None:
    token = await token_of(cast)
    feed, mine = InProcessStream(FEED, token=token).connect(), InProcessStream(MINE, token=token).connect()

    assert (await feed.event(0)).data["club"]["slug"] == "striders"
    assert (await mine.event(0)).data["items"] == []
    assert {one.user_id for one in hub().registry.connections} == {cast.members[0]}


@pytest.mark.parametrize("path", [FEED, MINE])
@pytest.mark.parametrize("authorization", [None, "", "Bearer satlive_r_wrong", "Basic YTpi", "Bearer", "bearer  "])
async def test_request_without_valid_credentials_is_refused(
    cast: ClubCast, path: str, authorization: str | None
) -> None:
    """A header Authorization takes the place of the session, also if it is wrong."""
    headers = {} if authorization is None else {"authorization": authorization}
    session = "unknown" if authorization is None else cast.sessions[0]

    refused = InProcessStream(path, session, **headers).connect()

    assert (await refused.error())["code"] == "not_signed_in"
    assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert refused.headers["cache-control"] == "no-store"
    assert not hub().registry.connections


async def test_club_of_others_is_not_found_by_session_or_token(cast: ClubCast) -> None:
    await on_database(Club.objects.create)(slug="others", name="Others")
    path = "/api/v1/clubs/others/stream"

    by_session, by_token = stream_of(cast, path=path), InProcessStream(path, token=await token_of(cast)).connect()

    assert [(await one.error())["code"] for one in (by_session, by_token)] == ["not_found"] * 2
    assert (by_session.status, by_token.status) == (404, 404)


async def test_more_streams_than_one_person_may_have_are_refused(cast: ClubCast, settings: Settings) -> None:
    settings.STREAMS_A_PERSON = 2
    socket, first = cast.member(0), stream_of(cast)
    await socket.frame(0)
    await first.event(0)

    second, other = stream_of(cast, path=MINE), stream_of(cast, 1)

    assert (await second.error())["code"] == "too_many_requests"
    assert (second.status, int(second.headers["retry-after"]) > 0) == (429, True)
    await other.event(0)


async def test_opening_counts_as_a_read_of_the_token_or_the_person(cast: ClubCast, settings: Settings) -> None:
    settings.API_READS_A_MINUTE = 1
    token = await token_of(cast)
    await stream_of(cast).event(0)
    await InProcessStream(FEED, token=token).connect().event(0)

    refused = [stream_of(cast), InProcessStream(MINE, token=token).connect()]

    assert [(await one.error())["code"] for one in refused] == ["too_many_requests"] * 2
    assert all(int(one.headers["retry-after"]) > 0 for one in refused)
    await stream_of(cast, 1).event(0)


async def test_stream_that_is_requested_while_the_process_stops_is_refused(cast: ClubCast) -> None:
    await hub().close()

    refused = stream_of(cast)

    assert (await refused.error())["code"] == "try_again"
    assert refused.status == 503


async def test_access_log_says_when_a_stream_opens_and_ends(cast: ClubCast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="site_config.access")
    stream = stream_of(cast)
    await stream.event(0)
    assert [record.message for record in caplog.records if record.name == "site_config.access"] == ["stream opened"]

    stream.disconnect()
    await stream.until_over()

    assert [record.message for record in caplog.records if record.name == "site_config.access"][1:] == ["answered"]


async def test_stream_is_refused_with_503_while_the_database_is_away(
    cast: ClubCast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(hub().authorizer.members, "answer", away)

    refused = stream_of(cast)

    assert (await refused.error())["code"] == "try_again"
    assert (refused.status, int(refused.headers["retry-after"]) > 0) == (503, True)


async def test_stream_ends_with_a_retry_if_its_hello_cannot_be_read(
    cast: ClubCast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(hub().authorizer.snapshots, "answer", away)

    stream = stream_of(cast)
    await stream.until_over()

    assert (stream.status, stream.events, stream.ended) == (200, [], True)
    assert len(stream.reader.retries) == 2


async def test_unexpected_fault_is_logged_and_answered_with_500(
    cast: ClubCast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(authorizer.Authorizer, "member", fail)

    refused = stream_of(cast)

    assert (await refused.error())["code"] == "server_error"
    assert refused.status == 500
    assert "a stream failed" in caplog.text


@pytest.mark.parametrize("path", [FEED, MINE])
async def test_wrong_host_goes_on_to_django_which_refuses_it(cast: ClubCast, path: str) -> None:
    refused = InProcessStream(path, cast.sessions[0], host="evil.example").connect()

    assert (await refused.error())["code"] == "bad_request"
    assert refused.status == 400


async def test_request_without_https_goes_on_to_django(cast: ClubCast, settings: Settings) -> None:
    """Django would redirect it, but its middleware has read the settings before this test changes them."""
    settings.SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    plain = stream_of(cast)
    behind_proxy = stream_of(cast, 0, FEED, **{"x-forwarded-proto": "https"})

    await plain.until_over()

    assert (plain.ended, plain.events) == (True, [])
    await behind_proxy.event(0)


@pytest.mark.parametrize("path", [FEED, MINE])
def test_head_and_other_methods_are_answered_by_the_route(cast: ClubCast, client: Client, path: str) -> None:
    signed_out = client.head(path)
    client.cookies["sessionid"] = cast.sessions[0]

    head, posted = client.head(path), client.post(path)

    assert signed_out.status_code == 401
    assert (head.status_code, head.headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8")
    assert (posted.status_code, posted.headers["Allow"], posted.json()["code"]) == (
        405,
        "GET, HEAD",
        "method_not_allowed",
    )


# --- Ends


async def test_eviction_ends_the_stream_and_the_next_one_is_refused(cast: ClubCast) -> None:
    stream, stays = stream_of(cast), stream_of(cast, 1)
    await stream.event(0)
    await stays.event(0)

    await close_sockets(member_target(cast.club.pk, cast.members[0]), Close.NOT_ALLOWED)
    await stream.until_over()

    assert stream.ended
    assert stream.reader.retries == [3000]
    assert not stays.ended


async def test_end_that_asks_for_a_reconnection_comes_with_a_random_retry(cast: ClubCast) -> None:
    streams = [stream_of(cast) for _ in range(20)]
    for stream in streams:
        await stream.event(0)

    await close_sockets(person_target(cast.members[0]), Close.GOING_AWAY)

    retries = set()
    for stream in streams:
        await stream.until_over()
        assert stream.ended
        retries.add(stream.reader.retries[-1])
    assert all(1_000 <= one <= 10_000 for one in retries)
    assert len(retries) > 10


async def test_eviction_while_the_answer_begins(cast: ClubCast) -> None:
    """The client does not take the head of the answer yet when its permission is withdrawn."""
    stream = InProcessStream(FEED, cast.sessions[0])
    stream.reading.clear()
    stream.connect()
    await eventually(lambda: hub().registry.connections)

    await close_sockets(member_target(cast.club.pk, cast.members[0]), Close.NOT_ALLOWED)
    await eventually(lambda: not hub().registry.connections)
    stream.reading.set()
    await stream.until_over()

    assert (stream.ended, stream.events) == (True, [])


async def test_cancelled_stream_ends_with_a_random_retry(cast: ClubCast) -> None:
    """The server cancels streams when its process stops."""
    stream = stream_of(cast)
    await stream.event(0)
    assert stream.task is not None

    stream.task.cancel()
    await stream.until_over()

    assert stream.ended
    assert len(stream.reader.retries) == 2
    assert not hub().registry.connections


async def test_client_that_does_not_read_is_dropped_and_delays_no_other(
    cast: ClubCast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SOCKET_UNSENT_MOST = 20_000
    monkeypatch.setattr("strava_live.hub.client_writers.CLOSE_TIMEOUT_S", PATIENCE_S)  # until the client reads again
    slow, quick = stream_of(cast, 0), stream_of(cast, 1)
    for stream in (slow, quick):
        await stream.event(0)
    slow.reading.clear()

    await posted(cast, *("x" * 900 for _ in range(60)))
    await eventually(lambda: quick.types().count("entry.added") == 60)
    await eventually(lambda: len(hub().registry.connections) == 2)
    slow.reading.set()
    await slow.until_over()

    assert slow.types().count("entry.added") < 60
    assert not quick.ended


# --- An athlete's activities


def add_activities(athlete_id: int, count: int) -> None:
    """Store activities with the marks 1 to `count`."""
    now = timezone.now()
    Activity.objects.bulk_create(
        Activity(
            athlete_id=athlete_id,
            strava_id=1000 + mark,
            name=f"Run {mark}",
            sport_type="Run",
            start=now - timedelta(days=mark),
            wall_clock="2026-11-21T09:02:13",
            utc_offset_s=0,
            distance_m=5000,
            moving_s=1500,
            elapsed_s=1500,
            visibility="everyone",
            mark=mark,
            seen_at=now,
        )
        for mark in range(1, count + 1)
    )
    AthleteState.objects.update_or_create(athlete_id=athlete_id, defaults={"value": count})


async def test_athletes_stream_replays_all_changes_even_if_they_do_not_fit_into_hello(
    cast: ClubCast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.sync.snapshot.MOST_REPLAYED", 3)
    await on_database(add_activities)(cast.members[0], 11)

    stream = stream_of(cast, path=MINE, last_id="1")
    await eventually(lambda: stream.reader.last_id == "11")

    assert [(event.type, event.id, len(event.data["items"])) for event in stream.events] == [
        ("hello", "4", 3),
        ("activities.found", "7", 3),
        ("activities.found", "10", 3),
        ("activities.found", "11", 1),
    ]
    for too_high in ("12", "x7Rk2mQ0:3"):
        newest = await stream_of(cast, path=MINE, last_id=too_high).event(0)
        assert (newest.id, len(newest.data["items"])) == ("11", 11)


async def test_athletes_stream_sends_hello_and_announcements_with_marks(cast: ClubCast) -> None:
    stream = stream_of(cast, path=MINE)
    assert (await stream.event(0)).id == "0"

    await announce(athlete_group(cast.members[0]), [SyncProgress(run=RUN)], marks=Marks(0, 0))

    assert ((await stream.event(1)).type, stream.events[1].id) == ("sync.progress", None)
    stream.disconnect()
    await stream.until_over()
    assert not hub().listeners
