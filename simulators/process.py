"""Start the stand-in for Strava as a process, and control it over HTTP: add athletes, cause faults, read counts."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from simulators.started import Record, StandInError, StandInProcess


class StandIn(StandInProcess):
    """A running stand-in for Strava on a free port. Use it in a `with` block, or call `stop()`."""

    module = "simulators.strava"
    control = "/control"

    def __init__(self, *options: str) -> None:
        super().__init__(*options)
        self.oauth_url, self.api_url = f"{self.url}/oauth", f"{self.url}/api/v3"

    def stats(self) -> Record:
        """Return counts: calls of each endpoint, tokens issued and refused, use of the limits, open connections."""
        return self._get("stats")

    def calls(self, athlete_id: int) -> list[Record]:
        """Return the last API calls for an athlete, oldest first: `endpoint`, and when each `began` and `ended`."""
        return self._get_many("calls", athlete_id=athlete_id)

    def athletes(self) -> list[Record]:
        return self._get_many("athletes")

    def activities(self, athlete_id: int) -> list[Record]:
        """Return all activities of an athlete, newest first, also those that the API does not show."""
        return self._get_many("activities", athlete_id=athlete_id)

    def given_ids(self, athlete_id: int, *, private_too: bool = False) -> set[int]:
        """Return the ids of the activities that the API shows; `private_too`: with the scope activity:read_all."""
        visible = ("everyone", "followers_only", "only_me") if private_too else ("everyone", "followers_only")
        return {
            one["id"] for one in self.activities(athlete_id) if not one["withheld"] and one["visibility"] in visible
        }

    def labels(self, athlete_id: int) -> list[Record]:
        """Return what each activity really was, newest first (simulators.strava.activity.Label)."""
        return self._get_many("labels", athlete_id=athlete_id)

    def add_athlete(self, **order: Any) -> int:
        """Create an athlete and return the id. `order` has values of the control call, such as `activities`."""
        return int(self._post("athletes", **order)["athlete_id"])

    def grant(self, athlete_id: int, scope: str = "read,activity:read") -> Record:
        """Connect an athlete without the consent page, and return the tokens."""
        return self._post("grant", athlete_id=athlete_id, scope=scope)

    def consent(
        self,
        address: str,
        athlete_id: int,
        *,
        scopes: tuple[str, ...] = ("read", "activity:read"),
        cancel: bool = False,
    ) -> str:
        """Submit the consent page at `address`, as a person would, and return the URL of the redirect."""
        asked = dict(parse_qsl(urlsplit(address).query))
        kept = [(name, asked[name]) for name in ("client_id", "redirect_uri", "state") if name in asked]
        chosen = [("scope", scope) for scope in scopes]
        form = [*kept, *chosen, ("athlete_id", str(athlete_id)), ("decision", "cancel" if cancel else "authorize")]
        status, headers, body = self._send(
            "POST", "/oauth/authorize", urlencode(form), "application/x-www-form-urlencoded"
        )
        if status != 302:
            raise StandInError(f"consent was answered {status}: {body[:200]!r}")
        return headers["location"]

    def finish_parkrun(self, athlete_id: int, **how: Any) -> Record:
        """Upload a parkrun of the athlete. `event` is a slug; `right_now` lets it have finished just now."""
        return self._post("parkrun", athlete_id=athlete_id, **how)

    def add_activity(self, athlete_id: int, **fields: Any) -> int:
        return int(self._post("activity/add", athlete_id=athlete_id, **fields)["id"])

    def change_activity(self, activity_id: int, **fields: Any) -> None:
        self._post("activity/change", id=activity_id, **fields)

    def delete_activity(self, activity_id: int) -> None:
        self._post("activity/delete", id=activity_id)

    def churn(self, athlete_id: int, *, add: int = 0, remove: int = 0) -> None:
        """Let the athlete's list change while it is read: add and delete this many activities after every page."""
        self._post("churn", athlete_id=athlete_id, add=add, remove=remove)

    def churned(self, athlete_id: int) -> Record:
        """Return the ids that `churn` has `added` and `removed`."""
        return self._get("churn", athlete_id=athlete_id)

    def expire_tokens(self, athlete_id: int) -> int:
        """Let all access tokens of the athlete expire. Return how many did."""
        return int(self._post("expire", athlete_id=athlete_id)["expired"])

    def revoke(self, athlete_id: int) -> None:
        """Withdraw the athlete's consent, as they can on Strava's site."""
        self._post("revoke", athlete_id=athlete_id)

    def fault(self, kind: str, endpoint: str = "*", **how: Any) -> int:
        """Switch on a fault, and return its id for `clear_fault`.

        `kind` is one of simulators.strava.faults.KINDS, `endpoint` one of its ENDPOINTS, "api" or "*". `how` has fields
        of simulators.faults.Fault, such as `calls`. With `athlete_id`, the fault affects only this athlete's calls.
        """
        return int(self._post("faults", kind=kind, endpoint=endpoint, **how)["id"])

    def clear_fault(self, fault_id: int) -> None:
        self._post("faults/clear", id=fault_id)

    def clear_faults(self) -> None:
        self._post("faults/clear")

    def limits(self, **values: Any) -> Record:
        """Set the rate limits: overall=, read= and used= are pairs (short window, day); also window_s= and headers=."""
        return self._post("limits", **values)

    def settings(self, **values: Any) -> Record:
        """Change settings, which are fields of simulators.strava.settings.Settings."""
        return self._post("settings", **values)

    def reset(self) -> None:
        """Remove faults and subscription, restore settings and limits, end a Saturday. Athletes and tokens stay."""
        self._post("reset")

    def webhooks(self, **values: Any) -> Record:
        """Change how events are sent (fields of strava/sending.py). Return the settings and the `deliveries`."""
        if values:
            self._post("webhooks", **values)
        return self._get("webhooks")

    def webhooks_summary(self) -> Record:
        """Return counts of events and deliveries, and in `answer_ms` how long the site's answers took."""
        return self._get("webhooks/summary")

    def forget_webhooks(self) -> None:
        """Begin to count events and deliveries at 0."""
        self._post("webhooks/forget")

    def release_webhooks(self, *, in_reverse: bool = False) -> int:
        """Send the events that were held back, in their order or reversed. Return how many."""
        return int(self._post("webhooks/release", reversed=in_reverse)["released"])

    def forge_webhook(self, event: Any = None, **how: Any) -> int:
        """Send a forged event, which may be any JSON, once. Return the status of its answer, 0 for no answer.

        `signature` signs it, `callback_url` sends it elsewhere, and `body` is a text that is sent instead of `event`.
        """
        return int(self._post("webhooks/forge", **({} if "body" in how else {"event": event}), **how)["status"])

    def start_saturday(self, **how: Any) -> Record:
        """Let all connected athletes finish a parkrun within the next `minutes` (10) at `event` (bushy)."""
        return self._post("saturday", **how)

    def saturday(self, *, finishers: bool = False) -> Record:
        """Return the running Saturday: `occasion` is None without one. `finishers` adds the list of finishers."""
        return self._get("saturday", **({"finishers": "true"} if finishers else {}))

    def stop_saturday(self) -> bool:
        """End the Saturday before all have finished. Return whether one was running."""
        return bool(self._post("saturday/stop")["stopped"])
