"""A person about whom the site stores everything that it can store, and the texts by which they would be recognised.

`person_with_everything` needs a database, and nothing else. Tests of the export and of the deletion of accounts use it:
a new model that points at a person needs a row here (tests/lifecycle/test_nothing_left.py).
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from strava_live.accounts.connections import connect_strava
from strava_live.accounts.encryption import Secret, digest_of
from strava_live.accounts.models import User
from strava_live.activities.removals import record_removal
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import make_token
from strava_live.bucket.models import BucketConnection, Sending, SentActivity, SentProperty
from strava_live.clubs.founding import found_club_at
from strava_live.clubs.keys import invite, put_up_screen
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry, Report
from strava_live.idempotency.keys import claim
from strava_live.membership.joining import join
from strava_live.membership.names import save_profile
from strava_live.messages.sending import delete_message, send_message
from strava_live.muting.choices import block
from strava_live.notifications.noting import note
from strava_live.notifications.push_models import NotificationChoices, OutgoingPush, PushSubscription
from strava_live.parkrun.importing.drafts import create_draft
from strava_live.parkrun.result_models import StartingNumbers
from strava_live.parkrun.statements import Statement
from strava_live.social.cheers import cheer
from strava_live.social.posts import post
from strava_live.strava.payloads import Tokens
from strava_live.sync.models import SyncRun
from strava_live.sync.results_by_hand import add_own_event, add_result, set_starting_numbers
from strava_live.webhook.models import StravaEvent
from tests import people
from tests.clubs.runs import ran, watched
from tests.passwords import PASSWORD
from tests.web import kept

STRAVA_ID = 918273645
NAME, USERNAME, EMAIL = "Quilla Feathergrass", "quilla-f", "quilla@feathergrass.example"
PARKRUN_ID = "7654321"
PASTE = f"Quilla FEATHERGRASS (A{PARKRUN_ID})\nBushy parkrun\t14/10/2023\t900\t12\t24:31\t55.5%\n"
TOKENS = ("strava-access", "strava-refresh", "bucket-access", "bucket-refresh")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class Everything:
    """The person, their club, where others are members too, and the texts that tell who they are."""

    person: User
    club: Club
    captain: User
    token: str
    """The secret of the person's API token."""
    marks: list[str] = field(default_factory=list)
    """Texts of which none may be left once the person is deleted, in any column of any table."""


def person_with_everything() -> Everything:
    person = User.objects.create_user(USERNAME, EMAIL, PASSWORD, display_name=NAME, parkrun_id=PARKRUN_ID)
    captain = people.captain()
    club = found_club_at("striders", "Striders", time_zone="Europe/London", captain=captain)
    add_sign_in(person)
    add_strava(person)
    add_bucket(person)
    add_devices(person)
    add_parkruns(person)
    add_club_life(person, club, captain)
    _, secret = make_token(person.pk, name="Quilla's robot", scope=ApiToken.Scope.WRITE)
    claim("digest-of-a-form", user_id=person.pk, content="content")
    add_admin_log(person)
    add_sessions(person)
    person = User.objects.get(pk=person.pk)
    marks = [NAME, "Feathergrass", "FEATHERGRASS", "Quilla", USERNAME, EMAIL, str(STRAVA_ID), PARKRUN_ID]
    return Everything(person, club, captain, secret, [*marks, secret, secret[:14], *TOKENS])


def add_sign_in(person: User) -> None:
    """Confirm an email address, link Strava, and switch on two-step sign-in."""
    address = EmailAddress.objects.create(user=person, email=EMAIL, verified=True, primary=True)
    EmailConfirmation.objects.create(email_address=address, key="key-of-quilla", sent=timezone.now())
    linked = SocialAccount.objects.create(
        user=person, provider="strava", uid=str(STRAVA_ID), extra_data={"id": STRAVA_ID}
    )
    SocialToken.objects.create(account=linked, token="strava-access")
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(person)
    person.groups.add(Group.objects.create(name="Helpers"))
    person.user_permissions.add(Permission.objects.earliest("pk"))


def add_strava(person: User) -> None:
    """Connect Strava, with activities in all states, runs of both kinds, events, and a removal that can be undone."""
    later = timezone.now() + timedelta(hours=6)
    tokens = Tokens("strava-access", "strava-refresh", later)
    connect_strava(person, strava_id=STRAVA_ID, tokens=tokens, scopes="read,activity:read")
    watched(person, 2, 1)
    removed = kept.activity(person, 2, name="Quilla's loop", state="dismissed", removed=True)
    kept.activity(person, 3, name="Found by Quilla", state="found")
    record_removal(person.pk, [removed], [])
    now = timezone.now()
    for kind in SyncRun.RunKind:
        SyncRun.objects.create(athlete=person, strava_id=STRAVA_ID, kind=kind, state="waiting", started_at=now)
    for subject in StravaEvent.Subject:
        StravaEvent.objects.create(
            athlete=person,
            digest=f"digest-{subject}",
            about=subject,
            object_id=STRAVA_ID,
            aspect="update",
            updates={"title": "Quilla's loop"},
            event_time=now,
            signature=StravaEvent.Signature.UNSIGNED,
        )


def add_bucket(person: User) -> None:
    """Connect Bucket, with a Property, an activity that was sent, and a sending."""
    connection = BucketConnection.objects.create(
        user=person,
        person_id=f"dcd:persons:{USERNAME}",
        name=NAME,
        access_token=Secret.of("bucket-access"),
        refresh_token=Secret.of("bucket-refresh"),
        expires_at=timezone.now() + timedelta(hours=6),
        scopes="openid offline dcd:things dcd:properties",
    )
    SentProperty.objects.create(connection=connection, kind="distance", property_id="dcd:properties:1")
    SentActivity.objects.create(connection=connection, strava_id=1, timestamp_ms=1)
    Sending.objects.create(connection=connection)


def add_devices(person: User) -> None:
    """Subscribe a browser, to which a notification was sent, and store what the person has chosen."""
    PushSubscription.objects.create(
        user=person,
        endpoint=Secret.of("https://push.example.org/quilla"),
        endpoint_digest=digest_of("https://push.example.org/quilla"),
        p256dh=Secret.of("p256dh"),
        auth=Secret.of("auth"),
        user_agent="Quilla's Firefox",
        session_hash=person.get_session_auth_hash(),
    )
    NotificationChoices.objects.create(user=person)
    OutgoingPush.objects.create(user=person, state="sent")


def add_parkruns(person: User) -> None:
    """Type in a parkrun with a note, one at an event of the person's own, and paste one that is not confirmed yet."""
    ran(person, 30, note="With Quilla's brother")
    own = add_own_event(person.pk, "Feathergrass garden parkrun")
    said = Statement(how="run", volunteered=False, official_time_s=1500)
    add_result(person.pk, own, date(2024, 6, 1), said)
    set_starting_numbers(StartingNumbers(athlete=person, parkruns=12))
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    create_draft(person.pk, PASTE, today=now.date(), now=now)


def add_club_life(person: User, club: Club, captain: User) -> None:
    """Join a club, post, cheer, be cheered and mentioned, ask to join another club, and lead one with keys."""
    join(person.pk, invite(club.pk).secret.reveal(), parkruns=True, shown_as="full")
    mine, theirs = post(person.pk, club.pk, "Quilla brings cake"), post(captain.pk, club.pk, f"Who comes? @{NAME}")
    cheer(person.pk, club.pk, theirs.pk)
    cheer(captain.pk, club.pk, mine.pk)
    for writer, reader, entry in ((captain, person, mine), (person, captain, theirs)):
        note(reader.pk, "cheer", f"cheer.{entry.pk}", actor_id=writer.pk, entry=entry)
    other = found_club_at("harriers", "Harriers", time_zone="UTC", captain=people.other_captain())
    join(person.pk, invite(other.pk, needs_approval=True).secret.reveal(), parkruns=False)
    led = found_club_at("own", "Sunday Club", time_zone="UTC", captain=person)
    invite(led.pk, made_by=person.pk)
    put_up_screen(led.pk, made_by=person.pk)
    put_up_screen(club.pk, made_by=person.pk)
    add_talk(person, captain, led, theirs)
    add_messages(person, club)
    person.display_name = NAME
    save_profile(person, "display_name")


def add_talk(person: User, captain: User, led: Club, theirs: Entry) -> None:
    """Report a post, hide one as a captain, and block a captain who blocks the person."""
    Report.objects.create(entry=theirs, reporter=person, reason="Quilla finds this rude")
    hidden = post(person.pk, led.pk, "Quilla regrets this")
    Entry.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now(), hidden_by=person)
    block(person.pk, captain.pk)
    block(captain.pk, person.pk)


def add_messages(person: User, club: Club) -> None:
    """Exchange messages with another member, of which the person deletes one."""
    friend = User.objects.create_user("frida", display_name="Frida Gale")
    Membership.objects.create(club=club, user=friend)
    send_message(person.pk, friend.pk, "Cake or fruit?", "ref-of-quilla")
    send_message(friend.pk, person.pk, "Cake")
    delete_message(person.pk, send_message(person.pk, friend.pk, "Quilla's secret").pk)


def add_admin_log(person: User) -> None:
    """Have an operator change the account in the admin, and the person change another one."""
    operator, about = people.operator(), ContentType.objects.get_for_model(User)
    changes = [(operator, person, f"Changed {NAME}"), (person, operator, "Changed Olive")]
    for who, changed, words in changes:
        LogEntry.objects.create(
            user=who,
            content_type=about,
            object_id=str(changed.pk),
            object_repr=str(changed),
            action_flag=CHANGE,
            change_message=words,
        )


def add_sessions(person: User) -> None:
    """Sign in on two devices, once with Strava as before version 0.6, and begin to sign in and to sign up on others."""
    signed_in: dict[str, object] = {SESSION_KEY: str(person.pk), BACKEND_SESSION_KEY: BACKEND}
    signed_in[HASH_SESSION_KEY] = person.get_session_auth_hash()
    step = {"method": "socialaccount", "at": 1.0, "provider": "strava", "uid": str(STRAVA_ID)}
    steps: dict[str, object] = {
        "account_authentication_methods": [step],
        "account_authentication_methods_user": str(person.pk),
    }
    pending = {"account": {"provider": "strava", "uid": str(STRAVA_ID)}, "user": {"username": USERNAME}}
    under_way = {"user_pk": user_pk_to_url_str(person), "email": EMAIL}
    sessions: list[dict[str, object]] = [
        dict(signed_in),
        signed_in | steps,
        dict(steps),
        {"account_login": under_way | {"signal_kwargs": {"sociallogin": pending}}},
        {"socialaccount_sociallogin": pending},
    ]
    for content in sessions:
        session = SessionStore()
        session.update(content)
        session.create()
