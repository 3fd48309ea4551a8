"""The paths of the WebSockets."""

from typing import Any

from django.urls import path, re_path

from strava_live.live.bucket import BucketSocket
from strava_live.live.club import ClubSocket
from strava_live.live.messages import MessagesSocket
from strava_live.live.notifications import NotificationsSocket
from strava_live.live.screen import ScreenSocket
from strava_live.live.socket import close_unknown_path
from strava_live.live.sync import SyncSocket

# Channels accepts ASGI applications in Django's path(), whose type hints allow only views.
websocket_urlpatterns: list[Any] = [
    path("ws/sync/", SyncSocket.as_asgi()),  # type: ignore[arg-type]
    path("ws/bucket/", BucketSocket.as_asgi()),  # type: ignore[arg-type]
    path("ws/messages/", MessagesSocket.as_asgi()),  # type: ignore[arg-type]
    path("ws/notifications/", NotificationsSocket.as_asgi()),  # type: ignore[arg-type]
    path("ws/clubs/<slug:slug>/", ClubSocket.as_asgi()),  # type: ignore[arg-type]
    path("ws/screens/<str:key>/", ScreenSocket.as_asgi()),  # type: ignore[arg-type]
    re_path("", close_unknown_path),  # type: ignore[arg-type]
]
