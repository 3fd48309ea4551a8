"""A name that changes, wherever it is changed, is another in every club at once."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory

from simulators.process import StandIn
from strava_live.accounts.models import User
from strava_live.broadcast import person_target
from strava_live.clubs.models import Membership
from strava_live.feed.members import join
from strava_live.feed.models import Entry
from tests.accounts.test_strava_signin import come_back
from tests.clubs.evictions import Evictions
from tests.clubs.visits import as_

pytestmark = pytest.mark.django_db


def names() -> set[str]:
    return set(Entry.objects.there().values_list("name", flat=True))


def test_in_the_settings(member: Membership, athlete: User) -> None:
    assert names() == {"Alva B."}

    as_(athlete).post("/settings/", {"display_name": "Alva Lund", "time_zone": "Europe/London"})

    assert names() == {"Alva L."}


def test_in_the_settings_where_it_is_refused(member: Membership, athlete: User) -> None:
    as_(athlete).post("/settings/", {"display_name": "Alva Lund", "time_zone": "Nowhere"})

    assert names() == {"Alva B."}


def test_in_the_admin(member: Membership, athlete: User, operator: User, rf: RequestFactory) -> None:
    athlete.display_name, athlete.username = "Alva Lund", "not changed in the form"
    form = SimpleNamespace(changed_data=["display_name", "user_permissions"])
    admin.site._registry[User].save_model(rf.post("/"), athlete, form, change=True)

    assert names() == {"Alva L."}
    assert not User.objects.filter(username="not changed in the form").exists()


def test_who_is_switched_off_in_the_admin_is_shown_out(
    athlete: User, rf: RequestFactory, django_capture_on_commit_callbacks: Any
) -> None:
    evictions, athlete.is_active = Evictions(), False

    with django_capture_on_commit_callbacks(execute=True):
        form = SimpleNamespace(changed_data=["is_active"])
        admin.site._registry[User].save_model(rf.post("/"), athlete, form, change=True)

    assert not User.objects.get(pk=athlete.pk).is_active
    assert evictions.sent() == [(person_target(athlete.pk), 4401)]


@pytest.mark.django_db(transaction=True)
def test_from_strava_for_who_had_none(code: str, stand_in: StandIn) -> None:
    nameless = User.objects.create_user("nameless")
    join(nameless.pk, code, parkruns=False, shown_as="full")
    assert names() == {"nameless"}

    come_back(as_(nameless), stand_in, stand_in.add_athlete(activities=1), connecting=True)

    nameless.refresh_from_db()
    assert nameless.display_name
    assert names() == {nameless.display_name}
