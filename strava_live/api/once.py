"""The header Idempotency-Key: a POST that is sent again with the same key acts once, and gets the same answer twice.

The answer is stored in the transaction that does the work. A second request with the key waits for that transaction,
also in another process. Only successes are stored: after an error, the same key may be used again.

Of posts and messages, only the id is stored (`once_for_row`): a stored answer would keep a text that was deleted, or
the name of a person whose account is deleted.
"""

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar

from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from strava_live.api.caller import ApiRequest
from strava_live.api.errors import JSON, ApiError, invalid
from strava_live.error_codes import ErrorCode
from strava_live.idempotency.keys import claim, digest_of_parts, form_digest
from strava_live.idempotency.models import AnsweredForm
from strava_live.protocol import compact

P = ParamSpec("P")
R = TypeVar("R")
Row = TypeVar("Row", bound=Model)
HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEY = re.compile(r"[ -~]{1,255}")


class ApiAnswer(NamedTuple):
    """The answer to a POST that succeeded."""

    status: int
    body: bytes


class AnsweredBefore(Exception):
    """The key was used before, with the same body. `answer` is the answer of that time."""

    def __init__(self, answer: ApiAnswer) -> None:
        super().__init__("answered before")
        self.answer = answer


def once(request: ApiRequest, create: Callable[[], ApiAnswer]) -> HttpResponse:
    """Run `create` once for the request's Idempotency-Key, and answer with what it returns. Without a key just run it.

    `create` runs in a transaction, so it must announce changes with `on_commit`.
    """
    try:
        return response_of(creating(request, create, lambda answer: answer)())
    except AnsweredBefore as before:
        return replay(request, before)


def once_for_row(
    request: ApiRequest, model: type[Row], create: Callable[[], Row], answer: Callable[[Row], ApiAnswer]
) -> HttpResponse:
    """Run `create` once for the request's key, and answer with the row that it returns.

    A repeated request is answered with the same row in its current state. When a post or message is deleted, its row of
    `model` stays, and `answer` decides what to return.
    """
    try:
        return response_of(answer(creating(request, create, answer_with_id)()))
    except AnsweredBefore as before:
        row = model._default_manager.get(pk=json.loads(before.answer.body)["id"])
        return replay(request, AnsweredBefore(answer(row)))


def answer_with_id(row: Model) -> ApiAnswer:
    """Return what is stored in place of an answer that `once_for_row` makes again."""
    return ApiAnswer(201, compact({"id": row.pk}).encode())


def creating(request: ApiRequest, make: Callable[P, R], answer: Callable[[R], ApiAnswer]) -> Callable[P, R]:
    """Return a function that calls `make` once for the request's Idempotency-Key, and stores the answer.

    `answer` turns what `make` returns into the answer to store. If the key was used before, the function raises
    AnsweredBefore, to which the API answers with `replay`. Without a key, `make` itself is returned.

    Use this instead of `once` if the request also does things outside the transaction, as `start_sync` does.
    """
    key = key_in(request)
    if key is None:
        return make

    @wraps(make)
    def make_once(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic():
            row = claim_key(request, key)
            made = make(*args, **kwargs)
            row.status, body = answer(made)
            row.body = body.decode()
            row.save(update_fields=["status", "body"])
        return made

    return make_once


def key_in(request: HttpRequest) -> str | None:
    """Return the request's key, or None if it has none. Raise ApiError if it is not a valid one."""
    key = request.headers.get(HEADER)
    if key is not None and not KEY.fullmatch(key):
        raise invalid({HEADER: "A key has 1 to 255 printable ASCII characters."})
    return key


def claim_key(request: ApiRequest, key: str) -> AnsweredForm:
    """Create the row of this key in the caller's transaction, before any lock is taken.

    If there already is a row, raise AnsweredBefore, or ApiError if that row is for another body.
    """
    user_id, content = request.auth.user.pk, digest_of_body(request.body)
    digest = form_digest(key, owner=str(user_id), path=request.path)
    row, new = claim(digest, user_id=user_id, content=content)
    if new:
        return row
    if row.content != content:
        raise ApiError(ErrorCode.KEY_REUSED)
    raise AnsweredBefore(ApiAnswer(row.status, row.body.encode()))


def digest_of_body(body: bytes) -> str:
    """Return a digest of the JSON, however it is written; of the bytes if they are not JSON."""
    try:
        return digest_of_parts(json.dumps(json.loads(body or b"null"), sort_keys=True))
    except (ValueError, RecursionError):
        return digest_of_parts(body.hex())


def response_of(answer: ApiAnswer) -> HttpResponse:
    return HttpResponse(answer.body, content_type=JSON, status=answer.status)


def replay(request: HttpRequest, before: Any) -> HttpResponse:
    """Send the answer of the first request again, with a header that says so."""
    response = response_of(before.answer)
    response.headers[REPLAYED] = "true"
    return response
