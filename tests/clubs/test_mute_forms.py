"""The forms that mute and block a clubmate, and what they leave out of my feed."""

import pytest
from django.test import Client

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.membership.joining import join
from strava_live.muting.models import Mute
from strava_live.notifications.models import Notification
from strava_live.social.moderation import report_post
from strava_live.social.posts import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, member: Membership) -> Client:
    client.force_login(member.user)
    return client


def test_mute_hides_posts_and_notifications_and_can_be_undone(
    signed_in: Client, club: Club, member: Membership, captain: User
) -> None:
    post(captain.pk, club.pk, "Loud words @Alva B.")
    page = f"/athletes/{captain.pk}/"
    assert "Loud words" in signed_in.get(f"/clubs/{club.slug}/").text

    assert signed_in.post(f"{page}mute/", {"on": "yes"}).url == page  # type: ignore[attr-defined]

    assert "Loud words" not in signed_in.get(f"/clubs/{club.slug}/").text
    assert not Notification.objects.filter(user=member.user).exists()
    assert "muted Carol" in signed_in.get(page).text
    signed_in.post(f"{page}mute/", {"on": "no"})
    assert "Loud words" in signed_in.get(f"/clubs/{club.slug}/").text


def test_block_and_unblock(signed_in: Client, member: Membership, captain: User) -> None:
    page = f"/athletes/{captain.pk}/"
    signed_in.post(f"{page}block/", {"on": "yes"})
    assert Mute.objects.is_between(captain.pk, member.user_id)
    assert "blocked Carol" in signed_in.get(page).text
    signed_in.post(f"{page}block/", {"on": "no"})
    assert not Mute.objects.exists()


def test_hidden_members_strangers_and_oneself_are_404(
    signed_in: Client, code: str, clubmate: User, stranger: User, member: Membership
) -> None:
    join(clubmate.pk, code, parkruns=False, shown_as="hidden")
    for other in (clubmate.pk, stranger.pk, member.user_id, 10**30):
        for form in ("mute", "block"):
            assert signed_in.post(f"/athletes/{other}/{form}/", {"on": "yes"}).status_code == 404
    assert not Mute.objects.exists()


def test_reports_page_shows_reasons_without_names(
    client: Client, signed_in: Client, club: Club, captain: User, clubmate: User, code: str
) -> None:
    join(clubmate.pk, code, parkruns=False)
    entry = post(clubmate.pk, club.pk, "<script>rude</script>")
    form = f"/clubs/{club.slug}/entries/{entry.pk}/"
    signed_in.post(f"{form}report/", {"reason": "Not <nice>"})

    client.force_login(captain)
    page = client.get(f"/clubs/{club.slug}/reports/").text
    assert "&lt;script&gt;rude" in page
    assert "Not &lt;nice&gt;" in page
    assert "Alva" not in page
    client.post(f"{form}hide/")
    assert "Restore post" in client.get(f"/clubs/{club.slug}/reports/").text
    client.post(f"{form}restore/")
    assert "Nothing to decide" in client.get(f"/clubs/{club.slug}/reports/").text


def test_reports_page_says_of_how_many_posts_it_shows_the_first(
    client: Client, club: Club, captain: User, member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strava_live.social.moderation.MOST_LISTED", 2)
    posts = [post(member.user_id, club.pk, f"Rude {number}") for number in range(3)]
    for entry in posts:
        report_post(captain.pk, entry.pk)
    client.force_login(captain)
    address = f"/clubs/{club.slug}/reports/"
    page = client.get(address).text
    assert ("3 reported posts" in page, "These are the first 2 of 3." in page, "Rude 2" in page) == (True, True, False)
    for entry in posts:
        client.post(f"/clubs/{club.slug}/entries/{entry.pk}/hide/")
    page = client.get(address).text
    assert ("These are the first 2 of 3." in page, "Rude 0" in page) == (True, False)
    client.post(f"/clubs/{club.slug}/entries/{posts[2].pk}/restore/")
    assert "These are the first" not in client.get(address).text
