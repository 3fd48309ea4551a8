"""manage.py doctor names what does not hold and what to do about it."""

from datetime import date
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from simulators.process import StandIn
from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import Revocation
from strava_live.parkrun.models import CatalogueState, LoadedList

pytestmark = pytest.mark.django_db


def told() -> tuple[int, dict[str, str]]:
    """The exit code, and what was said of each thing."""
    said, code = StringIO(), 0
    try:
        call_command("doctor", stdout=said)
    except SystemExit as error:
        code = int(str(error.code))
    lines = said.getvalue().splitlines()
    return code, {line[6:].split(":", 1)[0]: line for line in lines}


@pytest.mark.usefixtures("events")
def test_all_is_well_against_the_stand_in(stand_in: StandIn, settings: Settings) -> None:
    settings.DEBUG = True
    CatalogueState.store_list(LoadedList(CatalogueState.OPERATOR, timezone.now().date()))

    code, said = told()

    assert code == 0
    assert said["strava"] == "ok    strava: knows our application"
    assert said["database"].startswith("ok    database: ")


def test_wrong_strava_secret_is_named(stand_in: StandIn, settings: Settings) -> None:
    settings.STRAVA_CLIENT_SECRET = "wrong"

    code, said = told()

    assert code == 1
    assert said["strava"].startswith("WRONG strava: ")
    assert "check STRAVA_CLIENT_ID and STRAVA_CLIENT_SECRET" in said["strava"]


def test_silent_strava_and_redis_are_named(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    code, said = told()

    assert code == 1
    assert said["redis"].startswith("WRONG redis: ")
    assert said["strava"].startswith("WRONG strava: ")


def test_redis_that_answers_and_its_clock_are_named(settings: Settings, redis_url: str) -> None:
    settings.REDIS_URL = redis_url

    _, said = told()

    assert (said["redis"], said["clock"]) == ("ok    redis: answers", "ok    clock: agrees with Redis's")


def test_secret_without_its_key_is_named(settings: Settings) -> None:
    Revocation.objects.create(strava_id=17, token=Secret.of("x"), next_try_at=timezone.now())
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    code, said = told()

    assert code == 1
    assert "put the key that is missing back" in said["keys"]


def test_empty_catalogue_of_parkruns_is_named() -> None:
    code, said = told()

    assert code == 1
    assert said["parkrun events"] == (
        "WRONG parkrun events: none are loaded: no parkrun is recognised -> run manage.py load_parkrun_events"
    )


@pytest.mark.usefixtures("events")
def test_old_catalogue_of_parkruns_is_named() -> None:
    CatalogueState.store_list(LoadedList(CatalogueState.OPERATOR, date(2025, 1, 4)))

    code, said = told()

    assert code == 1
    assert said["parkrun events"].startswith(
        "WRONG parkrun events: 2,965, of an old list (2025-01-04) -> run manage.py"
    )


def test_uncollected_static_files_are_named() -> None:
    code, said = told()

    assert code == 1
    assert "run manage.py collectstatic" in said["static files"]
