"""Find and delete the sessions of one person, and keep a person's names and Strava id out of sessions.

The table of sessions has no column for the person. The id of the user is in a session's data, which is signed and
encoded in base64. So all sessions are read, one after the other.
"""

import zlib
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.signals import authentication_step_completed
from allauth.account.utils import url_str_to_user_pk
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from strava_live.accounts.models import User
from strava_live.database import DELETED_AT_ONCE

SIGN_IN_UNDER_WAY = "account_login"
"""allauth's key for a sign-in that still needs the code of the second step."""
SIGN_UP_UNDER_WAY = "socialaccount_sociallogin"
"""allauth's key for a sign-up with Strava that is not finished."""
STEPS_OF = "account_authentication_methods_user"
"""allauth's key for the id of the user whose steps of signing in are stored in the session."""
IDENTIFYING = ("email", "uid", "username")
"""What allauth notes with a step of signing in although this site does not need it: address, Strava id, username."""


class Erasable(NamedTuple):
    """The sessions to delete with an account."""

    keys: list[str]
    signed_in: int
    """How many of them have not expired, and are signed in."""


def sessions_of(user_id: int, strava_ids: Collection[str]) -> Erasable:
    """Return the sessions of this person: signed in, half signed in, or in a sign-up with one of their Strava ids.

    Sessions belong to people by the ids of users. Usernames are not looked for: people choose them, and a username such
    as "password" would also match other people's sessions.

    Sessions that cannot be decoded and sessions of users who do not exist any more are included, because they may be of
    this person and are useless to others. Users are looked up after the sessions, so that an account that is created
    meanwhile keeps its session.
    """
    keys, signed_in, of_others = [], 0, {}
    now = timezone.now()
    for session in Session.objects.iterator(chunk_size=DELETED_AT_ONCE):
        data = decoded(session.session_data)
        owners = user_ids_in(data) if data is not None else set()
        if data is None or user_id in owners or (not owners and strava_id_of_signup(data) in strava_ids):
            keys.append(session.session_key)
            is_signed_in = data is not None and str(data.get(SESSION_KEY)) == str(user_id)
            signed_in += is_signed_in and session.expire_date > now
        elif owners:
            of_others[session.session_key] = owners
    users = set(User.objects.values_list("pk", flat=True))
    keys.extend(key for key, owners in of_others.items() if owners - users)
    return Erasable(keys, signed_in)


def delete_sessions(keys: list[str]) -> None:
    for first in range(0, len(keys), DELETED_AT_ONCE):
        Session.objects.filter(session_key__in=keys[first : first + DELETED_AT_ONCE]).delete()


def decoded(session_data: str) -> dict[str, Any] | None:
    """Return the data of a session. None if it cannot be decoded: no browser can use such a session."""
    store = SessionStore()
    try:
        data: dict[str, Any] = signing.loads(session_data, salt=store.key_salt, serializer=store.serializer)
    except (signing.BadSignature, ValueError, zlib.error):
        return None
    return data


def user_ids_in(data: Mapping[str, Any]) -> set[int]:
    """Return the ids of the users who are signed in, or half signed in, with a session."""
    under_way = data.get(SIGN_IN_UNDER_WAY)
    numbers = [data.get(SESSION_KEY), data.get(STEPS_OF)]
    named = {int(text) for text in map(str, numbers) if text.isascii() and text.isdigit()}
    if isinstance(under_way, dict) and under_way.get("user_pk"):
        named.add(url_str_to_user_pk(under_way["user_pk"]))
    return named


def strava_id_of_signup(data: Mapping[str, Any]) -> str | None:
    """Return the Strava id with which a visitor has begun to sign up. None if the session has no such sign-up."""
    pending = data.get(SIGN_UP_UNDER_WAY)
    account = pending.get("account") if isinstance(pending, dict) else None
    return account.get("uid") if isinstance(account, dict) and account.get("provider") == "strava" else None


@receiver(authentication_step_completed)
def leave_out_identifying_details(request: HttpRequest, **_: Any) -> None:
    """Remove the Strava id, username and email address that allauth has just noted in the session."""
    steps = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {name: value for name, value in step.items() if name not in IDENTIFYING} for step in steps
    ]
