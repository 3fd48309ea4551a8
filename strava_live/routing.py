"""The sockets' addresses."""

from typing import Any

from django.urls import path, re_path

from strava_live.live.club import ClubSocket
from strava_live.live.nowhere import nowhere
from strava_live.live.screen import ScreenSocket
from strava_live.live.sync import SyncSocket

# Channels routes ASGI applications with the addresses of Django, whose types know views only.
websocket_urlpatterns: list[Any] = [
    path("ws/sync/", SyncSocket.as_asgi()),  # type: ignore[arg-type]
    path("ws/clubs/<slug:slug>/", ClubSocket.as_asgi()),  # type: ignore[arg-type]
    path("ws/screens/<str:key>/", ScreenSocket.as_asgi()),  # type: ignore[arg-type]
    re_path("", nowhere),  # type: ignore[arg-type]
]
