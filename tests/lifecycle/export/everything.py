"""People for whom every exported kind has rows, and exports of them that are read back."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from strava_live.accounts.encryption import Secret
from strava_live.accounts.models import Revocation, User
from strava_live.activities.models import GONE, Activity, Removal
from strava_live.api_tokens.models import ApiToken
from strava_live.api_tokens.tokens import make_token
from strava_live.bucket.models import BucketConnection, BucketRevocation, Sending, SentActivity, SentProperty
from strava_live.clubs.keys import invite, put_up_screen
from strava_live.clubs.models import Club, Membership
from strava_live.feed.models import Entry, Mention, Report
from strava_live.idempotency.models import AnsweredForm
from strava_live.lifecycle.export.archive import Archive
from strava_live.membership.joining import join
from strava_live.messages.sending import delete_message, send_message
from strava_live.muting.models import Mute
from strava_live.notifications.models import CaptainsAnswer, Notification
from strava_live.notifications.push_models import NotificationChoices, OutgoingPush, PushSubscription
from strava_live.parkrun.importing.drafts import create_draft
from strava_live.parkrun.own_events import get_or_create_own_event
from strava_live.parkrun.result_models import ParkrunResult, StartingNumbers
from strava_live.social.cheers import cheer
from strava_live.social.posts import post
from strava_live.webhook.models import StravaEvent
from tests.clubs.runs import ran, watched
from tests.live.founding import sessions_of
from tests.sync.runs import waiting_run_of
from tests.web import kept

MADE_AT = datetime(2026, 11, 27, 20, 45, tzinfo=ZoneInfo("Europe/London"))


@dataclass
class Everything:
    """A person, and texts of theirs that must be in no export, or only in their own."""

    user: User
    secrets: list[str]
    """Texts that no export may have."""
    own: list[str]
    """Texts that only this person's export may have."""


def everything_of(user: User, club: Club, *, word: str, number: int) -> Everything:
    """Give a person rows of every kind. `word` is in all their texts, and the ids at Strava begin at `number`."""
    member = join(user.pk, invite(club.pk).secret.reveal(), parkruns=True)
    member.role = member.Role.CAPTAIN
    member.save()
    keys = [invite(club.pk, made_by=user.pk), put_up_screen(club.pk, name=f"{word} bar", made_by=user.pk)]
    secrets = account_of(user, word, number)
    activities_of(user, word, number)
    secrets += bucket_of(user, word, number) + devices_of(user, word)
    post(user.pk, club.pk, f'=cmd|"{word}"!A1\nsecond line; "quoted", with commas')
    talk(user, club, word)
    stored = [value for key in keys for value in (key.digest, key.secret.stored, key.secret.reveal())]
    own = [word, user.username, user.display_name, str(number), str(number + 1), f"{word}@example.org"]
    return Everything(user, [*secrets, *stored, user.password], own)


def talk(user: User, club: Club, word: str) -> None:
    """Exchange messages with another member, and delete one."""
    friend = User.objects.create_user(f"friend-of-{user.pk}", display_name="Frida Gale")
    Membership.objects.create(club=club, user=friend)
    send_message(user.pk, friend.pk, f'=cmd|"{word}"', f"ref-of-{word}")
    send_message(friend.pk, user.pk, f"Yes, {word}")
    delete_message(user.pk, send_message(user.pk, friend.pk, "Deleted").pk)


def account_of(user: User, word: str, number: int) -> list[str]:
    """Store what belongs to the account. Return its secrets."""
    user.email, user.parkrun_id, user.goal_time_s = f"{word}@example.org", str(number), 1500
    user.save()
    user.groups.add(Group.objects.get_or_create(name=f"{word} group")[0])
    address = EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    sent = EmailConfirmation.objects.create(email_address=address, sent=timezone.now(), key=f"key-of-{word}-mail")
    data = {"secret": f"totp-secret-of-{user.pk}"}
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)
    SocialAccount.objects.create(user=user, provider="strava", uid=str(number), extra_data={"id": number})
    connection = kept.connected(user, strava_id=number)
    revocation = Revocation.ask(number, Secret.of(f"revoked-token-{number}"))
    Revocation.objects.create(strava_id=number, token=revocation.token)  # as older rows are
    token, secret = make_token(user.pk, name=f"{word} script", scope=ApiToken.Scope.READ)
    (session,) = sessions_of([user])
    signed_in = SessionStore(session)
    signed_in["account_authentication_methods"] = [{"method": "password", "at": 1_790_000_000.5, "username": word}]
    signed_in["mfa.totp.secret"] = f"pending-secret-{user.pk}"
    signed_in.save()
    account = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(user=user, content_type=account, object_id="9999", object_repr="Ulla", action_flag=CHANGE)
    form = AnsweredForm.objects.create(
        user=user, digest=f"d{user.pk}".ljust(64, "d"), location="/clubs/", body=f'{{"a":"{word}"}}'
    )
    stored = [connection.access_token.stored, connection.refresh_token.stored, revocation.token.stored]
    hashes = [token.digest, form.digest, signed_in["_auth_user_hash"]]
    return [sent.key, data["secret"], secret, token.hint, session, signed_in["mfa.totp.secret"], *stored, *hashes]


def activities_of(user: User, word: str, number: int) -> None:
    now = timezone.now()
    run = waiting_run_of(user)
    run.lease_owner, run.strava_id = f"process-{user.pk}", number
    run.save()
    texts = {"name": f"{word} “loop”,\n=1+1", "device_name": "Garmin Forerunner 255"}
    days = [{**texts, "start": kept.NEWEST - timedelta(days=days)} for days in (1, 2, 3, 400)]
    kept.activity(user, number, state=Activity.State.FOUND, seen_in=run.pk, **days[0])
    kept.activity(user, number + 1, state=Activity.State.SAVED, start_lat=51.4, start_lng=-0.33, **days[1])
    kept.activity(user, number + 2, state=Activity.State.DISMISSED, settled=True, polyline="", **days[2])
    kept.activity(user, number + 3, **{**days[3], "visibility": GONE, "polyline": "", "name": ""})
    watched(user, 7, number + 4)
    ran(user, 14, note=f"+{word}")
    own_event = get_or_create_own_event(user.pk, f"{word} parkrun")
    ParkrunResult.objects.create(athlete=user, event=own_event, day=date(2025, 6, 7), source="typed", how="walk")
    StartingNumbers.objects.create(athlete=user, parkruns=12)
    create_draft(user.pk, f"{word} parkrun\t06/06/2026\t1\t1\t25:00\t50%", today=date(2026, 11, 27), now=now)
    Removal.objects.create(athlete=user, before={str(number + 2): ["saved", True, False, "", False]})
    StravaEvent.objects.create(
        athlete=user,
        digest=f"e{user.pk}".ljust(64, "e"),
        about=StravaEvent.Subject.ACTIVITY,
        object_id=number,
        aspect=StravaEvent.Aspect.UPDATE,
        updates={"title": word},
        event_time=now - timedelta(hours=1),
        signature=StravaEvent.Signature.UNSIGNED,
    )


def bucket_of(user: User, word: str, number: int) -> list[str]:
    """Connect Bucket, as if an activity had been sent. Return the secrets."""
    tokens = {"access_token": Secret.of(f"access-{word}"), "refresh_token": Secret.of(f"refresh-{word}")}
    granted = {"expires_at": timezone.now(), "scopes": "openid offline", **tokens}
    bucket = BucketConnection.objects.create(user=user, person_id=f"dcd:persons:{word}", name=word, **granted)
    SentProperty.objects.create(connection=bucket, kind=SentProperty.ValueKind.DISTANCE, property_id=f"distance-{word}")
    sent = SentActivity.objects.create(
        connection=bucket, strava_id=number, timestamp_ms=1, digest=f"b{user.pk}".ljust(64, "b"), kinds=["distance"]
    )
    Sending.objects.create(connection=bucket, total=1)
    BucketRevocation.objects.create(thing_id=f"thing-of-{user.pk}", **granted)
    return [*(token.stored for token in tokens.values()), *(token.reveal() for token in tokens.values()), sent.digest]


def devices_of(user: User, word: str) -> list[str]:
    """Subscribe a browser, to which a notification was sent. Return the secrets."""
    endpoint, auth = f"https://push.example.org/endpoint-of-{user.pk}", f"auth-of-{user.pk}"
    device = PushSubscription.objects.create(
        user=user,
        endpoint=Secret.of(endpoint),
        endpoint_digest=f"p{user.pk}".ljust(64, "p"),
        p256dh=Secret.of(f"p256dh-of-{user.pk}"),
        auth=Secret.of(auth),
        user_agent=f"{word} Firefox",
        session_hash=user.get_session_auth_hash(),
    )
    NotificationChoices.objects.create(user=user, show_text=True)
    push = OutgoingPush.objects.create(user=user, state="sent", lease_owner=f"pusher-{user.pk}")
    return [endpoint, auth, device.endpoint_digest, device.session_hash, device.auth.stored, push.lease_owner]


def cheer_for_each_other(one: User, other: User) -> None:
    """Have each of two people cheer for, report and be mentioned in the other's post, mute them and be notified."""
    for giver, receiver in ((one, other), (other, one)):
        entry = Entry.objects.of_athlete(receiver.pk).filter(kind=Entry.Kind.POST).get()
        cheer(giver.pk, entry.club_id, entry.pk)
        Report.objects.create(entry=entry, reporter=giver, reason=f"reported by {giver.username}")
        Mention.objects.create(entry=entry, user=giver)
        entry.data["mentions"] = [{"id": giver.pk, "name": giver.memberships.get(club=entry.club_id).shown_name}]
        entry.save(update_fields=["data"])
        Mute.objects.create(owner=giver, other=receiver)
        answer = {"kind": "answer", "key": f"answer.report.{entry.pk}", "data": {"answer": CaptainsAnswer.REPORT_KEPT}}
        Notification.objects.create(user=giver, club_id=entry.club_id, entry=entry, at=timezone.now(), **answer)


def archive_of(user: User, may_go_on: Callable[[], bool] = lambda: True) -> Archive:
    return Archive(user, "Saturday Live", ZoneInfo("Europe/London"), MADE_AT, may_go_on)


@dataclass
class ReadExport:
    """A zip that was read back: the text of each file by its name."""

    texts: dict[str, str]

    def json(self, name: str) -> Any:
        return json.loads(self.texts[f"json/{name}.json"])

    def csv(self, name: str) -> list[dict[str, str]]:
        text = self.texts[f"csv/{name}.csv"]
        assert text.startswith("\ufeff")
        return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


def read_back(zipped: bytes) -> ReadExport:
    with ZipFile(io.BytesIO(zipped)) as archive:
        assert archive.testzip() is None
        return ReadExport({name: archive.read(name).decode() for name in archive.namelist()})


def export_of(user: User) -> ReadExport:
    return read_back(b"".join(archive_of(user).pieces()))
