"""Who is signed in by which session, for many at once: sockets have no request that Django would ask for."""

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

A_KEY = re.compile(r"[0-9a-z]{8,40}")


def signed_in(session_keys: Iterable[str]) -> dict[str, User]:
    """By session key; absent are those by which nobody is signed in. Two queries, by the rules of Django's get_user."""
    keys = {key for key in session_keys if A_KEY.fullmatch(key)}  # not all that a cookie holds can be asked for
    stored = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    sessions = {session.session_key: SessionStore().decode(session.session_data) for session in stored}
    claimed = {key: claim for key, session in sessions.items() if (claim := claimed_user(session)) is not None}
    users = User.objects.filter(is_active=True).in_bulk(set(claimed.values()))
    return {key: users[pk] for key, pk in claimed.items() if pk in users and is_still_theirs(sessions[key], users[pk])}


def claimed_user(session: dict[str, Any]) -> int | None:
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    try:
        return int(session[SESSION_KEY])
    except (KeyError, ValueError):
        return None


def is_still_theirs(session: dict[str, Any], user: User) -> bool:
    """A new password ends the sessions of the old one."""
    return constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())


def close_sockets_of_person(user_id: int, code: int) -> None:
    """In whatever process they are, once it is committed what became of their sign-ins."""
    transaction.on_commit(partial(async_to_sync(close_sockets), person_target(user_id), code))
