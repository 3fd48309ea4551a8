"""Event streams of our server, read from bare connections."""

import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest

from tests.hub.in_process_stream import EventReader
from tests.hub.raw_stream import RawStream
from tests.live.founding import FoundClub, found_club
from tests.live.raw_http import RawConnection
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.services
BATCH, MANY_BATCHES = 400, 12
"""How many posts are written together, and how many batches fill all buffers on the way to a client."""


@pytest.fixture(scope="module")
def site(module_sites: LiveSites) -> Iterator[LiveSite]:
    site = module_sites.running(DJANGO_SETTINGS_MODULE="tests.hub.limited_settings")
    yield site
    assert "Traceback" not in site.log.read_text()


@pytest.fixture
def club(site: LiveSite) -> FoundClub:
    return found_club(site)


def path_of(club: FoundClub) -> str:
    return f"/api/v1/clubs/{club.slug}/stream"


def stream_of(site: LiveSite, club: FoundClub, number: int = 0, headers: dict[str, str] | None = None) -> RawStream:
    return RawStream(site.url, path_of(club), club.sessions[number], headers=headers)


def post(site: LiveSite, club: FoundClub, *, count: int = 1, text: str = "Coffee?") -> None:
    code = "from strava_live.social.posts import add_post\n"
    code += f"for number in range({count}): add_post({club.members[1]}, {club.pk}, {text!r})"
    site.manage("shell", "-v", "0", "-c", code)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_stream_is_sent_in_valid_chunks_that_nothing_compresses(site: LiveSite, club: FoundClub) -> None:
    with stream_of(site, club, headers={"Accept-Encoding": "gzip"}) as stream:
        headers = dict(stream.begin().headers)
        stream.read_until_hello()
        post(site, club, text="Tea with naïve 🏃 runners")
        stream.read_until(lambda: "entry.added" in {event.type for event in stream.reader.events})
        stream.read_until(lambda: stream.reader.comments > 1)

    assert headers[b"transfer-encoding"] == b"chunked"
    assert b"content-encoding" not in headers
    (added,) = [event for event in stream.reader.events if event.type == "entry.added"]
    assert added.data["entry"]["text"] == "Tea with naïve 🏃 runners"
    assert stream.reader.retries == [3000]


def test_reconnection_replays_what_was_missed(site: LiveSite, club: FoundClub) -> None:
    with stream_of(site, club) as stream:
        stream.begin()
        stream.read_until_hello()
    post(site, club, count=2)

    with stream_of(site, club, headers={"Last-Event-ID": stream.reader.last_id}) as again:
        again.begin()
        again.read_until_hello()

    assert [entry["seq"] for entry in again.reader.events[0].data["entries"]] == [1, 2]


def test_client_of_http_1_0_gets_the_events_without_chunks(site: LiveSite, club: FoundClub) -> None:
    with socket.create_connection(("localhost", site.port), timeout=PATIENCE_S) as connection:
        lines = [
            f"GET {path_of(club)} HTTP/1.0",
            f"Host: localhost:{site.port}",
            f"Cookie: sessionid={club.sessions[0]}",
        ]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        received = b""
        while b"event: hello" not in received:
            received += connection.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        post(site, club)
        while b"event: entry.added" not in body or not body.endswith(b"\n\n"):
            body += connection.recv(65536)

    assert b"chunked" not in head.lower()
    reader = EventReader(path_of(club))
    reader.read(body)
    assert {"hello", "entry.added"} <= {event.type for event in reader.events}


@pytest.mark.parametrize("abruptly", [False, True], ids=["closes", "resets"])
def test_client_that_leaves_is_noticed(site: LiveSite, club: FoundClub, abruptly: bool) -> None:
    with stream_of(site, club) as stream, stream_of(site, club, 1) as stays:
        for one in (stream, stays):
            one.begin()
            one.read_until_hello()
        assert answered(site, club) == 0
        if abruptly:
            stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        stream.socket.close()

        until(lambda: answered(site, club) == 1)
        seen = stays.reader.comments
        stays.read_until(lambda: stays.reader.comments > seen)


def answered(site: LiveSite, club: FoundClub) -> int:
    """Count the streams that are over: the access log has a line for each."""
    return site.log.read_text().count(f"event=answered method=GET path={path_of(club)} status=200")


def test_client_that_does_not_read_is_dropped_and_others_get_everything(site: LiveSite, club: FoundClub) -> None:
    """The kernel buffers some megabytes for the client that does not read, so one batch of posts may not be enough."""
    stuck, posts = RawStream(site.url, path_of(club), club.sessions[0], receive_buffer=4096), 0
    with stuck, stream_of(site, club, 1) as reader:
        reader.begin()
        reader.read_until_hello()
        while posts < MANY_BATCHES * BATCH and not answered(site, club):
            post(site, club, count=BATCH, text="🏃" * 1000)
            posts += BATCH
            reader.read_until_seq(posts)

        assert seqs(reader.reader) == list(range(1, posts + 1))
        until(lambda: answered(site, club) == 1)
        with suppress(ConnectionResetError):
            while stuck.socket.recv(65536):
                pass


def seqs(reader: EventReader) -> list[int]:
    return [event.data["entry"]["seq"] for event in reader.events if event.type == "entry.added"]


def test_end_closes_the_connection_after_the_last_chunk(site: LiveSite, club: FoundClub) -> None:
    with stream_of(site, club) as stream:
        stream.begin()
        stream.read_until_hello()
        site.manage("shell", "-v", "0", "-c", removal_of(club))
        stream.read_to_the_end()

        assert stream.is_closed()
        assert stream.reader.retries == [3000]
    again = httpx.get(site.url + path_of(club), headers={"Cookie": f"sessionid={club.sessions[0]}"})
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


def removal_of(club: FoundClub) -> str:
    return f"from strava_live.membership.leaving import leave; leave({club.pk}, {club.members[0]})"


def test_refused_request_keeps_the_connection(site: LiveSite, club: FoundClub) -> None:
    with RawConnection(site.url) as connection:
        assert connection.ask("GET", path_of(club)).status == 401
        assert connection.ask("HEAD", path_of(club)).status == 401
        signed_in = {"Cookie": f"sessionid={club.sessions[0]}"}
        head = connection.ask("HEAD", path_of(club), **signed_in)
        assert (head.status, head.body) == (200, b"")
        assert connection.ask("POST", path_of(club), **signed_in).status in {403, 405}
        assert connection.ask("GET", "/healthz").status == 200


def test_streams_end_with_a_retry_when_the_process_stops(live_sites: LiveSites) -> None:
    site = live_sites()
    club = found_club(site)
    process = site.start("web")
    with stream_of(site, club) as feed, RawStream(site.url, "/api/v1/me/stream", club.sessions[1]) as mine:
        for stream in (feed, mine):
            stream.begin()
            stream.read_until_hello()

        process.send_signal(signal.SIGTERM)
        for stream in (feed, mine):
            stream.read_to_the_end()
            assert 1_000 <= stream.reader.retries[-1] <= 10_000
            assert stream.is_closed()

    assert process.wait(PATIENCE_S) == 0
    log = site.log.read_text()
    assert "requests did not finish in time" not in log
    assert "Traceback" not in log
