"""Close sockets when their session ends: on sign-out, and for all of a person's sessions on a change of password.

After a change of password the clients reconnect. The session that changed it is still valid, the others are refused.
"""

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
def close_sockets_of_session(request: HttpRequest, **_: Any) -> None:
    """Delete the session, then close its sockets.

    Django sends the signal before it deletes the session itself. In between, a socket could still be opened with it.
    """
    if key := request.session.session_key:
        request.session.delete()
        transaction.on_commit(partial(async_to_sync(close_sockets), session_target(key), Close.NOT_SIGNED_IN))


@receiver([password_changed, password_reset, password_set])
def make_all_sockets_reconnect(user: User, **_: Any) -> None:
    close_sockets_of_person(user.pk, Close.GOING_AWAY)
