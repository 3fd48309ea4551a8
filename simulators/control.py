"""Serve control calls, with which tests and people change a stand-in.

A control call is a method that takes Values and returns what is sent as JSON.
"""

import inspect
from collections.abc import Callable
from typing import Any

from simulators.http import Handler, Request, Response, Router, html_response, json_response, redirect
from simulators.pages import refused
from simulators.settings import BadSettingError
from simulators.values import BadValueError, RefusedError, Values, is_form, values_of

Verb = Callable[[Values], Any]
"""A control call, which may be a coroutine function."""


class UnknownError(LookupError):
    """Nothing has this id."""


def control_call(verb: Verb, *, control_page: str, notice: str) -> Handler:
    """Return a handler that answers a form with a redirect to the control page, and all else with JSON."""

    async def call(request: Request) -> Response:
        try:
            result = verb(values_of(request))
            if inspect.isawaitable(result):
                result = await result
        except (BadValueError, BadSettingError) as error:
            return failed(request, 400, error)
        except UnknownError as error:
            return failed(request, 404, error)
        except RefusedError as error:
            return failed(request, 409, error)
        return redirect(control_page, status=303) if is_form(request) else json_response(result)

    def failed(request: Request, status: int, error: Exception) -> Response:
        if is_form(request):
            return html_response(refused(str(error), notice=notice, control_page=control_page), status=status)
        return json_response({"error": str(error)}, status=status)

    return call


def add_control_calls(
    router: Router, reads: dict[str, Verb], writes: dict[str, Verb], *, path: str, notice: str
) -> None:
    """Serve control calls under `path`, at which the control page is."""
    for method, verbs in (("GET", reads), ("POST", writes)):
        for name, verb in verbs.items():
            router.add(method, f"{path}/{name}", control_call(verb, control_page=f"{path}/", notice=notice))


def batch(writes: dict[str, Verb], values: Values) -> list[Any]:
    """Make the control calls in `calls`, pairs of a name and its values, in this order. Return their answers."""
    calls = values.pairs("calls")
    if unknown := {name for name, _ in calls} - set(writes):
        raise BadValueError(f"there is no control call {', '.join(sorted(unknown))}")
    return [writes[name](Values(given)) for name, given in calls]
