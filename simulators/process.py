"""Start the stand-in for Strava as a process and call its control API, for tests, benchmarks and scripts."""

import http.client
import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent


Record = dict[str, Any]


class StandInError(RuntimeError):
    """The process did not start, or answered a control call with an error."""


class StandIn:
    """The stand-in for Strava on a free port. Use it in a `with` block, or call `stop()`."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "simulators.strava", "--port", "0", *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
        assert self.process.stdout  # noqa: S101 - stdout=PIPE
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            self.stop()
            raise StandInError(f"the stand-in did not start: {line!r}")
        self.url = line.removeprefix("listening on ").strip()
        self.oauth_url, self.api_url = f"{self.url}/oauth", f"{self.url}/api/v3"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> int:
        """End the process and return its exit code."""
        self.process.terminate()
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def stats(self) -> Record:
        """Return counts: calls by endpoint, issued tokens, uses of invalid refresh tokens, usage, open connections."""
        return self._ask("stats")

    def athletes(self) -> list[Record]:
        return self._ask_many("athletes")

    def activities(self, athlete_id: int) -> list[Record]:
        """Return all activities of an athlete as they really were, newest first, withheld ones included."""
        return self._ask_many("activities", athlete_id=athlete_id)

    def given_ids(self, athlete_id: int, *, private_too: bool = False) -> set[int]:
        """Return the ids of the activities that the application may see."""
        visible = ("everyone", "followers_only", "only_me") if private_too else ("everyone", "followers_only")
        return {
            one["id"] for one in self.activities(athlete_id) if not one["withheld"] and one["visibility"] in visible
        }

    def labels(self, athlete_id: int) -> list[Record]:
        return self._ask_many("labels", athlete_id=athlete_id)

    def add_athlete(self, **order: Any) -> int:
        """Create an athlete: activities=, withheld_share=, withheld=, hidden_starts=, same_second=, seed=…"""
        return int(self._tell("athletes", **order)["athlete_id"])

    def grant(self, athlete_id: int, scope: str = "read,activity:read") -> Record:
        """Return tokens of an athlete, without a consent page."""
        return self._tell("grant", athlete_id=athlete_id, scope=scope)

    def consent(
        self,
        address: str,
        athlete_id: int,
        *,
        scopes: tuple[str, ...] = ("read", "activity:read"),
        cancel: bool = False,
    ) -> str:
        """Open the consent page at `url` and consent, as a person would. Return the URL of the redirect."""
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
        """Upload a parkrun. Options: event=slug, right_now=True."""
        return self._tell("parkrun", athlete_id=athlete_id, **how)

    def add_activity(self, athlete_id: int, **fields: Any) -> int:
        return int(self._tell("activity/add", athlete_id=athlete_id, **fields)["id"])

    def change_activity(self, activity_id: int, **fields: Any) -> None:
        self._tell("activity/change", id=activity_id, **fields)

    def delete_activity(self, activity_id: int) -> None:
        self._tell("activity/delete", id=activity_id)

    def churn(self, athlete_id: int, *, add: int = 0, remove: int = 0) -> None:
        """Add and delete this many activities after every page that is served."""
        self._tell("churn", athlete_id=athlete_id, add=add, remove=remove)

    def churned(self, athlete_id: int) -> Record:
        """Return the ids that were `added` and `removed`."""
        return self._ask("churn", athlete_id=athlete_id)

    def expire_tokens(self, athlete_id: int) -> int:
        """Expire all access tokens of the athlete. Return how many."""
        return int(self._tell("expire", athlete_id=athlete_id)["expired"])

    def revoke(self, athlete_id: int) -> None:
        """End the athlete's grant, as they can on Strava's site."""
        self._tell("revoke", athlete_id=athlete_id)

    def fault(self, kind: str, endpoint: str = "*", **how: Any) -> int:
        """Switch on a fault of faults.KINDS, with calls=, seconds=, skip=, athlete_id=, ms=, bytes=, items=, status=, …

        Return the number with which `clear_fault` switches it off.
        """
        return int(self._tell("faults", kind=kind, endpoint=endpoint, **how)["id"])

    def clear_fault(self, fault_id: int) -> None:
        self._tell("faults/clear", id=fault_id)

    def clear_faults(self) -> None:
        self._tell("faults/clear")

    def limits(self, **values: Any) -> Record:
        """Set limits: overall=, read= and used= are pairs (window, day); also window_s= and headers=."""
        return self._tell("limits", **values)

    def settings(self, **values: Any) -> Record:
        """Change settings: rotation=, token_life_s=, round_coordinates=, athlete_cap=, … (see strava.settings)."""
        return self._tell("settings", **values)

    def reset(self) -> None:
        """Remove faults and the subscription, and restore settings and limits. Athletes and tokens stay."""
        self._tell("reset")

    def webhooks(self, **values: Any) -> Record:
        """Set mode= (send, hold, lose), retry_s= and copies=. Return the settings and all `deliveries`."""
        if values:
            self._tell("webhooks", **values)
        return self._ask("webhooks")

    def release_webhooks(self, *, turned_round: bool = False) -> int:
        """Send the held events, in their order or reversed. Return how many."""
        return int(self._tell("webhooks/release", reversed=turned_round)["released"])

    def _ask(self, name: str, /, **query: Any) -> Record:
        record: Record = self._json(*self._send("GET", f"/control/{name}?{urlencode(query)}"))
        return record

    def _ask_many(self, name: str, /, **query: Any) -> list[Record]:
        records: list[Record] = self._json(*self._send("GET", f"/control/{name}?{urlencode(query)}"))
        return records

    def _tell(self, name: str, /, **values: Any) -> Record:
        record: Record = self._json(*self._send("POST", f"/control/{name}", json.dumps(values), "application/json"))
        return record

    def _json(self, status: int, _headers: dict[str, str], body: bytes) -> Any:
        if status != 200:
            raise StandInError(f"{status}: {body[:300]!r}")
        return json.loads(body)

    def _send(self, method: str, path: str, body: str = "", kind: str = "") -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            connection.request(method, path, body.encode(), {"Content-Type": kind} if kind else {})
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read()
        finally:
            connection.close()
