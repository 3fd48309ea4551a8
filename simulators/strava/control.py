"""The control API: tests change tokens, limits and faults over HTTP, and read counts. People use the control page."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from simulators.control import Verb, add_control_calls, batch
from simulators.fault_control import FaultControl
from simulators.http import Request, Response, Router, html_response, redirect
from simulators.strava.control_history import HistoryControl
from simulators.strava.control_page import control_page
from simulators.strava.control_page_saturday import saturday_section
from simulators.strava.control_saturday import SaturdayControl
from simulators.strava.control_webhooks import WebhookControl
from simulators.strava.faults import ENDPOINTS, KINDS
from simulators.strava.pages import NOTICE
from simulators.strava.saturday import Saturday
from simulators.strava.site import Site
from simulators.strava.webhooks import Webhooks
from simulators.values import Values


class Control:
    """All control calls, each a method from Values to JSON, which may be a coroutine function."""

    def __init__(self, site: Site, webhooks: Webhooks, saturday: Saturday, connections: Callable[[], int]) -> None:
        self._site, self._webhooks, self._saturday, self._connections = site, webhooks, saturday, connections
        faults = FaultControl(site.faults, kinds=KINDS, endpoints=ENDPOINTS, whose=athlete_in)
        history, deliveries, occasion = HistoryControl(site), WebhookControl(webhooks), SaturdayControl(saturday)
        self._reads: dict[str, Verb] = {
            "stats": self.stats,
            "calls": self.calls,
            **faults.reads(),
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
            "batch": self.batch,
            **faults.writes(),
            **history.writes(),
            **deliveries.writes(),
            **occasion.writes(),
        }

    def routes(self, router: Router) -> None:
        router.add("GET", "/", self._to_page)
        router.add("GET", "/control/", self._page)
        router.add("GET", "/control/saturday/section", self._saturday_section)
        add_control_calls(router, self._reads, self._writes, path="/control", notice=NOTICE)

    async def _to_page(self, _request: Request) -> Response:
        return redirect("/control/")

    async def _page(self, _request: Request) -> Response:
        return html_response(control_page(self._site, self._webhooks, self._saturday))

    async def _saturday_section(self, _request: Request) -> Response:
        return html_response(saturday_section(self._site, self._webhooks, self._saturday))

    def batch(self, values: Values) -> list[Any]:
        return batch(self._writes, values)

    def calls(self, values: Values) -> list[dict[str, Any]]:
        """Return the last calls with a token, oldest first; with `athlete_id` those for this athlete."""
        of = athlete_in(values)
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


def athlete_in(values: Values) -> int | None:
    """Return the id of the athlete whom a call is about; None for all athletes."""
    return values.integer("athlete_id") if "athlete_id" in values else None
