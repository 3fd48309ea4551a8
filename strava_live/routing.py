"""The sockets' addresses."""

from typing import Any

from django.urls import path, re_path

from strava_live.live.nowhere import Nowhere
from strava_live.live.sync import SyncSocket

# Channels routes its own applications with the addresses of Django, whose types know views only.
websocket_urlpatterns: list[Any] = [
    path("ws/sync/", SyncSocket.as_asgi()),  # type: ignore[arg-type]
    re_path("", Nowhere.as_asgi()),  # type: ignore[arg-type]
]
