"""Migration 0012 gives accounts that were created through Strava the time zone of their newest activity."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

from django.apps import apps

from strava_live.accounts.models import User
from tests.web import kept

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_account_gets_the_time_zone_of_its_newest_activity(athlete: User, clubmate: User, captain: User) -> None:
    for user in (athlete, clubmate):
        for number, zone in enumerate(("Europe/London", "Australia/Brisbane", "")):
            row = kept.activity(user, 10 * user.pk + number)
            row.zone, row.start = zone, NOON + timedelta(days=number)
            row.save()
    User.objects.filter(pk__in=[athlete.pk, clubmate.pk]).update(time_zone="UTC")
    athlete.set_unusable_password()
    athlete.save(update_fields=["password"])

    import_module("strava_live.migrations.0012_time_zone_known").adopt_newest_activitys_zone(apps, None)

    found = {user.pk: (user.time_zone, user.time_zone_known) for user in User.objects.all()}
    assert found[athlete.pk] == ("Australia/Brisbane", True)
    assert found[clubmate.pk] == ("UTC", False)
    assert found[captain.pk] == ("Europe/London", True)
