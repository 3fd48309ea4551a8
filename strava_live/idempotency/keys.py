"""Idempotency keys of forms: a hidden field, random, that says which submissions are the same one."""

import hashlib
import json
import re
import secrets

from django.http import QueryDict

from strava_live.idempotency.models import AnsweredForm

FIELD = "idempotency_key"
KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
NOT_CONTENT = (FIELD, "csrfmiddlewaretoken")


def key_in(form: QueryDict) -> str:
    """Return the form's key, or "" if it has none that can be one."""
    key = form.get(FIELD, "")
    return key if KEY.fullmatch(key) else ""


def key_for_page(form: QueryDict) -> str:
    """Return the key that the page's form carries: a new one, or again that of a form that was refused."""
    return key_in(form) or secrets.token_urlsafe(18)


def form_digest(key: str, *, owner: str, path: str) -> str:
    """Return what the key's row is found by: a key means nothing for another person or form."""
    return digest_of(owner, path, key)


def claim(form: str, *, user_id: int | None = None, content: str = "") -> tuple[AnsweredForm, bool]:
    """Return the row of this form_digest, and whether it is new.

    Call it first in the transaction that creates what the form asks for, before any lock is taken. A second submission
    waits here until the transaction of the first has ended: it then finds the row, or, if the first failed, makes one.
    """
    return AnsweredForm.objects.get_or_create(digest=form, defaults={"user_id": user_id, "content": content})


def content_of(form: QueryDict) -> str:
    """Return a digest of everything that was filled in."""
    return digest_of(*sorted((name, values) for name, values in form.lists() if name not in NOT_CONTENT))


def digest_of(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
