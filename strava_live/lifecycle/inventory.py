"""Count what this site stores about a person, for the page on which the account is deleted and for the receipt."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db.models import QuerySet

from strava_live.accounts.models import StravaConnection
from strava_live.activities.models import Activity
from strava_live.api_tokens.models import ApiToken
from strava_live.bucket.models import BucketConnection, Sending, SentActivity
from strava_live.clubs.captains import others
from strava_live.clubs.models import Membership
from strava_live.feed.models import Cheer, Entry, Mention, Report
from strava_live.formats import quantity
from strava_live.messages.models import ConversationSide
from strava_live.muting.models import Mute
from strava_live.notifications.models import Notification
from strava_live.notifications.push_models import NotificationChoices, OutgoingPush, PushSubscription
from strava_live.parkrun.models import ParkrunEvent
from strava_live.parkrun.result_models import ParkrunResult
from strava_live.sync.models import SyncRun
from strava_live.webhook.models import StravaEvent

Rows = Callable[[int], "QuerySet[Any]"]
Counts = dict[str, int]
"""How many things of a kind are stored, by the code of the kind."""


class StoredKind(NamedTuple):
    """A kind of thing that is stored about a person. Receipts hold its code, so a code keeps its meaning."""

    code: str
    one: str
    several: str
    rows: Rows


KINDS = (
    StoredKind("activities", "activity from Strava", "activities from Strava", Activity.with_gone.of),
    StoredKind("parkruns", "parkrun", "parkruns", ParkrunResult.objects.of),
    StoredKind("events", "parkrun event you named", "parkrun events you named", ParkrunEvent.objects.own),
    StoredKind("clubs", "club membership", "club memberships", lambda pk: Membership.objects.of(pk).active()),
    StoredKind(
        "requests", "request to join a club", "requests to join clubs", lambda pk: Membership.objects.of(pk).asking()
    ),
    StoredKind("posts", "post", "posts", lambda pk: Entry.objects.of_athlete(pk).filter(kind=Entry.Kind.POST)),
    StoredKind(
        "entries",
        "other entry in your clubs' feeds",
        "other entries in your clubs' feeds",
        lambda pk: Entry.objects.of_athlete(pk).exclude(kind=Entry.Kind.POST),
    ),
    StoredKind("cheers", "cheer", "cheers", lambda pk: Cheer.objects.filter(user=pk)),
    StoredKind(
        "conversations",
        "conversation with another member",
        "conversations with other members",
        ConversationSide.objects.of,
    ),
    StoredKind(
        "mentions",
        "mention of you in a post",
        "mentions of you in posts",
        lambda pk: Mention.objects.filter(user=pk),
    ),
    StoredKind("reports", "report of a post", "reports of posts", lambda pk: Report.objects.filter(reporter=pk)),
    StoredKind("mutes", "member you muted or blocked", "members you muted or blocked", Mute.objects.of),
    StoredKind("notifications", "notification", "notifications", Notification.objects.of),
    StoredKind(
        "strava", "Strava connection", "Strava connections", lambda pk: StravaConnection.objects.filter(user=pk)
    ),
    StoredKind(
        "bucket", "connection to Bucket", "connections to Bucket", lambda pk: BucketConnection.objects.filter(user=pk)
    ),
    StoredKind(
        "sent",
        "note of an activity sent to Bucket",
        "notes of activities sent to Bucket",
        lambda pk: SentActivity.objects.filter(connection__user=pk),
    ),
    StoredKind("sendings", "record of a sending to Bucket", "records of sendings to Bucket", Sending.objects.of),
    StoredKind("devices", "notified device", "notified devices", PushSubscription.objects.of),
    StoredKind(
        "notification_choices",
        "choice about notifications",
        "choices about notifications",
        lambda pk: NotificationChoices.objects.filter(user=pk),
    ),
    StoredKind("pushes", "notification sent to devices", "notifications sent to devices", OutgoingPush.objects.of),
    StoredKind("imports", "record of an import", "records of imports", SyncRun.objects.of),
    StoredKind("updates", "update that Strava sent us", "updates that Strava sent us", StravaEvent.objects.of),
    StoredKind("tokens", "API token", "API tokens", ApiToken.objects.of),
    StoredKind("emails", "email address", "email addresses", lambda pk: EmailAddress.objects.filter(user=pk)),
    StoredKind(
        "second_factor",
        "app for two-step sign-in, with recovery codes",
        "apps for two-step sign-in, with recovery codes",
        lambda pk: Authenticator.objects.filter(user=pk, type=Authenticator.Type.TOTP),
    ),
)
SESSIONS = ("sign-in on a device", "sign-ins on devices")
"""The words for the code `sessions`. Only `erase` counts sessions, because it has to read those of all people."""


def count_stored(user_id: int) -> Counts:
    """Count what is stored about a person, for each of KINDS. Leave out kinds with a count of 0.

    Sessions are not counted: they have no column for their person, so those of all people would have to be read.
    """
    counts = {kind.code: kind.rows(user_id).count() for kind in KINDS}
    return {code: count for code, count in counts.items() if count}


def strava_ids_of(user_id: int) -> set[int]:
    """Return the ids of all Strava accounts that this person is or was connected to, as far as they are stored."""
    uids = SocialAccount.objects.filter(user=user_id, provider="strava").values_list("uid", flat=True)
    return {
        *StravaConnection.objects.filter(user=user_id).values_list("strava_id", flat=True),
        *SyncRun.objects.of(user_id).values_list("strava_id", flat=True).distinct(),
        *(int(uid) for uid in uids if uid.isdecimal()),
    }


def in_words(counts: Mapping[str, int]) -> list[str]:
    """Return a line for each kind, such as "3,000 activities from Strava". Unknown codes are left out."""
    words = {kind.code: (kind.one, kind.several) for kind in KINDS} | {"sessions": SESSIONS}
    return [quantity(counts[code], *words[code]) for code in words if counts.get(code)]


def clubs_that_close(user_id: int) -> list[str]:
    """Return the names of the clubs that are closed with the account: the person is captain and the only member."""
    led = Membership.objects.captains().of(user_id).select_related("club").order_by("club__name")
    return [one.club.name for one in led if not others(one).exists()]
