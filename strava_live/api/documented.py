"""What OpenAPI says of a route besides its parameters: the answer's shape, an example of it, and the errors."""

from collections.abc import Iterable
from typing import Any

from strava_live.api.errors import JSON
from strava_live.protocol import ErrorBody

EVERYWHERE = (401, 429, 500, 503)
"""The errors with which every route may answer."""


def documented(shape: Any, *, example: Any, status: int = 200, errors: Iterable[int] = ()) -> dict[str, Any]:
    """Return the arguments that document a route, for `router.get`, `router.post` and so on.

    `shape` is the shape of the answer to a success, or None if it has no body. Nothing is validated against it when the
    site answers. The view's docstring is the route's summary and description.
    """
    shapes = {status: shape} | dict.fromkeys(sorted({*EVERYWHERE, *errors}), ErrorBody)
    content = {} if shape is None else {"content": {JSON: {"example": example}}}
    return {"response": shapes, "openapi_extra": {"responses": {status: content}}}
