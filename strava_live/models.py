"""All models of the site, imported here because Django looks for an app's models in its module `models`."""

from strava_live.accounts.models import Revocation, StravaConnection, User
from strava_live.activities.models import Activity, AthleteState, Removal
from strava_live.api_tokens.models import ApiToken
from strava_live.bucket.models import BucketConnection, BucketRevocation, Sending, SentActivity, SentProperty
from strava_live.clubs.models import Club, Invitation, Membership, Screen
from strava_live.feed.models import Cheer, Entry, Mention, Report
from strava_live.idempotency.models import AnsweredForm
from strava_live.messages.models import Conversation, ConversationSide, DirectMessage, Inbox
from strava_live.muting.models import Mute
from strava_live.notifications.models import Notification, NotificationActor
from strava_live.notifications.push_models import NotificationChoices, OutgoingPush, PushSubscription
from strava_live.parkrun.models import CatalogueState, ParkrunEvent
from strava_live.parkrun.result_models import ImportDraft, ParkrunResult, StartingNumbers
from strava_live.status.models import BudgetSample, WorkingProcess
from strava_live.sync.models import SyncRun
from strava_live.webhook.models import StravaEvent, WebhookSubscription

__all__ = [
    "Activity",
    "AnsweredForm",
    "ApiToken",
    "AthleteState",
    "BucketConnection",
    "BucketRevocation",
    "BudgetSample",
    "CatalogueState",
    "Cheer",
    "Club",
    "Conversation",
    "ConversationSide",
    "DirectMessage",
    "Entry",
    "ImportDraft",
    "Inbox",
    "Invitation",
    "Membership",
    "Mention",
    "Mute",
    "Notification",
    "NotificationActor",
    "NotificationChoices",
    "OutgoingPush",
    "ParkrunEvent",
    "ParkrunResult",
    "PushSubscription",
    "Removal",
    "Report",
    "Revocation",
    "Screen",
    "Sending",
    "SentActivity",
    "SentProperty",
    "StartingNumbers",
    "StravaConnection",
    "StravaEvent",
    "SyncRun",
    "User",
    "WebhookSubscription",
    "WorkingProcess",
]
