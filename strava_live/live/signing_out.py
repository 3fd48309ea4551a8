"""Close sockets when their session is signed out. A new password closes the sockets of all the person's sessions.

After a change of password, the clients reconnect. The site then accepts only the session, if any, in which the password
was changed.
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
    """Delete a session that signs out, and close its sockets.

    Django deletes the session itself, but only after this signal. Until then, a new socket could be opened with it.
    """
    if key := request.session.session_key:
        request.session.delete()
        transaction.on_commit(partial(async_to_sync(close_sockets), session_target(key), Close.NOT_SIGNED_IN))


@receiver([password_changed, password_reset, password_set])
def make_all_sockets_reconnect(user: User, **_: Any) -> None:
    """Close all sockets of a person whose password has changed, with a code on which their clients reconnect."""
    close_sockets_of_person(user.pk, Close.GOING_AWAY)
