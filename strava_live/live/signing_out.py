"""Signing out, anywhere on the site, closes the sockets of that sign-in, in whatever process they are."""

from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from strava_live.broadcast import close_sockets, session_group
from strava_live.protocol import Close


@receiver(user_logged_out)
def close_sockets_of(request: HttpRequest, **_: Any) -> None:
    if request.session.session_key:
        async_to_sync(close_sockets)(session_group(request.session.session_key), Close.NOT_SIGNED_IN)
