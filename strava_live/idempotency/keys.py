"""Idempotency keys of forms: a random value in a hidden field. Submissions with the same key get the same answer."""

import hashlib
import json
import re
import secrets

from django.http import QueryDict
from django.utils import timezone

from strava_live.database import delete_in_batches
from strava_live.idempotency.models import KEPT_FOR, AnsweredForm

FIELD = "idempotency_key"
KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
NOT_CONTENT = (FIELD, "csrfmiddlewaretoken")


def key_in(form: QueryDict) -> str:
    """Return the form's key, or "" if it has none or the value is not a valid key."""
    key = form.get(FIELD, "")
    return key if KEY.fullmatch(key) else ""


def key_for_page(form: QueryDict) -> str:
    """Return the key for a page's form: the submitted one if the page shows a refused form, else a new one."""
    return key_in(form) or secrets.token_urlsafe(18)


def form_digest(key: str, *, owner: str, path: str) -> str:
    """Return the digest by which the row of a submitted form is found. It differs between persons and between forms."""
    return digest_of_parts(owner, path, key)


def claim(form: str, *, user_id: int | None = None, content: str = "") -> tuple[AnsweredForm, bool]:
    """Return the row of a submitted form, found by its `form_digest`, and True if this call has created the row.

    Call it in the transaction that creates what the form asks for, before any row is locked. A second submission
    waits here until the transaction of the first one has ended. It then finds the row of the first, or creates the row
    if the first transaction was rolled back.
    """
    return AnsweredForm.objects.get_or_create(digest=form, defaults={"user_id": user_id, "content": content})


def content_of(form: QueryDict) -> str:
    """Return a digest of all fields that the person has filled in."""
    return digest_of_parts(*sorted((name, values) for name, values in form.lists() if name not in NOT_CONTENT))


def digest_of_parts(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


async def purge_answered_forms() -> None:
    """Delete the rows of forms that were answered a day ago or earlier. A browser repeats a form within minutes.

    Also delete those of persons whose account was deleted while their form was being answered.
    """
    await delete_in_batches(AnsweredForm.objects.older_than(timezone.now() - KEPT_FOR))
    await delete_in_batches(AnsweredForm.objects.of_erased())
