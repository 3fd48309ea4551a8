"""A post that is edited and deleted, or answered and deleted, at once."""

from contextlib import suppress

import pytest

from strava_live.accounts.models import User
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.social.posts import UnknownEntry, delete_post, edit_post, post
from tests.feed.entries import is_sound
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_deleted_post_stays_deleted_and_keeps_no_reply() -> None:
    author = User.objects.create_user("alva", display_name="Alva Berg")
    club = Club.objects.create(slug="striders", name="Striders")
    Membership.objects.create(club=club, user=author)
    for number in range(5):
        entry = post(author.pk, club.pk, f"Coffee {number}?")

        def edit(pk: int = entry.pk) -> None:
            with suppress(UnknownEntry):
                edit_post(author.pk, pk, "Tea?")

        def reply(pk: int = entry.pk) -> None:
            with suppress(UnknownEntry):
                post(author.pk, club.pk, "Yes", reply_to=pk)

        def delete(pk: int = entry.pk) -> None:
            delete_post(author.pk, pk)

        together(edit, reply, delete)

    assert not Entry.objects.not_removed().exists()
    assert not Entry.objects.exclude(text="").exists()
    assert is_sound(club)
