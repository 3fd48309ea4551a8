"""Deleting an account while an event from Strava about its athlete is being stored."""

import threading
import time
from typing import Any

import pytest
from django.db import connection, connections

from strava_live.accounts.models import User
from strava_live.lifecycle.erasure import erase
from strava_live.webhook.inbox import Fate, Receipt, store_events
from strava_live.webhook.models import StravaEvent
from tests.patience import PATIENCE_S
from tests.waiting_locks import waiting_locks
from tests.web.kept import connected
from tests.webhook.strava_events import OWNER, signed_event


class EventBeforeDeletion:
    """Stores an event in another thread just before the row of the account is deleted."""

    def __init__(self) -> None:
        self.receipts: list[Receipt] = []
        self.storing = threading.Thread(target=self.store)

    def store(self) -> None:
        try:
            self.receipts += store_events([signed_event(owner_id=OWNER)])
        finally:
            connections.close_all()

    def __call__(self, execute: Any, sql: str, *how: Any) -> Any:
        if sql.startswith('DELETE FROM "strava_live_user" ') and not self.storing.ident:
            self.storing.start()
            self.wait_until_stored_or_waiting()
        return execute(sql, *how)

    def wait_until_stored_or_waiting(self) -> None:
        """Wait until the event is stored, or until its transaction waits for the one that deletes the account."""
        deadline = time.monotonic() + PATIENCE_S
        while self.storing.is_alive() and not waiting_locks():
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
def test_event_that_arrives_during_the_deletion_does_not_stop_it(athlete: User) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    connected(athlete, strava_id=OWNER)
    event = EventBeforeDeletion()

    with connection.execute_wrapper(event):
        erase(athlete)
    event.storing.join(PATIENCE_S)

    assert event.receipts == [Receipt(Fate.UNKNOWN_OWNER)]
    assert not User.objects.exists()
    assert not StravaEvent.objects.exists()
