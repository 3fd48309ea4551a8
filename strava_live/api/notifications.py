"""What has happened to you: mentions, replies, cheers, messages and the answers of captains."""

from django.http import HttpResponse
from ninja import Router

from strava_live.api.answers import json_answer
from strava_live.api.caller import ApiRequest
from strava_live.api.documented import documented
from strava_live.api.once import ApiAnswer, once
from strava_live.api.paging import Cursor, page_bytes
from strava_live.notifications.models import Notification
from strava_live.notifications.newest import encoded
from strava_live.notifications.reading import mark_read, unread_of
from strava_live.protocol import compact
from strava_live.protocol.api_common import PAGE_SIZE
from strava_live.protocol.api_notifications import (
    NOTIFICATIONS_PAGE,
    UNREAD_NOTIFICATIONS,
    NotificationsPage,
    NotificationsReadBody,
    UnreadNotificationsShape,
)

router = Router(tags=["Notifications"])
READ = documented(UnreadNotificationsShape, example=UNREAD_NOTIFICATIONS, errors=(403, 413, 415, 422))


@router.get("/notifications", **documented(NotificationsPage, example=NOTIFICATIONS_PAGE, errors=(422,)))
def list_notifications(request: ApiRequest, cursor: Cursor = "") -> HttpResponse:
    """List your notifications, newest first, read or not.

    What several people have done is one notification, with the names of the newest three.
    """
    user_id = request.auth.user.pk
    window = Notification.objects.of(user_id).with_words().window(PAGE_SIZE, cursor)
    items = [compact(item).encode() for item in encoded(user_id, window.rows)]
    return json_answer(request, page_bytes(request, items, window, unread=unread_of(user_id)))


@router.post("/notifications/read", **READ)
def read_notifications(request: ApiRequest, body: NotificationsReadBody) -> HttpResponse:
    """Mark notifications as read, on all your devices."""
    user_id = request.auth.user.pk

    def read() -> ApiAnswer:
        mark_read(user_id, ids=None if body.all else body.ids, all_of_them=body.all)
        return ApiAnswer(200, compact({"unread": unread_of(user_id)}).encode())

    return once(request, read)
