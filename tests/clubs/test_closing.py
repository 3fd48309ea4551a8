"""Closing a club whose feed has more entries than a statement can have values."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.clubs.founding import close_club
from strava_live.clubs.models import Club
from strava_live.feed.models import Cheer, Entry

pytestmark = pytest.mark.django_db


def test_entries_are_deleted_a_few_at_a_time(
    club: Club, athlete: User, clubmate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.clubs.founding.DELETED_AT_ONCE", 10)
    entries = Entry.objects.bulk_create(
        Entry(club=club, kind="post", key=f"post.{n}", seq=n, first_seq=n, at=timezone.now(), athlete=athlete)
        for n in range(25)
    )
    Cheer.objects.bulk_create(Cheer(entry=entry, user=clubmate) for entry in entries)

    with CaptureQueriesContext(connection) as queries:
        close_club(club.pk)

    assert not Club.objects.exists()
    assert not Entry.objects.exists()
    listed = [query["sql"].partition(" IN (")[2].count(",") + 1 for query in queries if " IN (" in query["sql"]]
    assert max(listed) == 10
