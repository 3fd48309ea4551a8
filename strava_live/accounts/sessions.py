"""Find the users of many sessions in two queries, close the sockets of a user, and delete expired sessions.

Sockets look up their users here, because they have no `request.user`.
"""

import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from strava_live.accounts.models import User
from strava_live.broadcast import close_sockets, person_target
from strava_live.database import delete_in_batches

SESSION_KEY_FORMAT = re.compile(r"[0-9a-z]{8,40}")


def users_by_session(session_keys: Iterable[str]) -> dict[str, User]:
    """Return the signed-in user by session key. Keys of sessions without a signed-in user are left out.

    The rules are those of Django's `get_user`, except that SECRET_KEY_FALLBACKS are not tried.
    """
    # A cookie can hold any text. Some texts would make the query fail, such as one with a NUL.
    keys = {key for key in session_keys if SESSION_KEY_FORMAT.fullmatch(key)}
    stored = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    sessions = {session.session_key: SessionStore().decode(session.session_data) for session in stored}
    user_ids = {key: pk for key, session in sessions.items() if (pk := user_id_in(session)) is not None}
    users = User.objects.filter(is_active=True).in_bulk(set(user_ids.values()))
    return {key: users[pk] for key, pk in user_ids.items() if pk in users and has_valid_hash(sessions[key], users[pk])}


def user_id_in(session: dict[str, Any]) -> int | None:
    """Return the id of the session's user. None if it has no user, or one whom an unknown backend has signed in."""
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    try:
        return int(session[SESSION_KEY])
    except (KeyError, ValueError):
        return None


def has_valid_hash(session: dict[str, Any], user: User) -> bool:
    """Return True if the session's hash was made from the user's current password, with the current SECRET_KEY."""
    return constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())


def close_sockets_of_person(user_id: int, code: int) -> None:
    """Close all sockets of a user, in every process, after the current transaction is committed."""
    transaction.on_commit(partial(async_to_sync(close_sockets), person_target(user_id), code))


async def purge_sessions() -> None:
    """Delete expired sessions. Django only does so with the command `clearsessions`."""
    await delete_in_batches(Session.objects.filter(expire_date__lt=timezone.now()))
