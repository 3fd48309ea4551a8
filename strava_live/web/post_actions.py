"""Which actions the page of a post offers. static/js/feed/post_menu.js offers the same in the feed."""

from datetime import datetime

from django.utils import timezone

from strava_live.clubs.models import Membership
from strava_live.protocol import Json
from strava_live.social.posts import EDIT_FOR


def possible_actions(entry: Json, member: Membership) -> dict[str, bool]:
    """Return what a member may do with an entry, by the name of the action. Only posts have actions other than reply.

    `entry` has `mine`, as `for_viewer` encodes it.
    """
    mine, hidden = entry["mine"], bool(entry.get("hidden"))
    is_recent = timezone.now() - datetime.fromisoformat(entry["at"]) < EDIT_FOR
    actions = {
        "edit": mine and not hidden and is_recent,
        "remove": mine or member.is_captain,
        "report": not mine and not hidden,
        "mute": not mine and entry["athlete"] is not None,
        "hide": member.is_captain and not mine and not hidden,
        "restore": member.is_captain and hidden,
        "reply": not hidden,
    }
    return actions if entry["kind"] == "post" else dict.fromkeys(actions, False) | {"reply": True}
