"""Secrets that the setting FIELD_KEYS can no longer decrypt: each page works and explains what to do."""

from collections.abc import Iterator
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from asgiref.sync import async_to_sync
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from simulators.process import StandIn
from strava_live import urls
from strava_live.accounts.connections import connect_strava
from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.accounts.revocations import revoke_due
from strava_live.accounts.token_source import expire
from strava_live.accounts.tokens import STRAVA_TOKENS, TokensUnreadable, token_source_for
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.keys import invite, put_up_screen
from strava_live.clubs.models import Club, Invitation, Membership, Screen
from strava_live.management.commands.demo_club import a_screen, an_invitation
from strava_live.membership.joining import join
from strava_live.social.posts import post
from strava_live.strava.payloads import Tokens
from strava_live.sync.models import SyncRun
from strava_live.sync.run_task import RunTask
from tests.clubs.visits import as_
from tests.passwords import PASSWORD
from tests.sync.runs import LEASE, sync_run_of
from tests.web.addresses import PARAMETERS, filled, patterns
from tests.web.deletion import RIGHT
from tests.web.kept import activity
from tests.web.reading import messages_in, said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
KEPT, OTHER = (Fernet.generate_key().decode() for _ in range(2))
SECOND_FACTOR = (
    "/accounts/2fa/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/recovery-codes/download/",
)
OF_ALLAUTH = (
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/totp/deactivate/",
    "/admin/",
)
CANNOT_READ = "can no longer read its key to your Strava"


class Site:
    """A club with a wall screen and an invitation, an athlete with Strava, and a captain with two-step sign-in."""

    def __init__(self, athlete: User, captain: User, settings: Settings, stand_in: StandIn) -> None:
        self.settings, self.stand_in, self.athlete, self.captain = settings, stand_in, athlete, captain
        self.strava_id = stand_in.add_athlete(activities=1)
        self.connect()
        self.club = found_club_at("striders", "Striders", time_zone="Europe/London", captain=captain)
        invitation, screen = invite(self.club.pk, on_screens=True), put_up_screen(self.club.pk)
        self.code, self.key = invitation.secret.reveal(), screen.secret.reveal()
        join(athlete.pk, self.code, parkruns=True)
        entry = post(athlete.pk, self.club.pk, "Coffee?")
        TOTP.activate(captain, "JBSWY3DPEHPK3PXP")
        RecoveryCodes.activate(captain)
        self.arguments = {
            "slug": "striders",
            "key": self.key,
            "code": self.code,
            "user_id": athlete.pk,
            "pk": entry.pk,
            "strava_id": activity(athlete, 1).strava_id,
        }

    def connect(self) -> None:
        given = self.stand_in.grant(self.strava_id)
        tokens = Tokens(given["access_token"], given["refresh_token"], timezone.now())
        connect_strava(self.athlete, strava_id=self.strava_id, tokens=tokens, scopes="read,activity:read")

    def lose_keys(self) -> None:
        self.settings.FIELD_KEYS = [OTHER]

    def put_keys_back(self) -> None:
        self.settings.FIELD_KEYS = [OTHER, KEPT]

    def paths(self) -> Iterator[str]:
        values = PARAMETERS | {name: str(value) for name, value in self.arguments.items()}
        yield from (f"/{filled(pattern, values)}" for pattern in patterns(urls.urlpatterns))
        yield from (*SECOND_FACTOR, *OF_ALLAUTH)

    @property
    def wall(self) -> str:
        return f"/clubs/striders/screen/{self.key}/"


@pytest.fixture
def site(athlete: User, captain: User, settings: Settings, stand_in: StandIn) -> Site:
    settings.FIELD_KEYS = [KEPT]
    site = Site(athlete, captain, settings, stand_in)
    site.lose_keys()
    return site


def test_every_page_opens(site: Site) -> None:
    staff = User.objects.create_user("sam", is_staff=True)
    visitors = {"stranger": Client(), "athlete": as_(site.athlete), "captain": as_(site.captain), "staff": as_(staff)}
    visitors["captain"].post("/accounts/reauthenticate/", {"password": PASSWORD})

    broken = {
        (who, path): answer.status_code
        for path in site.paths()
        for who, browser in visitors.items()
        if (answer := browser.get(path)).status_code >= 500
    }

    assert broken == {("captain", path): 503 for path in SECOND_FACTOR}


@pytest.mark.parametrize("path", ["/sync/", "/settings/"])
def test_athlete_is_asked_to_connect_again(site: Site, path: str) -> None:
    page = said(as_(site.athlete).get(path))

    assert CANNOT_READ in page
    assert 'data-part="strava_down">' not in page


def test_front_page_asks_the_athlete_to_connect_again(site: Site) -> None:
    Membership.objects.of(site.athlete.pk).delete()

    assert CANNOT_READ in said(as_(site.athlete).get("/"))


def test_sync_cannot_start_and_says_why(site: Site) -> None:
    answer = as_(site.athlete).post("/sync/start/")

    assert CANNOT_READ in messages_in(answer)
    assert not SyncRun.objects.exists()


def test_running_sync_ends_with_an_explanation(site: Site) -> None:
    run = sync_run_of(site.athlete)
    SyncRun.objects.update(strava_id=site.strava_id)
    run.refresh_from_db()

    async_to_sync(RunTask(run, LEASE).execute)()

    run.refresh_from_db()
    assert (run.state, run.error_code) == (SyncRun.RunState.FAILED, "reconnect_needed")
    assert CANNOT_READ in run.error_message


def test_tokens_work_again_once_the_key_is_back(site: Site) -> None:
    async def token() -> str:
        async with token_source_for(site.strava_id) as bearer:
            return await bearer.token()

    with pytest.raises(TokensUnreadable):
        async_to_sync(token)()
    async_to_sync(expire)(STRAVA_TOKENS, site.strava_id, "another")
    site.put_keys_back()

    assert async_to_sync(token)()
    assert CANNOT_READ not in said(as_(site.athlete).get("/settings/"))


def test_connecting_again_solves_it(site: Site) -> None:
    site.connect()

    assert CANNOT_READ not in said(as_(site.athlete).get("/settings/"))
    assert StravaConnection.objects.get().tokens_can_be_decrypted


def test_disconnecting_says_how_to_revoke_access_at_strava(site: Site) -> None:
    answer = as_(site.athlete).post("/settings/disconnect-strava/")

    assert "Settings, My Apps" in messages_in(answer)
    assert not StravaConnection.objects.exists()
    assert async_to_sync(revoke_due)() == 0
    site.put_keys_back()
    Revocation.objects.update(next_try_at=timezone.now())
    assert async_to_sync(revoke_due)() == 1
    assert site.strava_id not in site.stand_in.stats()["connected"]


def test_deleting_the_account_says_how_to_revoke_access_at_strava(site: Site) -> None:
    browser = as_(site.athlete)
    answer = browser.post("/settings/delete-account/", RIGHT)

    assert "Settings, My Apps" in said(browser.get(answer.headers["Location"]))
    assert not User.objects.filter(pk=site.athlete.pk).exists()


def test_captain_is_asked_to_create_new_links(site: Site) -> None:
    browser = as_(site.captain)
    page = said(browser.get("/clubs/striders/manage/"))

    assert "Create a new invitation, then revoke this one." in page
    assert "Add a new screen, then revoke this one." in page
    assert site.code not in page

    browser.post("/clubs/striders/manage/invitations/", {"lasts": "0", "on_screens": "on"})
    browser.post("/clubs/striders/manage/screens/", {"name": "Café"})
    for kind, old in (("invitations", Invitation.objects.earliest("pk")), ("screens", Screen.objects.earliest("pk"))):
        browser.post(f"/clubs/striders/manage/{kind}/{old.pk}/revoke/")
    page = said(browser.get("/clubs/striders/manage/"))

    assert "then revoke this one" not in page
    assert Invitation.objects.latest("pk").secret.reveal() in page
    assert Screen.objects.latest("pk").secret.reveal() in page


def test_wall_shows_no_qr_code_until_there_is_a_new_invitation(site: Site) -> None:
    wall = said(Client().get(site.wall))
    version = version_of(site)
    assert "Ask a captain for a link" in wall
    assert 'class="qr"' not in wall

    invite(site.club.pk, on_screens=True)

    assert 'class="qr"' in said(Client().get(site.wall))
    assert version_of(site) != version


def test_wall_shows_its_qr_code_again_once_the_key_is_back(site: Site) -> None:
    version = version_of(site)
    site.put_keys_back()

    assert 'class="qr"' in said(Client().get(site.wall))
    assert version_of(site) != version


def version_of(site: Site) -> str:
    version: str = Client().get(f"{site.wall}figures/").json()["page"]
    return version


def test_shared_invitation_link_still_works(site: Site, clubmate: User) -> None:
    browser = as_(clubmate)

    assert browser.get(f"/join/{site.code}/").status_code == 200
    assert browser.post(f"/join/{site.code}/", {"shown_as": "full"}).status_code == 302
    assert Membership.objects.active().of(clubmate.pk).exists()


def test_operator_makes_new_keys_for_a_club(site: Site) -> None:
    for act in ("invitation", "screen"):
        printed = StringIO()
        call_command("club", act, "striders", stdout=printed)
        assert printed.getvalue().startswith(f"{act} http")


def test_demo_club_makes_new_keys(site: Site) -> None:
    club = Club.objects.get()

    assert an_invitation(club).secret.can_be_decrypted
    assert a_screen(club).secret.can_be_decrypted


def test_two_step_sign_in_says_whom_to_ask_and_the_operator_lets_in(site: Site) -> None:
    browser = Client()
    browser.post("/accounts/login/", {"login": "carol", "password": PASSWORD})
    refused = browser.post("/accounts/2fa/authenticate/", {"code": "123456"})
    assert refused.status_code == 200
    assert "Ask the people who run" in said(refused)

    call_command("switch_off_second_factor", "carol", stdout=StringIO())

    assert not Authenticator.objects.exists()
    fresh = Client()
    fresh.post("/accounts/login/", {"login": "carol", "password": PASSWORD})
    assert fresh.get("/clubs/striders/manage/").status_code == 200


def test_pages_of_two_step_sign_in_say_to_set_it_up_again(site: Site) -> None:
    browser = as_(site.captain)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for path in SECOND_FACTOR:
        assert "needs setting up again" in said(browser.get(path))

    browser.post("/accounts/2fa/totp/deactivate/")

    assert not Authenticator.objects.exists()
    assert browser.get("/accounts/2fa/").status_code == 200
