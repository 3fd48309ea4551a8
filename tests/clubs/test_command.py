"""manage.py club and demo_club: their arguments, their output, and what they create."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from strava_live.accounts.models import User
from strava_live.clubs.keys import invite
from strava_live.clubs.models import Club, Invitation, Membership, Screen
from strava_live.feed.figures import figures_of
from strava_live.feed.models import Entry
from strava_live.management.commands.demo_club import MEMBERS, add_parkruns, latest_saturday
from strava_live.membership.joining import join
from strava_live.parkrun.result_models import ParkrunResult
from tests.clubs.visits import as_
from tests.web.kept import connected

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


def club(*words: str) -> dict[str, str]:
    """Run the command, and return its output by the first word of each line."""
    said = StringIO()
    call_command("club", *words, stdout=said)
    return dict(line.split(" ", 1) for line in said.getvalue().splitlines())


def test_create_prints_club_invitation_and_screen(client: Client, athlete: User) -> None:
    printed = club("create", "hillside", "--name", "Hillside Harriers", "--time-zone", "Europe/London")

    assert list(printed) == ["club", "invitation", "screen"]
    assert printed["club"] == f"{SITE}/clubs/hillside/"
    invitation, screen = (printed[what].removeprefix(SITE) for what in ("invitation", "screen"))
    assert "Hillside Harriers" in client.get(invitation).content.decode()
    assert client.get(screen).status_code == 200
    as_(athlete).post(invitation)
    found = Club.objects.get()
    assert (found.name, found.time_zone) == ("Hillside Harriers", "Europe/London")
    assert Membership.objects.get().user == athlete


@pytest.mark.parametrize("who", ["carol", "strava:17"])
def test_create_with_a_captain_who_shares_nothing(captain: User, who: str) -> None:
    connected(captain, strava_id=17)

    club("create", "hillside", "--name", "Hillside", "--captain", who)

    member = Membership.objects.get()
    assert (member.user, member.is_captain, member.shares_parkruns, member.consented_at) == (captain, True, False, None)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["create", "new", "--name", "New"], "another page uses it"),
        (["create", "Hill side", "--name", "Hill"], "lower-case letters, digits and hyphens"),
        (["create", "there", "--name", "Again"], "already a club at there"),
        (["create", "hill", "--name", " "], "1 to 80 visible characters"),
        (["create", "hill", "--name", "x" * 81], "1 to 80 visible characters"),
        (
            ["create", "hill", "--name", "Hill", "--time-zone", "Mars"],
            "--time-zone: We don't know the time zone “Mars”",
        ),
        (["create", "hill", "--name", "Hill", "--captain", "unknown"], "no account called unknown"),
        (["create", "hill", "--name", "Hill", "--captain", ""], "no account called"),
        (["create", "hill"], "--name"),
        (["invitation", "nowhere"], "no club at nowhere"),
        (["screen", "nowhere"], "no club at nowhere"),
        (["captain", "there", "unknown"], "no account called unknown"),
        (["captain", "there", "alva"], "alva is not in There"),
        (["captain", "nowhere", "alva"], "no club at nowhere"),
        (["close", "there"], "invalid choice"),
        ([], "required"),
    ],
)
def test_wrong_arguments_are_refused_and_nothing_changes(athlete: User, words: list[str], error: str) -> None:
    Club.objects.create(slug="there", name="There")

    with pytest.raises(CommandError, match=error):
        club(*words)

    assert (Club.objects.count(), Invitation.objects.count(), Screen.objects.count()) == (1, 0, 0)


def test_new_invitation_and_screen_leave_the_old_ones_valid(client: Client) -> None:
    first = club("create", "hillside", "--name", "Hillside")

    more = club("invitation", "hillside") | club("screen", "hillside")

    assert list(more) == ["invitation", "screen"]
    for address in (first["invitation"], more["invitation"], first["screen"], more["screen"]):
        assert client.get(address.removeprefix(SITE)).status_code == 200
    assert len({first["invitation"], more["invitation"], first["screen"], more["screen"]}) == 4


def test_operator_makes_a_member_captain(athlete: User) -> None:
    found = Club.objects.create(slug="there", name="There")
    join(athlete.pk, invite(found.pk).secret.reveal(), parkruns=False)

    club("captain", "there", "alva")

    assert Membership.objects.captains().get().user == athlete


def test_demo_club_needs_debug() -> None:
    with pytest.raises(CommandError, match="DEBUG=1"):
        call_command("demo_club")

    assert not Club.objects.exists()


def test_demo_club_needs_parkrun_events(settings: Settings) -> None:
    settings.DEBUG = True

    with pytest.raises(CommandError, match="load_parkrun_events first"):
        call_command("demo_club")

    assert not Club.objects.exists()


def test_demo_club_is_created_once_and_has_run_on_saturday(events: None, settings: Settings) -> None:
    settings.DEBUG = True
    outputs = [StringIO(), StringIO()]
    for output in outputs:
        call_command("demo_club", stdout=output)

    assert outputs[0].getvalue() == outputs[1].getvalue()
    assert [line.split()[0] for line in outputs[0].getvalue().splitlines()] == [
        "club",
        "invitation",
        "screen",
        "captain",
    ]
    found = Club.objects.get()
    assert Membership.objects.in_club(found.pk).count() == 6
    entries = Entry.objects.not_removed().filter(kind=Entry.Kind.PARKRUN)
    assert entries.filter(data__date=latest_saturday().isoformat()).count() == 6
    assert Entry.objects.not_removed().filter(kind=Entry.Kind.MILESTONE).exists()
    assert [streak.weeks for streak in figures_of(found, timezone.now()).streaks] == [52, 23, 15, 9]
    _, username, _, password = outputs[0].getvalue().splitlines()[-1].replace(",", "").split()
    assert Client().login(username=username, password=password)


@pytest.mark.parametrize("api_url", ["https://www.strava.com/api/v3", "http://strava.example:8001/api/v3"])
def test_club_runners_are_only_asked_of_a_stand_in_on_this_machine(
    events: None, settings: Settings, api_url: str
) -> None:
    settings.DEBUG, settings.STRAVA_API_URL = True, api_url
    output = StringIO()

    call_command("demo_club", "--club-runners", stdout=output)

    assert output.getvalue() == "0 club runners are members\n"


def test_demo_club_runs_every_week(events: None, settings: Settings) -> None:
    settings.DEBUG = True
    call_command("demo_club", stdout=StringIO())
    before = ParkrunResult.objects.count()

    for member in MEMBERS:
        add_parkruns(latest_saturday() + timedelta(weeks=2), member)

    assert ParkrunResult.objects.count() == before + 2 * len(MEMBERS)
