"""Deleting an account removes the person from every club. A club keeps a captain, or is closed if it is empty."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.broadcast import member_target, person_target
from strava_live.clubs.keys import invite, put_up_screen
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Cheer, Entry
from strava_live.lifecycle.erasure import erase
from strava_live.membership.joining import join
from strava_live.social.posts import post
from tests.clubs.evictions import Evictions
from tests.clubs.visits import as_
from tests.web.deletion import RIGHT
from tests.web.kept import connected

pytestmark = pytest.mark.django_db


def test_no_entry_or_cheer_of_the_person_remains(
    club: Club, athlete: User, captains_post: Entry, django_capture_on_commit_callbacks: Any
) -> None:
    evictions, member_sockets = Evictions(), member_target(club.pk, athlete.pk)

    with django_capture_on_commit_callbacks(execute=True):
        as_(athlete).post("/settings/delete-account/", RIGHT)

    assert not User.objects.filter(username="alva").exists()
    assert [entry.text for entry in Entry.objects.not_removed()] == ["Yes"]
    assert not Entry.objects.filter(removed=True).exclude(text="", name="", data={}, athlete=None).exists()
    assert Entry.objects.get(pk=captains_post.pk).cheers == Cheer.objects.count() == 0
    sent = evictions.sent()
    assert (member_sockets, 4403) in sent
    assert (person_target(athlete.pk), 4401) in sent


def test_longest_standing_member_becomes_captain(club: Club, captain: User, code: str) -> None:
    for number, days in enumerate((3, 9, 6)):
        who = User.objects.create_user(f"member-{number}")
        member = join(who.pk, code, parkruns=False)
        Membership.objects.filter(pk=member.pk).update(joined_at=timezone.now() - timedelta(days=days))
    asking = User.objects.create_user("asking")
    join(asking.pk, invite(club.pk, needs_approval=True).secret.reveal(), parkruns=False)
    Membership.objects.filter(user=asking).update(joined_at=timezone.now() - timedelta(days=99))

    erase(captain)

    assert Membership.objects.captains().get().user.username == "member-1"


def test_no_member_is_promoted_if_another_captain_remains(
    club: Club, member: Membership, captain: User, code: str, clubmate: User
) -> None:
    join(clubmate.pk, code, parkruns=False)
    Membership.objects.filter(user=clubmate).update(role=Membership.Role.CAPTAIN)

    erase(captain)

    assert Membership.objects.captains().get().user == clubmate


def test_empty_club_is_closed_with_its_feed(club: Club, other_club: Club, captain: User) -> None:
    post(captain.pk, club.pk, "Only me")
    put_up_screen(club.pk)

    erase(captain)

    assert list(Club.objects.all()) == [other_club]
    assert not Entry.objects.exists()


def test_keys_outlive_the_captain_who_created_them(club: Club, member: Membership, captain: User) -> None:
    screen = put_up_screen(club.pk, made_by=captain.pk)

    erase(captain)

    screen.refresh_from_db()
    assert (screen.made_by, screen.revoked_at) == (None, None)


def test_connection_is_deleted_before_clubs_are_locked(member: Membership, athlete: User) -> None:
    """Connecting Strava locks in this order, too, so two people of one club cannot deadlock."""
    connected(athlete)

    with CaptureQueriesContext(connection) as captured:
        erase(athlete)

    deleted = [sql.split('"')[1] for one in captured if (sql := one["sql"]).startswith("DELETE FROM")]
    assert deleted.index("strava_live_stravaconnection") < deleted.index("strava_live_membership")


def test_account_deleted_in_the_admin_is_erased_in_the_same_way(
    club: Club, member: Membership, athlete: User, operator: User, rf: RequestFactory
) -> None:
    from django.contrib import admin

    request = rf.post("/")
    request.user = operator
    deleted, counts, _, protected = admin.site._registry[User].get_deleted_objects([athlete], request)
    assert (deleted, counts) == ([athlete.shown_name], {"users": 1})  # not how many messages the person has
    assert Entry.objects.not_removed().exists()
    assert protected == []
    admin.site._registry[User].delete_queryset(request, User.objects.filter(pk=athlete.pk))

    assert not Entry.objects.not_removed().exists()
    assert Membership.objects.count() == 1
