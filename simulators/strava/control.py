"""The control API: tests change tokens, limits and faults over HTTP, and read counts. People use the control page."""

import inspect
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from simulators.http import Handler, Request, Response, Router, html_response, json_response, redirect
from simulators.strava.control_history import HistoryControl
from simulators.strava.control_page import control_page
from simulators.strava.control_page_saturday import saturday_section
from simulators.strava.control_saturday import SaturdayControl
from simulators.strava.control_webhooks import WebhookControl
from simulators.strava.faults import API, ENDPOINTS, EVERYWHERE, KINDS, Fault
from simulators.strava.pages import refused
from simulators.strava.saturday import Saturday
from simulators.strava.settings import BadSettingError
from simulators.strava.site import Site, UnknownError
from simulators.strava.values import BadValueError, RefusedError, Values, is_form, values_of
from simulators.strava.webhooks import Webhooks

Verb = Callable[[Values], Any]


class Control:
    """All control calls. A call is a method from Values to JSON, which may be a coroutine function.

    A form is answered with a redirect to the page.
    """

    def __init__(self, site: Site, webhooks: Webhooks, saturday: Saturday, connections: Callable[[], int]) -> None:
        self._site, self._webhooks, self._saturday, self._connections = site, webhooks, saturday, connections
        history, deliveries, occasion = HistoryControl(site), WebhookControl(webhooks), SaturdayControl(saturday)
        self._reads: dict[str, Verb] = {
            "stats": self.stats,
            "calls": self.calls,
            "faults": self.faults,
            **history.reads(),
            **deliveries.reads(),
            **occasion.reads(),
        }
        self._writes: dict[str, Verb] = {
            "grant": self.grant,
            "reset": self.reset,
            "expire": self.expire,
            "revoke": self.revoke,
            "settings": self.settings,
            "limits": self.limits,
            "faults": self.add_fault,
            "faults/clear": self.clear_faults,
            "batch": self.batch,
            **history.writes(),
            **deliveries.writes(),
            **occasion.writes(),
        }

    def routes(self, router: Router) -> None:
        router.add("GET", "/", self._to_page)
        router.add("GET", "/control/", self._page)
        router.add("GET", "/control/saturday/section", self._saturday_section)
        for name, verb in self._reads.items():
            router.add("GET", f"/control/{name}", _handler(verb))
        for name, verb in self._writes.items():
            router.add("POST", f"/control/{name}", _handler(verb))

    async def _to_page(self, _request: Request) -> Response:
        return redirect("/control/")

    async def _page(self, _request: Request) -> Response:
        return html_response(control_page(self._site, self._webhooks, self._saturday))

    async def _saturday_section(self, _request: Request) -> Response:
        return html_response(saturday_section(self._site, self._webhooks, self._saturday))

    def batch(self, values: Values) -> list[Any]:
        """Make several control calls, `calls`, in their order: each a name and its values. Return their answers."""
        calls = values.pairs("calls")
        if unknown := {name for name, _ in calls} - set(self._writes):
            raise BadValueError(f"there is no control call {', '.join(sorted(unknown))}")
        return [self._writes[name](Values(given)) for name, given in calls]

    def calls(self, values: Values) -> list[dict[str, Any]]:
        """Return the last calls with a token, oldest first; with `athlete_id` those for this athlete."""
        of = values.integer("athlete_id") if "athlete_id" in values else None
        return [call._asdict() for call in self._site.last_calls if of in (None, call.athlete_id)]

    def stats(self, _values: Values) -> dict[str, Any]:
        """Return all counts. `connected` are the ids of athletes whose consent is valid."""
        site, limits = self._site, self._site.limits
        return {
            "calls": dict(site.calls),
            "statuses": dict(site.statuses),
            "tokens": asdict(site.tokens.counts),
            "connected": sorted(site.tokens.connected()),
            "open_connections": self._connections(),
            "usage": {"window": limits.used()[0], "day": limits.used()[1]},
            "limits": {"overall": limits.overall, "read": limits.read, "window_s": limits.window_s},
            "window_ends": limits.window_ends(),
            "highest_usage": {"window": limits.highest[0], "day": limits.highest[1]},
            "rejected": limits.rejected,
        }

    def reset(self, _values: Values) -> dict[str, Any]:
        """Remove faults, restore settings, limits and webhooks, and end a Saturday. Athletes and tokens stay."""
        self._saturday.stop()
        self._site.reset()
        self._webhooks.reset()
        return {}

    def grant(self, values: Values) -> dict[str, Any]:
        """Connect an athlete without the consent page, and return the tokens."""
        athlete = self._site.athlete(values.integer("athlete_id"))
        grant = self._site.tokens.grant(athlete.id, values.text("scope", "read,activity:read").split(","))
        return {
            "access_token": grant.access_token,
            "refresh_token": grant.refresh_token,
            "expires_at": int(grant.expires_at),
            "scope": ",".join(sorted(grant.scopes)),
        }

    def expire(self, values: Values) -> dict[str, Any]:
        return {"expired": self._site.tokens.expire(values.integer("athlete_id"))}

    def revoke(self, values: Values) -> dict[str, Any]:
        """Withdraw an athlete's consent, as they can on Strava's site."""
        return {"revoked": self._site.revoke(self._site.athlete(values.integer("athlete_id")).id)}

    def settings(self, values: Values) -> dict[str, Any]:
        self._site.settings.change(values.all())
        return asdict(self._site.settings)

    def limits(self, values: Values) -> dict[str, Any]:
        """Set the rate limits, the length of their window, how much is used, and whether headers are sent."""
        limits = self._site.limits
        limits.overall = values.pair("overall", limits.overall)
        limits.read = values.pair("read", limits.read)
        limits.window_s = max(1, values.integer("window_s", limits.window_s))
        limits.headers_shown = values.true("headers", default=limits.headers_shown)
        if "used" in values:
            limits.set_used(*values.pair("used", (0, 0)))
        if values.true("forget_highest"):
            limits.highest, limits.rejected = (0, 0), 0
        return {"overall": limits.overall, "read": limits.read, "window_s": limits.window_s, "used": limits.used()}

    def faults(self, _values: Values) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._site.faults.active()]

    def add_fault(self, values: Values) -> dict[str, Any]:
        kind, endpoint = values.text("kind"), values.text("endpoint", EVERYWHERE)
        if endpoint not in (EVERYWHERE, API, *ENDPOINTS):
            raise BadValueError(f"endpoint must be one of {', '.join((EVERYWHERE, API, *ENDPOINTS))}")
        for known in KINDS:
            if known == kind:
                break
        else:
            raise BadValueError(f"kind must be one of {', '.join(KINDS)}")
        fault = Fault(
            kind=known,
            endpoint=endpoint,
            calls=values.integer("calls") if "calls" in values else None,
            until=self._site.clock() + values.number("seconds") if "seconds" in values else None,
            skip=values.integer("skip", 0),
            athlete_id=values.integer("athlete_id") if "athlete_id" in values else None,
            ms=values.number("ms", 0),
            bytes=values.integer("bytes", 0),
            items=values.integer("items", 0),
            status=values.integer("status", 0),
            retry_after=values.text("retry_after", ""),
        )
        return {"id": self._site.faults.add(fault)}

    def clear_faults(self, values: Values) -> dict[str, Any]:
        self._site.faults.clear(values.integer("id") if "id" in values else None)
        return {"faults": len(self._site.faults.active())}


def _handler(verb: Verb) -> Handler:
    async def call(request: Request) -> Response:
        try:
            result = verb(values_of(request))
            if inspect.isawaitable(result):
                result = await result
        except (BadValueError, BadSettingError) as error:
            return _error(request, 400, error)
        except UnknownError as error:
            return _error(request, 404, error)
        except RefusedError as error:
            return _error(request, 409, error)
        return redirect("/control/", status=303) if is_form(request) else json_response(result)

    return call


def _error(request: Request, status: int, error: Exception) -> Response:
    """Return a page for a form, else JSON."""
    return (
        html_response(refused(str(error)), status=status)
        if is_form(request)
        else json_response({"error": str(error)}, status=status)
    )
