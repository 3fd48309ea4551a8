"""Signing out, anywhere on the site, closes the sockets of that sign-in, in whatever process they are. A new password
ends all other sign-ins of that person: all their sockets are sent to dial again, and show by what they rest on now."""

from functools import partial
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from asgiref.sync import async_to_sync
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from strava_live.accounts.models import User
from strava_live.accounts.sessions import close_sockets_of_person
from strava_live.broadcast import close_sockets, session_target
from strava_live.protocol import Close


@receiver(user_logged_out)
def close_sockets_of(request: HttpRequest, **_: Any) -> None:
    """Django tells of it just before it ends the session. It is ended here, or who knocks between the two gets in."""
    if key := request.session.session_key:
        request.session.delete()
        transaction.on_commit(partial(async_to_sync(close_sockets), session_target(key), Close.NOT_SIGNED_IN))


@receiver([password_changed, password_reset, password_set])
def have_everybody_dial_anew(user: User, **_: Any) -> None:
    close_sockets_of_person(user.pk, Close.GOING_AWAY)
