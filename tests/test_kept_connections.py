"""Database threads keep their SQLite connections. A process that has nothing to do does not open them all the time."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connections
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker, Settings

from strava_live.kept_connections import keep_connections
from tests.live_site import LiveSites

pytestmark = pytest.mark.once

IDLE = """
import asyncio
from channels.db import DatabaseSyncToAsync
from django.conf import settings
from django.db.backends.signals import connection_created
from strava_live.worker.background import run_background_work

opened, calls, enough = [], [], asyncio.Event()
handler = DatabaseSyncToAsync.thread_handler

def counting(self, loop, *args, **kwargs):
    calls.append(1)
    if len(calls) == 100:
        loop.call_soon_threadsafe(enough.set)
    return handler(self, loop, *args, **kwargs)

async def idle():
    working = asyncio.create_task(run_background_work(take_up=True))
    await enough.wait()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)

DatabaseSyncToAsync.thread_handler = counting
settings.SYNC_IDLE_LOOK_EVERY_S = settings.WORK_INTERVAL_S = 0.05
note = lambda **_: opened.append(1)
connection_created.connect(note)
asyncio.run(idle())
print(len(opened))
"""


@pytest.fixture(autouse=True)
def connections_are_kept(settings: Settings) -> None:
    settings.SQLITE_KEPT_S = 10.0


def keeps_open(file: Path, initializer: Callable[[], None] | None) -> bool:
    """Run a query in a thread, then what Django runs after each call. Return whether the connection is still open."""
    config = dict(connections["default"].settings_dict)
    config |= {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": {"timeout": 5}}

    def work() -> bool:
        wrapper = ConnectionHandler({"default": config})["default"]
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT 1")
        wrapper.close_if_unusable_or_obsolete()
        is_open = wrapper.connection is not None
        wrapper.close()
        return is_open

    with ThreadPoolExecutor(1, initializer=initializer) as threads:
        return threads.submit(work).result()


def test_only_threads_that_live_as_long_as_the_process_keep_their_connection(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock():
        assert keeps_open(tmp_path / "one.sqlite3", keep_connections)
        assert not keeps_open(tmp_path / "one.sqlite3", None)


def test_new_connection_empties_the_write_ahead_log(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> None:
    """Otherwise deleted rows would stay in the files while the process runs."""
    file, log = tmp_path / "one.sqlite3", tmp_path / "one.sqlite3-wal"
    with closing(sqlite3.connect(file)) as other, django_db_blocker.unblock():
        other.executescript("PRAGMA journal_mode=WAL; CREATE TABLE rows (one)")
        assert log.stat().st_size > 0

        keeps_open(file, keep_connections)

        assert log.stat().st_size == 0


def test_idle_process_does_not_open_connections_again_and_again(live_sites: LiveSites) -> None:
    site = live_sites()

    opened = int(site.manage("shell", "--verbosity", "0", "-c", IDLE))

    assert opened <= 20  # of 100 calls; a slow machine may need more than ten seconds for them


def test_ended_process_leaves_no_write_ahead_log(live_sites: LiveSites) -> None:
    site = live_sites.running(WORK_IN_WEB="1", DEBUG="1")
    (web,) = site.processes

    web.terminate()
    web.wait(30)

    assert [file.name for file in Path(site.folder.name).glob("site.sqlite3*")] == ["site.sqlite3"]
