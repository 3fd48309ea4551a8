"""The table of the export: for every model of the site its file, or the reason why it has none.

tests/lifecycle/export/test_table.py fails if a model is missing here, or if a field of an exported model is.
"""

from strava_live.lifecycle.export.account_kinds import ACCOUNT_KINDS
from strava_live.lifecycle.export.bucket_kinds import BUCKET_KINDS
from strava_live.lifecycle.export.club_kinds import CLUB_KINDS
from strava_live.lifecycle.export.message_kinds import MESSAGE_KINDS
from strava_live.lifecycle.export.notification_kinds import NOTIFICATION_KINDS
from strava_live.lifecycle.export.push_kinds import PUSH_KINDS
from strava_live.lifecycle.export.running_kinds import RUNNING_KINDS

KINDS = (*ACCOUNT_KINDS, *RUNNING_KINDS, *CLUB_KINDS, *MESSAGE_KINDS, *BUCKET_KINDS, *NOTIFICATION_KINDS, *PUSH_KINDS)
"""The kinds of rows that are exported, in the order of their files."""

LEFT_OUT = {
    "strava_live.Inbox": "It counts your unread messages, and changes to your conversations. conversations.json "
    "has the same for each conversation.",
    "socialaccount.SocialToken": "It would have keys to accounts elsewhere, which are secrets. The table is empty, "
    "because Strava's keys are stored encrypted in StravaConnection.",
    "strava_live.BucketRevocation": "It has keys to a Bucket that was disconnected, which are secrets, until Bucket "
    "has withdrawn them. It has a code in place of your name.",
    "strava_live.NotificationActor": "It says which notifications of others you have caused. Your posts and cheers, "
    "which have files, say what you did. Their notifications about it belong to them.",
    "strava_live.User_groups": "profile.json has the names of the groups.",
    "strava_live.User_user_permissions": "profile.json has the names of the permissions.",
}
"""Models that refer to a person and have no file, each with the reason."""

NOT_ABOUT_PEOPLE = {
    "auth.Group": "A set of permissions of operators.",
    "auth.Group_permissions": "Which permissions such a set has.",
    "auth.Permission": "A kind of action in the admin.",
    "contenttypes.ContentType": "The name of a table.",
    "socialaccount.SocialApp": "The site's application at another service.",
    "strava_live.BudgetSample": "How many requests to Strava all people together have used.",
    "strava_live.CatalogueState": "The version of parkrun's list of events.",
    "strava_live.Club": "A club: its name, time zone and counters. It does not say who founded the club.",
    "strava_live.Conversation": "The number of a conversation, and when it began. conversations.json and messages.json "
    "have what the two people of it have.",
    "strava_live.WebhookSubscription": "The site's subscription at Strava. Its strava_id is the subscription's.",
    "strava_live.WorkingProcess": "A process of the site.",
}
"""Models that say nothing about a single person, each with what it is instead."""
