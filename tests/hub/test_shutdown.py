"""SIGTERM to a web process that is answering requests."""

import http.client
import re
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from tests.live.founding import FoundClub, found_club, table_of
from tests.live_site import LiveSite, LiveSites
from tests.patience import PATIENCE_S
from tests.site_process import SiteProcess

pytestmark = pytest.mark.services

WAITING_HERE = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


class Browser:
    """A signed-in member with one keep-alive connection."""

    def __init__(self, site: LiveSite, club: FoundClub, member: int) -> None:
        self.host = urlsplit(site.url).netloc
        self.path = f"/clubs/{club.slug}/"
        self.cookies = f"sessionid={club.sessions[member]}"
        self.token = ""
        self.connection = http.client.HTTPConnection(self.host, timeout=PATIENCE_S)

    def get(self) -> http.client.HTTPResponse:
        self.connection.request("GET", self.path, headers={"Cookie": self.cookies})
        answer = self.connection.getresponse()
        page = answer.read().decode()
        if not self.token:
            self.token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
            self.cookies += "; " + re.findall(r"csrftoken=\w+", str(answer.headers.get_all("Set-Cookie")))[0]
        return answer

    def post(self, text: str) -> http.client.HTTPResponse:
        form = urlencode({"text": text, "csrfmiddlewaretoken": self.token})
        headers = {"Cookie": self.cookies, "Origin": f"http://{self.host}"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("POST", f"{self.path}posts/", form, headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer


@contextmanager
def requesting_continuously(browsers: list[Browser]) -> Iterator[None]:
    """Let each browser request pages until the block ends, reconnecting when its connection is closed."""
    over = threading.Event()

    def request_pages(browser: Browser) -> None:
        while not over.is_set():
            with suppress(OSError, http.client.HTTPException):
                browser.get()

    threads = [threading.Thread(target=request_pages, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def until_refused(site: LiveSite) -> None:
    """Wait until the process refuses connections."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", site.port), timeout=1).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.01)
    raise AssertionError("the process still accepts connections")


def wait_for_exit(process: SiteProcess) -> int:
    return process.wait(PATIENCE_S)


def test_continuous_requests_on_open_connections_do_not_delay_the_stop(live_sites: LiveSites) -> None:
    site = live_sites()
    club = found_club(site, members=4)
    process = site.start("web")
    browsers = [Browser(site, club, member) for member in range(4)]

    for browser in browsers:
        assert browser.get().status == 200  # the process listens before it handles signals
    with requesting_continuously(browsers):
        time.sleep(0.5)  # so that all of them are in the middle of a request
        process.send_signal(signal.SIGTERM)
        code = wait_for_exit(process)

    assert code == 0
    assert "Traceback" not in site.log.read_text()


def test_running_requests_are_answered_with_connection_close(
    live_sites: LiveSites, redis_url: str, postgres_database: str
) -> None:
    waits_for_ever = f"{postgres_database}?options=-c%20lock_timeout%3D0%20-c%20statement_timeout%3D0"
    patient = {"DJANGO_SETTINGS_MODULE": "tests.patient_settings"}
    site = live_sites(REDIS_URL=redis_url, DATABASE_URL=waits_for_ever, **patient)
    club = found_club(site)
    process = site.start("web")
    writer, reader = Browser(site, club, 0), Browser(site, club, 1)
    for browser in (writer, reader):
        assert browser.get().headers["Connection"] != "close"
    answers: list[http.client.HTTPResponse] = []
    posting = threading.Thread(target=lambda: answers.append(writer.post("Coffee?")))

    with psycopg.connect(postgres_database) as holder:
        holder.execute("SELECT 1 FROM strava_live_club WHERE id = %s FOR UPDATE", [club.pk])
        posting.start()
        until_waiting_for_a_lock(postgres_database)
        process.send_signal(signal.SIGTERM)
        until_refused(site)
        late = reader.get()
    posting.join()

    assert (late.status, late.headers["Connection"]) == (200, "close")
    assert [(answer.status, answer.headers["Connection"]) for answer in answers] == [(302, "close")]
    assert wait_for_exit(process) == 0
    assert [row["text"] for row in table_of(site, club.pk)] == ["Coffee?"]


def until_waiting_for_a_lock(database: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    with psycopg.connect(database, autocommit=True) as looking:
        while time.monotonic() < deadline:
            if looking.execute(WAITING_HERE).fetchone():
                return
            time.sleep(0.01)
    raise AssertionError("nothing waits for a lock")


def test_request_that_does_not_end_is_cancelled_and_the_process_ends(live_sites: LiveSites) -> None:
    """Its thread waits for a database that stays locked longer than the process may run."""
    site = live_sites(DJANGO_SETTINGS_MODULE="tests.live_settings")
    club = found_club(site)
    process = site.start("web")
    writer = Browser(site, club, 0)
    writer.get()

    with sqlite3.connect(f"{site.folder.name}/site.sqlite3", isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        posting = threading.Thread(target=post_and_ignore_errors, args=[writer])
        posting.start()
        time.sleep(0.5)  # so that it waits for the lock
        process.send_signal(signal.SIGTERM)
        wait_for_exit(process)
    posting.join()

    assert "requests did not finish in time and are cancelled" in site.log.read_text()
    assert table_of(site, club.pk) == []


def post_and_ignore_errors(writer: Browser) -> None:
    with suppress(OSError, http.client.HTTPException):
        writer.post("Coffee?")
