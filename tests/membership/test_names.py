"""A new name appears in every club at once, wherever it was changed."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory

from simulators.process import StandIn
from strava_live.accounts.models import User
from strava_live.activities.athlete_state import AthleteErased
from strava_live.broadcast import person_target
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry
from strava_live.lifecycle.erasure import erase
from strava_live.membership.joining import join
from strava_live.membership.names import rename_in_entries, save_profile
from strava_live.social.posts import post
from tests.accounts.strava_consent import come_back
from tests.clubs.evictions import Evictions
from tests.clubs.visits import as_
from tests.feed.entries import is_sound
from tests.membership.entries import entries_of
from tests.passwords import PASSWORD

pytestmark = pytest.mark.django_db


def names() -> set[str]:
    return set(Entry.objects.not_removed().values_list("name", flat=True))


def test_name_changed_in_the_settings(member: Membership, athlete: User) -> None:
    assert names() == {"Alva B."}

    as_(athlete).post("/settings/", {"display_name": "Alva Lund", "time_zone": "Europe/London"})

    assert names() == {"Alva L."}


def test_name_in_a_refused_settings_form_changes_nothing(member: Membership, athlete: User) -> None:
    as_(athlete).post("/settings/", {"display_name": "Alva Lund", "time_zone": "Nowhere"})

    assert names() == {"Alva B."}


def test_name_changed_in_the_admin(member: Membership, athlete: User, operator: User, rf: RequestFactory) -> None:
    athlete.display_name, athlete.username = "Alva Lund", "not changed in the form"
    form = SimpleNamespace(changed_data=["display_name", "user_permissions"])
    admin.site._registry[User].save_model(rf.post("/"), athlete, form, change=True)

    assert names() == {"Alva L."}
    assert not User.objects.filter(username="not changed in the form").exists()


def test_account_deactivated_in_the_admin_loses_its_sockets(
    athlete: User, rf: RequestFactory, django_capture_on_commit_callbacks: Any
) -> None:
    evictions, athlete.is_active = Evictions(), False

    with django_capture_on_commit_callbacks(execute=True):
        form = SimpleNamespace(changed_data=["is_active"])
        admin.site._registry[User].save_model(rf.post("/"), athlete, form, change=True)

    assert not User.objects.get(pk=athlete.pk).is_active
    assert evictions.sent() == [(person_target(athlete.pk), 4401)]


@pytest.mark.django_db(transaction=True)
def test_name_from_strava_for_a_person_without_one(code: str, stand_in: StandIn) -> None:
    nameless = User.objects.create_user("nameless", password=PASSWORD)
    join(nameless.pk, code, parkruns=False, shown_as="full")
    assert names() == {"nameless"}

    come_back(as_(nameless), stand_in, stand_in.add_athlete(activities=1), connecting=True)

    nameless.refresh_from_db()
    assert nameless.display_name
    assert names() == {nameless.display_name}


def test_new_name_changes_past_entries(club: Club, member: Membership, athlete: User) -> None:
    post(athlete.pk, club.pk, "Coffee?")
    athlete.display_name = "Alva Lund"

    save_profile(athlete, "display_name")

    assert entries_of(club) == [("joined", "Alva L."), ("post", "Alva L.")]
    assert User.objects.get(pk=athlete.pk).display_name == "Alva Lund"


def test_saving_a_profile_keeps_concurrent_changes_of_other_fields(athlete: User) -> None:
    read_before = User.objects.get(pk=athlete.pk)
    User.objects.filter(pk=athlete.pk).update(is_active=False, password="another")

    read_before.display_name = "Alva Lund"
    save_profile(read_before, "display_name")

    athlete.refresh_from_db()
    assert (athlete.display_name, athlete.is_active, athlete.password) == ("Alva Lund", False, "another")


def test_profile_of_a_deleted_account_is_not_saved(athlete: User) -> None:
    read_before = User.objects.get(pk=athlete.pk)
    erase(athlete)

    with pytest.raises(AthleteErased):
        save_profile(read_before, "display_name")

    assert not User.objects.filter(pk=read_before.pk).exists()


def test_each_renamed_entry_takes_a_number(club: Club, member: Membership, athlete: User, captain: User) -> None:
    mine, other = post(athlete.pk, club.pk, "One"), post(captain.pk, club.pk, "Two")
    User.objects.filter(pk=athlete.pk).update(display_name="Alva Maria Dahl")
    for _ in range(2):
        rename_in_entries(athlete.pk)
    mine.refresh_from_db()
    other.refresh_from_db()
    # Numbers 1 to 3 went to the entry about joining and the posts.
    assert (mine.name, other.name, other.seq) == ("Alva D.", "Carol D.", 3)
    assert is_sound(club)
    assert club.seq == 5
