"""What OpenAPI says of a route besides its parameters: the answer's shape, an example of it, and the errors."""

from collections.abc import Iterable
from typing import Any

from ninja.operation import Operation

from strava_live.api.errors import JSON
from strava_live.protocol import ErrorBody

EVERYWHERE = (401, 429, 500, 503)
"""The errors with which every route may answer."""
SHAPES = "shapes"
"""The key in a route's `openapi_extra` under which its shapes are kept until its schema is read."""


def documented(shape: Any, *, example: Any, status: int = 200, errors: Iterable[int] = ()) -> dict[str, Any]:
    """Return the arguments that document a route, for `router.get`, `router.post` and so on.

    `shape` is the shape of a successful answer, or None if a successful answer has no body. Answers are not validated
    against this shape. The view's docstring is the route's summary and description.
    """
    shapes = {status: shape} | dict.fromkeys(sorted({*EVERYWHERE, *errors}), ErrorBody)
    content = {} if shape is None else {"content": {JSON: {"example": example}}}
    return {"openapi_extra": {SHAPES: shapes, "responses": {status: content}}}


def give_shapes(operations: Iterable[Operation]) -> None:
    """Give django-ninja the shapes of documented routes, before their schema is read.

    The shapes are not passed to `router.get` and so on, because django-ninja would then build pydantic models of them
    when each process starts. That would take a second.
    """
    models: dict[Any, Any] = {}
    for operation in operations:
        shapes = (operation.openapi_extra or {}).pop(SHAPES, {})
        for shape in shapes.values():
            if shape not in models:
                models[shape] = operation._create_response_model(shape)
        if shapes:
            operation.response_models = {status: models[shape] for status, shape in shapes.items()}
