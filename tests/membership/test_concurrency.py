"""Concurrent changes of memberships: a club keeps a captain, nothing is created twice, and no deadlock occurs."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.clubs.captains import LastCaptain, NotACaptain, step_down
from strava_live.clubs.founding import found_club, found_club_at
from strava_live.clubs.keys import invite
from strava_live.clubs.members import NotAMember
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.lifecycle.erasure import erase
from strava_live.membership.joining import join
from strava_live.membership.leaving import leave, remove_member
from strava_live.membership.sharing import share
from strava_live.sync.decisions import unsave_activity
from tests.clubs.runs import ran, watched
from tests.clubs.visits import as_
from tests.passwords import PASSWORD
from tests.people import athlete, captain, clubmate
from tests.sync.runs import parkrun, store, sync_run_of
from tests.together import together
from tests.web.deletion import RIGHT

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6
Change = Callable[[], object]


def unless_too_late(change: Change) -> Change:
    """Ignore that another change has made this one impossible."""

    def attempt() -> None:
        with contextlib.suppress(LastCaptain, NotACaptain, NotAMember):
            change()

    return attempt


def two_captains_and_a_member(slug: str) -> tuple[Club, User, User, User]:
    people = [User.objects.create_user(f"{name}-{slug}") for name in ("one", "two", "third")]
    club = found_club_at(slug, "Striders", time_zone="UTC", captain=people[0])
    code = invite(club.pk).secret.reveal()
    for one in people[1:]:
        join(one.pk, code, parkruns=False)
    Membership.objects.filter(club=club, user=people[1]).update(role=Membership.Role.CAPTAIN)
    return club, people[0], people[1], people[2]


@pytest.mark.parametrize(
    "both",
    [
        lambda club, one, two: (lambda: leave(club, one), lambda: leave(club, two)),
        lambda club, one, two: (lambda: step_down(club, one), lambda: step_down(club, two)),
        lambda club, one, two: (lambda: leave(club, one), lambda: step_down(club, two)),
        lambda club, one, two: (lambda: remove_member(club, two, by=one), lambda: remove_member(club, one, by=two)),
        lambda club, one, two: (lambda: remove_member(club, two, by=one), lambda: leave(club, one)),
        lambda club, one, two: (lambda: erase(User.objects.get(pk=one)), lambda: leave(club, two)),
        lambda club, one, two: (lambda: erase(User.objects.get(pk=one)), lambda: erase(User.objects.get(pk=two))),
    ],
    ids=["leave", "step down", "leave and step down", "remove each other", "remove and leave", "erase", "erase both"],
)
def test_club_keeps_a_captain_whatever_two_captains_do(both: Callable[[int, int, int], tuple[Change, Change]]) -> None:
    for turn in range(ROUNDS):
        club, one, two, _ = two_captains_and_a_member(f"club-{turn}")

        together(*[unless_too_late(change) for change in both(club.pk, one.pk, two.pk)])

        assert Membership.objects.captains().in_club(club.pk).exists()
        assert Membership.objects.active().in_club(club.pk).exists()


def test_club_has_a_captain_or_is_closed_when_its_last_two_leave_at_once() -> None:
    for turn in range(ROUNDS):
        club, one, two, third = two_captains_and_a_member(f"club-{turn}")
        leave(club.pk, third.pk)

        together(*[unless_too_late(partial(leave, club.pk, who.pk)) for who in (one, two)])

        assert not Club.objects.filter(pk=club.pk).exists() or Membership.objects.captains().in_club(club.pk).exists()


def test_three_concurrent_joins_create_one_membership() -> None:
    who, club = athlete(), found_club_at("striders", "Striders", time_zone="UTC", captain=captain())
    ran(who, 1)
    code = invite(club.pk).secret.reveal()

    together(*[lambda: join(who.pk, code, parkruns=True)] * 3)

    assert Membership.objects.of(who.pk).count() == 1
    assert kinds(club) == ["joined", "parkrun"]


def test_account_deleted_while_its_profile_is_saved_stays_deleted() -> None:
    for turn in range(ROUNDS):
        who = User.objects.create_user(f"athlete-{turn}", password=PASSWORD)
        here, there = as_(who), as_(who)
        answers: list[int] = []

        together(
            lambda here=here: here.post("/settings/delete-account/", RIGHT),  # type: ignore[misc]
            lambda there=there, answers=answers: answers.append(  # type: ignore[misc]
                there.post("/settings/", {"display_name": "Ghost", "time_zone": "UTC"}).status_code
            ),
        )

        assert answers == [302]
        assert not User.objects.filter(pk=who.pk).exists()


def test_join_while_a_parkrun_is_removed() -> None:
    for turn in range(1, ROUNDS):
        who = User.objects.create_user(f"athlete-{turn}")
        club, code = club_with_a_code(f"club-{turn}")
        watched(who, 1, strava_id=turn)

        together(
            lambda who=who, code=code: join(who.pk, code, parkruns=True),  # type: ignore[misc]
            lambda who=who, turn=turn: unsave_activity(who.pk, turn),  # type: ignore[misc]
        )

        assert kinds(club) == ["joined"]


def test_join_while_a_parkrun_is_saved(events: None) -> None:
    start = last_start_at_bushy()
    local = {"start_date_local": f"{start:%Y-%m-%dT%H:%M:%SZ}", "utc_offset": start.utcoffset().total_seconds()}  # type: ignore[union-attr]
    for turn in range(1, ROUNDS):
        run = sync_run_of(User.objects.create_user(f"athlete-{turn}"))
        club, code = club_with_a_code(f"club-{turn}")

        together(
            lambda run=run, code=code: join(run.athlete_id, code, parkruns=True),  # type: ignore[misc]
            lambda run=run, turn=turn: store(run, parkrun(turn, start.astimezone(UTC), **local)),  # type: ignore[misc]
        )

        assert kinds(club) == ["joined", "parkrun"]


def club_with_a_code(slug: str) -> tuple[Club, str]:
    club = found_club_at(slug, "Striders", time_zone="UTC", captain=User.objects.create_user(f"captain-{slug}"))
    return club, invite(club.pk).secret.reveal()


def kinds(club: Club) -> list[str]:
    """Return the kinds of the club's entries. Its captain founded it and has no `joined` entry."""
    return sorted(Entry.objects.of_club(club.pk).not_removed().values_list("kind", flat=True))


def last_start_at_bushy() -> datetime:
    """Return a start on the last Saturday that is over."""
    zone = ZoneInfo("Europe/London")
    yesterday = timezone.now().astimezone(zone).date() - timedelta(days=1)
    saturday = yesterday - timedelta(days=(yesterday.weekday() - 5) % 7)
    return datetime.combine(saturday, time(9, 1), tzinfo=zone)


def test_clubs_founded_at_once_with_one_name_get_different_addresses() -> None:
    founder = captain()

    together(*[lambda: found_club("Striders", time_zone="UTC", captain=founder)] * 3)

    assert sorted(Club.objects.values_list("slug", flat=True)) == ["striders", "striders-2", "striders-3"]


def test_members_of_the_same_clubs_who_change_at_once_do_not_deadlock() -> None:
    people = [athlete(), clubmate()]
    clubs = [found_club_at(f"club-{number}", "Club", time_zone="UTC", captain=captain_of(number)) for number in (1, 2)]
    codes = [invite(club.pk).secret.reveal() for club in clubs]
    for who in people:
        ran(who, 1)
        for code in codes:
            join(who.pk, code, parkruns=True)

    def change(who: User, order: int) -> None:
        for turn in range(ROUNDS):
            for club in clubs[::order]:
                share(club.pk, who.pk, parkruns=bool(turn % 2), shown_as=("full", "hidden")[turn % 2])
        leave(clubs[::order][0].pk, who.pk)

    together(lambda: change(people[0], 1), lambda: change(people[1], -1))

    for club in clubs:
        club.refresh_from_db()
        seqs = sorted(Entry.objects.of_club(club.pk).values_list("seq", flat=True))
        assert len(set(seqs)) == len(seqs)
        assert seqs[-1] == club.seq
        assert Entry.objects.of_club(club.pk).not_removed().count() == club.entry_count


def captain_of(number: int) -> User:
    return User.objects.create_user(f"captain-{number}")
