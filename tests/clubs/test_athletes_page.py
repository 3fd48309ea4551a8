"""/athletes/ and /athletes/<id>/: what clubmates see of each other."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from strava_live.accounts.models import User
from strava_live.activities.models import AthleteState
from strava_live.clubs.captains import make_captain
from strava_live.clubs.keys import invite
from strava_live.clubs.models import Club, Membership
from strava_live.membership.clubmates import Clubmate, MemberFigures, clubmate, clubmates
from strava_live.membership.joining import join
from strava_live.membership.leaving import leave
from strava_live.membership.sharing import share
from strava_live.parkrun.result_models import StartingNumbers
from tests.clubs.runs import ran, watched
from tests.clubs.visits import as_
from tests.web.kept import connected
from tests.web.reading import said

pytestmark = pytest.mark.django_db


def day(days_ago: int) -> object:
    return timezone.now().date() - timedelta(days=days_ago)


def seen(viewer: User, who: User) -> Clubmate:
    return next(one for one in clubmates(viewer.pk) if one.user_id == who.pk)


def join_all(who: User, *clubs: Club) -> None:
    for club in clubs:
        join(who.pk, invite(club.pk).secret.reveal(), parkruns=False)


@pytest.mark.parametrize("path", ["/athletes/", "/athletes/1/", "/athletes/999999/"])
def test_signed_out_are_sent_to_sign_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_person_without_a_club_sees_no_one(club: Club, member: Membership, stranger: User) -> None:
    page = said(as_(stranger).get("/athletes/"))

    assert "You're not in a club yet" in page
    assert "Alva" not in page
    for who in (member.user, stranger):
        assert as_(stranger).get(f"/athletes/{who.pk}/").status_code == 404


def test_person_who_has_asked_to_join_sees_no_one(club: Club, athlete: User, captain: User) -> None:
    join(athlete.pk, invite(club.pk, needs_approval=True).secret.reveal(), parkruns=True)

    page = said(as_(athlete).get("/athletes/"))

    assert "a captain hasn't answered yet" in page
    assert "Carol" not in page
    assert [one.user_id for one in clubmates(captain.pk)] == [captain.pk]


def test_member_who_shares_nothing_is_listed_by_name_only(club: Club, member: Membership, captain: User) -> None:
    ran(member.user, 1)

    assert seen(captain, member.user) == Clubmate("Alva B.", member.user_id, is_captain=False, shares=False)
    page = said(as_(captain).get(f"/athletes/{member.user_id}/"))
    assert "Nothing shared" in page
    assert "Bushy" not in page


def test_shared_parkruns_are_counted_and_listed(club: Club, member: Membership, captain: User) -> None:
    who = member.user
    ran(who, 3, "bushy")
    ran(who, 10, "bushy")
    ran(who, 17, "richmond")
    ran(who, 18, "juniors", series="junior")
    ran(who, 2, "wimbledon", how="", official_time_s=None, volunteered=True)
    share(club.pk, who.pk, parkruns=True)

    assert seen(captain, who).figures == MemberFigures(parkruns=3, juniors=1, events=2, latest=day(3))  # type: ignore[arg-type]
    page = said(as_(captain).get(f"/athletes/{who.pk}/"))
    assert page.count('class="run"') == 4
    assert page.index("Bushy parkrun") < page.index("Richmond parkrun") < page.index("Juniors parkrun")
    assert "25:00" in page
    assert "Wimbledon" not in page


def test_earlier_parkruns_are_counted(club: Club, member: Membership, captain: User) -> None:
    ran(member.user, 3)
    StartingNumbers.objects.create(athlete=member.user, parkruns=100)
    share(club.pk, member.user_id, parkruns=True)

    figures = seen(captain, member.user).figures
    assert figures is not None
    assert (figures.parkruns, figures.events) == (101, 1)


def test_private_runs_are_neither_counted_nor_listed(club: Club, member: Membership, captain: User) -> None:
    who = member.user
    watched(who, 1, 7, visibility="only_me")
    watched(who, 8, 8, visibility="followers_only")
    watched(who, 15, 9)
    AthleteState.objects.update_or_create(athlete=who, defaults={"history_known": True})
    share(club.pk, who.pk, parkruns=True)

    assert seen(captain, who).figures == MemberFigures(parkruns=1, juniors=0, events=1, latest=day(15))  # type: ignore[arg-type]
    page = said(as_(captain).get(f"/athletes/{who.pk}/"))
    assert "https://www.strava.com/activities/9" in page
    for hidden in ("activities/7", "activities/8", f'datetime="{day(1)}"', f'datetime="{day(8)}"'):
        assert hidden not in page


def test_page_mentions_earlier_parkruns_that_are_not_listed(club: Club, member: Membership, captain: User) -> None:
    path = f"/athletes/{member.user_id}/"
    share(club.pk, member.user_id, parkruns=True)
    assert "No parkruns yet" in said(as_(captain).get(path))

    StartingNumbers.objects.create(athlete=member.user, parkruns=99, juniors=1)

    page = said(as_(captain).get(path))
    assert "100 earlier parkruns" in page
    assert "No parkruns yet" not in page
    ran(member.user, 3)
    assert "100 earlier parkruns are counted but not listed" in said(as_(captain).get(path))


def test_counts_that_differ_because_of_private_runs_are_explained(
    club: Club, member: Membership, captain: User
) -> None:
    who = member.user
    watched(who, 1, 7, visibility="only_me")
    watched(who, 8, 8, visibility="followers_only")
    watched(who, 15, 9)
    share(club.pk, who.pk, parkruns=True)

    assert "2 of your parkruns are private on Strava" in said(as_(who).get(f"/athletes/{who.pk}/"))
    for page in (said(as_(captain).get(f"/athletes/{who.pk}/")), said(as_(captain).get("/athletes/"))):
        assert "Runs kept private on Strava" in page
        assert "2 of" not in page


def test_nothing_is_counted_during_a_first_sync(club: Club, member: Membership, captain: User) -> None:
    ran(member.user, 3)
    connected(member.user)
    share(club.pk, member.user_id, parkruns=True)

    assert seen(captain, member.user).figures == MemberFigures(None, None, None, day(3))  # type: ignore[arg-type]
    assert "not counted yet" in said(as_(captain).get("/athletes/"))

    AthleteState.objects.filter(athlete=member.user).update(history_known=True)
    assert seen(captain, member.user).figures == MemberFigures(1, 0, 1, day(3))  # type: ignore[arg-type]


def test_hidden_member_has_no_link_and_no_page(club: Club, member: Membership, captain: User) -> None:
    ran(member.user, 3)
    share(club.pk, member.user_id, parkruns=True, shown_as="hidden")

    page = said(as_(captain).get("/athletes/"))

    assert "A member" in page
    assert "Alva" not in page
    assert f"/athletes/{member.user_id}/" not in page
    assert as_(captain).get(f"/athletes/{member.user_id}/").status_code == 404
    assert clubmates(captain.pk)[-1].name == ""


def test_hidden_captain_has_no_badge(club: Club, member: Membership, captain: User) -> None:
    make_captain(club.pk, member.user_id, by=captain.pk)
    share(club.pk, member.user_id, parkruns=False, shown_as="hidden")

    assert not seen(captain, member.user).is_captain


def test_athlete_in_several_clubs_is_listed_once_with_all_that_the_viewer_may_see(
    club: Club, other_club: Club, member: Membership, captain: User
) -> None:
    who = member.user
    ran(who, 3)
    join_all(captain, other_club)
    join_all(who, other_club)
    share(other_club.pk, who.pk, parkruns=True, shown_as="full")

    assert [one.user_id for one in clubmates(captain.pk)].count(who.pk) == 1
    assert (seen(captain, who).name, seen(captain, who).shares) == ("Alva Berg", True)
    page = said(as_(captain).get("/athletes/"))
    assert 'href="?club=other"' in page
    assert "Alva B." in said(as_(captain).get("/athletes/?club=striders"))
    assert as_(captain).get("/athletes/?club=no-such-club").status_code == 404


def test_parkruns_shared_with_another_club_are_not_shown(
    club: Club, other_club: Club, member: Membership, captain: User
) -> None:
    ran(member.user, 3)
    join_all(member.user, other_club)
    share(other_club.pk, member.user_id, parkruns=True, shown_as="full")

    assert seen(captain, member.user) == Clubmate("Alva B.", member.user_id, is_captain=False, shares=False)


def test_parkruns_shared_without_a_name_do_not_appear_under_a_name(
    club: Club, other_club: Club, member: Membership, captain: User
) -> None:
    """The athlete is named in one club without runs, and hidden in another with them."""
    ran(member.user, 3)
    join_all(captain, other_club)
    join_all(member.user, other_club)
    share(other_club.pk, member.user_id, parkruns=True, shown_as="hidden")

    assert seen(captain, member.user) == Clubmate("Alva B.", member.user_id, is_captain=False, shares=False)
    assert "Bushy" not in said(as_(captain).get(f"/athletes/{member.user_id}/"))


def test_leaving_and_withdrawing_consent_apply_at_once(club: Club, member: Membership, captain: User) -> None:
    ran(member.user, 3)
    share(club.pk, member.user_id, parkruns=True)
    assert seen(captain, member.user).shares

    share(club.pk, member.user_id, parkruns=False)
    assert not seen(captain, member.user).shares

    leave(club.pk, member.user_id)
    assert clubmate(captain.pk, member.user_id) is None
    assert as_(captain).get(f"/athletes/{member.user_id}/").status_code == 404


def test_long_list_comes_in_pages(club: Club, member: Membership, captain: User) -> None:
    for week in range(60):
        ran(member.user, 7 * week)
    share(club.pk, member.user_id, parkruns=True)
    path, browser = f"/athletes/{member.user_id}/", as_(captain)

    first = browser.get(path)
    second = browser.get(f"{path}?before={first.context['older']}")

    days = [row.day for answer in (first, second) for row, _ in answer.context["rows"]]
    assert days == [day(7 * week) for week in range(60)]
    assert "Back to the newest" in said(second)
    for wrong in ("x", "2026-11-14", "2026-11-14,x", f"2026-11-14,{2**64}"):
        assert browser.get(f"{path}?before={wrong}").status_code == 404


@pytest.mark.parametrize("unknown", [0, 10**6, 2**63 - 1, 10**30])
def test_unknown_id_has_no_page(club: Club, captain: User, unknown: int) -> None:
    assert as_(captain).get(f"/athletes/{unknown}/").status_code == 404


def test_single_club_has_no_filter_and_captains_see_requests(club: Club, member: Membership, captain: User) -> None:
    join(User.objects.create_user("asker").pk, invite(club.pk, needs_approval=True).secret.reveal(), parkruns=False)

    for who, is_captain in ((captain, True), (member.user, False)):
        page = said(as_(who).get("/athletes/"))
        assert "<h1>Striders</h1>" in page
        assert "?club=" not in page
        assert ("1 request to join" in page) is is_captain
        assert ("1 request to join" in said(as_(who).get("/clubs/striders/"))) is is_captain


def test_captain_of_two_clubs_sees_requests_for_both(club: Club, other_club: Club, captain: User) -> None:
    code = invite(club.pk).secret.reveal()
    other_captain = Membership.objects.captains().in_club(other_club.pk).get().user
    join(other_captain.pk, code, parkruns=False)
    Membership.objects.in_club(club.pk).of(other_captain.pk).update(role=Membership.Role.CAPTAIN)
    for number, asked in enumerate((club, other_club, other_club)):
        asker = User.objects.create_user(f"asker-{number}")
        join(asker.pk, invite(asked.pk, needs_approval=True).secret.reveal(), parkruns=False)

    page = said(as_(other_captain).get("/athletes/"))

    assert f"1 request to join {club.name}" in page
    assert f"2 requests to join {other_club.name}" in page
    assert "requests to join" not in said(as_(captain).get(f"/athletes/?club={club.slug}"))


def test_number_of_queries_is_fixed(
    club: Club, code: str, captain: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    clubmates(captain.pk)
    for number in range(15):
        who = User.objects.create_user(f"member-{number}")
        join(who.pk, code, parkruns=True)
        ran(who, number)

    with django_assert_num_queries(4):
        assert len(clubmates(captain.pk)) == 16
