"""/settings/: the profile, time zone, theme and account of the signed-in person."""

import pytest
from django.test import Client

from strava_live.accounts.models import User

pytestmark = pytest.mark.once
GOOD = {"display_name": "Alva B", "parkrun_id": "A123", "goal_time": "27:30", "time_zone": "Australia/Brisbane"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/settings/", "/settings/disconnect-strava/", "/settings/delete-account/"])
def test_signed_out_visitors_are_sent_to_sign_in(client: Client, path: str) -> None:
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


def test_profile_is_saved(as_athlete: Client, athlete: User) -> None:
    answer = as_athlete.post("/settings/", GOOD)

    assert answer.status_code == 302
    athlete.refresh_from_db()
    assert (athlete.display_name, athlete.parkrun_id, athlete.goal_time_s, athlete.time_zone) == (
        "Alva B",
        "123",
        1650,
        "Australia/Brisbane",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"parkrun_id": "B12"},
        {"goal_time": "soon"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"display_name": "x" * 61},
        {"parkrun_id": "A" * 5000},
    ],
)
def test_invalid_profile_shows_an_explanation_and_keeps_the_input(
    as_athlete: Client, athlete: User, wrong: dict[str, str]
) -> None:
    answer = as_athlete.post("/settings/", GOOD | wrong)

    athlete.refresh_from_db()
    assert answer.status_code == 422
    assert athlete.display_name == "Alva Berg"
    assert answer.context["form"]["goal_time"].value() == (GOOD | wrong)["goal_time"]
    assert list(answer.context["form"].errors) == list(wrong)


def without_zone(athlete: User) -> None:
    User.objects.filter(pk=athlete.pk).update(time_zone="UTC", time_zone_known=False)


@pytest.mark.parametrize(
    ("form", "zone"),
    [({"time_zone": "Europe/London"}, "Europe/London"), ({"time_zone": "Europe/London", "keep": "UTC"}, "UTC")],
)
def test_account_in_utc_is_offered_a_time_zone_once(
    as_athlete: Client, athlete: User, form: dict[str, str], zone: str
) -> None:
    without_zone(athlete)
    assert "data-zone-offer" in as_athlete.get("/privacy/").text

    answer = as_athlete.post("/settings/time-zone/", form | {"next": "/privacy/"})

    assert answer.headers["Location"] == "/privacy/"
    athlete.refresh_from_db()
    assert athlete.time_zone == zone
    assert "data-zone-offer" not in as_athlete.get("/privacy/").text


def test_unknown_time_zone_changes_nothing(as_athlete: Client, athlete: User) -> None:
    as_athlete.post("/settings/time-zone/", {"time_zone": "Mars/Olympus"})

    athlete.refresh_from_db()
    assert athlete.time_zone == "Europe/London"


def test_settings_say_how_clubs_show_a_name(as_athlete: Client, athlete: User) -> None:
    assert "“Alva Berg” or “Alva B.”" in as_athlete.get("/settings/").text

    User.objects.filter(pk=athlete.pk).update(display_name="")

    assert "Without a name, clubs show you as “alva”" in as_athlete.get("/settings/").text


def test_staff_menu_has_a_link_to_the_admin(as_athlete: Client, athlete: User) -> None:
    assert 'href="/admin/"' not in as_athlete.get("/settings/").text

    User.objects.filter(pk=athlete.pk).update(is_staff=True)

    assert 'href="/admin/"' in as_athlete.get("/settings/").text


@pytest.mark.parametrize(("cookie", "attribute"), [("dark", ' data-theme="dark"'), ("", ""), ('"><script>', "")])
def test_theme_of_the_device_is_in_the_page(as_athlete: Client, cookie: str, attribute: str) -> None:
    as_athlete.cookies["theme"] = cookie

    assert f'<html lang="en-GB"{attribute}>' in as_athlete.get("/settings/").text
